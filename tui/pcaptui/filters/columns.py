"""Fields that whole columns answer: from the packet table, or from header bytes read for many packets at once.

`COLUMN_FIELDS` has a function Block -> lanes for each; packets that are `odd` need another look. What tshark shows
when, and with which value, was found by experiment.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from ..choices import among
from ..loader.table import Layer
from ..tracker.flags import Flag
from .block import Block, Lane, Mask, Numbers
from .icmp_columns import ICMP
from .own import NUMBERS
from .timing import completeness, stream_times

Maker = Callable[[Block], list[Lane]]
COLUMN_FIELDS: dict[str, Maker] = {}
_ENCAPSULATIONS = {0: 15, 1: 1, 9: 4, 10: 5, 101: 7, 104: 28, 105: 20, 107: 27, 113: 25, 127: 23, 228: 129, 229: 130,
                   276: 210}  # fmt: skip
"""Link types to Wireshark's own numbers of encapsulations."""


def _add(names: str, maker: Maker) -> None:
    for name in names.split():
        COLUMN_FIELDS[name] = maker


def _column(name: str, column: str, where: Callable[[Block], Mask | None], size: int) -> None:
    COLUMN_FIELDS[name] = lambda block: [Lane(block.column(column), where(block), size)]


def _bytes(name: str, base: str, at: int, size: int, where: Callable[[Block], Mask], length: int = 0) -> None:
    """A header field of whole bytes."""
    COLUMN_FIELDS[name] = lambda block: [
        Lane(block.number_of(there := where(block), base, at, size), there, length or size)
    ]


def _bits(name: str, base: str, at: int, size: int, mask: int, where: Callable[[Block], Mask]) -> None:
    """A header field in some bits of `size` bytes."""
    shift = (mask & -mask).bit_length() - 1
    COLUMN_FIELDS[name] = lambda block: [
        Lane((block.number_of(there := where(block), base, at, size) & mask) >> shift, there, size)
    ]


def _constant(block: Block, value: int, where: Mask | None, size: int = 0) -> list[Lane]:
    return [Lane(np.full(len(block), value), where, size)]


def _there(name: str, where: Callable[[Block], Mask | None]) -> None:
    """A protocol or a field without a value."""
    COLUMN_FIELDS[name] = lambda block: _constant(block, 1, where(block))


# Frame.


def _timed(block: Block) -> Mask:
    return ~block.flagged(Layer.UNTIMED)


def _delta(block: Block) -> list[Lane]:
    times = block.capture.table["time"]
    before = times[np.maximum(block.packets - 1, 0)]
    return [Lane(block.column("time") - before, _timed(block))]


def _relative(block: Block) -> list[Lane]:
    """Time since the first packet, or the latest that the person made a reference."""
    times = block.capture.table["time"]
    begins = np.array([0, *block.capture.choices.references], np.int64)
    start = begins[np.searchsorted(begins, block.packets, side="right") - 1] if len(begins) > 1 else begins[0]
    return [Lane(block.column("time") - times[start] if len(times) else block.column("time"), _timed(block))]


def _references(block: Block) -> list[Lane]:
    return _constant(block, 1, np.isin(block.packets, np.array(block.capture.choices.references, np.int64)))


def _encapsulation(block: Block) -> list[Lane]:
    numbers = np.array([_ENCAPSULATIONS.get(i.link_type, 0) for i in block.capture.interfaces])
    return [Lane(numbers[block.column("interface")], None, 2)]


_there("frame", lambda block: None)
_add("frame.number", lambda block: [Lane(block.packets + 1, None, 4)])
_column("frame.len", "length", lambda block: None, 4)
_column("frame.cap_len", "captured", lambda block: None, 4)
_add("frame.time frame.time_epoch", lambda block: [Lane(block.column("time"), _timed(block))])
_add("frame.time_delta frame.time_delta_displayed", _delta)  # displayed.py knows better where it counts
_add("frame.time_relative", _relative)
_add("frame.marked", lambda block: [Lane(among(block.capture.choices.marked, block.packets).view(np.int8), None)])
_add("frame.ignored", lambda block: [Lane(among(block.capture.choices.ignored, block.packets).view(np.int8), None)])
_add("frame.ref_time", _references)
_add("frame.offset_shift", lambda block: _constant(block, 0, _timed(block)))
_add("frame.encap_type", _encapsulation)


