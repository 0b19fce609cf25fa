"""ICMPv6: errors, echo, multicast listeners, neighbor discovery, node information (RFC 4443, 2710, 3810, 4861, 4620,
8335)."""

from __future__ import annotations

from ..protocols.icmpv6 import CODES, TYPES
from ..protocols.text import ipv6
from .branch import HEX, Branch, View, Walk
from .checksums import checksum
from .icmp import echo_links, inner, quoted
from .icmp_extensions import multi_part
from .icmpv6_options import options
from .icmpv6_renumbering import renumbering
from .icmpv6_rpl import rpl
from .registry import ip_protocol
from .words import DEC_HEX, bit_pattern, number

_RECORDS = {1: "Include", 2: "Exclude", 3: "Changed to include", 4: "Changed to exclude", 5: "Allow new sources",
            6: "Block old sources"}  # fmt: skip
PREFERENCES = {0: "Medium", 1: "High", 2: "Reserved", 3: "Low"}
_QUERIES = {0: "NOOP", 1: "Supported query types (Obsolete)", 2: "Node Name", 3: "Node addresses",
            4: "IPv4 node addresses"}  # fmt: skip
_SUBJECTS = {0: "Query subject = IPv6 addresses", 1: "Query subject = DNS name or empty",
             2: "Query subject = IPv4 addresses"}  # fmt: skip
_STATES = {0: "Reserved", 1: "Incomplete", 2: "Reachable", 3: "Stale", 4: "Delay", 5: "Probe", 6: "Failed"}
MAX_RECORDS = 4096
MLD2_QUERY = 28
"""Bytes that a listener query of version 2 has at least (RFC 3810, 8.1)."""


@ip_protocol(58)
def icmpv6(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "icmpv6", "Internet Control Message Protocol v6", len(view))
    kind = branch.uint("icmpv6.type", "Type", at, 1, names=TYPES)
    code = branch.u8(at + 1)
    codes = _SUBJECTS if kind == 139 else CODES.get(kind)
    words = f"{code}" if codes is None else f"{code} ({codes.get(code, 'Unknown')})"
    branch.add(f"Code: {words}", "icmpv6.code", code, at + 1, 1)
    _checksum(walk, branch, at)
    reader = _READERS.get(kind)
    if reader is not None:
        reader(walk, branch, at)
    elif branch.end > at + 4:
        inner(walk, branch, branch.view.sub(at + 4))


def _checksum(walk: Walk, branch: Branch, at: int) -> None:
    view = branch.view
    if walk.quoted or walk.fragmented or view.end < view.reported or not walk.addresses:
        why = " [in ICMP error packet]" if walk.quoted else " [fragmented datagram]" if walk.fragmented else ""
        checksum(branch, "icmpv6.checksum", at + 2, None, why)
        return
    size = view.reported - at
    checksum(branch, "icmpv6.checksum", at + 2, walk.addresses + size.to_bytes(4, "big") + b"\0\0\0\x3a" + view.bytes)


def _echo(walk: Walk, branch: Branch, at: int) -> None:
    branch.uint("icmpv6.echo.identifier", "Identifier", at + 4, 2, HEX)
    branch.uint("icmpv6.echo.sequence_number", "Sequence", at + 6, 2)
    if not walk.quoted:
        _links(walk, branch)
    inner(walk, branch, branch.view.sub(at + 8))


def _links(walk: Walk, branch: Branch) -> None:
    echo_links(walk, branch, "icmpv6.resp_in", "icmpv6.resp_to", "icmpv6.resptime",
               ("Response In", "Response To", "Response Time"))  # fmt: skip


