"""DHCP options with a structure of their own."""

from __future__ import annotations

from ..protocols.dns_names import read_name
from ..protocols.packet import Malformed
from ..protocols.text import ipv4, mac
from .branch import HEX
from .cursor import Cursor
from .dhcp_options import Options, P, option, wrong
from .dhcp_words import (
    ADDRESS_PARTS,
    ARCHITECTURES,
    IDENTIFIERS,
    NAME_SERVICES,
    NOVELL_OPTIONS,
    OPTIONS,
    OVERLOADS,
    PLACES,
    RELAY,
    RELAY_OPTIONS,
    STATUSES,
)  # fmt: skip
from .enterprises import ENTERPRISES
from .expert import expert
from .link_names import HARDWARE
from .words import BILLION, moment

ERA, SINCE_1900 = 1 << 32, 2_208_988_800

BITS = ("n", "Server DDNS", 8, "No server updates", "Some server updates"), \
       ("e", "Encoding", 4, "Binary encoding", "ASCII encoding"), \
       ("o", "Server overrides", 2, "Override", "No override"), \
       ("s", "Server", 1, "Server", "Client")  # fmt: skip


def _pairs(value: Cursor, field: str, names: tuple[str, str], what: str) -> None:
    if not value.left or value.left % 8:
        wrong(value, "Option length isn't a multiple of 8")
    while value.left >= 8:
        value.ipv4(f"{P}{field}.ip", names[0])
        value.ipv4(f"{P}{field}.{what}", names[1])


@option(21)
def _filters(options: Options, value: Cursor) -> None:
    _pairs(value, "policy_filter", ("IP Address", "Subnet Mask"), "subnet_mask")


@option(33)
def _static_routes(options: Options, value: Cursor) -> None:
    _pairs(value, "static_route", ("Destination IP Address", "Destination Router"), "router")


@option(25)
def _plateaus(options: Options, value: Cursor) -> None:
    _sixteens(value, f"{P}path_mtu_plateau_table_item", "Path MTU Plateau Table Item")


@option(93)
def _architecture(options: Options, value: Cursor) -> None:
    _sixteens(value, f"{P}client_system_architecture", OPTIONS[93], ARCHITECTURES)


def _sixteens(value: Cursor, field: str, name: str, names: dict[int, str] | None = None) -> None:
    if not value.left or value.left % 2:
        wrong(value, "Option length isn't a multiple of 2", True)
    while value.left >= 2:
        value.uint(field, name, 2, names=names)


@option(52)
def _overload(options: Options, value: Cursor) -> None:
    if value.left != 1:
        wrong(value, "length isn't 1", not value.left)
    if value.left:
        value.uint(f"{P}option_overload", OPTIONS[52], 1, names=OVERLOADS)


@option(55)
def _requested(options: Options, value: Cursor) -> None:
    while value.left:
        at = value.take(1)
        code = value.branch.u8(at)
        label = f"Parameter Request List Item: ({code}) {OPTIONS[code]}"
        value.branch.add(label, f"{P}request_list_item", code, at, 1)


@option(61)
def _client(options: Options, value: Cursor) -> None:
    """RFC 2132 section 9.14, RFC 4361."""
    if not value.left:
        return
    kind = value.peek(1)
    if value.left == 7 and 0 < kind < 48:
        value.uint("dhcp.hw.type", "Hardware type", 1, HEX, HARDWARE)
        if kind in (1, 6):
            value.mac("dhcp.hw.mac_addr", "Client MAC address")
        else:
            value.blob("dhcp.client_hardware_address", "Client hardware address")
    elif kind == 0 and value.left > 1:
        value.uint("dhcp.client_id.type", "Type", 1)
        value.text("dhcp.client_id.undef", "Client Identifier")
    elif kind == 255 and value.left >= 7:
        value.take(1)
        at = value.take(4)
        text = value.branch.raw(at, 4).hex()
        value.branch.add(f"IAID: {text}", "dhcp.client_id.iaid", text, at, 4)
        _unique(value)