# Ethernet, VLAN, ARP.


def _ethernet_lane(make: Callable[[Block, int], Numbers], at: int, block: Block) -> list[Lane]:
    return [Lane(make(block, at), block.ethernet, 6)]


def _ethernet(name: str, make: Callable[[Block, int], Numbers], both: bool = True) -> None:
    """A field of the destination (at 0) and the source address (at 6)."""
    ends = {"dst": 0, "src": 6}
    for end, at in ends.items():
        COLUMN_FIELDS[f"eth.{end}{name}"] = partial(_ethernet_lane, make, at)
    if both:
        addresses = f"eth.addr{name}" if not name or name == ".oui" else f"eth{name}"
        COLUMN_FIELDS[addresses] = lambda block: [Lane(make(block, at), block.ethernet, 6) for at in (0, 6)]


_there("eth", lambda block: block.ethernet)
_ethernet("", lambda block, at: block.number(0, at, 6))
_ethernet(".ig", lambda block, at: block.number(0, at, 1) & 1)
_ethernet(".lg", lambda block, at: (block.number(0, at, 1) >> 1) & 1)
_ethernet(".oui", lambda block, at: block.number(0, at, 3))
_add("eth.type", lambda block: [Lane(kind := block.number(0, 12, 2), block.ethernet & (kind >= 1536), 2)])
_add("eth.len", lambda block: [Lane(kind := block.number(0, 12, 2), block.ethernet & (kind <= 1500), 2)])


def _tags(block: Block) -> list[tuple[int, Mask]]:
    """Where 802.1Q tags stand in the frame: up to two, one behind the other."""
    first = block.ethernet & (block.number(0, 12, 2) == 0x8100) & (block.column("captured") >= 18)
    second = first & (block.number(0, 16, 2) == 0x8100) & (block.column("captured") >= 22)
    return [(14, first), (18, second)]


def _tag(name: str, at: int, mask: int) -> None:
    shift = (mask & -mask).bit_length() - 1
    COLUMN_FIELDS[f"vlan.{name}"] = lambda block: [
        Lane((block.number(0, place + at, 2) & mask) >> shift, where, 2) for place, where in _tags(block)
    ]


_there("vlan", lambda block: _tags(block)[0][1])
_tag("priority", 0, 0xE000)
_tag("dei", 0, 0x1000)
_tag("id", 0, 0x0FFF)
_add("vlan.etype", lambda block: [
    Lane(kind := block.number(0, place + 2, 2), where & (kind >= 1536), 2) for place, where in _tags(block)
])  # fmt: skip


def _plain_arp(block: Block) -> Mask:
    """ARP of IPv4 over Ethernet."""
    found: Mask = block.arp & (block.number("network", 0, 6) == 0x000108000604)
    return found


_there("arp", lambda block: block.arp)
for _name, _at, _size in (("hw.type", 0, 2), ("proto.type", 2, 2), ("hw.size", 4, 1), ("proto.size", 5, 1),
                          ("opcode", 6, 2)):  # fmt: skip
    _bytes(f"arp.{_name}", "network", _at, _size, lambda block: block.arp)
for _name, _at, _size in (("src.hw_mac", 8, 6), ("src.proto_ipv4", 14, 4), ("dst.hw_mac", 18, 6),
                          ("dst.proto_ipv4", 24, 4)):  # fmt: skip
    _bytes(f"arp.{_name}", "network", _at, _size, _plain_arp)


# IPv4 and IPv6.


def _ipv6(block: Block) -> Mask:
    return block.ipv6


def _quoted(block: Block) -> Mask:
    """Where there is a second IPv4 header, that of the packet an ICMP error is about."""
    found: Mask = block.quoted & block.ipv4
    return found


def _headers4(block: Block) -> list[Lane]:
    found = _constant(block, 1, block.ipv4)
    if block.quoted.any():
        found.append(Lane(found[0].values, _quoted(block), layer=2))
    return found