def _error(walk: Walk, branch: Branch, at: int) -> None:
    kind = branch.u8(at)
    if kind == 2:
        branch.uint("icmpv6.mtu", "MTU", at + 4, 4)
    elif kind == 4:
        branch.uint("icmpv6.pointer", "Pointer", at + 4, 4)
    else:
        length = branch.u8(at + 4)
        if length:
            branch.uint("icmpv6.length", "Length", at + 4, 1)
            branch.blob("icmpv6.reserved", "Reserved", at + 5, 3)
        else:
            branch.blob("icmpv6.reserved", "Reserved", at + 4, 4)
        if length and kind in (1, 3):
            end = at + 8 + 8 * length
            quoted(walk, branch, branch.view.sub(at + 8, end), 0x86DD)
            if branch.end >= end + 4:
                multi_part(branch, end, branch.end)
            return
    quoted(walk, branch, branch.view.sub(at + 8), 0x86DD)


def _query(walk: Walk, branch: Branch, at: int) -> None:
    """Listener query, report and done of MLD version 1, and the query of version 2, which is longer."""
    if branch.u8(at) != 130 or branch.view.reported - at < MLD2_QUERY:
        branch.uint("icmpv6.mld.maximum_response_delay", "Maximum Response Delay [ms]", at + 4, 2)
        branch.blob("icmpv6.reserved", "Reserved", at + 6, 2)
        branch.ipv6("icmpv6.mld.multicast_address", "Multicast Address", at + 8)
        return
    branch.uint("icmpv6.mld.maximum_response_code", "Maximum Response Code", at + 4, 2)
    branch.blob("icmpv6.reserved", "Reserved", at + 6, 2)
    branch.ipv6("icmpv6.mld.multicast_address", "Multicast Address", at + 8)
    flags = branch.u8(at + 24)
    words = [name for mask, name in ((8, "Suppress Router-Side Processing"),) if flags & mask]
    below = branch.add(", ".join([f"Flags: 0x{flags:02x}", *words]), "icmpv6.mld.flag", flags, at + 24, 1)
    below.flag("icmpv6.mld.flag.s", "Suppress Router-Side Processing", at + 24, 1, 8, "True", "False")
    below.bits("icmpv6.mld.flag.qrv", "QRV (Querier's Robustness Variable)", at + 24, 1, 7)
    below.bits("icmpv6.mld.flag.reserved", "Reserved", at + 24, 1, 0xF0)
    branch.uint("icmpv6.mld.qqi", "QQIC (Querier's Query Interval Code)", at + 25, 1)
    count = branch.uint("icmpv6.mld.nb_sources", "Number of Sources", at + 26, 2)
    for place in range(at + 28, at + 28 + 16 * count, 16):
        branch.ipv6("icmpv6.mld.source_address", "Source Address", place)


def _report(walk: Walk, branch: Branch, at: int) -> None:
    branch.blob("icmpv6.reserved", "Reserved", at + 4, 2)
    count = branch.uint("icmpv6.mldr.nb_mcast_records", "Number of Multicast Address Records", at + 6, 2)
    place = at + 8
    for _ in range(min(count, MAX_RECORDS)):
        place = _record(branch, place)


def _record(parent: Branch, at: int) -> int:
    kind, extra, count = parent.u8(at), parent.u8(at + 1), parent.u16(at + 2)
    size = 20 + 16 * count + 4 * extra
    address = ipv6(parent.raw(at + 4, 16))
    words = _RECORDS.get(kind, "Unknown Record Type")
    branch = parent.add(f"Multicast Address Record {words}: {address}", "icmpv6.mldr.mar", None, at, size)
    branch.uint("icmpv6.mldr.mar.record_type", "Record Type", at, 1, names=_RECORDS)
    branch.uint("icmpv6.mldr.mar.aux_data_len", "Aux Data Len", at + 1, 1)
    branch.uint("icmpv6.mldr.mar.nb_sources", "Number of Sources", at + 2, 2)
    branch.ipv6("icmpv6.mldr.mar.multicast_address", "Multicast Address", at + 4)
    for place in range(at + 20, at + 20 + 16 * count, 16):
        branch.ipv6("icmpv6.mldr.mar.source_address", "Source Address", place)
    if extra:
        branch.blob("icmpv6.mldr.mar.auxiliary_data", "Auxiliary Data", at + 20 + 16 * count, 4 * extra)
    return at + size


