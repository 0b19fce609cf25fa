"""Which packets the command line asks for, with -Y, --stream and --packet."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .capture import Capture
    from .options import Options


def wanted(capture: Capture, options: Options) -> Iterator[int]:
    """Indexes of the packets asked for, as they are read; reading stops behind the last one that can matter."""
    if options.filter is not None:
        yield from _passing(capture, options)
        return
    done, more, last = 0, True, options.packets.last
    while more and (last is None or done < last):
        more = capture.load_more()
        stop = len(capture)
        for index in options.packets.within(done, stop):
            if options.stream is None or capture.stream_of(index) == options.stream:
                yield index
        done = stop


def _passing(capture: Capture, options: Options) -> Iterator[int]:
    """Indexes of the packets asked for that pass the filter; it may ask for what later packets tell."""
    assert options.filter is not None
    capture.load_all()
    last = options.packets.last
    stop = len(capture) if last is None else min(last, len(capture))
    for first, mask in options.filter.blocks(capture, 0, stop):
        for index in options.packets.within(first, first + len(mask)):
            if mask[index - first] and (options.stream is None or capture.stream_of(index) == options.stream):
                yield index


def chosen_packets(capture: Capture, options: Options) -> NDArray[np.int64] | None:
    """Read all, and answer with the packets that -Y and --stream choose: None for all."""
    capture.load_all()
    mask = None if options.filter is None else options.filter.run(capture)
    if options.stream is None:
        return None if mask is None else np.flatnonzero(mask)
    packets = capture.stream_packets(*options.stream)
    return packets if mask is None else packets[mask[packets]]


def remark_on_absent(capture: Capture, options: Options) -> None:
    """An empty answer to --stream or --packet may be a mistyped number: a line on standard error, no failure."""
    if not capture.complete:
        return
    if options.stream is not None and not len(capture.stream_packets(*options.stream)):
        from .follow import no_such_stream

        _remark(no_such_stream(capture, *options.stream))
    count = len(capture)
    absent = min((low for low, _ in options.packets.spans if low > count), default=None)
    if absent is not None:
        has = f"{count:,} packet{'' if count == 1 else 's'}" if count else "none"
        _remark(f"--packet: there is no packet {absent}; the capture has {has}")


def _remark(message: str) -> None:
    with contextlib.suppress(OSError, ValueError, AttributeError):  # standard error may be closed or missing
        sys.stderr.write(f"pcaptui: {message}\n")
