"""DHCPv6 options (RFC 8415 section 21, and those that other documents add)."""

from __future__ import annotations

from collections.abc import Callable

from ..protocols.packet import Short
from ..protocols.text import decode, ipv6, mac
from .cursor import Cursor
from .dhcpv6_words import (
    CLIENT_WISHES,
    IDENTIFIERS,
    MESSAGES,
    OPTIONS,
    QUERIES,
    SERVER_DEEDS,
    STATUSES,
    TIME_SERVERS,
)
from .enterprises import ENTERPRISES
from .expert import expert
from .link_names import HARDWARE
from .words import BILLION, moment

P = "dhcpv6."
MAX_NESTING = 32
SINCE_2000 = 946_684_800
FOREVER = 0xFFFFFFFF
ANSWERS = (2, 7)

Reader = Callable[[Cursor, int, int], None]
"""Puts the fields of an option's value on its branch; gets the message's type and the depth of nesting."""
READERS: dict[int, Reader] = {}
ADDRESSES = {
    12: ("unicast", "IPv6 address", False), 22: ("sip_server_a", "SIP server address", False),
    23: ("dns_server", "DNS server address", True), 27: ("nis_server", "NIS server address", False),
    28: ("nisp_server", "NISP server address", False), 31: ("sntp_server", "SNTP server address", True),
    34: ("bcmcs_server_a", "BCMCS server address", False), 40: ("pana_agent", "PANA agents address", False),
    48: ("lq_client_link", "LQ client links address", False),
    52: ("capwap_ac_v6", "CAPWAP Access Controllers address", False),
    90: ("s46_br.address", "BR address", False), 165: ("mip6_home_agent", "Home Agent", False),
    166: ("mip6_home_address", "Home Address", False),
}  # fmt: skip
"""Lists of addresses: field, name, and whether the entries are counted."""
DOMAINS = {
    21: ("sip_server_domain_search_fqdn", "SIP Server Domain Search FQDN", "SIP Servers Domain Search List"),
    24: ("search_list_entry", "List entry", "Domain name suffix search list"),
    29: ("nis_fqdn", "NIS FQDN", "nis-domain-name"), 30: ("nisp_fqdn", "NISP FQDN", "nisp-domain-name"),
    33: ("bcmcs_server_fqdn", "BCMCS server FQDN", "BCMCS Servers Domain Search List"),
}  # fmt: skip
TEXTS = {
    38: ("subscriber_id", "Subscriber-ID"), 41: ("timezone", "Time-zone"), 42: ("tzdb", "TZ-database"),
    103: ("captive_portal", "Captive Portal"), 112: ("mudurl", "MUDURL"), 167: ("nai", "NAI"),
    117: ("failover.dns_hostname", "DNS Hostname"), 118: ("failover.dns_zonename", "DNS Zone Name"),
    130: ("failover.relationship_name", "Relationship Name"),
}  # fmt: skip
NUMBERS = {
    7: (1, "option_preference", "Pref-value"), 32: (4, "lifetime", "Lifetime"), 46: (4, "clt_time", "Clt_time"),
    135: (2, "relay_port", "Downstream Source Port"), 120: (4, "failover.expiration_time", "Expiration Time"),
    121: (4, "failover.max_unacked_bndupd", "Max number of unacked BNDUPD messages"),
    122: (4, "failover.mclt", "Maximum Client Lead Time (MCLT)"),
    123: (4, "failover.partner_lifetime", "Partner Lifetime"),
    124: (4, "failover.partner_lifetime_sent", "Partner Lifetime Sent"),
    125: (4, "failover.partner_down_time", "Partner Down Time"),
    126: (4, "failover.partner_raw_clt_time", "Partner Raw Client Time"),
    128: (4, "failover.keepalive_time", "Keepalive Time"),
    133: (4, "failover.start_time_of_state", "Start Time of State"),
    134: (4, "failover.state_expiration_time", "State Expiration Time"),
}  # fmt: skip
CONTAINERS = (45, 66, 94, 95, 96)


def reader(*codes: int) -> Callable[[Reader], Reader]:
    def take(function: Reader) -> Reader:
        for code in codes:
            READERS[code] = function
        return function

    return take


