"""IPv6 and its extension headers (RFC 8200, 2675, 4302, 6275, 6554, 8754)."""

from __future__ import annotations

from ..protocols.ipprotocols import name as protocol_name
from ..protocols.text import ipv4, mac
from . import payload
from .branch import DEC, HEX, Branch, View, Walk
from .expert import expert
from .ip_parts import DSCP_WORDS, ECN_WORDS, reassembled, traffic_class
from .ipv6_options import jumbo_length, options
from .ipv6_routing import routing
from .registry import ethertype, ip_protocol, link_type
from .words import bit_pattern

HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, NO_NEXT, DESTINATION = 0, 43, 44, 51, 59, 60
MAX_EXTENSIONS = 32
_NAMES = {HOP_BY_HOP: ("ipv6.hopopts", "IPv6 Hop-by-Hop Option"),
          DESTINATION: ("ipv6.dstopts", "Destination Options for IPv6")}  # fmt: skip


@ip_protocol(41)
def in_ip(walk: Walk, view: View) -> None:
    """IPv6 in IP (RFC 4213); another version is not IPv6 at all."""
    if len(view) and view.data[view.at] >> 4 != 6:
        payload.data(walk, view)
        return
    ipv6(walk, view)


@ethertype(0x86DD)
@link_type(229)
def ipv6(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "ipv6", "Internet Protocol Version 6", 40)
    version = branch.u8(at) >> 4
    below = branch.add(f"{bit_pattern(branch.u8(at), 0xF0, 8)} = Version: {version}", "ipv6.version", version, at, 1)
    if version != 6:
        branch.resize(1)
        expert(below, "Error", "Malformed", f"Bogus IPv6 version ({version}, must be 6)", "ipv6.bogus_ipv6_version")
        return
    _head(branch, at)
    length = branch.u16(at + 4)
    jumbo = jumbo_length(view) if not length and branch.u8(at + 6) == HOP_BY_HOP else 0
    below = branch.add(f"Payload Length: {length}{' (Jumbogram)' if jumbo else ''}", "ipv6.plen", length, at + 4, 2)
    there = view.reported - at - 40
    if length > there >= 0 and not walk.quoted:
        expert(below, "Warning", "Protocol", f"IPv6 payload length exceeds framing length ({there} bytes)",
               "ipv6.plen_exceeds_framing")  # fmt: skip
    length = length or jumbo
    kind = branch.uint("ipv6.nxt", "Next Header", at + 6, 1, DEC, protocol_name)
    branch.uint("ipv6.hlim", "Hop Limit", at + 7, 1)
    source = branch.ipv6("ipv6.src", "Source Address", at + 8)
    _embedded(branch, at + 8, "src", "Source")
    destination = branch.ipv6("ipv6.dst", "Destination Address", at + 24)
    _embedded(branch, at + 24, "dst", "Destination")
    branch.label(f"Internet Protocol Version 6, Src: {source}, Dst: {destination}")
    if walk.claimed is None and view.source is None:
        walk.claimed = at + 40 + length
    outer = walk.addresses
    walk.addresses = branch.raw(at + 8, 32)
    _extensions(walk, view, branch, kind, view.sub(at + 40, at + 40 + length))
    walk.addresses = outer


def _head(branch: Branch, at: int) -> None:
    word = branch.u32(at)
    value = word >> 20 & 0xFF
    below = branch.add(f"{bit_pattern(word, 0x0FF00000, 32)} = Traffic Class: {traffic_class(value)}", "ipv6.tclass",
                       value, at, 4)  # fmt: skip
    below.bits("ipv6.tclass.dscp", "Differentiated Services Codepoint", at, 4, 0x0FC00000, names=DSCP_WORDS)
    below.bits("ipv6.tclass.ecn", "Explicit Congestion Notification", at, 4, 0x00300000, names=ECN_WORDS)
    branch.add(f"{bit_pattern(word, 0x0FFFFF, 24)} = Flow Label: 0x{word & 0xFFFFF:05x}", "ipv6.flow",
               word & 0xFFFFF, at + 1, 3)  # fmt: skip


def _embedded(branch: Branch, at: int, who: str, name: str) -> None:
    """What addresses carry: MAC addresses (RFC 4291, appendix A), IPv4 addresses of 6to4 (RFC 3056), Teredo (RFC
    4380) and ISATAP (RFC 5214)."""
    raw = branch.raw(at, 16)

    def told(text: str, field: str, value: str | int, place: int, size: int) -> None:
        branch.add(f"[{name} {text}: {value}]", f"ipv6.{who}_{field}", value, at + place, size)

    if raw[:4] == b"\x20\x01\0\0":
        told("Teredo Server IPv4", "ts_ipv4", ipv4(raw[4:8]), 4, 4)
        told("Teredo Port", "tc_port", int.from_bytes(raw[10:12], "big") ^ 0xFFFF, 10, 2)
        told("Teredo Client IPv4", "tc_ipv4", ipv4(bytes(byte ^ 0xFF for byte in raw[12:16])), 12, 4)
        return
    if raw[:2] == b"\x20\x02":
        told("6to4 Gateway IPv4", "6to4_gw_ipv4", ipv4(raw[2:6]), 2, 4)
        told("6to4 SLA ID", "6to4_sla_id", int.from_bytes(raw[6:8], "big"), 6, 2)
    elif raw[:12] == b"\0\x64\xff\x9b" + bytes(8):
        told("Embedded IPv4", "embed_ipv4", ipv4(raw[12:16]), 12, 4)
    if raw[11:13] == b"\xff\xfe" and raw[8] & 2 and raw[0] != 0xFF:
        told("SLAAC MAC", "slaac_mac", mac(bytes([raw[8] ^ 2]) + raw[9:11] + raw[13:16]), 8, 8)
    elif raw[8:12] in (b"\0\0\x5e\xfe", b"\x02\0\x5e\xfe"):
        told("ISATAP IPv4", "isatap_ipv4", ipv4(raw[12:16]), 12, 4)


