"""The TCP stream graphs: from one stream's segments to the series of a plot, one function a kind.

`made(stream, kind, by_client)` is the way in. Every point with a packet equals what tshark 4.0 shows: y is tcp.seq
(modulo 2**32) in time-sequence, tcp.seq and tcp.ack in tcptrace, tcp.analysis.ack_rtt in rtt, tcp.window_size and
tcp.analysis.bytes_in_flight in window; marks are tcp.analysis.* flags.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tracker.flags import Flag
from .scales import round_step, value_text
from .series import Kind, Plot, Series, Style, series
from .stream import Bools, Longs, Stream

FEWEST, MOST, IN_ONE = 20, 120, 6
"""The throughput's time is cut into so many intervals, about so many segments in each."""
LEAST_INTERVAL = 0.0001
SEQUENCE = "sequence number"
MOST_INTERVALS = 100_000


@dataclass(frozen=True, slots=True)
class GraphKind:
    """`name` as --graph has it."""

    name: str
    title: str
    about: str
    make: Callable[[Stream, bool], Plot]


def made(stream: Stream, kind: str, by_client: bool, finer: int = 0) -> Plot:
    """One graph of what the client (or the server) sent. Raises KeyError for a kind that does not exist. `finer`: how
    often to halve the throughput's intervals, negative: to double them."""
    if kind == "throughput":
        return _throughput(stream, by_client, finer)
    return KINDS[kind].make(stream, by_client)


def main_direction(stream: Stream) -> bool:
    """Whether the client sent more data than the server: the graph of the larger part is the one to look at first."""
    sent = int(stream.length[stream.by_client].sum())
    return sent >= int(stream.length.sum()) - sent and sent > 0


def _points(
    stream: Stream, name: str, places: Longs, y: NDArray[Any], style: Style, sign: str, kind: Kind = "points",
    low: NDArray[Any] | None = None,
) -> Series:  # fmt: skip
    return series(name, stream.time[places], y, style, sign, kind, stream.packets[places], low)


_MARKS: tuple[tuple[str, tuple[Flag, ...], Style, str], ...] = (
    ("gap before it", (Flag.lost_segment,), "warning", "?"),
    ("keep-alive, probe", (Flag.keep_alive, Flag.zero_window_probe), "quiet", "p"),
    ("out of order", (Flag.out_of_order,), "warning", "○"),
    ("retransmission", (Flag.retransmission, Flag.fast_retransmission, Flag.spurious_retransmission), "bad", "×"),
)


def _marks(stream: Stream, mine: Bools, y: NDArray[Any]) -> list[Series]:
    """What the analysis found in one direction's segments."""
    found = []
    for name, flags, style, sign in _MARKS:
        places = np.flatnonzero(mine & stream.flagged(*flags))
        if len(places):
            found.append(_points(stream, name, places, y[places], style, sign, "marks"))
    resets = np.flatnonzero(mine & stream.is_reset)
    if len(resets):
        # Many a reset has a number far from all others: it stands where the data ended.
        shown = y[mine & ~stream.is_reset]
        low, high = (int(shown.min()), int(shown.max())) if len(shown) else (0, 1)
        height = np.where((y[resets] >= low) & (y[resets] <= high + 1), y[resets], high)
        found.append(_points(stream, "reset", resets, height, "bad", "R", "marks"))
    return found


def _sacked(stream: Stream, by_client: bool) -> list[Series]:
    """What the other side has told of by SACK, as strokes at the time of each such acknowledgment."""
    blocks = stream.sacks
    theirs = np.flatnonzero(stream.by_client[blocks.place] != by_client)
    if not len(theirs):
        return []
    place = blocks.place[theirs]
    return [_points(stream, "SACKed", place, blocks.right[theirs], "third", "s", "bars", blocks.left[theirs])]


def _time_sequence(stream: Stream, by_client: bool) -> Plot:
    """W. Richard Stevens' graph: a dot where a segment begins."""
    mine = stream.by_client == by_client
    places = np.flatnonzero(mine & stream.takes)
    shown = [
        *_sacked(stream, by_client),
        _points(stream, "segments", places, stream.sequence[places], "main", "●"),
        *_marks(stream, mine, stream.sequence),
    ]
    return Plot("Time sequence", shown, y_name=SEQUENCE, y_unit="bytes", floor=False)


def _tcptrace(stream: Stream, by_client: bool) -> Plot:
    """As the program tcptrace drew it: between the line of what is acknowledged and that of what is allowed."""
    mine, theirs = stream.by_client == by_client, stream.by_client != by_client
    places = np.flatnonzero(mine & stream.takes)
    told = np.flatnonzero(theirs & stream.has_ack & ~stream.is_reset)
    acked = stream.acknowledgment[told]
    doubled = np.flatnonzero(theirs & stream.has_ack & stream.flagged(Flag.duplicate_ack))
    shut = np.flatnonzero(theirs & stream.has_ack & stream.flagged(Flag.zero_window))
    shown = [
        _points(stream, "window", told, acked + stream.window[told], "quiet", "w", "steps"),
        _points(stream, "acknowledged", told, acked, "second", "a", "steps"),
        *_sacked(stream, by_client),
        _points(stream, "segments", places, stream.end[places], "main", "●", "bars", stream.sequence[places]),
    ]
    if len(doubled):
        shown.append(_points(stream, "duplicate ACK", doubled, stream.acknowledgment[doubled], "warning", "d", "marks"))
    if len(shut):
        shown.append(_points(stream, "zero window", shut, stream.acknowledgment[shut], "bad", "0", "marks"))
    shown += _marks(stream, mine, stream.end)
    return Plot("Time sequence (tcptrace)", shown, y_name=SEQUENCE, y_unit="bytes", floor=False)