def options(within: Cursor, message: int, depth: int) -> None:
    """All options up to the end of what holds them."""
    while within.left >= 4 and depth <= MAX_NESTING:
        at = within.take(4)
        code, size = within.branch.u16(at), within.branch.u16(at + 2)
        word = OPTIONS.get(code) or "DHCP option"
        if code not in OPTIONS:
            word += f" {code}"
        line = within.branch.add(word, f"{P}option.type_str", word, at, 4 + size)
        line.uint(f"{P}option.type", "Option", at, 2, names=OPTIONS)
        line.uint(f"{P}option.length", "Length", at + 2, 2)
        start = within.take(size)
        line.raw(start, size)
        value = Cursor(line, start, start + size)
        try:
            _value(code, value, message, depth)
        except Short:
            expert(line, "Error", "Malformed", f"{word}: malformed option", f"{P}malformed_option")


def _value(code: int, value: Cursor, message: int, depth: int) -> None:
    if code in READERS:
        READERS[code](value, message, depth)
    elif code in ADDRESSES:
        _addresses(value, *ADDRESSES[code])
    elif code in DOMAINS:
        field, name, title = DOMAINS[code]
        if value.left:
            domains(value.on(value.branch.add(title, "", None, value.at, value.left)), f"{P}{field}", name)
    elif code in TEXTS:
        value.text(P + TEXTS[code][0], TEXTS[code][1], encoding="utf-8")
    elif code in NUMBERS:
        size, field, name = NUMBERS[code]
        value.uint(P + field, name, size)
    elif code in CONTAINERS:
        options(value, message, depth + 1)
    elif value.left:
        raw = value.branch.raw(value.at, value.left)
        text = decode(raw) if raw.isascii() and raw.decode().isprintable() else raw.hex()
        value.branch.add(f"Value: {text}", "", text, value.at, value.left)


def _addresses(value: Cursor, field: str, name: str, counted: bool) -> None:
    index = 0
    if not value.left:
        raise Short
    while value.left:
        index += 1
        value.ipv6(P + field, f" {index} {name}" if counted else name)


def domains(value: Cursor, field: str, name: str) -> None:
    """Domain names without compression (RFC 8415 section 10); a top-level domain stands out, it rarely is meant."""
    while value.left:
        start, labels = value.at, []
        while value.left and (size := value.peek(1)):
            value.take(1)
            at = value.take(size)
            labels.append(decode(value.branch.raw(at, size)))
        whole = value.left > 0
        if whole:
            value.take(1)
        span = value.at - start
        text = ".".join(labels)
        if not labels:
            value.branch.add("Root only domain name: ['.' (0)]", f"{P}root_only_domain_name", ".", start, span)
        elif whole and len(labels) == 1:
            value.branch.add(f"Top Level Domain name (TLD): {text}.", f"{P}tld", f"{text}.", start, span)
        elif whole:
            value.branch.add(f"{name}: {text}.", field, f"{text}.", start, span)
        else:
            kind = "Partial domain name" if len(labels) == 1 else "Multi-part partially qualified Domain Name"
            value.branch.add(f"{kind}: {text}", field, text, start, span)


@reader(1, 2, 53)
def _unique_identifier(value: Cursor, message: int, depth: int) -> None:
    """RFC 8415 section 11."""
    if not value.left:
        raise Short
    value.branch.blob(f"{P}duid.bytes", "DUID", value.at, value.left)
    kind = value.uint(f"{P}duid.type", "DUID Type", 2, names=IDENTIFIERS)
    if kind == 1:
        hardware = value.uint(f"{P}duidllt.hwtype", "Hardware type", 2, names=HARDWARE)
        at = value.take(4)
        text = moment((value.branch.u32(at) + SINCE_2000) * BILLION, utc=True)
        value.branch.add(f"DUID Time: {text}", f"{P}duidllt.time", text, at, 4)
        _hardware_address(value, f"{P}duidllt.link_layer_addr", hardware)
    elif kind == 2:
        value.uint(f"{P}duiden.enterprise", "Enterprise ID", 4, names=ENTERPRISES)
        if value.left:
            value.blob(f"{P}duiden.identifier", "Identifier")
    elif kind == 3:
        hardware = value.uint(f"{P}duidll.hwtype", "Hardware type", 2, names=HARDWARE)
        _hardware_address(value, f"{P}duidll.link_layer_addr", hardware)
    elif kind == 4:
        value.blob(f"{P}duiduuid.bytes", "UUID", 16)


