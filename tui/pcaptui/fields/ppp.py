"""PPP and PPP over Ethernet (RFC 1661, 1332, 1662, 2516)."""

from __future__ import annotations

from . import payload
from .branch import HEX, Branch, View, Walk
from .link_names import PPP_PROTOCOLS
from .registry import ethertype, link_type
from .words import DEC_HEX, number

_ETHERTYPES = {0x0021: 0x0800, 0x0057: 0x86DD, 0x0281: 0x8847, 0x0283: 0x8848}
_CODES = {
    1: "Configuration Request", 2: "Configuration Ack", 3: "Configuration Nak", 4: "Configuration Reject",
    5: "Termination Request", 6: "Termination Ack", 7: "Code Reject", 8: "Protocol Reject", 9: "Echo Request",
    10: "Echo Reply", 11: "Discard Request", 12: "Identification", 13: "Time Remaining",
}  # fmt: skip
_CONTROL = {0xC021: ("lcp", "PPP Link Control Protocol"), 0x8021: ("ipcp", "PPP IP Control Protocol"),
            0x8057: ("ipv6cp", "PPP IPv6 Control Protocol"),
            0x80FD: ("ccp", "PPP Compression Control Protocol")}  # fmt: skip
_LCP = {1: ("Maximum Receive Unit", "mru", 2), 2: ("Async Control Character Map", "asyncmap", 4),
        3: ("Authentication Protocol", "auth_protocol", 2), 4: ("Quality Protocol", "quality_protocol", 2),
        5: ("Magic Number", "magic_number", 4), 7: ("Protocol Field Compression", "", 0),
        8: ("Address and Control Field Compression", "", 0), 13: ("Callback", "", 0),
        17: ("Multilink MRRU", "mrru", 2), 19: ("Multilink Endpoint Discriminator", "", 0)}  # fmt: skip
_IPCP = {1: ("IP addresses", "", 0), 2: ("IP Compression Protocol", "compress_proto", 2),
         3: ("IP Address", "ip_address", 4),
         129: ("Primary DNS Server IP Address", "pri_dns_address", 4),
         130: ("Primary NBNS Server IP Address", "pri_nbns_address", 4),
         131: ("Secondary DNS Server IP Address", "sec_dns_address", 4),
         132: ("Secondary NBNS Server IP Address", "sec_nbns_address", 4)}  # fmt: skip
_OPTIONS = {"lcp": _LCP, "ipcp": _IPCP}
_DISCOVERY = {
    0x00: "Session Data", 0x07: "Active Discovery Offer (PADO)", 0x09: "Active Discovery Initiation (PADI)",
    0x0A: "Active Discovery Session-Grant (PADG)", 0x0B: "Active Discovery Session-Credit Resp.(PADC)",
    0x0C: "Active Discovery Quality (PADQ)", 0x19: "Active Discovery Request (PADR)",
    0x65: "Active Discovery Session-confirmation (PADS)", 0xA7: "Active Discovery Terminate (PADT)",
    0xD3: "Active Discovery Message (PADM)", 0xD4: "Active Discovery Network (PADN)",
}  # fmt: skip
_TAGS = {
    0x0101: ("Service-Name", "service_name", str), 0x0102: ("AC-Name", "ac_name", str),
    0x0103: ("Host-Uniq", "host_uniq", bytes), 0x0104: ("AC-Cookie", "ac_cookie", bytes),
    0x0105: ("Vendor-Specific", "vendor_id", bytes), 0x0110: ("Relay-Session-Id", "relay_session_id", bytes),
    0x0111: ("HURL", "hurl", bytes), 0x0112: ("MOTM", "motm", bytes), 0x0120: ("PPP-Max-Payload", "max_payload", bytes),
    0x0121: ("IP Route Add", "ip_route_add", bytes), 0x0201: ("Service-Name-Error", "service_name_error", str),
    0x0202: ("AC-System-Error", "ac_system_error", str), 0x0203: ("Generic-Error", "generic_error", str),
}  # fmt: skip
MAX_OPTIONS = 256


@link_type(9, 50)
def ppp(walk: Walk, view: View) -> None:
    """With the address and control fields of HDLC, where the peers did not agree to leave them out."""
    at = view.at
    branch = walk.layer(view, "ppp", "Point-to-Point Protocol", 4)
    place = at
    if branch.u8(at) == 0xFF:
        branch.uint("ppp.address", "Address", at, 1, HEX)
        branch.uint("ppp.control", "Control", at + 1, 1, HEX)
        place = at + 2
    _protocol(walk, view, branch, place)


def within(walk: Walk, view: View) -> None:
    """PPP inside PPPoE: the protocol alone."""
    _protocol(walk, view, walk.layer(view, "ppp", "Point-to-Point Protocol", 2), view.at)


def _protocol(walk: Walk, view: View, branch: Branch, at: int) -> None:
    size = 1 if branch.u8(at) & 1 else 2
    kind = branch.number(at, size)
    branch.resize(at + size - view.at)
    words = PPP_PROTOCOLS.get(kind, "Unknown")
    branch.add(f"Protocol: {words} (0x{kind:04x})", "ppp.protocol", kind, at, size)
    rest = view.sub(at + size)
    if kind in _ETHERTYPES:
        payload.next_ethertype(walk, rest, _ETHERTYPES[kind])
    elif kind in _CONTROL and len(rest):
        walk.call(lambda walk, view: control(walk, view, kind), rest)
    else:
        payload.carried(walk, rest, "ppp", kind)


