"""What there is to say about a segment of a stream graph; and which stream comes next."""

from __future__ import annotations

import numpy as np

from ..capture import Capture
from ..loader.table import Layer
from ..tracker.flags import prefixes
from .scales import value_text
from .series import Series
from .stream import Stream

_TCP = 6
_FLAGS = ((1, "FIN"), (2, "SYN"), (4, "RST"), (8, "PSH"), (16, "ACK"), (32, "URG"), (64, "ECE"), (128, "CWR"))


def segment_words(stream: Stream, packet: int, kind: str = "") -> str:
    """'packet 254 at 3.871417 s  [PSH, ACK] Seq=1 Ack=1 Win=65535 Len=261'; findings of the analysis ahead."""
    place = int(np.searchsorted(stream.packets, packet))
    if place == len(stream.packets) or stream.packets[place] != packet:
        return f"packet {packet + 1}"
    table = stream.capture.table
    time = (int(table["time"][packet]) - int(table["time"][0])) / 1e9
    flags = int(stream.flags[place])
    names = ", ".join(name for bit, name in _FLAGS if flags & bit) or "no flags"
    found = stream.capture.tracker.duplicate_of(packet)
    analysis = prefixes(int(stream.bits[place]), found)
    acked = f" Ack={stream.acknowledgment[place]}" if stream.has_ack[place] else ""
    words = f"packet {packet + 1} at {time:.6f} s  {analysis}[{names}] Seq={stream.sequence[place]}{acked}"
    words += f" Win={stream.window[place]} Len={stream.length[place]}"
    facts = stream.facts_at_hand
    answered = int(facts.acknowledged[place]) if facts is not None else -1
    if answered >= 0:
        took = (int(table["time"][packet]) - int(table["time"][stream.packets[answered]])) / 1e9
        words += f", acknowledges packet {stream.packets[answered] + 1}"
        words += f" after {value_text(took, 's')}" if kind != "rtt" else ""
    return words


def place_words(series: Series, place: int) -> str:
    """Where a point of a sequence graph lies: 'at 1345', a stroke 'from 1 to 1345', a line 'up to 1345'."""
    number = int(series.y[place])
    if series.low is not None:
        return f"from {int(series.low[place])} to {number}"
    return f"{'up to' if series.kind == 'steps' else 'at'} {number}"


def neighbour(capture: Capture, number: int, step: int) -> int | None:
    """The next (step 1) or previous (-1) TCP stream that carries data, None if there is none."""
    table, stop = capture.table, len(capture)
    data = (table["ip_protocol"][:stop] == _TCP) & (table["payload_length"][:stop] > 0)
    data &= table["layers"][:stop] & np.uint16(Layer.QUOTED) == 0
    streams = table["stream"][:stop][data]
    beyond = streams[streams > number] if step > 0 else streams[(streams < number) & (streams >= 0)]
    if not len(beyond):
        return None
    return int(beyond.min() if step > 0 else beyond.max())