def _address4(block: Block, end: str) -> list[Lane]:
    """By index; as numbers where ICMP errors have two."""
    if not block.quoted.any():
        return [Lane(block.column(end), block.ipv4, 4, indexed=True)]
    inner = block.ipv4_values[block.column(end)]
    outer = block.number_where(block.quoted, "outer", 12 if end == "source" else 16, 4)
    return [Lane(np.where(block.quoted, outer, inner), block.ipv4, 4), Lane(inner, _quoted(block), 4, layer=2)]


def _address6(block: Block, end: str) -> list[Lane]:
    return [Lane(block.column(end), block.ipv6, 16, indexed=True)]


def _ends(prefix: str, make: Callable[[Block, str], list[Lane]]) -> None:
    _add(f"{prefix}.src", lambda block: make(block, "source"))
    _add(f"{prefix}.dst", lambda block: make(block, "destination"))
    _add(f"{prefix}.addr", lambda block: make(block, "source") + make(block, "destination"))


_add("ip", _headers4)
_there("ipv6", _ipv6)
_ends("ip", _address4)
_ends("ipv6", _address6)


def _ip(name: str, at: int, size: int, mask: int = 0, factor: int = 1) -> None:
    """A field of the IPv4 header, or of both headers in an ICMP error."""
    shift = (mask & -mask).bit_length() - 1 if mask else 0

    def value(number: Numbers) -> Numbers:
        return ((number & mask) >> shift) * factor if mask else number

    def lanes(block: Block) -> list[Lane]:
        found = [Lane(value(block.number("outer", at, size)), block.ipv4, size)]
        if block.quoted.any():
            inner = block.number_where(_quoted(block), "network", at, size)
            found.append(Lane(value(inner), _quoted(block), size, layer=2))
        return found

    COLUMN_FIELDS[f"ip.{name}"] = lanes


_ip("version", 0, 1, 0xF0)
_ip("hdr_len", 0, 1, 0x0F, 4)
_ip("dsfield", 1, 1)
_ip("dsfield.dscp", 1, 1, 0xFC)
_ip("dsfield.ecn", 1, 1, 0x03)
_ip("len", 2, 2)
_ip("id", 4, 2)
_ip("flags", 6, 1, 0xE0)
_ip("flags.rb", 6, 1, 0x80)
_ip("flags.df", 6, 1, 0x40)
_ip("flags.mf", 6, 1, 0x20)
_ip("frag_offset", 6, 2, 0x1FFF, 8)
_ip("ttl", 8, 1)
_ip("proto", 9, 1)
_ip("checksum", 10, 2)
_add("ip.checksum.status", lambda block: _constant(block, 2, block.ipv4))
_bits("ipv6.version", "network", 0, 1, 0xF0, _ipv6)
_bits("ipv6.tclass", "network", 0, 4, 0x0FF00000, _ipv6)
_bits("ipv6.tclass.dscp", "network", 0, 4, 0x0FC00000, _ipv6)
_bits("ipv6.tclass.ecn", "network", 0, 4, 0x00300000, _ipv6)
_bits("ipv6.flow", "network", 0, 4, 0x000FFFFF, _ipv6)
_bytes("ipv6.plen", "network", 4, 2, _ipv6)
_bytes("ipv6.nxt", "network", 6, 1, _ipv6)
_bytes("ipv6.hlim", "network", 7, 1, _ipv6)


# TCP and UDP.


def _tcp(block: Block) -> Mask:
    return block.tcp


def _udp(block: Block) -> Mask:
    return block.udp


def _loaded(block: Block) -> Mask:
    """Payload that was captured, if only in part."""
    found: Mask = (block.column("payload_length") > 0) & (block.column("payload") < block.column("captured"))
    return found


def _ports(where: Callable[[Block], Mask], block: Block) -> list[Lane]:
    return [Lane(block.column(f"{end}_port"), where(block), 2) for end in ("source", "destination")]


def _since(kind: str, which: str, block: Block) -> list[Lane]:
    return [Lane(block.take(stream_times(block, kind, which)), block.tcp if kind == "tcp" else block.udp)]


for _prefix, _where in (("tcp", _tcp), ("udp", _udp)):
    _there(_prefix, _where)
    _column(f"{_prefix}.srcport", "source_port", _where, 2)
    _column(f"{_prefix}.dstport", "destination_port", _where, 2)
    _column(f"{_prefix}.stream", "stream", _where, 4)
    _add(f"{_prefix}.port", partial(_ports, _where))
    for _which in ("delta", "relative"):
        _add(f"{_prefix}.time_{_which}", partial(_since, _prefix, _which))

