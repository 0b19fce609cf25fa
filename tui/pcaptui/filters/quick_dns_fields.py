"""Fields of DNS messages that are read without trees: flags, counts, questions, records, the time of an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np

from ..exchanges.columns import names as pairs
from ..fields.dns_message import Message
from ..protocols.packet import Malformed, Short
from .block import Block, Mask, Numbers
from .joined import payloads
from .quick_dns import Extractor, Values, datagrams, tcp_part, unsure
from .speaking import STRIDE, at_ports

_UPDATE, _OPT, _SRV, _MAIL = 5, 41, 33, 15
_LOCAL, _MULTICAST = (5355,), (5353,)
_BITMAPS = (47, 50)
"""Records that name types (RFC 4034, 5155), which trees show as records' own."""
_BROKEN, _NAMING = "broken", "naming types"
_NAMES = {2: "dns.ns", 5: "dns.cname", 12: "dns.ptr.domain_name", 39: "dns.dname"}
_ADDRESSES = {1: ("dns.a", 4), 28: ("dns.aaaa", 16)}
RECORDS = (
    "dns.qry.name dns.qry.type dns.qry.class dns.resp.name dns.resp.type dns.resp.class dns.resp.ttl dns.resp.len "
    "dns.a dns.aaaa dns.ns dns.cname dns.ptr.domain_name dns.dname dns.mx.mail_exchange dns.mx.preference"
).split()
"""Fields of questions and records."""

# The header (RFC 1035 section 4.1.1): the bits of a field, and the messages that have it.
Presence = Callable[[int, bool], bool]
_BITS: dict[str, tuple[int, Presence]] = {
    "dns.flags": (0xFFFF, lambda flags, local: True),
    "dns.flags.opcode": (0x7800, lambda flags, local: True),
    "dns.flags.conflict": (0x0400, lambda flags, local: local),
    "dns.flags.authoritative": (0x0400, lambda flags, local: not local and flags & 0x8000 != 0),
    "dns.flags.truncated": (0x0200, lambda flags, local: True),
    "dns.flags.tentative": (0x0100, lambda flags, local: local),
    "dns.flags.recdesired": (0x0100, lambda flags, local: not local),
    "dns.flags.recavail": (0x0080, lambda flags, local: not local and flags & 0x8000 != 0),
    "dns.flags.z": (0x0040, lambda flags, local: not local),
    "dns.flags.authenticated": (0x0020, lambda flags, local: not local and flags & 0x8020 != 0),
    "dns.flags.checkdisable": (0x0010, lambda flags, local: not local),
    "dns.flags.rcode": (0x000F, lambda flags, local: flags & 0x8000 != 0),
}
_COUNTS = {
    "dns.count.queries": (4, False), "dns.count.answers": (6, False), "dns.count.auth_rr": (8, False),
    "dns.count.add_rr": (10, None), "dns.count.zones": (4, True), "dns.count.prerequisites": (6, True),
    "dns.count.updates": (8, True),
}  # fmt: skip
"""Where counts stand, and whether they are those of updates (RFC 2136)."""


def _heads(block: Block, at: int) -> Iterator[tuple[int, int, int, bool]]:
    """(packet, flags, two bytes at a place of the header, whether it is link-local name resolution) of messages."""
    mine = block.narrow(datagrams(block))
    columns = (mine.packets, mine.number("payload", 2, 2), mine.number("payload", at, 2), at_ports(_LOCAL, mine))
    yield from zip(*(column.tolist() for column in columns), strict=True)
    for packet, data in tcp_part(block):
        yield packet, int.from_bytes(data[2:4], "big"), int.from_bytes(data[at : at + 2], "big"), False


def _bits(mask: int, there: Presence) -> Extractor:
    shift = (mask & -mask).bit_length() - 1

    def extract(block: Block) -> Iterator[tuple[int, Values]]:
        for packet, flags, _, local in _heads(block, 2):
            if there(flags, local):
                yield packet, [(flags & mask) >> shift]

    return extract


def _count(at: int, update: bool | None) -> Extractor:
    def extract(block: Block) -> Iterator[tuple[int, Values]]:
        for packet, flags, count, _ in _heads(block, at):
            if update is None or update == (flags >> 11 & 15 == _UPDATE):
                yield packet, [count]

    return extract


# Questions and records.

Fields = dict[str, list[tuple[int, Values]]]


def _all(block: Block, records: bool) -> Fields:
    """Every message is read once for all fields of its questions, and of its records if they are wanted."""
    found: Fields = defaultdict(list)
    capture = block.capture
    for at in range(0, len(capture), STRIDE):
        part = Block(capture, slice(at, min(at + STRIDE, len(capture))))
        mine = part.narrow(datagrams(part))
        multicast = at_ports(_MULTICAST, mine).tolist()
        for (packet, data), many in zip(payloads(mine), multicast, strict=True):
            _tell(found, packet, data, many, records)
        for packet, data in tcp_part(part):
            _tell(found, packet, data, False, records)
    return found


