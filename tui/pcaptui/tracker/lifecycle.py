"""The life of every TCP and UDP conversation, from whole columns: how it began, who spoke how much, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from ..loader.table import PacketTable
from .arrays import masked, run_starts, sort_by_group

Packets = NDArray[np.int32]
"""One packet index an entry, NEVER where there is none."""
Mask = NDArray[np.bool_]

FIN, SYN, RST, ACK = 1, 2, 4, 16
NEVER = -1
_HANDSHAKE_BITS = SYN | ACK


class State(IntEnum):
    """CONTRACT's `state` of a conversation; the names are what scripts see."""

    unknown = 0  # its start is not in the capture
    opening = 1
    open = 2
    closing = 3
    closed = 4
    reset = 5
    refused = 6
    unanswered = 7


@dataclass(slots=True)
class Lives:
    """One entry a conversation of one transport protocol, n entries each, numbered as its streams.

    first, last, packets, syn, syn_ack, ack, fin (n, 2), rst: int32; packet indexes are NEVER (-1) where there is none.
    `ack` is the client's first packet behind the SYN,ACK. attempts: int32, the client's SYNs; `asked` is the last of
    them before the SYN,ACK, or before the RST where there is none. bits: uint32, all findings (Flag) together. bytes:
    int64 (n, 2), frames' lengths by direction; payload: int64 (n, 2). client: uint8, the direction in which the client
    sends. state: uint8 (State). closer: int8, the direction that sent the first FIN, or the RST that ended it; -1
    nobody.
    """

    first: Packets
    last: Packets
    packets: Packets
    bytes: NDArray[np.int64]
    payload: NDArray[np.int64]
    client: NDArray[np.uint8]
    syn: Packets
    syn_ack: Packets
    ack: Packets
    fin: Packets
    rst: Packets
    state: NDArray[np.uint8]
    closer: NDArray[np.int8]
    attempts: Packets
    asked: Packets
    bits: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.first)