_bytes("udp.length", "transport", 4, 2, _udp)
_bytes("udp.checksum", "transport", 6, 2, _udp)
_add("udp.checksum.status", lambda block: [
    Lane(np.where(block.number("transport", 6, 2) == 0, 3, 2), block.udp)
])  # fmt: skip
_add("udp.payload", lambda block: _constant(block, 1, block.udp & _loaded(block)))

_column("tcp.len", "payload_length", _tcp, 1)
_column("tcp.seq", "relative_sequence", _tcp, 4)
_column("tcp.seq_raw", "sequence", _tcp, 4)
_column("tcp.ack", "relative_acknowledgment", _tcp, 4)
_column("tcp.ack_raw", "acknowledgment", _tcp, 4)
_column("tcp.window_size_value", "window", _tcp, 2)
_add("tcp.hdr_len", lambda block: [Lane((block.number("transport", 12, 1) >> 4) * 4, block.tcp, 1)])
_bytes("tcp.checksum", "transport", 16, 2, _tcp)
_bytes("tcp.urgent_pointer", "transport", 18, 2, _tcp)
_add("tcp.checksum.status", lambda block: _constant(block, 2, block.tcp))
_column("tcp.flags", "tcp_flags", _tcp, 2)


def _flag(mask: int, block: Block) -> list[Lane]:
    return [Lane((block.column("tcp_flags") & mask != 0).view(np.int8), block.tcp, 1)]


for _name, _mask in (("res", 0xE00), ("ae", 0x100), ("cwr", 0x80), ("ece", 0x40), ("urg", 0x20), ("ack", 0x10),
                     ("push", 8), ("reset", 4), ("syn", 2), ("fin", 1)):  # fmt: skip
    _add(f"tcp.flags.{_name}", partial(_flag, _mask))


def _next_sequence(block: Block) -> list[Lane]:
    flags = block.column("tcp_flags")
    more = block.column("payload_length").astype(np.int64) + (flags & 3 != 0)
    return [Lane(block.column("relative_sequence") + more, block.tcp, 4)]


def _window(block: Block) -> list[Lane]:
    shift = block.column("shift")
    scaled = block.column("window").astype(np.int64) << np.clip(shift, 0, 14).astype(np.int64)
    plain = block.column("tcp_flags") & 2 != 0
    return [Lane(np.where(plain, block.column("window"), scaled), block.tcp, 2)]


def _factor(block: Block) -> list[Lane]:
    shift = block.column("shift").astype(np.int64)
    factor = np.where(shift < 0, shift, np.int64(1) << np.clip(shift, 0, 14))
    return [Lane(factor, block.tcp & (block.column("tcp_flags") & 2 == 0), 2)]


_add("tcp.nxtseq", _next_sequence)
_add("tcp.window_size", _window)
_add("tcp.window_size_scalefactor", _factor)
_add("tcp.completeness", lambda block: [Lane(block.take(completeness(block)), block.tcp, 1)])
_add("tcp.payload", lambda block: _constant(block, 1, block.tcp & _loaded(block)))


def _noticed(name: str, mask: int) -> None:
    _there(f"tcp.analysis.{name}", lambda block: block.column("analysis") & np.uint32(mask) != 0)


_noticed("flags", 0xFFFFFFFF)
for _kind in Flag:
    _noticed(str(_kind.name), int(_kind))


def _segment(name: str, mask: int, wanted: int) -> None:
    _there(f"tcp.connection.{name}", lambda block: block.tcp & (block.column("tcp_flags") & mask == wanted))


_segment("syn", 0x12, 0x02)
_segment("synack", 0x12, 0x12)
_segment("fin", 0x01, 0x01)
_segment("rst", 0x04, 0x04)

COLUMN_FIELDS.update(NUMBERS)
COLUMN_FIELDS.update(ICMP)
WHOLE = frozenset(name for name in COLUMN_FIELDS if name.startswith(("frame", "stream.")))
"""Fields that columns know in odd packets too."""