def _hardware_address(value: Cursor, field: str, hardware: int) -> None:
    size = value.left
    if not size:
        return
    at = value.take(size)
    raw = value.branch.raw(at, size)
    text = mac(raw) if hardware in (1, 6) and size == 6 else raw.hex()
    value.branch.add(f"Link-layer address: {text}", field, text, at, size)


@reader(3, 25)
def _association(value: Cursor, message: int, depth: int) -> None:
    if value.left < 12:
        raise Short
    _identifier(value, "iaid", "IAID")
    _time(value, "iaid.t1", "T1")
    _time(value, "iaid.t2", "T2")
    options(value, message, depth + 1)


@reader(4)
def _temporary(value: Cursor, message: int, depth: int) -> None:
    _identifier(value, "iata", "IATA")
    options(value, message, depth + 1)


def _identifier(value: Cursor, field: str, name: str) -> None:
    at = value.take(4)
    text = value.branch.raw(at, 4).hex()
    value.branch.add(f"{name}: {text}", P + field, text, at, 4)


def _time(value: Cursor, field: str, name: str) -> None:
    at = value.take(4)
    number = value.branch.u32(at)
    value.branch.add(f"{name}: {'infinity' if number == FOREVER else number}", P + field, number, at, 4)


@reader(5)
def _address(value: Cursor, message: int, depth: int) -> None:
    value.ipv6(f"{P}iaaddr.ip", "IPv6 address")
    _time(value, "iaaddr.pref_lifetime", "Preferred lifetime")
    _time(value, "iaaddr.valid_lifetime", "Valid lifetime")
    options(value, message, depth + 1)


@reader(26)
def _prefix(value: Cursor, message: int, depth: int) -> None:
    _time(value, "iaprefix.pref_lifetime", "Preferred lifetime")
    _time(value, "iaprefix.valid_lifetime", "Valid lifetime")
    value.uint(f"{P}iaprefix.pref_len", "Prefix length", 1)
    value.ipv6(f"{P}iaprefix.pref_addr", "Prefix address")
    options(value, message, depth + 1)


@reader(6, 43)
def _requested(value: Cursor, message: int, depth: int) -> None:
    while value.left >= 2:
        value.uint(f"{P}requested_option_code", "Requested Option code", 2, names=OPTIONS)


@reader(8)
def _elapsed(value: Cursor, message: int, depth: int) -> None:
    at = value.take(2)
    number = value.branch.u16(at)
    value.branch.add(f"Elapsed time: {10 * number}ms", f"{P}elapsed_time", number, at, 2)


@reader(11)
def _authentication(value: Cursor, message: int, depth: int) -> None:
    """RFC 8415 section 21.11, RFC 3315 section 21.4 for the delayed protocol."""
    if value.left < 11:
        raise Short
    protocol = value.uint(f"{P}auth.protocol", "Protocol", 1)
    value.uint(f"{P}auth.algorithm", "Algorithm", 1)
    value.uint(f"{P}auth.rdm", "RDM", 1)
    value.blob(f"{P}auth.replay_detection", "Replay Detection", 8)
    if protocol == 2 and value.left >= 20:
        if value.left > 20:
            value.text(f"{P}auth.realm", "DHCP realm", value.left - 20)
        value.uint(f"{P}auth.key_id", "Key ID", 4)
        value.blob(f"{P}auth.md5_data", "HMAC-MD5 data", 16)
    elif value.left:
        value.blob(f"{P}auth.info", "Authentication Information")


@reader(13)
def _status(value: Cursor, message: int, depth: int) -> None:
    if value.left < 2:
        return
    value.uint(f"{P}status_code", "Status Code", 2, names=STATUSES)
    if value.left:
        value.text(f"{P}status_msg", "Status Message", encoding="utf-8")


