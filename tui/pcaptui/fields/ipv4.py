"""IPv4 (RFC 791)."""

from __future__ import annotations

from ..protocols.ipprotocols import name as protocol_name
from ..protocols.text import ipv4 as text
from . import payload
from .branch import DEC, Branch, View, Walk
from .expert import expert
from .ip_parts import DSCP_WORDS, ECN_WORDS, reassembled, traffic_class
from .ipv4_options import options
from .registry import ethertype, ip_protocol, link_type
from .words import HEX_DEC, bit_pattern, number

_FLAGS = ((0x80, "rb", "Reserved bit"), (0x40, "df", "Don't fragment"), (0x20, "mf", "More fragments"))


@ethertype(0x0800)
@link_type(228)
def ipv4(walk: Walk, view: View) -> None:
    at = view.at
    if view.data[at] >> 4 == 6 and len(view):
        payload.next_ethertype(walk, view, 0x86DD)
        return
    branch = walk.layer(view, "ip", "Internet Protocol Version 4", 20)
    version = branch.u8(at) >> 4
    below = branch.add(f"{bit_pattern(branch.u8(at), 0xF0, 8)} = Version: {version}", "ip.version", version, at, 1)
    if version != 4:
        branch.resize(1)
        expert(below, "Error", "Protocol", f"Bogus IPv4 version ({version}, must be 4)", "ip.bogus_ip_version")
        return
    size = (branch.u8(at) & 15) * 4
    branch.resize(size)
    below = branch.add(f"{bit_pattern(branch.u8(at), 0x0F, 8)} = Header Length: {size} bytes ({size // 4})",
                       "ip.hdr_len", size, at, 1)  # fmt: skip
    if size < 20:
        expert(below, "Error", "Protocol", f"Bogus IP header length ({size}, must be at least 20)",
               "ip.bogus_header_length")  # fmt: skip
        return
    _service(branch, at + 1)
    total = _total(branch, view, size)
    if total < size:
        return
    if walk.claimed is None and view.source is None:
        walk.claimed = at + total
    branch = branch.within(at, at + total)
    _rest(walk, view, branch, size, total)


def _service(branch: Branch, at: int) -> None:
    value = branch.u8(at)
    below = branch.add(f"Differentiated Services Field: {traffic_class(value)}", "ip.dsfield", value, at, 1)
    below.bits("ip.dsfield.dscp", "Differentiated Services Codepoint", at, 1, 0xFC, names=DSCP_WORDS)
    below.bits("ip.dsfield.ecn", "Explicit Congestion Notification", at, 1, 0x03, names=ECN_WORDS)


def _total(branch: Branch, view: View, header: int) -> int:
    """The datagram's length. Segmentation offload leaves 0: then it is all that is there."""
    at = view.at + 2
    total, there = branch.u16(at), view.reported - view.at
    if total == 0:
        branch.add(f'[Total Length: {there} bytes (reported as 0, presumed to be because of "TCP segmentation offload"'
                   " (TSO))]", "ip.len", there, at, 2)  # fmt: skip
        return there
    if total < header:
        below = branch.add(f"Total Length: {total} bytes (bogus, less than header length {header})", "ip.len", total,
                           at, 2)  # fmt: skip
        expert(below, "Error", "Protocol", "Bogus IP length", "ip.bogus_ip_length")
        return total
    below = branch.add(f"Total Length: {total}", "ip.len", total, at, 2)
    if total > there and not branch.walk.quoted:
        expert(below, "Error", "Protocol", f"IPv4 total length exceeds packet length ({there} bytes)",
               "ip.bogus_ip_length")  # fmt: skip
    return total