def _unique(value: Cursor) -> None:
    """A DHCP unique identifier (RFC 8415 section 11)."""
    kind = value.uint("dhcp.client_id.duid_type", "DUID Type", 2, names=IDENTIFIERS)
    if kind == 1 and value.left >= 6:
        hardware = value.uint("dhcp.client_id.duid_llt_hw_type", "Hardware type", 2, names=HARDWARE)
        value.uint("dhcp.client_id.time", "Time", 4)
    elif kind == 3 and value.left >= 2:
        hardware = value.uint("dhcp.client_id.duid_ll_hw_type", "Hardware type", 2, names=HARDWARE)
    elif kind == 2 and value.left >= 4:
        value.uint("dhcp.client_id.enterprise_num", "Enterprise-number", 4, names=ENTERPRISES)
        if value.left:
            value.blob("dhcp.client_id", "Identifier")
        return
    else:
        return
    if value.left:
        size = value.left
        at = value.take(size)
        raw = value.branch.raw(at, size)
        text = mac(raw) if hardware in (1, 6) and size == 6 else raw.hex()
        value.branch.add(f"Link layer address: {text}", "dhcp.client_id.link_layer_address", text, at, size)


@option(77)
def _user_class(options: Options, value: Cursor) -> None:
    """RFC 3004; Microsoft's servers put plain text there."""
    index = 0
    while value.left:
        size = value.peek(1)
        if not 0 < size < value.left:
            value.text(f"{P}user_class.text", "User Class Data (Text)")
            expert(value.branch, "Warning", "Protocol", "Non standard compliant option data", f"{P}nonstd_data")
            return
        one = value.branch.add(f"Instance of User Class: [{index}]", f"{P}user_class", index, value.at, 1 + size)
        one.uint(f"{P}user_class.length", "User Class Length", value.at, 1)
        one.blob(f"{P}user_class.data", "User Class Data", value.at + 1, size)
        value.take(1 + size)
        index += 1


@option(78)
def _directory(options: Options, value: Cursor) -> None:
    kinds = {0: "Dynamic Discovery", 1: "Static Discovery", 128: "Backwards compatibility"}
    if not value.left:
        return
    value.uint(f"{P}slp_directory_agent.value", "Value", 1, names=kinds)
    if value.left % 4:
        wrong(value, "Option length isn't a multiple of 4")
    while value.left >= 4:
        value.ipv4(f"{P}slp_directory_agent.slpda_address", "IP Address")


@option(79)
def _scope(options: Options, value: Cursor) -> None:
    if not value.left:
        return
    value.uint(f"{P}slp_service_scope.value", "Value", 1, names={0: "Preferred Scope", 1: "Mandatory Scope"})
    value.text(f"{P}slp_service_scope.string", "SLP Service Scope")


@option(81)
def _full_name(options: Options, value: Cursor) -> None:
    """RFC 4702."""
    if value.left < 3:
        wrong(value, "length isn't >= 3")
        return
    at = value.take(1)
    flags = value.branch.u8(at)
    words = "".join(f", {name}" for _, name, mask, _, _ in BITS if flags & mask)
    below = value.branch.add(f"Flags: 0x{flags:02x}{words}", "dhcp.fqdn.flags", flags, at, 1)
    below.bits("dhcp.fqdn.mbz", "Reserved flags", at, 1, 0xF0, HEX)
    for key, name, mask, yes, no in BITS:
        below.flag(f"dhcp.fqdn.{key}", name, at, 1, mask, yes, no)
    value.uint("dhcp.fqdn.rcode1", "A-RR result", 1)
    value.uint("dhcp.fqdn.rcode2", "PTR-RR result", 1)
    if value.left and flags & 4:
        at, size = value.at, value.left
        name = _wire_name(value.branch.raw(at, size))
        value.branch.add(f"Client name: {name}", "dhcp.fqdn.name", name, at, size)
    elif value.left:
        value.text("dhcp.fqdn.name", "Client name")