def _router_solicitation(walk: Walk, branch: Branch, at: int) -> None:
    branch.blob("icmpv6.reserved", "Reserved", at + 4, 4)
    options(walk, branch, at + 8)


def _router_advertisement(walk: Walk, branch: Branch, at: int) -> None:
    branch.uint("icmpv6.nd.ra.cur_hop_limit", "Cur hop limit", at + 4, 1)
    flags = branch.u8(at + 5)
    preference = "Prf (Default Router Preference)"
    named = (
        (0x80, "m", "Managed address configuration"),
        (0x40, "o", "Other configuration"),
        (0x20, "h", "Home Agent"),
    )
    words = [name for mask, _, name in named if flags & mask] + [f"{preference}: {PREFERENCES[flags >> 3 & 3]}"]
    words += ["Proxy"] if flags & 4 else []
    below = branch.add(", ".join([f"Flags: 0x{flags:02x}", *words]), "icmpv6.nd.ra.flag", flags, at + 5, 1)
    for mask, field, name in named:
        below.flag(f"icmpv6.nd.ra.flag.{field}", name, at + 5, 1, mask)
    below.bits("icmpv6.nd.ra.flag.prf", preference, at + 5, 1, 0x18, names=PREFERENCES)
    below.flag("icmpv6.nd.ra.flag.p", "Proxy", at + 5, 1, 0x04)
    below.bits("icmpv6.nd.ra.flag.rsv", "Reserved", at + 5, 1, 0x03)
    branch.uint("icmpv6.nd.ra.router_lifetime", "Router lifetime (s)", at + 6, 2)
    branch.uint("icmpv6.nd.ra.reachable_time", "Reachable time (ms)", at + 8, 4)
    branch.uint("icmpv6.nd.ra.retrans_timer", "Retrans timer (ms)", at + 12, 4)
    options(walk, branch, at + 16)


def _solicitation(walk: Walk, branch: Branch, at: int) -> None:
    branch.blob("icmpv6.reserved", "Reserved", at + 4, 4)
    branch.ipv6("icmpv6.nd.ns.target_address", "Target Address", at + 8)
    options(walk, branch, at + 24)


def _advertisement(walk: Walk, branch: Branch, at: int) -> None:
    flags = branch.u32(at + 4)
    named = ((1 << 31, "r", "Router"), (1 << 30, "s", "Solicited"), (1 << 29, "o", "Override"))
    words = [name for mask, _, name in named if flags & mask]
    below = branch.add(", ".join([f"Flags: 0x{flags:08x}", *words]), "icmpv6.nd.na.flag", flags, at + 4, 4)
    for mask, field, name in named:
        below.flag(f"icmpv6.nd.na.flag.{field}", name, at + 4, 4, mask)
    below.bits("icmpv6.nd.na.flag.rsv", "Reserved", at + 4, 4, (1 << 29) - 1)
    branch.ipv6("icmpv6.nd.na.target_address", "Target Address", at + 8)
    options(walk, branch, at + 24)


def _redirect(walk: Walk, branch: Branch, at: int) -> None:
    branch.blob("icmpv6.reserved", "Reserved", at + 4, 4)
    branch.ipv6("icmpv6.nd.rd.target_address", "Target Address", at + 8)
    branch.ipv6("icmpv6.rd.na.destination_address", "Destination Address", at + 24)
    options(walk, branch, at + 40)


_NODE_FLAGS = ((0x20, "g", "Global-scope addresses"), (0x10, "s", "Site-local addresses"),
               (0x08, "l", "Link-local addresses"), (0x04, "c", "Compression"), (0x02, "a", "Unicast Addresses"),
               (0x01, "t", "Truncated"))  # fmt: skip


