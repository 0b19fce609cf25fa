"""DNS messages, over UDP and over TCP, and the fields of theirs that are read without trees."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from .block import Block, Mask
from .joined import payloads
from .literals import Plain
from .speaking import at_ports, spoken

Values = list[Plain]
Extractor = Callable[[Block], Iterator[tuple[int, Values]]]
_PORTS = (53, 5353, 5355)
_HEADER = 12


def datagrams(block: Block) -> Mask:
    """Packets with a message in a UDP datagram."""
    found: Mask = block.udp & (block.column("payload_length") >= _HEADER) & at_ports(_PORTS, block)
    return found & ~(block.odd | block.quoted)


class _OverTcp:
    """Messages over TCP (RFC 1035 section 4.2.2): (packet that completes it, message), and the packets of streams
    that have gaps or make no sense."""

    def __init__(self, capture: Capture) -> None:
        self.messages: list[tuple[int, bytes]] = []
        self._doubtful: list[NDArray[np.int64]] = []
        table = capture.table
        whole = Block(capture, slice(0, len(capture)))
        some = np.flatnonzero(at_ports((53,), whole) & whole.tcp & (table["payload_length"] > 0))
        block = Block(capture, some)
        said = block.narrow(spoken(block))
        side = said.column("stream").astype(np.int64) * 2 + (said.column("direction") & 1)
        order = np.argsort(side, kind="stable")
        said, side = Block(capture, said.packets[order]), side[order]
        bounds = [*np.flatnonzero(np.diff(side, prepend=-1)).tolist(), len(side)]
        reach = said.column("payload").astype(np.int64) + said.column("payload_length")
        odd = said.odd | said.quoted | (reach > said.column("captured"))
        foreign = np.minimum(said.column("source_port"), said.column("destination_port")) != 53
        foreign |= np.maximum(said.column("source_port"), said.column("destination_port")) < 1024
        sequence = said.column("sequence").astype(np.int64)
        length = said.column("payload_length").astype(np.int64)
        data = [payload for _, payload in payloads(said)]
        for start, end in pairwise(bounds):
            mine = slice(start, end)
            follows = (sequence[mine][:-1] + length[mine][:-1]) & 0xFFFFFFFF == sequence[mine][1:]
            begun = int(said.column("relative_sequence")[start]) == 1
            found = None
            if begun and follows.all() and not odd[mine].any() and not foreign[mine].any():
                found = _messages(said.packets[mine].tolist(), data[start:end])
            if found is None:
                self._doubtful.append(said.packets[mine])
            else:
                self.messages += found
        self.messages.sort(key=lambda one: one[0])
        self.packets = [packet for packet, _ in self.messages]
        self.doubtful = np.concatenate([np.zeros(0, np.int64), *self._doubtful])


def _messages(packets: list[int], segments: list[bytes]) -> list[tuple[int, bytes]] | None:
    """The messages that one side sent, None where its bytes are none."""
    data = b"".join(segments)
    ends = np.cumsum([len(segment) for segment in segments]).tolist()
    found, at = [], 0
    while at + 2 <= len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end < at + 2 + _HEADER:
            return None
        if end > len(data):
            break
        found.append((packets[bisect_left(ends, end)], data[at + 2 : end]))
        at = end
    return found


def over_tcp(block: Block) -> _OverTcp:
    return block.shared("dns over tcp", lambda: _OverTcp(block.capture))  # type: ignore[no-any-return]


def unsure(block: Block) -> Mask:
    """Packets that may hold messages, which only trees can tell."""
    return np.isin(block.packets, over_tcp(block).doubtful)


def tcp_part(block: Block) -> list[tuple[int, bytes]]:
    """The messages that packets of the block complete."""
    told = over_tcp(block)
    if not len(block):
        return []
    first, last = int(block.packets[0]), int(block.packets[-1])
    return told.messages[bisect_left(told.packets, first) : bisect_left(told.packets, last + 1)]


def number(at: int, size: int, shift: int) -> Extractor:
    """An extractor of some bits in the header."""

    def extract(block: Block) -> Iterator[tuple[int, Values]]:
        mine = block.narrow(datagrams(block))
        numbers = mine.number("payload", at, size) >> shift
        for packet, value in zip(mine.packets.tolist(), numbers.tolist(), strict=True):
            yield packet, [value]
        for packet, data in tcp_part(block):
            yield packet, [int.from_bytes(data[at : at + size], "big") >> shift]

    return extract