def _wire_name(raw: bytes) -> str:
    """A name as DNS writes it; also one that lacks its end (RFC 4702 section 2.3.1)."""
    return read_name(raw if raw.endswith(b"\0") else raw + b"\0", 0)[0]


@option(82)
def _relay(options: Options, value: Cursor) -> None:
    """RFC 3046 and later."""
    while value.left:
        at = value.take(1)
        code = value.branch.u8(at)
        if code == 0 or not value.left:
            value.branch.add("Option 82 Suboption: (0) Padding", f"{RELAY}.suboption", code, at, 1)
            continue
        name, kind, field = RELAY_OPTIONS.get(code, ("Unknown", "blob", "value"))
        size = value.branch.u8(value.take(1))
        label = f"Option 82 Suboption: ({code}) {name}"
        one = value.branch.add(label, f"{RELAY}.suboption", code, at, 2 + size)
        one.uint(f"{P}suboption_length", "Length", at + 1, 1)
        start = value.take(size)
        below = Cursor(one, start, start + size)
        if field == "value":
            name = "Value"
        if kind == "vpn":
            _vpn(below)
        else:
            suboption(below, kind, f"{RELAY}.{field}", name)


def suboption(value: Cursor, kind: str, field: str, name: str) -> None:
    """A value of a kind named in the tables of sub-options."""
    if kind == "ip" and value.left >= 4:
        text = value.ipv4(field, name)
        value.branch.suffix(f" ({text})")
    elif kind == "text":
        value.text(field, name)
    elif kind == "hex" and value.left:
        value.uint(field, name, value.left, HEX)
    elif kind == "uint" and value.left:
        value.uint(field, name, value.left)
    elif kind == "mac" and value.left == 6:
        value.mac(field, name)
    elif kind == "truth" and value.left:
        value.branch.truth(field, name, value.take(1), 1, "Yes", "No")
    elif kind == "vendor":
        _relay_vendor(value, field)
    elif kind != "none":
        value.blob(field, name)


def _relay_vendor(value: Cursor, field: str) -> None:
    """RFC 4243."""
    while value.left >= 5:
        at = value.at
        number, size = value.branch.u32(at), value.branch.u8(at + 4)
        word = ENTERPRISES.get(number, "Unknown")
        one = value.branch.add(f"Enterprise: {word} ({number})", f"{field}.enterprise", number, at, 4)
        one.uint(f"{field}.data_length", "Data Length", at + 4, 1)
        value.take(5 + size)


def _vpn(value: Cursor) -> None:
    """RFC 2685, and Cisco's numbers before RFC 6607."""
    kind = value.peek(1)
    if kind == 255:
        value.uint(f"{RELAY}.vrf_name.global", "Global, default VPN", 1)
    elif kind == 1 and value.left == 8:
        value.take(1)
        value.uint(f"{RELAY}.vrf_name.vpn_id.oui", "VRF name/VPN ID OUI", 3, HEX)
        value.uint(f"{RELAY}.vrf_name.vpn_id.index", "VRF name/VPN ID Index", 4, HEX)
    else:
        value.text(f"{RELAY}.vrf_name", "VRF name")


@option(63)
def _novell(options: Options, value: Cursor) -> None:
    """RFC 2242."""
    while value.left >= 2:
        at = value.take(2)
        code, size = value.branch.u8(at), value.branch.u8(at + 1)
        name, kind, field = NOVELL_OPTIONS.get(code, ("Unknown", "blob", "value"))
        label = f"Option 63 Suboption: ({code}) {name}"
        one = value.branch.add(label, f"{P}novell_options.suboption", code, at, 2 + size)
        one.uint(f"{P}suboption_length", "Length", at + 1, 1)
        start = value.take(size)
        short = {10: "Broadcast for nearest Netware server", 9: "Autoretry delay, sec"}.get(code, name)
        below = Cursor(one, start, start + size)
        if kind == "ip" and size == 4:
            below.ipv4(f"{P}novell_options.{field}", short)
        else:
            suboption(below, kind, f"{P}novell_options.{field}", short)


