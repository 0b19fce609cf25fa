"""pcapng time stamps, in whatever resolution an interface has, to nanoseconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcaptui.loader.records import Interface

_NS = 10**9


def ticks_per_second(resolution: int) -> int:
    """What the if_tsresol octet means: a negative power of 10, or of 2 where its high bit is set."""
    return 1 << (resolution & 0x7F) if resolution & 0x80 else int(10 ** (resolution & 0x7F))


def nanoseconds(ticks: NDArray[np.uint64], interface: Interface) -> NDArray[np.int64]:
    """Time in ns since 1970, rounded down. Times beyond what int64 holds (the year 2262) wrap around: they are
    nonsense, but their differences stay right."""
    rate = interface.ticks_per_second
    if _NS % rate == 0:
        scaled = ticks * np.uint64(_NS // rate)
    elif rate & (rate - 1) == 0:
        scaled = _binary(ticks, rate.bit_length() - 1)
    else:
        divisor = rate // _NS
        scaled = ticks // np.uint64(divisor) if divisor < 1 << 64 else np.zeros_like(ticks)
    return scaled.view(np.int64) + np.int64(_wrap(interface.time_offset * _NS))


def _binary(ticks: NDArray[np.uint64], bits: int) -> NDArray[np.uint64]:
    """floor(ticks * 10^9 / 2^bits) in 64-bit arithmetic, modulo 2^64."""
    low = np.uint64(min(bits, 32))
    whole, part = ticks >> low, ticks & ((np.uint64(1) << low) - np.uint64(1))
    part_ns = (part * np.uint64(_NS)) >> low
    if bits <= 32:
        return whole * np.uint64(_NS) + part_ns
    rest = bits - 32
    if rest >= 64:
        return np.zeros_like(ticks)
    return (whole * np.uint64(_NS) + part_ns) >> np.uint64(rest)


def _wrap(value: int) -> int:
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)