def control(walk: Walk, view: View, kind: int) -> None:
    """LCP and its kin: code, identifier, length, options (RFC 1661, 5)."""
    layer, name = _CONTROL[kind]
    at = view.at
    branch = walk.layer(view, layer, name, len(view))
    code = branch.uint("ppp.code", "Code", at, 1, names=_CODES)
    identifier = branch.u8(at + 1)
    branch.add(f"Identifier: {number(identifier, DEC_HEX, 2)}", "ppp.identifier", identifier, at + 1, 1)
    length = branch.uint("ppp.length", "Length", at + 2, 2)
    end = min(at + length, view.end)
    branch.resize(length)
    if code in (9, 10, 11) and layer == "lcp":
        branch.uint("ppp.magic_number", "Magic Number", at + 4, 4, HEX)
        if end > at + 8:
            branch.blob("ppp.data", "Data", at + 8, end - at - 8)
    elif code in (1, 2, 3, 4) and end > at + 4:
        _options(branch, layer, at + 4, end)
    elif end > at + 4:
        branch.blob("ppp.data", "Data", at + 4, end - at - 4)


def _options(parent: Branch, layer: str, at: int, end: int) -> None:
    branch = parent.add(f"Options: ({end - at} bytes)", "", None, at, end - at)
    known = _OPTIONS.get(layer, {})
    place = at
    for _ in range(MAX_OPTIONS):
        if place + 2 > end:
            return
        kind, size = branch.u8(place), branch.u8(place + 1)
        name, field, width = known.get(kind, (f"Unknown (0x{kind:02x})", "", 0))
        if size < 2 or place + size > end:
            branch.add(f"{name} (option length = {size} bytes says option goes past end of options)", "", None, place,
                       min(max(size, 2), end - place))  # fmt: skip
            return
        _option(branch, layer, (name, field, width), place, size, kind in known)
        place += size


def _option(branch: Branch, layer: str, about: tuple[str, str, int], at: int, size: int, known: bool) -> None:
    name, field, width = about
    if not known:
        branch.add(f"{name} ({size} bytes)", "", None, at, size)
        return
    branch.suffix(f", {name}")
    one = branch.add(name, f"{layer}.opt.{field.split('_')[0] or 'type'}", None, at, size)
    kind = one.u8(at)
    one.add(f"Type: {name} ({kind})", f"{layer}.opt.type", kind, at, 1)
    one.uint(f"{layer}.opt.length", "Length", at + 1, 1)
    if not field or size < 2 + width:
        return
    whole = f"{layer}.opt.{field}"
    if field.endswith("address"):
        one.suffix(f": {one.ipv4(whole, name, at + 2)}")
    elif "protocol" in field or field == "compress_proto":
        words = one.uint(whole, name, at + 2, width, HEX, PPP_PROTOCOLS)
        one.suffix(f": {PPP_PROTOCOLS.get(words, 'Unknown')} (0x{words:04x})")
    else:
        form = HEX if width == 4 else "d"
        value = one.uint(whole, name, at + 2, width, form)
        one.suffix(f": {number(value, form, 8)}")


@ethertype(0x8864)
def session(walk: Walk, view: View) -> None:
    branch = walk.layer(view, "pppoes", "PPP-over-Ethernet Session", 6)
    length = _head(branch, view.at)
    if walk.claimed is None:
        walk.claimed = view.at + 6 + length
    walk.call(within, view.sub(view.at + 6, view.at + 6 + length))


@ethertype(0x8863)
def discovery(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "pppoed", "PPP-over-Ethernet Discovery", 6)
    length = _head(branch, at)
    branch.resize(6 + length)
    if walk.claimed is None:
        walk.claimed = at + 6 + length
    end = min(at + 6 + length, view.end)
    if not length:
        return
    tags = branch.add("PPPoE Tags", "pppoed.tags", None, at + 6, end - at - 6)
    place = at + 6
    for _ in range(MAX_OPTIONS):
        if place + 4 > end:
            return
        kind, size = tags.u16(place), tags.u16(place + 2)
        if not kind:
            return
        _tag(tags, kind, place + 4, size)
        place += 4 + size


def _tag(tags: Branch, kind: int, at: int, size: int) -> None:
    name, field, form = _TAGS.get(kind, (f"Unknown (0x{kind:04x})", "unknown", bytes))
    if form is str:
        tags.string(f"pppoed.tags.{field}", name, at, size)
    elif size:
        tags.blob(f"pppoed.tags.{field}", name, at, size)


def _head(branch: Branch, at: int) -> int:
    branch.bits("pppoe.version", "Version", at, 1, 0xF0)
    branch.bits("pppoe.type", "Type", at, 1, 0x0F)
    branch.uint("pppoe.code", "Code", at + 1, 1, HEX, _DISCOVERY)
    branch.uint("pppoe.session_id", "Session ID", at + 2, 2, HEX)
    return branch.uint("pppoe.payload_length", "Payload Length", at + 4, 2)