@option(90)
def _authentication(options: Options, value: Cursor) -> None:
    """RFC 3118."""
    if value.left < 11:
        wrong(value, "length isn't >= 11")
        return
    field = f"{P}dhcp_authentication"
    names = {0: "configuration token", 1: "delayed authentication"}
    protocol = value.uint(f"{field}.protocol", "Protocol", 1, names=names)
    if protocol == 1:
        value.uint(f"{field}.alg_delay", "Delay Algorithm", 1, names={1: "HMAC_MD5"})
    else:
        value.uint(f"{field}.algorithm", "Algorithm", 1)
    value.uint(f"{field}.rdm", "Replay Detection Method", 1, names={0: "Monotonically-increasing counter"})
    value.uint(f"{field}.rdm_replay_detection", "RDM Replay Detection Value", 8, HEX)
    if protocol == 1 and value.left >= 20:
        value.uint(f"{field}.secret_id", "Secret ID", 4, HEX)
        value.blob(f"{field}.hmac_md5_hash", "HMAC MD5 Hash", 16)
    elif protocol != 1 and value.left:
        value.text(f"{field}.information", "Authentication Information")


@option(94)
def _interface(options: Options, value: Cursor) -> None:
    """RFC 4578 section 2.2."""
    if value.left >= 3:
        value.take(1)
        value.uint("dhcp.client_network_id_major", "Major Version", 1)
        value.uint("dhcp.client_network_id_minor", "Minor Version", 1)


@option(97)
def _machine(options: Options, value: Cursor) -> None:
    """RFC 4578 section 2.3."""
    if value.left != 17:
        return
    at = value.take(17) + 1
    raw = value.branch.raw(at, 16)
    parts = raw[3::-1], raw[5:3:-1], raw[7:5:-1], raw[8:10], raw[10:]
    text = "-".join(part.hex() for part in parts)
    value.branch.add(f"Client Identifier (UUID): {text}", "dhcp.client_id.uuid", text, at, 16)


@option(99)
def _civic(options: Options, value: Cursor) -> None:
    """RFC 4776."""
    if value.left < 3:
        return
    value.uint(f"{P}civic_location.what", "What", 1, names=PLACES)
    value.text(f"{P}civic_location.country", "Country", 2)
    while value.left >= 2:
        value.uint(f"{P}civic_location.ca_type", "CA Type", 1, names=ADDRESS_PARTS)
        size = value.uint(f"{P}civic_location.ca_length", "CA Length", 1)
        if size:
            value.text(f"{P}civic_location.ca_value", "CA Value", size)


@option(117)
def _name_services(options: Options, value: Cursor) -> None:
    """RFC 2937."""
    if not value.left or value.left % 2:
        wrong(value, "Option length isn't a multiple of 2")
    while value.left >= 2:
        at = value.take(2)
        number = value.branch.u16(at)
        if number in NAME_SERVICES:
            label = f"Name Service: {NAME_SERVICES[number]} ({number})"
            value.branch.add(label, f"{P}dhcp_name_service_search_option", number, at, 2)
        else:
            expert(value.branch, "Error", "Protocol", f"Invalid Name Service ({number}). RFC 2937 defines only "
                   "0, 6, 41, 44, and 65 as possible values.", f"{P}dhcp_name_service.invalid")  # fmt: skip


