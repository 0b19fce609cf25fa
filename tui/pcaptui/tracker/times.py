"""How long each part of a TCP conversation took, and how well it went: columns, and one conversation's own numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NONE = -1
BILLION = 1_000_000_000
SLOW = 0.5
"""Seconds from which on a part of a conversation is called slow: an ACK may not be held back for longer, so this is
beyond what a healthy receiver adds (RFC 9293 section 3.8.6.3)."""
IDLE = 1.0
"""Seconds without a packet that count as idle: as long as a sender waits for an ACK at least, before it sends again
(RFC 6298 section 2.4), so whoever is silent for longer waits for something else than the network."""
_SINGLE = (
    "connect_server", "connect_client", "client_first", "client", "client_longest", "server", "server_longest",
    "server_at", "wire", "wire_longest", "wire_at", "answers", "stalled", "idle", "idle_longest", "idle_count",
    "idle_at",
)  # fmt: skip
_PAIRS = (
    "transfer", "rtt_least", "rtt_most", "rtt_sum", "rtt_count", "flight", "flight_at", "fresh", "sending", "segments",
    "sent", "repeated", "repeated_bytes", "closed_window", "still_closed",
)  # fmt: skip
_AT = {name: place for place, name in enumerate(_SINGLE)}
_AT.update({name: len(_SINGLE) + 2 * place for place, name in enumerate(_PAIRS)})
_WIDTH = len(_SINGLE) + 2 * len(_PAIRS)

Longs = NDArray[np.int64]


def _fill() -> Longs:
    none = [name.endswith(("_at", "_first", "_least")) or name.startswith("connect") for name in _SINGLE]
    none += [name.endswith(("_at", "_least")) for name in _PAIRS for _ in (0, 1)]
    return np.where(none, NONE, 0).astype(np.int64)


_BLANK = _fill()
_NOTHING: list[int] = _BLANK.tolist()


class TimeColumns:
    """n conversations, int64 each. Times are ns, places are packet indexes; both are -1 where there is none.

    What the names mean stands at Times and Side. Only conversations that sent something or paused have a row of their
    own: a million that are one SYN each cost little.
    """

    def __init__(self, measured: NDArray[np.bool_], connects: tuple[Longs, Longs]) -> None:
        """`measured` (n): which have rows of their own, filled through `own`; connects: connect_server, _client (n)."""
        self._rows = np.where(measured, np.cumsum(measured) - 1, NONE).astype(np.int32)
        self._connects = connects
        self._matrix: Longs = np.repeat(_BLANK[:, None], int(np.count_nonzero(measured)), axis=1)
        for name, column in zip(_SINGLE, connects, strict=False):
            self.own(name)[:] = column[measured]

    def __len__(self) -> int:
        return len(self._rows)

    def own(self, name: str) -> Longs:
        """One column of the measured conversations, m in their order, writable: shape (m,), of pairs (m, 2): [of the
        client, of the server]. Raises KeyError for an unknown name."""
        place = _AT[name]
        return self._matrix[place] if place < len(_SINGLE) else self._matrix[place : place + 2].T

    def column(self, name: str) -> Longs:
        """One column of all conversations, a copy: shape (n,) or (n, 2). Raises KeyError for an unknown name."""
        own, fill = self.own(name), _BLANK[_AT[name]]
        found: Longs = np.full((len(self), *own.shape[1:]), fill, np.int64)
        found[self._rows != NONE] = own
        return found

    def of(self, place: int) -> Times:
        """The numbers of one conversation."""
        row = int(self._rows[place])
        if row != NONE:
            return Times(self._matrix[:, row].tolist())
        blank = list(_NOTHING)
        blank[:2] = (int(column[place]) for column in self._connects)
        return Times(blank)


class _Seconds:
    """A time of a row, s."""

    def __init__(self) -> None:
        self._at = 0

    def __set_name__(self, _owner: type, name: str) -> None:
        self._at = _AT[name]

    def __get__(self, row: Times | Side, _owner: type) -> float:
        return row.row[self._at + row.side] / BILLION


class _Maybe(_Seconds):
    """The same, None where there is none."""

    def __get__(self, row: Times | Side, _owner: type) -> float | None:  # type: ignore[override]
        found = row.row[self._at + row.side]
        return None if found == NONE else found / BILLION


class _Count(_Seconds):
    """A number of a row."""

    def __get__(self, row: Times | Side, _owner: type) -> int:
        return row.row[self._at + row.side]


class _Packet(_Seconds):
    """A packet's index, None where there is none."""

    def __get__(self, row: Times | Side, _owner: type) -> int | None:  # type: ignore[override]
        found = row.row[self._at + row.side]
        return None if found == NONE else found