def _node_information(walk: Walk, branch: Branch, at: int) -> None:
    """RFC 4620."""
    kind, code = branch.u8(at), branch.u8(at + 1)
    asked = branch.uint("icmpv6.ni.qtype", "Qtype", at + 4, 2, names=_QUERIES)
    flags = branch.u16(at + 6)
    words = [name for mask, _, name in _NODE_FLAGS if flags & mask]
    below = branch.add(", ".join([f"Flags: 0x{flags:04x}", *words]), "icmpv6.ni.flag", flags, at + 6, 2)
    for mask, field, name in _NODE_FLAGS:
        yes, no = (
            ("All unicast address", "Unicast addresses on the queried interface")
            if field == "a"
            else ("Set", "Not set")
        )
        below.flag(f"icmpv6.ni.flag.{field}", name, at + 6, 2, mask, yes, no)
    below.add(f"{bit_pattern(flags, 0xFFC0, 16)} = Reserved: 0x{flags >> 6:03x}", "icmpv6.ni.flag.rsv", flags >> 6,
              at + 6, 2)  # fmt: skip
    branch.uint("icmpv6.ni.nonce", "Nonce", at + 8, 8, HEX)
    if branch.end <= at + 16:
        return
    if kind == 139:
        _subject(branch, at + 16, code)
    else:
        _answer(branch, at + 16, asked)


def _subject(branch: Branch, at: int, code: int) -> None:
    if code == 0:
        branch.ipv6("icmpv6.ni.query.subject_ipv6", "IPv6 subject address", at)
    elif code == 2:
        branch.ipv4("icmpv6.ni.query.subject_ipv4", "IPv4 subject address", at)
    elif code == 1:
        branch.string("icmpv6.ni.query.subject_fqdn", "FQDN subject", at, branch.end - at)


def _answer(branch: Branch, at: int, asked: int) -> None:
    size = {3: 20, 4: 8}.get(asked)
    if size is None:
        return
    for place in range(at, branch.end - size + 1, size):
        branch.uint("icmpv6.ni.reply.node_ttl", "TTL", place, 4)
        if asked == 3:
            branch.ipv6("icmpv6.ni.reply.node_address", "IPv6 Node address", place + 4)
        else:
            branch.ipv4("icmpv6.ni.reply.ipv4_address", "IPv4 Node address", place + 4)


def _extended(walk: Walk, branch: Branch, at: int) -> None:
    """RFC 8335."""
    branch.uint("icmpv6.echo.identifier", "Identifier", at + 4, 2, HEX)
    sequence = branch.u8(at + 6)
    branch.add(f"Sequence number: {number(sequence, DEC_HEX, 2)}", "icmpv6.ext.echo.seq", sequence, at + 6, 1)
    if branch.u8(at) == 160:
        branch.bits("icmpv6.ext.echo.req.res", "Reserved", at + 7, 1, 0xFE, HEX)
        branch.flag("icmpv6.ext.echo.req.local", "Local bit", at + 7, 1, 1)
        if branch.end > at + 8:
            multi_part(branch, at + 8, branch.end)
        return
    branch.bits("icmpv6.ext.echo.rsp.state", "State", at + 7, 1, 0xE0, names=_STATES)
    branch.bits("icmpv6.ext.echo.rsp.res", "Reserved", at + 7, 1, 0x18, HEX)
    branch.flag("icmpv6.ext.echo.rsp.active", "Active bit", at + 7, 1, 4)
    branch.flag("icmpv6.ext.echo.rsp.ipv4", "IPv4 bit", at + 7, 1, 2)
    branch.flag("icmpv6.ext.echo.rsp.ipv6", "IPv6 bit", at + 7, 1, 1)


_READERS = {1: _error, 2: _error, 3: _error, 4: _error, 128: _echo, 129: _echo, 130: _query, 131: _query, 132: _query,
            133: _router_solicitation, 134: _router_advertisement, 135: _solicitation, 136: _advertisement,
            137: _redirect, 138: renumbering, 139: _node_information, 140: _node_information, 143: _report,
            155: rpl, 160: _extended, 161: _extended}  # fmt: skip