@reader(15)
def _user_class(value: Cursor, message: int, depth: int) -> None:
    while value.left >= 2:
        size = value.peek(2)
        one = value.on(value.branch.add("User Class suboption", "", None, value.at, size))
        one.uint(f"{P}userclass.length", "Length", 2)
        one.blob(f"{P}userclass.opaque_data", "Suboption", size)
        value.take(2 + size)


@reader(16)
def _vendor_class(value: Cursor, message: int, depth: int) -> None:
    value.uint(f"{P}vendorclass.enterprise", "Enterprise ID", 4, names=ENTERPRISES)
    if value.left >= 2:
        size, start, whole = value.peek(2), value.take(2) + 2, value.left
        text = decode(value.branch.raw(start, min(size, whole))).partition("\0")[0]
        value.branch.add(f"vendor-class-data: {text}", f"{P}vendorclass.data", text, start, whole)


@reader(17)
def _vendor_options(value: Cursor, message: int, depth: int) -> None:
    value.uint(f"{P}vendoropts.enterprise", "Enterprise ID", 4, names=ENTERPRISES)
    field = f"{P}vendoropts.enterprise.option"
    while value.left >= 4:
        at = value.take(4)
        size = value.branch.u16(at + 2)
        one = value.branch.add("option", "", None, at, 4 + size)
        one.uint(f"{field}_code", "Option code", at, 2)
        one.uint(f"{field}_length", "Option length", at + 2, 2)
        one.blob(f"{field}_data", "Option data", value.take(size), size)


@reader(18)
def _interface(value: Cursor, message: int, depth: int) -> None:
    if value.left:
        value.blob(f"{P}interface_id", "Interface-ID")


@reader(19)
def _reconfigure(value: Cursor, message: int, depth: int) -> None:
    value.uint(f"{P}reconf_msg", "Reconfigure message type", 1, names=MESSAGES)


@reader(37)
def _remote(value: Cursor, message: int, depth: int) -> None:
    value.uint(f"{P}remoteid.enterprise", "Enterprise ID", 4, names=ENTERPRISES)
    if value.left:
        value.blob(f"{P}remoteid_enterprise_id", "Remote-ID")


@reader(39)
def _full_name(value: Cursor, message: int, depth: int) -> None:
    """RFC 4704."""
    at = value.take(1)
    flags = value.branch.u8(at)
    side = "server" if message in ANSWERS else "client"
    words = f"[{(SERVER_DEEDS if side == 'server' else CLIENT_WISHES)[flags >> 1 & 2 | flags & 1]}]"
    if side == "server" and flags & 2 and not flags & 4:
        words += " [Server has overridden the client's S bit]"
    line = value.branch.add(f"Flags: 0x{flags:02x}  {words}", f"{P}client_fqdn_flags", flags, at, 1)
    line.flag(f"{P}clientfqdn.{side}.n", "N bit", at, 1, 4, "Server SHOULD NOT perform PTR RR updates",
              "Server SHOULD perform PTR RR updates")  # fmt: skip
    if side == "server":
        line.flag(f"{P}clientfqdn.server.o", "O bit", at, 1, 2, "Server HAS overridden client's S bit preference",
                  "Server HAS NOT overridden client's S bit preference")  # fmt: skip
    line.flag(f"{P}clientfqdn.{side}.s", "S bit", at, 1, 1, "Server SHOULD perform AAAA RR updates",
              "Server SHOULD NOT perform AAAA RR updates")  # fmt: skip
    if value.left:
        domains(value, f"{P}client_domain", "Client Domain Name")
    else:
        text = "Empty domain field: the client requests the server to provide a domain name"
        value.branch.add(text, f"{P}domain_field_len", 1, at - 2, 2)


@reader(44)
def _query(value: Cursor, message: int, depth: int) -> None:
    """RFC 5007 section 4.1.2.1."""
    value.uint(f"{P}lq_query", "Query-type", 1, names=QUERIES)
    value.ipv6(f"{P}lq_query_link_address", "Link address")
    options(value, message, depth + 1)


@reader(47)
def _relay_data(value: Cursor, message: int, depth: int) -> None:
    value.ipv6(f"{P}lq_relay_data_peer_addr", "Peer address")
    value.text(f"{P}lq_relay_data_msg", "DHCPv6 relay message")