class Side:
    """What one side sent. Times in s, None where nothing tells.

    transfer: from the first to the last segment of each of its runs of new data (a run ends where the other side sends
    data), without pauses of IDLE and more. rtt_*: from its segments to the other side's ACK of just their end, those
    left out that something was sent again behind (Karn: RFC 6298 section 3). flight: most bytes sent and not
    acknowledged, and the packet that made them so many. fresh: bytes of payload, each once. segments, sent: its
    segments with payload, and their bytes; repeated, repeated_bytes: those of them that are retransmissions.
    closed_window: how long its receive window was 0; still_closed: times that it was so to the end of the capture.
    """

    __slots__ = ("row", "side")

    def __init__(self, row: list[int], side: int) -> None:
        self.row = row
        self.side = side

    transfer = _Seconds()
    rtt_least = _Maybe()
    rtt_most = _Seconds()
    rtt_sum = _Seconds()
    rtt_count = _Count()
    flight = _Count()
    flight_at = _Packet()
    fresh = _Count()
    sending = _Seconds()
    segments = _Count()
    sent = _Count()
    repeated = _Count()
    repeated_bytes = _Count()
    closed_window = _Seconds()
    still_closed = _Count()

    @property
    def rtt_mean(self) -> float | None:
        return self.rtt_sum / self.rtt_count if self.rtt_count else None

    @property
    def goodput(self) -> float | None:
        """`fresh` a second, from the first segment to the ACK of the last (to itself where there is none). One segment
        alone has no rate."""
        return self.fresh / self.sending if self.sending and self.segments > 1 else None

    @property
    def repeat_rate(self) -> float | None:
        """Retransmitted segments over all segments with payload; None where there are none."""
        return self.repeated / self.segments if self.segments else None


class Times:
    """Where the time of one TCP conversation went, s; None where nothing tells. `sides`: (client, server).

    connect_server is SYN to SYN,ACK, connect_client from there to the client's ACK. client_first: from the
    handshake's end to the client's first byte, where the client speaks first. client: that and every wait from the
    last byte of the server's data to the client's next; server: from a request's arrival to the first byte of what
    follows, `answers` times. A request has arrived when the server's ACK comes, and what passes until then is `wire`.
    Where the answer itself is the first ACK, wire is what the handshake's round trip takes, if it is in the
    capture, or until the request's last retransmission. stalled: pauses of IDLE and more inside of one side's data.
    connect, client, server, wire, both transfers and stalled are parts of the duration that do not overlap.
    idle: all pauses of IDLE and more between two packets, whatever they are part of.
    *_at: the packet that ends the longest one.
    """

    __slots__ = ("row", "sides")
    side = 0

    def __init__(self, row: list[int]) -> None:
        """`row` holds the columns' values in their order."""
        self.row = row
        self.sides = Side(row, 0), Side(row, 1)

    connect_server = _Maybe()
    connect_client = _Maybe()
    client_first = _Maybe()
    client = _Seconds()
    client_longest = _Seconds()
    server = _Seconds()
    server_longest = _Seconds()
    server_at = _Packet()
    wire = _Seconds()
    wire_longest = _Seconds()
    wire_at = _Packet()
    answers = _Count()
    stalled = _Seconds()
    idle = _Seconds()
    idle_longest = _Seconds()
    idle_count = _Count()
    idle_at = _Packet()

    @property
    def slow(self) -> str | None:
        """Where most time was lost: "wire", "client" or "server"; None where nothing took SLOW. The client is to
        blame for its first request only: later on it may be a person who reads."""
        wire = max(self.connect_server or 0.0, self.wire_longest)
        waits = (("wire", wire), ("client", self.client_first or 0.0), ("server", self.server_longest))
        name, longest = max(waits, key=lambda pair: pair[1])
        return name if longest >= SLOW else None

    @property
    def parts(self) -> float:
        """The parts that do not overlap, together."""
        connect = (self.connect_server or 0.0) + (self.connect_client or 0.0)
        sent = self.sides[0].transfer + self.sides[1].transfer
        return connect + self.client + self.server + self.wire + sent + self.stalled
