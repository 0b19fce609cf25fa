"""Segments whose selective acknowledgment tells of data that came twice (D-SACK, RFC 2883)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..loader.table import NONE16, Layer
from .view import View

_OPTIONS = 40
_LEAST = 12  # an option with one block, padded
_SACK, _NOP, _END = 5, 1, 0
_SYN = 2
_STEPS = 40
_HALF = np.uint32(1 << 31)
_BLOCK = 65_536
Words = NDArray[np.uint32]


def repeated_sacks(view: View) -> NDArray[np.int64]:
    """The packets, ascending: the first block lies below the ACK, or inside the second one."""
    layers = view.column("layers")
    start, payload = view.column("transport"), view.column("payload")
    chosen = (layers & np.uint16(Layer.OPTIONS) != 0) & (layers & np.uint16(Layer.QUOTED | Layer.TCP_CUT) == 0)
    chosen &= (view.column("tcp_flags") & _SYN == 0) & (start != NONE16) & (payload != NONE16)
    size = payload.astype(np.int64) - start - 20
    places = np.flatnonzero(chosen & (size >= _LEAST) & (view.column("ip_protocol") == 6))
    found = [_repeated(view, places[at : at + _BLOCK], size) for at in range(0, len(places), _BLOCK)]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _repeated(view: View, places: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.int64]:
    packets = view.packets[places]
    at = view.column("transport")[places].astype(np.int64) + 20
    options = view.capture.gather(packets, at, _OPTIONS + 2)
    begin, length = _find_sack(options, size[places])
    with_block = np.flatnonzero((begin >= 0) & (length >= 10) & (begin + length <= size[places]))
    options, begin, length = options[with_block], begin[with_block], length[with_block]
    edges = [_word(options, begin + 2 + 4 * edge) for edge in range(4)]
    ack: Words = view.column("acknowledgment")[places[with_block]]
    before = (ack != edges[0]) & (ack - edges[0] < _HALF) & (ack - edges[1] < _HALF)
    inside = (length >= 18) & (edges[0] - edges[2] < _HALF) & (edges[3] - edges[1] < _HALF)
    repeated: NDArray[np.int64] = packets[with_block[before | inside]]
    return repeated


def _find_sack(options: NDArray[np.uint8], size: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the first SACK option of each row begins, -1 where there is none, and its length."""
    begin, length = np.full(len(options), -1, np.int64), np.zeros(len(options), np.int64)
    which, at = np.arange(len(options)), np.zeros(len(options), np.int64)
    for _ in range(_STEPS):
        inside = at < np.minimum(size[which], _OPTIONS)
        which, at = which[inside], at[inside]
        if not len(which):
            break
        kind, step = options[which, at], options[which, at + 1].astype(np.int64)
        here = kind == _SACK
        begin[which[here]], length[which[here]] = at[here], step[here]
        step[kind == _NOP] = 1
        more = ~here & (kind != _END) & ((step >= 2) | (kind == _NOP))
        which, at = which[more], (at + step)[more]
    return begin, length


def _word(options: NDArray[np.uint8], at: NDArray[np.int64]) -> Words:
    """Four bytes from each row as a number; what lies behind the row counts as its last byte."""
    rows = np.arange(len(options))
    found = np.zeros(len(options), np.uint32)
    for step in range(4):
        found = found << np.uint32(8) | options[rows, np.minimum(at + step, options.shape[1] - 1)]
    return found