class _Runs:
    """Packets of all streams, a stream's together and in order; and reductions over each stream's run."""

    def __init__(self, table: PacketTable, packets: NDArray[np.int64], streams: NDArray[np.int32]) -> None:
        keys = sort_by_group(streams, packets)
        self.packets = (keys & 0xFFFFFFFF).astype(np.int32)
        starts = run_starts(keys >> 32)
        self.starts = np.flatnonzero(starts)
        self.run = np.cumsum(starts) - 1
        self.numbers = (keys[self.starts] >> 32).astype(np.int32)
        self.direction = table["direction"][self.packets]
        self.flags = table["tcp_flags"][self.packets]
        self.payload = table["payload_length"][self.packets]

    def first(self, mask: Mask) -> Packets:
        """The first packet of each run that has `mask`, NEVER if none does."""
        at = np.flatnonzero(mask)
        run = self.run[at]
        mine = run_starts(run)
        found = np.full(len(self.starts), NEVER, np.int32)
        found[run[mine]] = self.packets[at[mine]]
        return found

    def last(self, mask: Mask) -> Packets:
        """The last packet of each run that has `mask`, NEVER if none does."""
        at = np.flatnonzero(mask)
        found = np.full(len(self.starts), NEVER, np.int32)
        found[self.run[at]] = self.packets[at]  # of several the last one stays
        return found

    def totals(self, values: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Sums over each run by direction, shape (n, 2), int64."""
        ends = np.append(self.starts[1:], len(values)) - 1
        found = np.empty((len(self.starts), 2), np.int64)
        for side in (0, 1):
            upto = np.cumsum(masked(self.direction == side, values), dtype=np.int64)[ends]
            found[:, side] = np.diff(upto, prepend=0)
        return found

    def together(self, bits: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """All bits of each run."""
        found = np.zeros(len(self.starts), np.uint32)
        at = np.flatnonzero(bits)
        if len(at):
            heads = np.flatnonzero(run_starts(self.run[at]))
            found[self.run[at[heads]]] = np.bitwise_or.reduceat(bits[at], heads)
        return found

    def behind(self, packets: Packets) -> Mask:
        """Which packets come after the one that `packets` names for their run; none where it is NEVER."""
        mine = packets[self.run]
        later: Mask = (mine != NEVER) & (self.packets > mine)
        return later


def tcp_lives(table: PacketTable, packets: NDArray[np.int64], streams: NDArray[np.int32]) -> Lives:
    """Lives of TCP conversations. `packets`, `streams`: equally long columns of packet indexes and their streams,
    every stream from 0 up having at least one packet.
    """
    if not len(packets):
        return _none()
    runs = _Runs(table, packets, streams)
    flags, direction = runs.flags, runs.direction
    pure_syn = flags & (_HANDSHAKE_BITS | RST) == SYN
    syn = runs.first(pure_syn)
    syn_ack = runs.first(flags & (_HANDSHAKE_BITS | RST) == _HANDSHAKE_BITS)
    client = _client(table, runs, syn, syn_ack)
    from_client = direction == client[runs.run]
    ack = runs.first((flags & (_HANDSHAKE_BITS | RST) == ACK) & from_client & runs.behind(syn_ack))
    crossed = runs.first(pure_syn & ~from_client)
    fin = np.stack([runs.first((flags & FIN != 0) & (direction == side)) for side in (0, 1)], axis=1)
    rst = runs.first(flags & RST != 0)
    silent = runs.first(~from_client) == NEVER
    rst_by_server = (rst != NEVER) & (table["direction"][np.maximum(rst, 0)] != client)
    state = _states(syn, np.where(syn_ack == NEVER, crossed, syn_ack), ack, fin, rst, silent, rst_by_server)
    closer = _closers(table, fin, rst, state)
    lives = _lives(table, runs, client, syn, syn_ack, ack, fin, rst, state, closer)
    tries = pure_syn & from_client
    lives.attempts = np.bincount(runs.run[tries], minlength=len(runs.starts)).astype(np.int32)
    until = np.where(syn_ack != NEVER, syn_ack, rst)
    lives.asked = runs.last(tries & ~runs.behind(until) & (until != NEVER)[runs.run])
    lives.bits = runs.together(table["analysis"][runs.packets])
    return lives


def udp_lives(table: PacketTable, packets: NDArray[np.int64], streams: NDArray[np.int32]) -> Lives:
    """Lives of UDP conversations: nothing begins or ends them, so they are open, or unanswered."""
    if not len(packets):
        return _none()
    runs = _Runs(table, packets, streams)
    none = np.full(len(runs.starts), NEVER, np.int32)
    client = _client(table, runs, none, none)
    answered = runs.first(runs.direction != client[runs.run]) != NEVER
    state = np.where(answered, State.open, State.unanswered).astype(np.uint8)
    fin = np.stack([none, none], axis=1)
    return _lives(table, runs, client, none, none, none, fin, none, state, none.astype(np.int8))


def _lives(
    table: PacketTable,
    runs: _Runs,
    client: NDArray[np.uint8],
    syn: Packets,
    syn_ack: Packets,
    ack: Packets,
    fin: Packets,
    rst: Packets,
    state: NDArray[np.uint8],
    closer: NDArray[np.int8],
) -> Lives:
    ends = np.append(runs.starts[1:], len(runs.packets))
    return Lives(
        first=runs.packets[runs.starts],
        last=runs.packets[ends - 1],
        packets=(ends - runs.starts).astype(np.int32),
        bytes=runs.totals(table["length"][runs.packets]),
        payload=runs.totals(runs.payload),
        client=client,
        syn=syn,
        syn_ack=syn_ack,
        ack=ack,
        fin=fin,
        rst=rst,
        state=state,
        closer=closer,
        attempts=np.zeros(len(state), np.int32),
        asked=np.full(len(state), NEVER, np.int32),
        bits=np.zeros(len(state), np.uint32),
    )


def _client(table: PacketTable, runs: _Runs, syn: Packets, syn_ack: Packets) -> NDArray[np.uint8]:
    """The client sent the SYN or got the SYN,ACK; else its port is not the well-known one; else it was first."""
    first = runs.packets[runs.starts]
    low_source = table["source_port"][first] < 1024
    by_port = low_source & (table["destination_port"][first] >= 1024)
    client = by_port.astype(np.uint8)
    direction = table["direction"]
    client = np.where(syn_ack != NEVER, direction[np.maximum(syn_ack, 0)] ^ 1, client)
    earlier = (syn != NEVER) & ((syn_ack == NEVER) | (syn < syn_ack))
    return np.where(earlier, direction[np.maximum(syn, 0)], client).astype(np.uint8)


def _states(
    syn: Packets, answer: Packets, ack: Packets, fin: Packets, rst: Packets, silent: Mask, rst_by_server: Mask
) -> NDArray[np.uint8]:
    began = (syn != NEVER) | (answer != NEVER)
    established = (answer != NEVER) & (ack != NEVER)
    one, other = fin[:, 0], fin[:, 1]
    was_reset = rst != NEVER
    both = (one != NEVER) & (other != NEVER)
    closed_before = both & (~was_reset | ((rst > one) & (rst > other)))
    rules = [
        (closed_before, State.closed),
        (was_reset & (syn != NEVER) & (answer == NEVER) & rst_by_server, State.refused),
        (was_reset, State.reset),
        ((one != NEVER) | (other != NEVER), State.closing),
        (~began, State.unknown),
        ((answer == NEVER) & silent, State.unanswered),
        (~established, State.opening),
    ]
    return np.select([mask for mask, _ in rules], [int(state) for _, state in rules], int(State.open)).astype(np.uint8)


def _closers(table: PacketTable, fin: Packets, rst: Packets, state: NDArray[np.uint8]) -> NDArray[np.int8]:
    """Who ended it: the side of the first FIN; for a reset or refused connection, of the RST."""
    one, other = fin[:, 0], fin[:, 1]
    by_fin = np.where((one != NEVER) & ((other == NEVER) | (one < other)), 0, np.where(other != NEVER, 1, NEVER))
    by_rst = table["direction"][np.maximum(rst, 0)].astype(np.int64)
    ended_by_rst = np.isin(state, (State.reset, State.refused))
    return np.where(ended_by_rst, by_rst, by_fin).astype(np.int8)


def _none() -> Lives:
    empty, pair = np.zeros(0, np.int32), np.zeros((0, 2), np.int64)
    byte = np.zeros(0, np.uint8)
    return Lives(
        empty,
        empty,
        empty,
        pair,
        pair,
        byte,
        empty,
        empty,
        empty,
        pair.astype(np.int32),
        empty,
        byte,
        byte.view(np.int8),
        empty,
        empty,
        np.zeros(0, np.uint32),
    )
