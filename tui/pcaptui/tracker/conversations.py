"""Conversations of a capture: one entry a stream, with its times, its phases and its state in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..loader.addresses import AddressTable
from ..loader.table import NONE16, Layer, PacketTable
from .arrays import StreamOrder
from .echoes import Gather
from .flags import Flag
from .lifecycle import NEVER, Lives, State, tcp_lives, udp_lives
from .phases import Phase, tcp_phases, udp_phases
from .times import TimeColumns, Times
from .timing import tcp_times

TCP, UDP = 6, 17
_PROTOCOLS = {"tcp": TCP, "udp": UDP}
_ASKING_PORTS = (21, 25, 53, 80, 110, 119, 143, 587, 3128, 8000, 8080, 8088)
_ASKING_UDP = (53, 67, 68, 123, 137, 161, 389, 500, 546, 547, 1812, 1813, 1900, 3478, 5353, 5355)
_FLAGS = tuple((str(flag.name), int(flag)) for flag in Flag)
_HTTP_STARTS = (b"GET ", b"POST", b"HEAD", b"PUT ", b"OPTI", b"DELE", b"PATC", b"CONN", b"HTTP")
BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """A phase of a conversation: its packets' indexes, ascending, and its times in s (start: since the capture's)."""

    phase: Phase
    packets: tuple[int, ...]
    start: float
    duration: float


@dataclass(frozen=True, slots=True)
class Conversation:
    """One stream. Times in seconds, `start` since the first packet of the capture; None where nothing tells.

    `bytes` and `payload` are (from the client, from the server). `rtt` is SYN to SYN,ACK, `connect` SYN to the
    client's ACK. `attempts` counts the client's SYNs; `refused_after` is the time from the last of
    them to the server's RST. `first`, `last` are packet indexes. `times` is None for UDP.
    """

    kind: str
    number: int
    client: str
    client_port: int
    server: str
    server_port: int
    packets: int
    bytes: tuple[int, int]
    payload: tuple[int, int]
    start: float
    duration: float
    state: State
    closed_by: str | None
    rtt: float | None
    connect: float | None
    anomalies: dict[str, int]
    first: int
    last: int
    attempts: int = 0
    refused_after: float | None = None
    times: Times | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.number}"


class Conversations:
    """Answers about conversations below the tracker's count; ask for a new one when the capture has grown.

    `members(protocol)` gives the columns (packets, streams) of a transport protocol; see tracker.Tracker.
    """

    def __init__(
        self,
        table: PacketTable,
        addresses: AddressTable,
        members: Callable[[int], tuple[NDArray[np.int64], NDArray[np.int32]]],
        gather: Gather,
    ) -> None:
        self._table = table
        self._addresses = addresses
        self._gather = gather
        self._members = {kind: self._plain(*members(number)) for kind, number in _PROTOCOLS.items()}
        self._lives: dict[str, tuple[Lives, NDArray[np.int32]]] = {}
        self._times: TimeColumns | None = None
        self._orders: dict[str, StreamOrder] = {}
        self._asking: dict[str, NDArray[np.bool_]] = {}
        self._begin = int(table["time"][0]) if len(table) else 0

    def _plain(
        self, packets: NDArray[np.int64], streams: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Without headers that are only quoted in ICMP errors."""
        plain = self._table["layers"][packets] & int(Layer.QUOTED) == 0
        return (packets, streams) if plain.all() else (packets[plain], streams[plain])

    def lives(self, kind: str) -> tuple[Lives, NDArray[np.int32]]:
        """The lives of all conversations of "tcp" or "udp", and their stream numbers, ascending."""
        found = self._lives.get(kind)
        if found is None:
            packets, streams = self._members[kind]
            numbers, dense = _dense(streams)
            make = tcp_lives if kind == "tcp" else udp_lives
            found = self._lives[kind] = make(self._table, packets, dense), numbers
        return found

    @classmethod
    def of_stream(
        cls, table: PacketTable, addresses: AddressTable, gather: Gather, kind: str, number: int,
        packets: NDArray[np.int64],
    ) -> Conversations:  # fmt: skip
        """One stream only, with its number: costs what its packets do, not what the capture does. `packets` are those
        of tracker.Tracker.packets; of them those count whose own stream it is (not what they carry or quote)."""
        own = packets[table["stream"][packets] == number]
        none = np.zeros(0, np.int64)
        return cls(
            table, addresses, gather=gather,
            members=lambda protocol: (mine := own if protocol == _PROTOCOLS[kind] else none,
                                      np.full(len(mine), number, np.int32)),
        )  # fmt: skip

    def alone(self, kind: str, number: int) -> Conversations:
        """One of these conversations by itself."""
        return self.of_stream(self._table, self._addresses, self._gather, kind, number, self.packets(kind, number))

    def times(self) -> TimeColumns:
        """The times of all TCP conversations, in the order of `lives("tcp")`."""
        if self._times is None:
            packets, streams = self._members["tcp"]
            self._times = tcp_times(self._table, packets, _dense(streams)[1], self.lives("tcp")[0])
        return self._times

    def __len__(self) -> int:
        return sum(len(self.lives(kind)[0]) for kind in _PROTOCOLS)

    def all(self) -> Iterator[Conversation]:
        """Every conversation, TCP's first, by number."""
        for kind in _PROTOCOLS:
            lives, numbers = self.lives(kind)
            for place, number in enumerate(numbers.tolist()):
                yield self._conversation(kind, number, lives, place)

    def find(self, kind: str, number: int) -> Conversation | None:
        """One conversation, None where there is no such stream (or only quoted headers of it)."""
        lives, numbers = self.lives(kind)
        place = int(np.searchsorted(numbers, number))
        if place == len(numbers) or numbers[place] != number:
            return None
        return self._conversation(kind, number, lives, place)

    def packets(self, kind: str, number: int) -> NDArray[np.int64]:
        """Indexes of a stream's own packets, ascending."""
        packets, streams = self._members[kind]
        if kind not in self._orders and len(streams) and streams[0] == number and (streams == number).all():
            return packets
        return self._order(kind).packets(number)

    def _order(self, kind: str) -> StreamOrder:
        found = self._orders.get(kind)
        if found is None:
            packets, streams = self._members[kind]
            count = int(streams.max()) + 1 if len(streams) else 0
            found = self._orders[kind] = StreamOrder(streams, packets, count)
        return found

    def packets_of(self, kind: str, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Packets of the conversations in `chosen` (n, in the order of `lives`), one conversation's together and in
        order, and their conversations: equally long columns (packet, place)."""
        lives, _ = self.lives(kind)
        if not chosen.any():
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        places = np.flatnonzero(chosen)
        packets = self._order(kind).every[np.repeat(chosen, lives.packets)]
        return packets.astype(np.int64), np.repeat(places, lives.packets[places])

    def _conversation(self, kind: str, number: int, lives: Lives, place: int) -> Conversation:
        table, first = self._table, int(lives.first[place])
        client = int(lives.client[place])
        ends = [
            (self._addresses.text(int(table[f"{end}"][first])), int(table[f"{end}_port"][first]))
            for end in ("source", "destination")
        ]
        forward = int(table["direction"][first]) == client
        here, there = (ends[0], ends[1]) if forward else (ends[1], ends[0])
        last = int(lives.last[place])
        start, stop = int(table["time"][first]), int(table["time"][last])
        closer = int(lives.closer[place])
        return Conversation(
            kind, number, here[0], here[1], there[0], there[1], int(lives.packets[place]),
            (int(lives.bytes[place, client]), int(lives.bytes[place, 1 - client])),
            (int(lives.payload[place, client]), int(lives.payload[place, 1 - client])),
            (start - self._begin) / BILLION, (stop - start) / BILLION, State(int(lives.state[place])),
            None if closer == NEVER else "client" if closer == client else "server",
            self._between(lives.syn[place], lives.syn_ack[place]), self._between(lives.syn[place], lives.ack[place]),
            self._anomalies(kind, number, int(lives.bits[place])), first, last, int(lives.attempts[place]),
            self._refused_after(lives, place), self.times().of(place) if kind == "tcp" else None,
        )  # fmt: skip

    def _refused_after(self, lives: Lives, place: int) -> float | None:
        if int(lives.state[place]) != int(State.refused):
            return None
        return self._between(lives.asked[place], lives.rst[place])

    def _between(self, first: np.integer[Any], second: np.integer[Any]) -> float | None:
        if first == NEVER or second == NEVER or second < first:
            return None
        times = self._table["time"]
        return (int(times[second]) - int(times[first])) / BILLION

    def _anomalies(self, kind: str, number: int, found: int) -> dict[str, int]:
        if not found:
            return {}
        bits = self._table["analysis"][self.packets(kind, number)]
        return {name: int(np.count_nonzero(bits & np.uint32(flag))) for name, flag in _FLAGS if found & flag}

    # Phases.

    def asking(self, kind: str) -> NDArray[np.bool_]:
        """One entry a conversation: whether its protocol is one of requests and responses, by port or first bytes."""
        known = self._asking.get(kind)
        if known is not None:
            return known
        lives, _ = self.lives(kind)
        table = self._table
        ports = _ASKING_PORTS if kind == "tcp" else _ASKING_UDP
        first = lives.first
        known = np.isin(table["source_port"][first], ports) | np.isin(table["destination_port"][first], ports)
        if kind == "tcp" and len(first):
            known |= self._speaks_http(lives)
        self._asking[kind] = known
        return known

    def _speaks_http(self, lives: Lives) -> NDArray[np.bool_]:
        packets, streams = self._members["tcp"]
        table = self._table
        loaded = (table["payload_length"][packets] > 1) & (table["payload"][packets] != NONE16)
        first = np.full(len(lives), NEVER, np.int64)
        first[_dense(streams)[1][loaded][::-1]] = packets[loaded][::-1]  # the last one stays: the capture's first
        speaks = np.flatnonzero(first != NEVER)
        head = self._gather(first[speaks], table["payload"][first[speaks]].astype(np.int64), 4)
        words = head.view(">u4").ravel()
        found = np.zeros(len(lives), bool)
        found[speaks] = np.isin(words, [int.from_bytes(start, "big") for start in _HTTP_STARTS])
        return found

    def phases(self) -> NDArray[np.uint8]:
        """The phase (Phase) of every packet of the table, shape (count,)."""
        column = np.zeros(len(self._table), np.uint8)
        for kind, make in (("tcp", tcp_phases), ("udp", udp_phases)):
            packets, streams = self._members[kind]
            lives, numbers = self.lives(kind)
            if len(packets):
                dense = np.searchsorted(numbers, streams).astype(np.int32)
                column[packets] = make(self._table, packets, dense, lives, self.asking(kind))
        return column

    def spans(self, kind: str, number: int, phases: NDArray[np.uint8] | None = None) -> list[Span]:
        """The phases of one conversation in the order in which they begin; `phases` is the column of `phases()`, which
        need not be made for one conversation that stands alone."""
        packets = self.packets(kind, number)
        if phases is not None:
            mine = phases[packets]
        else:
            lives, numbers = self.lives(kind)
            places = np.searchsorted(numbers, np.full(len(packets), number)).astype(np.int32)
            make = tcp_phases if kind == "tcp" else udp_phases
            mine = make(self._table, packets, places, lives, self.asking(kind))
        inside: dict[int, list[int]] = {}
        for packet, phase in zip(packets.tolist(), mine.tolist(), strict=True):
            inside.setdefault(phase, []).append(packet)
        inside.pop(int(Phase.none), None)
        return [self._span(phase, chosen) for phase, chosen in inside.items()]

    def _span(self, phase: int, packets: list[int]) -> Span:
        begin, end = (int(self._table["time"][i]) for i in (packets[0], packets[-1]))
        return Span(Phase(phase), tuple(packets), (begin - self._begin) / BILLION, (end - begin) / BILLION)


def _dense(streams: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The stream numbers that occur, ascending, and for each entry its number's place among them."""
    size = int(streams.max()) + 1 if len(streams) else 0
    if size > 64 * len(streams):
        numbers, dense = np.unique(streams, return_inverse=True)
        return numbers.astype(np.int32), dense.astype(np.int32)
    seen = np.zeros(size, bool)
    seen[streams] = True
    numbers = np.flatnonzero(seen).astype(np.int32)
    return numbers, (np.cumsum(seen, dtype=np.int32) - 1)[streams].astype(np.int32, copy=False)
