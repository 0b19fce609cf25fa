"""The I/O graph's numbers: packets and bytes of a capture in steps of time, also of those that pass display filters."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..tracker.flags import Flag

Unit = Literal["packets", "bytes", "bits/s", "errors"]
"""Of a step, but bits a second; errors: packets that the TCP analysis finds bad."""
UNITS: tuple[Unit, ...] = ("packets", "bytes", "bits/s", "errors")
BILLION = 1_000_000_000
MOST_STEPS = 2_000_000
"""So many steps at most: more would be more memory than anybody looks at."""
_NICE = (1.0, 2.0, 5.0, 10.0)
BAD = int(
    Flag.retransmission | Flag.fast_retransmission | Flag.spurious_retransmission | Flag.out_of_order
    | Flag.lost_segment | Flag.ack_lost_segment | Flag.duplicate_ack | Flag.zero_window | Flag.window_full
    | Flag.zero_window_probe | Flag.zero_window_probe_ack
)  # fmt: skip
"""What Wireshark's I/O graph counts as a TCP error: all of the analysis but keep-alives and window updates."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of time: `begin` in ns since 1970, `size` in ns, `count` of them; the last one holds the last packet of
    the `loaded` ones that they are made for."""

    begin: int
    size: int
    count: int
    loaded: int

    @property
    def starts(self) -> NDArray[np.float64]:
        """Where each begins, in s since the first packet."""
        return np.arange(self.count).astype(np.float64) * np.float64(self.size / BILLION)

    @property
    def seconds(self) -> float:
        return self.size / BILLION


def nice_step(span: int, wanted: int) -> int:
    """A step of 1, 2 or 5 times a power of ten, in ns, at least 1 µs, so that `wanted` of them hold `span` ns."""
    if span <= 0:
        return BILLION
    least = max(span / max(1, wanted), 1_000.0)
    power = 10.0 ** floor(log10(least))
    return int(next(power * nice for nice in _NICE if power * nice >= least * (1 - 1e-12)))


def steps_of(capture: Capture, size: int | None = None, wanted: int = 100) -> Steps:
    """Steps over all that is loaded, of `size` ns, or of a nice size so that there are about `wanted`.

    A size that would make more than MOST_STEPS is made larger.
    """
    times = capture.table["time"][: len(capture)]
    if not len(times):
        return Steps(0, size or BILLION, 0, 0)
    begin, span = int(times[0]), max(0, int(times.max()) - int(times[0]))
    step = size or nice_step(span, wanted)
    step = max(step, ceil((span + 1) / MOST_STEPS))
    return Steps(begin, step, span // step + 1, len(times))


def place_of(capture: Capture, steps: Steps) -> NDArray[np.int64]:
    """The step of each packet that the steps are made for, shape (packets,). A packet before the first one (a clock
    set back) is in the first step."""
    times = capture.table["time"][: steps.loaded]
    found: NDArray[np.int64] = np.maximum(times - steps.begin, 0) // steps.size
    return np.minimum(found, max(0, steps.count - 1))


@dataclass(frozen=True, slots=True)
class Counts:
    """Of each step, shape (steps,): packets, bytes on the wire, and packets with a TCP error."""

    packets: NDArray[np.int64]
    bytes: NDArray[np.int64]
    bad: NDArray[np.int64]

    def values(self, unit: Unit, steps: Steps) -> NDArray[np.float64]:
        """What a line shows of each step."""
        if unit == "bytes":
            return self.bytes.astype(np.float64)
        if unit == "bits/s":
            return self.bytes.astype(np.float64) * np.float64(8 / steps.seconds)
        return (self.bad if unit == "errors" else self.packets).astype(np.float64)


def count(capture: Capture, steps: Steps, places: NDArray[np.int64], chosen: NDArray[np.int64] | None = None) -> Counts:
    """Counts of the chosen packets (indexes), None: all. `places` are those of `place_of`."""
    loaded = len(places)
    lengths, bad = capture.table["length"][:loaded], capture.table["analysis"][:loaded] & np.uint32(BAD) != 0
    if chosen is not None:
        places, lengths, bad = places[chosen], lengths[chosen], bad[chosen]
    sums = np.bincount(places, weights=lengths, minlength=steps.count)
    return Counts(
        np.bincount(places, minlength=steps.count), sums.astype(np.int64),
        np.bincount(places[bad], minlength=steps.count),
    )  # fmt: skip