def _tell(found: Fields, packet: int, data: bytes, multicast: bool, records: bool) -> None:
    values: dict[str, Values] = defaultdict(list)
    try:
        _read(data, multicast, values, records)
    except (Short, Malformed):  # what stands before the broken part counts
        values[_BROKEN] = []
    for name, these in values.items():
        found[name].append((packet, these))


def _read(data: bytes, multicast: bool, values: dict[str, Values], records: bool) -> None:
    message = Message(None, 0, data, multicast)  # type: ignore[arg-type]  # no tree is built
    counts = [int.from_bytes(data[at : at + 2], "big") for at in (4, 6, 8, 10)]
    at = 12
    for _ in range(counts[0]):
        at = _question(message, at, values)
    for _ in range(sum(counts[1:]) if records else 0):
        at = _record(message, at, values)


def _number(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise Short
    return int.from_bytes(data[at : at + size], "big")


def _question(message: Message, at: int, values: dict[str, Values]) -> int:
    name, size = message.name(at)
    both = _number(message.bytes, at + size, 4)
    values["dns.qry.name"].append(name)
    values["dns.qry.type"].append(both >> 16)
    values["dns.qry.class"].append(both & (0x7FFF if message.multicast else 0xFFFF))
    return at + size + 4


def _record(message: Message, start: int, values: dict[str, Values]) -> int:
    name, size = message.name(start)
    at = start + size
    length = _number(message.bytes, at + 8, 2)
    kind, group = _number(message.bytes, at, 2), _number(message.bytes, at + 2, 2)
    if kind != _SRV:
        values["dns.resp.name"].append(name)
    values["dns.resp.type"].append(kind)
    if kind != _OPT:
        values["dns.resp.class"].append(group & (0x7FFF if message.multicast else 0xFFFF))
        values["dns.resp.ttl"].append(_number(message.bytes, at + 4, 4))
    values["dns.resp.len"].append(length)
    at += 10
    if length:
        _data(message, kind, at, length, values)
        _number(message.bytes, at + length, 0)
    return at + length


def _data(message: Message, kind: int, at: int, length: int, values: dict[str, Values]) -> None:
    data = message.bytes
    if kind in _BITMAPS:
        values[_NAMING] = []
    elif kind in _ADDRESSES:
        field, size = _ADDRESSES[kind]
        if length >= size and at + size <= len(data):
            values[field].append(data[at : at + size])
    elif kind in _NAMES:
        values[_NAMES[kind]].append(message.name(at)[0])
    elif kind == _MAIL:
        values["dns.mx.preference"].append(_number(data, at, 2))
        values["dns.mx.mail_exchange"].append(message.name(at + 2)[0])


def _records(block: Block) -> Fields:
    return block.shared("dns records", lambda: _all(block, True))  # type: ignore[no-any-return]


def _questions(block: Block) -> Fields:
    """Of the questions alone: names of records are what takes longest."""
    return block.shared("dns questions", lambda: _all(block, False))  # type: ignore[no-any-return]


def _with(what: str, block: Block) -> Numbers:
    """Packets with a message that is remarkable."""
    return np.array([packet for packet, _ in _records(block).get(what, ())], np.int64)


def _unsure_types(block: Block) -> Mask:
    return unsure(block) | np.isin(block.packets, _with(_NAMING, block))


def _field(name: str) -> Extractor:
    def extract(block: Block) -> Iterator[tuple[int, Values]]:
        known = _questions(block) if name.startswith("dns.qry.") else _records(block)
        first, last = int(block.packets[0]), int(block.packets[-1])
        yield from (one for one in known.get(name, ()) if first <= one[0] <= last)

    return extract


# Times.


def _times(block: Block) -> Iterator[tuple[int, Values]]:
    """Between a question and its answer over UDP."""
    packets, partners = block.shared("dns pairs", lambda: pairs(block.capture))
    part = block.narrow(datagrams(block) & ~at_ports(_MULTICAST, block))
    answers = np.setdiff1d(part.packets[part.number("payload", 2, 1) >= 0x80], _with(_BROKEN, block))
    order = np.argsort(packets, kind="stable")
    _, first = np.unique(partners[order], return_index=True)  # answers that come again are none
    packets, partners = packets[order[first]], partners[order[first]]
    mine = np.isin(packets, answers) & (partners < packets)
    times = block.capture.table["time"]
    took = times[packets[mine]] - times[partners[mine]]
    for packet, time in zip(packets[mine].tolist(), took.tolist(), strict=True):
        yield packet, [time]


def _unsure_time(block: Block) -> Mask:
    """Answers over TCP are tied in streams."""
    over_tcp = [packet for packet, _ in tcp_part(block)]
    return unsure(block) | np.isin(block.packets, np.array(over_tcp, np.int64))


DNS: dict[str, tuple[Extractor, Callable[[Block], Mask]]] = {
    **{name: (_bits(*how), unsure) for name, how in _BITS.items()},
    **{name: (_count(*how), unsure) for name, how in _COUNTS.items()},
    **{name: (_field(name), unsure) for name in RECORDS},
    "dns.resp.type": (_field("dns.resp.type"), _unsure_types),
    "dns.time": (_times, _unsure_time),
}