def _rtt(stream: Stream, by_client: bool) -> Plot:
    places, took = stream.round_trips
    theirs = stream.by_client[places] != by_client
    places, seconds = places[theirs], took[theirs] / 1e9
    repeated = stream.flagged(Flag.retransmission)[stream.facts.acknowledged[places]]
    shown = [_points(stream, "round trip", places, seconds, "main", "●")]
    if repeated.any():
        shown.append(_points(stream, "of a retransmission", places[repeated], seconds[repeated], "bad", "×", "marks"))
    plot = Plot("Round-trip time", shown, y_name="round trip", y_unit="s")
    if len(seconds):
        low, middle, high = np.quantile(seconds, (0, 0.5, 1))
        plot.notes.append(f"{value_text(float(low), 's')} to {value_text(float(high), 's')}, "
                          f"median {value_text(float(middle), 's')}")  # fmt: skip
    return plot


def _throughput(stream: Stream, by_client: bool, finer: int = 0) -> Plot:
    """Bits of payload a second, in equal intervals from the stream's first segment on."""
    places = np.flatnonzero((stream.by_client == by_client) & (stream.length > 0))
    if not len(places):
        return Plot("Throughput", [], y_name="payload", y_unit="bits/s")
    time = np.maximum(stream.time[places], 0)
    span = float(max(stream.time.max(), 0))
    wanted = min(max(len(places) // IN_ONE, FEWEST), MOST) * 2.0**finer
    least = max(LEAST_INTERVAL, span / MOST_INTERVALS)
    step = round_step(max(span / max(wanted, 1.0), least))
    first, last = int(time.min() / step), int(time.max() / step)
    count = min(last - first + 1, MOST_INTERVALS)
    slot = np.minimum((time / step).astype(np.int64) - first, count - 1)
    fresh = stream.fresh(by_client)[places]
    starts = (np.arange(count + 1) + first) * step
    # The packet of an interval is its first; of an empty one the last before it.
    order = np.minimum(np.searchsorted(np.maximum.accumulate(slot), np.arange(count + 1)), len(places) - 1)
    packets = stream.packets[places[order]]
    rates = [np.append(np.bincount(slot, counted, count), 0) * 8 / step for counted in (stream.length[places], fresh)]
    shown = [
        series("all", starts, rates[0], "quiet", "a", "steps", packets),
        series("new bytes (goodput)", starts, rates[1], "main", "g", "steps", packets),
    ]
    plot = Plot("Throughput", shown, y_name="payload", y_unit="bits/s")
    took = float(time.max() - time.min())
    if took > 0:
        mean = f", mean {value_text(float(fresh.sum()) * 8 / took, 'bits/s')} of new bytes"
        plot.notes.append(f"intervals of {value_text(step, 's')}{mean}")
    return plot


def _window(stream: Stream, by_client: bool) -> Plot:
    theirs = (stream.by_client != by_client) & ~stream.is_reset
    told = np.flatnonzero(theirs)
    moved = np.flatnonzero((stream.by_client == by_client) & (stream.in_flight > 0))
    full = np.flatnonzero((stream.by_client == by_client) & stream.flagged(Flag.window_full))
    shut = np.flatnonzero(theirs & stream.flagged(Flag.zero_window))
    shown = [
        _points(stream, "receive window", told, stream.window[told], "second", "w", "steps"),
        _points(stream, "bytes in flight", moved, stream.in_flight[moved], "main", "●"),
    ]
    if len(full):
        height = np.maximum(stream.in_flight[full], 0)
        shown.append(_points(stream, "window full", full, height, "warning", "F", "marks"))
    if len(shut):
        shown.append(_points(stream, "zero window", shut, stream.window[shut], "bad", "0", "marks"))
    return Plot("Window and bytes in flight", shown, y_name="bytes", y_unit="bytes")


KINDS = {
    kind.name: kind
    for kind in (
        GraphKind(
            "time-sequence",
            "Time sequence",
            "Time sequence: bytes sent over time (Stevens), with what was lost and sent again",
            _time_sequence,
        ),
        GraphKind(
            "tcptrace", "tcptrace", "tcptrace: segments, what was acknowledged, the receiver's window", _tcptrace
        ),
        GraphKind("rtt", "Round-trip time", "Round-trip time: how long the other side took to acknowledge", _rtt),
        GraphKind("throughput", "Throughput", "Throughput: bits a second, and what of them was new", _throughput),
        GraphKind("window", "Window", "Window: the receiver's, scaled, and bytes in flight", _window),
    )
}


def direction_name(stream: Stream, by_client: bool) -> str:
    """'10.0.0.1:5000 → 10.0.0.2:80' of the packets that one side sends."""
    ends = stream.ends
    return " → ".join(ends if by_client else ends[::-1])