@option(119)
def _search(options: Options, value: Cursor) -> None:
    """RFC 3397; one that is split into several options is put together in the last (RFC 3396)."""
    field = f"{P}dhcp_dns_domain_search_list"
    spans = options.searches
    place = next((i for i, (at, _) in enumerate(spans, 1) if at == value.at), 1)
    if len(spans) > 1:
        label = f"Encoding Long Options detected (RFC 3396): {place}/{len(spans)}"
        value.branch.add(label, f"{field}_rfc_3396_detected", f"{place}/{len(spans)}", value.at, value.left)
        if place < len(spans):
            label = f"For the data, please refer to last option 119: {len(spans)}/{len(spans)}"
            value.branch.add(label, f"{field}_refer_last_option", None, value.at, value.left)
            return
        whole = b"".join(value.branch.raw(at, size) for at, size in spans)
        _names(value, whole, f"{field}_fqdn", "FQDN", True)
    else:
        _names(value, value.branch.raw(value.at, value.left), f"{field}_fqdn", "FQDN", False)


def _names(value: Cursor, raw: bytes, field: str, label: str, apart: bool) -> None:
    """Domain names, compressed within `raw`; `apart`: bytes that do not stand together here."""
    at = 0
    while at < len(raw):
        name, end = read_name(raw, at)
        if end <= at:
            raise Malformed
        start, size = (value.at, 0) if apart else (value.at + at, end - at)
        value.branch.add(f"{label}: {name}", field, name, start, size)
        at = end


@option(120)
def _sip(options: Options, value: Cursor) -> None:
    """RFC 3361."""
    if not value.left:
        return
    names = {0: "Fully Qualified Domain Name", 1: "IPv4 Address"}
    encoding = value.uint(f"{P}sip_server.encoding", "SIP Server Encoding", 1, names=names)
    if encoding == 0:
        _names(value, value.branch.raw(value.at, value.left), f"{P}sip_server.name", "SIP Server Name", False)
    elif encoding == 1 and value.left < 4:
        wrong(value, f"length isn't >= 5 (len = {value.left + 1})")
    elif encoding == 1:
        while value.left >= 4:
            value.ipv4(f"{P}sip_server.address", "SIP Server Address")


@option(121, 249)
def _routes(options: Options, value: Cursor) -> None:
    """RFC 3442."""
    if value.left < 5:
        wrong(value, "length isn't >= 5")
        return
    while value.left:
        at, width = value.at, value.peek(1)
        if width > 32:
            expert(value.branch, "Error", "Protocol", f"Mask width ({width}) > 32", f"{P}classless_static.route")
            return
        size = (width + 7) // 8
        value.take(1 + size + 4)
        network = ipv4(value.branch.raw(at + 1, size) + bytes(4 - size))
        router = ipv4(value.branch.raw(at + 1 + size, 4))
        text = f"{network}/{width}-{router}" if width else f"default-{router}"
        value.branch.add(f" {text}", f"{P}classless_static_route", text, at, 5 + size)


@option(124)
def _vendor_class(options: Options, value: Cursor) -> None:
    """RFC 3925 section 3."""
    if value.left < 5:
        wrong(value, "length < 5")
        return
    while value.left >= 5:
        value.uint(f"{P}vi_class.enterprise", "Enterprise", 4, names=ENTERPRISES)
        size = value.uint(f"{P}vi_class.length", "CableLab Address Mode", 1)
        value.text(f"{P}vi_class.data", "NetInfo Parent Server Tag", size)


@option(125)
def _vendor_information(options: Options, value: Cursor) -> None:
    """RFC 3925 section 4."""
    if value.left < 5:
        wrong(value, "length < 5")
        return
    while value.left >= 5:
        at = value.take(5)
        number, size = value.branch.u32(at), value.branch.u8(at + 4)
        word = ENTERPRISES.get(number, "Unknown")
        one = value.branch.add(f"Enterprise: {word} ({number})", f"{P}vi.enterprise", number, at, 4)
        one.uint(f"{P}vi.length", "Length", at + 4, 1)
        start = value.take(size)
        below = Cursor(one, start, start + size)
        while below.left >= 2:
            place = below.take(2)
            kind, length = one.u8(place), one.u8(place + 1)
            part = one.add(f"Option 125 Suboption: {kind}", "dhcp.vendor.suboption", kind, place, 1)
            part.uint(f"{P}suboption_length", "Length", place + 1, 1)
            part.blob("dhcp.vendor.data", "Data", below.take(length), length)


