"""Which packets hold HTTP or DNS at all, told from their payloads without dissecting them one by one.

As tshark does, a message's protocol is credited to the segment that completes it; the segments before it are TCP's.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..capture import Capture
from ..loader.table import Layer
from .block import Block, Mask, Numbers
from .candidates import quoted_transport
from .http_extents import extent, http_mask
from .joined import Joined, Runs, payloads, runs
from .quick_dns import over_tcp
from .speaking import METHODS, STRIDE, at_ports, spoken, streams_like

Told = tuple[Mask, Mask]
"""Of every packet of a capture: whether it holds the protocol, and whether nobody can tell without its row."""
_DNS_HEADER = 12
_SSDP = 1900
_UNDECIDED = -1
_LENGTH = re.compile(rb"[ \t]*(\d{1,7})[ \t]*\r?(?:\n|$)")
_SIZED = re.compile(rb"(?i)\n(content-length|transfer-encoding):|\AHTTP/1\.[01] (1\d\d|204|304)")


def shortcut(protocol: str, block: Block) -> Told | None:
    """(passes, nobody can tell without the row) of a block's packets, None where this protocol has no short way."""
    if protocol not in _TOLD or block.capture.decode_as:
        return None
    passes, unsure = block.shared(f"quick protocol {protocol}", lambda: _TOLD[protocol](block.capture))
    strange = block.odd | quoted_transport(block) | block.flagged(Layer.FRAGMENT)
    return passes[block.packets], unsure[block.packets] | strange


@dataclass(slots=True)
class HttpTalk:
    """HTTP over TCP: messages as (first packet, last packet, whether it answers), ascending, and of every packet
    whether it is in a stream's doubtful part."""

    messages: list[tuple[int, int, bool]]
    doubtful: Mask

    def within(self, first: int, last: int, answers: bool) -> tuple[Numbers, Numbers]:
        """First and last packets of the messages of one kind that begin between two packets, ascending."""
        low, high = bisect_left(self.messages, (first,)), bisect_left(self.messages, (last + 1,))
        mine = [message for message in self.messages[low:high] if message[2] == answers]
        return np.array([one[0] for one in mine], np.int64), np.array([one[1] for one in mine], np.int64)


def http_talk(block: Block) -> HttpTalk:
    """That of the block's capture."""
    return block.shared("http talk", lambda: _http_talk(block.capture))  # type: ignore[no-any-return]


def _http_talk(capture: Capture) -> HttpTalk:
    """A message's segments are those from the one it begins with to the one that completes it. What belongs to no
    message, in a stream that has some, may be a continuation or the first half of a line; what follows it on its side
    hangs on that: only rows know."""
    count = len(capture)
    whole = Block(capture, slice(0, count))
    known = runs(whole)
    found: list[tuple[int, int, bool]] = []
    for at in range(0, count, STRIDE):
        part = Block(capture, slice(at, min(at + STRIDE, count)))
        for words in (METHODS, (b"HTTP",)):
            for first, payload in payloads(part.narrow(http_mask(part, words))):
                last = _alone(payload, first, words is not METHODS, known)
                if last == _UNDECIDED:
                    last = _last(Joined(capture, first, payload, known), first, words is not METHODS, known)
                begin, stop = int(known.places[first]), -1 if last is None else int(known.places[last])
                if 0 <= begin <= stop:
                    found.append((begin, stop, words is not METHODS))
    edges = np.zeros(len(known.packets) + 1, np.int32)
    complete: list[tuple[int, int, bool]] = []
    behind = 0
    for begin, stop, answers in sorted(found):
        if begin >= behind:  # else it is a line in the body of another
            complete.append((int(known.packets[begin]), int(known.packets[stop]), answers))
            behind = stop + 1
            edges[begin] += 1
            edges[behind] -= 1
    speaks = spoken(whole) & streams_like("http", whole)
    loose = (np.cumsum(edges)[:-1] == 0) & speaks[known.packets]
    doubtful = np.zeros(count, bool)
    doubtful[known.packets] = _from_the_first(loose, known.sides)
    doubtful &= speaks
    return HttpTalk(sorted(complete), doubtful | _ends_of(doubtful, whole))


def _ends_of(doubtful: Mask, block: Block) -> Mask:
    """FINs in the streams of some packets: a message without a length ends with them."""
    streams = np.zeros(max(1, block.capture.tracker.tcp_streams), bool)
    mine = block.tcp & (block.column("stream") >= 0)
    streams[block.column("stream")[doubtful & mine]] = True
    found: Mask = mine & (block.column("tcp_flags") & 1 != 0) & streams[np.maximum(block.column("stream"), 0) * mine]
    return found


def _http(capture: Capture) -> Told:
    whole = Block(capture, slice(0, len(capture)))
    talk = http_talk(whole)
    passes = np.zeros(len(capture), bool)
    passes[[last for _, last, _ in talk.messages]] = True
    datagrams = whole.udp & (whole.column("payload_length") > 0) & at_ports((_SSDP,), whole)
    return passes & ~talk.doubtful, datagrams | talk.doubtful


def _from_the_first(marks: Mask, groups: Numbers) -> Mask:
    """From the first mark in each group on, to its end; members of a group stand together."""
    if not len(marks):
        return marks
    before: Numbers = np.cumsum(marks) - marks
    starts = np.flatnonzero(np.diff(groups, prepend=groups[0] - 1))
    sizes = np.diff(np.append(starts, len(groups)))
    return np.cumsum(marks) > np.repeat(before[starts], sizes)


def _alone(payload: bytes, first: int, response: bool, known: Runs) -> int | None:
    """As `_last`, for what nearly all messages are: the head in one segment, the length in the head or no body."""
    end = payload.find(b"\n\r\n")
    if end < 0:
        return _UNDECIDED
    told = _SIZED.search(payload, 0, end)
    if told is None:
        if response:
            return None
        size = end + 3
    else:
        length = _LENGTH.match(payload, told.end(), end) if told[1] is not None else None
        if length is None or _SIZED.search(payload, told.end(), end) is not None:
            return _UNDECIDED
        size = end + 3 + int(length[1])
    last = first if size <= len(payload) else known.reaching(first, size)
    if last is None:
        return _UNDECIDED
    return last if known.ends_with(first, last, size) else None


def _last(message: Joined, first: int, response: bool, known: Runs) -> int | None:
    """The packet that completes a message; None where only rows know: it has no end, goes on until the FIN, or the
    next one begins in the middle of a segment."""
    end = message.find(b"\n\r\n", 0)
    head = bytes(message.data[: max(0, end)])
    if end < 0 or (response and not _SIZED.search(head)):
        return None
    size = extent(message, head, end + 3)
    last = message.reaching(size) if size is not None else None
    return last if last is not None and size is not None and known.ends_with(first, last, size) else None


def _dns(capture: Capture) -> Told:
    """Datagrams at port 53, where no other port has a say, and messages over TCP."""
    whole = Block(capture, slice(0, len(capture)))
    here, there = whole.column("source_port"), whole.column("destination_port")
    size, datagrams = whole.column("payload_length"), whole.udp & at_ports((53,), whole)
    alone = np.minimum(here, there) == 53
    alone &= ~at_ports((5353, 5355), whole)
    passes = datagrams & alone & (size >= _DNS_HEADER)
    spoken_over_tcp = over_tcp(whole)
    passes[spoken_over_tcp.packets] = True
    unsure = datagrams & (size > 0) & ~passes
    unsure[spoken_over_tcp.doubtful] = True
    return passes, unsure


_TOLD: dict[str, Callable[[Capture], Told]] = {"http": _http, "dns": _dns}