@reader(56)
def _time_servers(value: Cursor, message: int, depth: int) -> None:
    """RFC 5908."""
    while value.left >= 4:
        at = value.take(4)
        code, size = value.branch.u16(at), value.branch.u16(at + 2)
        one = value.branch.add(TIME_SERVERS.get(code) or f"NTP Server suboption {code}", "", None, at, 4 + size)
        one.uint(f"{P}ntpserver.option.type", "Suboption", at, 2, names=TIME_SERVERS)
        one.uint(f"{P}ntpserver.option.length", "Length", at + 2, 2)
        start = value.take(size)
        below = Cursor(one, start, start + size)
        if code == 1:
            below.ipv6(f"{P}ntpserver.addr", "NTP Server Address")
        elif code == 2:
            below.ipv6(f"{P}ntpserver.mc_addr", "NTP Multicast Address")
        elif code == 3:
            domains(below, f"{P}ntpserver.fqdn", "NTP Server FQDN")


@reader(64)
def _translator(value: Cursor, message: int, depth: int) -> None:
    domains(value, f"{P}aftr_name", "DS-Lite AFTR Name")


@reader(67)
def _exclude(value: Cursor, message: int, depth: int) -> None:
    value.uint(f"{P}pd_exclude.pref_len", "Prefix length", 1)
    value.blob(f"{P}pd_exclude.subnet_id", "IPv6 subnet ID")


@reader(89)
def _mapping_rule(value: Cursor, message: int, depth: int) -> None:
    """RFC 7598 section 4."""
    if value.left < 8:
        raise Short
    at = value.take(1)
    flags = value.branch.u8(at)
    words = ", Forwarding Mapping Rule" if flags & 1 else ""
    line = value.branch.add(f"Flags: 0x{flags:02x}{words}", f"{P}s46_rule.flags", flags, at, 1)
    line.flag(f"{P}s46_rule.flags.reserved", "Reserved", at, 1, 0xFE, "True", "False")
    line.flag(f"{P}s46_rule.flags.fmr", "Forwarding Mapping Rule", at, 1, 1, "True", "False")
    value.uint(f"{P}s46_rule.ea_len", "EA-bit length", 1)
    value.uint(f"{P}s46_rule.ipv4_pref_len", "IPv4 prefix length", 1)
    value.ipv4(f"{P}s46_rule.ipv4_prefix", "IPv4 prefix")
    _short_prefix(value, "s46_rule.ipv6_prefix_len", "s46_rule.ipv6_prefix")
    options(value, message, depth + 1)


@reader(91)
def _default_rule(value: Cursor, message: int, depth: int) -> None:
    _short_prefix(value, "s46_dmr.dmr_pref_len", "s46_dmr.dmr_prefix")


@reader(92)
def _binding(value: Cursor, message: int, depth: int) -> None:
    if value.left < 5:
        raise Short
    value.ipv4(f"{P}s46_v4v6bind.ipv4_address", "IPv4 Address")
    _short_prefix(value, "s46_v4v6bind.ipv6_pref_len", "s46_v4v6bind.ipv6_prefix")
    options(value, message, depth + 1)


@reader(93)
def _ports(value: Cursor, message: int, depth: int) -> None:
    value.uint(f"{P}s46_portparam.offset", "Offset", 1)
    size = value.uint(f"{P}s46_portparam.psid_len", "PSID length", 1)
    at = value.take(2)
    number = value.branch.u16(at) >> (16 - size) if 0 < size <= 16 else 0
    value.branch.add(f"PSID: {number}", f"{P}s46_portparam.psid", number, at, 2)


def _short_prefix(value: Cursor, length_field: str, field: str) -> None:
    """A prefix's length in bits, and as many bytes of it as it needs."""
    bits = value.uint(P + length_field, "IPv6 prefix length", 1)
    size = min(16, (bits + 7) // 8)
    at = value.take(size)
    text = ipv6(value.branch.raw(at, size) + bytes(16 - size))
    value.branch.add(f"IPv6 prefix: {text}", P + field, text, at, size)