def _rest(walk: Walk, view: View, branch: Branch, size: int, total: int) -> None:
    at = view.at
    identification = branch.u16(at + 4)
    branch.add(f"Identification: {number(identification, HEX_DEC, 4)}", "ip.id", identification, at + 4, 2)
    word = _fragment(branch, at + 6)
    ttl = branch.u8(at + 8)
    below = branch.add(f"Time to Live: {ttl}", "ip.ttl", ttl, at + 8, 1)
    multicast = view.data[at + 16 : at + 17] >= b"\xe0"
    if ttl < 5 and not multicast:
        expert(below, "Note", "Sequence", f'"Time To Live" only {ttl}', "ip.ttl.too_small")
    protocol = branch.uint("ip.proto", "Protocol", at + 9, 1, DEC, protocol_name)
    checksum = branch.u16(at + 10)
    branch.add(f"Header Checksum: 0x{checksum:04x} [validation disabled]", "ip.checksum", checksum, at + 10, 2)
    branch.computed("Header checksum status: Unverified", "ip.checksum.status", 2)
    source = branch.ipv4("ip.src", "Source Address", at + 12)
    final = _final_stop(branch, at, size)
    if final is None:
        destination = branch.ipv4("ip.dst", "Destination Address", at + 16)
    else:
        route = branch.ipv4("ip.cur_rt", "Current Route", at + 16)
        destination = f"{text(branch.raw(final, 4))}, Via: {route}"
    branch.label(f"Internet Protocol Version 4, Src: {source}, Dst: {destination}")
    if size > 20:
        options(branch, at + 20, at + size, final)
    branch.raw(at, size)
    rest = view.sub(at + size, at + total)
    if word & 0x3FFF:
        _in_fragments(walk, view, branch, rest, word, protocol)
    else:
        outer, walk.fragmented = walk.fragmented, False
        payload.next_ip_protocol(walk, rest, protocol)
        walk.fragmented = outer


def _fragment(branch: Branch, at: int) -> int:
    word = branch.u16(at)
    set_ones = [name for mask, _, name in _FLAGS if word >> 8 & mask]
    label = ", ".join([f"Flags: 0x{word >> 13:x}", *set_ones])
    below = branch.add(f"{bit_pattern(word >> 8, 0xE0, 8)} = {label}", "ip.flags", word >> 13, at, 1)
    for mask, field, name in _FLAGS:
        below.flag(f"ip.flags.{field}", name, at, 1, mask)
    offset = (word & 0x1FFF) * 8
    branch.add(f"{bit_pattern(word, 0x1FFF, 16)} = Fragment Offset: {offset}", "ip.frag_offset", offset, at, 2)
    return word


def _in_fragments(walk: Walk, view: View, branch: Branch, rest: View, word: int, protocol: int) -> None:
    """The whole datagram where this packet completes it; the first fragment alone where nobody can, for its bytes are
    not all there; else just data."""
    whole = reassembled(walk, branch, view, 4)
    if whole is not None:
        payload.next_ip_protocol(walk, whole, protocol)
    elif not word & 0x1FFF and len(rest) < rest.reported - rest.at:
        outer, walk.fragmented = walk.fragmented, True
        payload.next_ip_protocol(walk, rest, protocol)
        walk.fragmented = outer
    else:
        payload.data(walk, rest)


def _final_stop(branch: Branch, at: int, size: int) -> int | None:
    """Where the last address of a source route that is not yet travelled stands: that is the destination."""
    place, end = at + 20, min(at + size, branch.end)
    for _ in range(40):
        if place + 2 >= end or branch.data[place] == 0:
            return None
        if branch.data[place] == 1:
            place += 1
            continue
        kind, length, pointer = branch.data[place], branch.data[place + 1], branch.data[place + 2]
        if length < 2:
            return None
        if kind in (0x83, 0x89) and length >= 7 and pointer < length and place + length <= end:
            return place + 3 + (length - 3) // 4 * 4 - 4
        place += length
    return None


@link_type(12, 14, 101)
def raw(walk: Walk, view: View) -> None:
    """IP without a link layer."""
    walk.layer(view, "raw", "Raw packet data", len(view)).add("No link information available")
    by_version(walk, view)


@ip_protocol(4)
def in_ip(walk: Walk, view: View) -> None:
    by_version(walk, view)


def by_version(walk: Walk, view: View) -> None:
    """IPv4 or IPv6, as the first four bits tell."""
    version = view.data[view.at] >> 4 if len(view) else 0
    if version == 6:
        payload.next_ethertype(walk, view, 0x86DD)
    elif version == 4:
        walk.call(ipv4, view)
    elif len(view):
        branch = walk.layer(view, "ip", f"Internet Protocol, bogus version ({version})", 1)
        branch.bits("ip.version", "Version", view.at, 1, 0xF0)
        expert(branch, "Error", "Protocol", "Bogus IP version", "ip.bogus_ip_version")
