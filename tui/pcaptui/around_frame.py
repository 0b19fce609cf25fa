"""What the capture knows around a frame and its network layer: file facts, IP fragments, echoes."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from .capture import Capture
from .dissect.rows import Rows
from .fields.context import Datagram, Interval, Link
from .loader.table import Layer

MAX_PIECES = 8192
"""A datagram of more fragments is not told of piece by piece: 65,535 bytes hold no more of 8 bytes each."""


def frame_facts(capture: Capture, index: int) -> dict[str, Any]:
    """Arguments of a Context: the interface as its file numbers it, comments, and other facts by name.

    Facts: those of Capture.packet_facts; `fcs_length` in bytes where the file tells it; `network`, the offset of the
    network header that the table describes.
    """
    interface = capture.interface(index)
    facts: dict[str, Any] = dict(capture.packet_facts(index))
    facts["network"] = int(capture.table["network"][index])
    checksum = facts.get("packet_flags", 0) >> 5 & 15 or interface.fcs_length
    if checksum:
        facts["fcs_length"] = checksum
    told = bool(interface.section)
    return {
        "section": interface.section if told else None,
        "interface": interface.number if told else None,
        "interface_name": interface.name,
        "interface_description": interface.description,
        "comments": list(capture.packet_comments(index)),
        "facts": facts,
    }


def datagram(capture: Capture, rows: Rows, index: int) -> Datagram | None:
    """The IP datagram that packet `index` carries a fragment of, pieces in the datagram's order."""
    if not int(capture.table["layers"][index]) & Layer.FRAGMENT:
        return None
    found = rows.datagram(index)
    if found is None:
        return None
    pieces = sorted(found.pieces[:MAX_PIECES], key=lambda piece: (piece.start, piece.index))
    intervals = [Interval(piece.index + 1, piece.start, piece.size) for piece in pieces]
    overlaps = any(a.start + a.length > b.start for a, b in pairwise(intervals))
    whole = found.payload() if found.completed_by == index else None
    return Datagram(intervals, found.completed_by + 1, whole, overlaps)


class Echoes:
    """Links between ICMP echo requests and replies, in both directions."""

    def __init__(self, capture: Capture, rows: Rows) -> None:
        self._capture = capture
        self._rows = rows
        self._known: dict[int, int] = {}
        self._replies: dict[int, int] = {}

    def links(self, index: int) -> list[Link]:
        """The link of an echo to its other half; empty for every other packet."""
        table = self._capture.table
        if int(table["ip_protocol"][index]) not in (1, 58) and not int(table["layers"][index]) & Layer.FRAGMENT:
            return []
        requests = self._rows.echoes(index)
        if requests is not self._known:
            self._known = requests
            self._replies = {request: reply for reply, request in reversed(requests.items())}
        if index in requests:
            return [self._link(index, "request", requests[index])]
        if index in self._replies:
            return [self._link(index, "response", self._replies[index])]
        return []

    def _link(self, index: int, role: str, other: int) -> Link:
        time = self._capture.table["time"]
        return Link("icmp", role, other + 1, abs(int(time[index]) - int(time[other])))