@option(145)
def _nonces(options: Options, value: Cursor) -> None:
    while value.left:
        value.uint(f"{P}forcerenew_nonce.algorithm", "Algorithm", 1, names={1: "HMAC-MD5"})


@option(146)
def _name_server_selection(options: Options, value: Cursor) -> None:
    """RFC 6731 section 4.3."""
    if value.left < 10:
        wrong(value, "length must be >= 10")
        return
    at = value.take(1)
    value.branch.bits(f"{P}rdnss.reserved", "Reserved", at, 1, 0xFC, HEX)
    value.branch.bits(f"{P}rdnss.preference", "Preference", at, 1, 0x03, names={0: "Medium", 1: "High", 3: "Low"})
    value.ipv4(f"{P}rdnss.primary_dns", "Primary DNS")
    value.ipv4(f"{P}rdnss.secondary_dns", "Secondary DNS")
    _names(value, value.branch.raw(value.at, value.left), f"{P}rdnss.domain", "Domains and networks", False)


@option(151)
def _lease_status(options: Options, value: Cursor) -> None:
    if value.left:
        value.uint(f"{P}bulk_lease.status_code", "Status Code", 1, names=STATUSES)
        value.text(f"{P}bulk_lease.status_code_message", "Status Code Message")


@option(152, 154, 155)
def _lease_times(options: Options, value: Cursor) -> None:
    if value.left != 4:
        wrong(value, "length isn't 4", True)
        return
    code = int(value.branch.node.value or 0)
    field, name = {152: ("base_time", "Base Time"), 154: ("query_start_time", "Query Start Time"),
                   155: ("query_end_time", "Query End Time")}[code]  # fmt: skip
    at = value.take(4)
    seconds = value.branch.u32(at) + (ERA if value.branch.u32(at) < 1 << 31 else 0) - SINCE_1900
    text = moment(seconds * BILLION, utc=True)
    value.branch.add(f"{name}: {text}", f"{P}bulk_lease.{field}", text, at, 4)


@option(157)
def _lease_source(options: Options, value: Cursor) -> None:
    if value.left != 1:
        wrong(value, "length isn't 1", True)
        return
    value.branch.truth(f"{P}bulk_lease.data_source", "Data Source", value.take(1), 1, "Remote", "Local")


@option(158)
def _port_control(options: Options, value: Cursor) -> None:
    """RFC 7291 section 4."""
    if value.left < 5:
        wrong(value, "length must >= 5")
        return
    while value.left:
        size = value.peek(1)
        below = value.branch.add("PCP server list", "", None, value.at, size)
        below.uint(f"{P}pcp.list_length", "List-Length", value.take(1), 1)
        start = value.take(size)
        for at in range(start, start + size - 3, 4):
            below.ipv4(f"{P}pcp.server", "PCP Server", at)


@option(159)
def _ports(options: Options, value: Cursor) -> None:
    """RFC 7618 section 9."""
    if value.left != 4:
        wrong(value, "length isn't 4", True)
        return
    value.uint(f"{P}portparams.offset", "Offset", 1)
    value.uint(f"{P}portparams.psid_length", "PSID-Length", 1)
    value.blob(f"{P}portparams.psid", "PSID")


@option(212)
def _rapid_deployment(options: Options, value: Cursor) -> None:
    """RFC 5969 section 7.1.1."""
    if value.left < 22:
        expert(value.branch, "Error", "Protocol", "6RD: malformed option", f"{P}6RD.malformed")
        return
    value.uint(f"{P}6RD.ipv4_mask_len", "6RD IPv4 Mask Length", 1)
    value.uint(f"{P}6RD.prefix_len", "6RD Prefix Length", 1)
    value.ipv6(f"{P}6RD.prefix", "6RD Prefix")
    while value.left >= 4:
        value.ipv4(f"{P}6RD.border_relay_ip", "Border Relay IP")