def _extensions(walk: Walk, view: View, branch: Branch, kind: int, rest: View) -> None:
    """Extension headers are lines of the header's own branch; behind them the next layer, or data."""
    for _ in range(MAX_EXTENSIONS):
        if kind in _NAMES:
            kind, rest = _options(walk, branch, kind, rest)
        elif kind == ROUTING:
            walk.protocols.append("ipv6.routing")
            kind, rest = routing(branch, rest)
        elif kind == AUTHENTICATION and len(rest):
            kind, rest = _authentication(walk, rest)
        elif kind == FRAGMENT:
            following = _fragment(walk, view, branch, rest)
            if following is None:
                return
            kind, rest = following
        else:
            break
    if rest.source == view.source:
        branch.node.length = max(40, min(rest.at, view.end) - view.at)
    else:
        branch.node.length = max(40, _own(branch))
    if kind == NO_NEXT:
        payload.data(walk, rest)
    else:
        payload.next_ip_protocol(walk, rest, kind)


def _own(branch: Branch) -> int:
    """Bytes of the header and its extensions."""
    ends = [node.start + (node.length or 0) for node in branch.node.children
            if node.start is not None and node.source == branch.source]  # fmt: skip
    return max(ends, default=0) - branch.view.at


def _options(walk: Walk, parent: Branch, kind: int, view: View) -> tuple[int, View]:
    field, name = _NAMES[kind]
    walk.protocols.append(field)
    at = view.at
    here = Branch(walk, view, parent.node)
    size = 8 * (here.u8(at + 1) + 1)
    branch = here.add(name, field, None, at, size)
    following = branch.uint(f"{field}.nxt", "Next Header", at, 1, DEC, protocol_name)
    branch.uint(f"{field}.len", "Length", at + 1, 1)
    branch.add(f"[Length: {size} bytes]", f"{field}.len_oct", size, at + 1, 1)
    options(branch.within(at, at + size), at + 2, at + size, parent)
    return following, view.sub(at + size)


def _fragment(walk: Walk, view: View, parent: Branch, rest: View) -> tuple[int, View] | None:
    """A fragment header; what follows, None where that is a fragment of something."""
    walk.protocols.append("ipv6.fraghdr")
    at = rest.at
    here = Branch(walk, rest, parent.node)
    branch = here.add("Fragment Header for IPv6", "ipv6.fraghdr", None, at, 8)
    kind = branch.uint("ipv6.fraghdr.nxt", "Next header", at, 1, DEC, protocol_name)
    branch.uint("ipv6.fraghdr.reserved_octet", "Reserved octet", at + 1, 1, HEX)
    word = branch.u16(at + 2)
    offset = word >> 3
    branch.add(f"{bit_pattern(word, 0xFFF8, 16)} = Offset: {offset} ({8 * offset} bytes)", "ipv6.fraghdr.offset",
               offset, at + 2, 2)  # fmt: skip
    branch.bits("ipv6.fraghdr.reserved_bits", "Reserved bits", at + 2, 2, 0x0006)
    branch.flag("ipv6.fraghdr.more", "More Fragments", at + 2, 2, 1, "Yes", "No")
    branch.uint("ipv6.fraghdr.ident", "Identification", at + 4, 4, HEX)
    following = rest.sub(at + 8)
    if not word & 0xFFF9:
        return kind, following
    whole = reassembled(walk, parent, view, 6)
    if whole is not None:
        return kind, whole
    if not word >> 3 and following.end < following.reported:
        outer, walk.fragmented = walk.fragmented, True
        payload.next_ip_protocol(walk, following, kind)
        walk.fragmented = outer
    else:
        payload.data(walk, following)
    return None


@ip_protocol(AUTHENTICATION)
def authentication(walk: Walk, view: View) -> None:
    """AH behind IPv4 (RFC 4302)."""
    kind, rest = _authentication(walk, view)
    payload.next_ip_protocol(walk, rest, kind)


def _authentication(walk: Walk, view: View) -> tuple[int, View]:
    at = view.at
    size = 4 * (view.data[at + 1] + 2) if len(view) > 1 else len(view)
    branch = walk.layer(view, "ah", "Authentication Header", size)
    kind = branch.uint("ah.next_header", "Next header", at, 1, DEC, protocol_name)
    length = branch.u8(at + 1)
    branch.add(f"Length: {length} ({size} bytes)", "ah.length", length, at + 1, 1)
    branch.blob("ah.reserved", "Reserved", at + 2, 2)
    branch.uint("ah.spi", "AH SPI", at + 4, 4, HEX)
    branch.uint("ah.sequence", "AH Sequence", at + 8, 4)
    if size > 12:
        branch.blob("ah.icv", "AH ICV", at + 12, size - 12)
    return kind, view.sub(at + size)


@ip_protocol(50)
def encrypted(walk: Walk, view: View) -> None:
    """ESP (RFC 4303): all but its first words is secret."""
    at = view.at
    branch = walk.layer(view, "esp", "Encapsulating Security Payload", len(view))
    branch.add(f"ESP SPI: 0x{branch.u32(at):08x} ({branch.u32(at)})", "esp.spi", branch.u32(at), at, 4)
    branch.uint("esp.sequence", "ESP Sequence", at + 4, 4)
