"""What the rules find in a capture, worked out once for all who ask, and by packet and stream what it says of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .capture import Capture
    from .findings.finding import Finding
    from .findings.run import Report

_KINDS = {"tcp": (6,), "udp": (17, 136)}


@dataclass(slots=True)
class _Known:
    lock: Lock = field(default_factory=Lock)
    size: int = -1
    report: Report | None = None


_KNOWN: WeakKeyDictionary[Capture, _Known] = WeakKeyDictionary()
_MAKING = Lock()


def report_of(
    capture: Capture,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """The findings of what is loaded by now: kept until the capture grows. One thread works, others wait for it."""
    from .findings.run import find

    with _MAKING:
        known = _KNOWN.setdefault(capture, _Known())
    with known.lock:
        size = len(capture)
        if known.report is not None and known.size == size:
            return known.report
        report = find(capture, cancelled, progress)
        if not cancelled():
            known.size, known.report = size, report
        return report


def of_packets(report: Report, size: int) -> NDArray[np.uint8]:
    """The worst severity that names each of `size` packets, 0 for none."""
    worst = np.zeros(size, np.uint8)
    for one in reversed(report.findings):
        packets = np.array(one.packets, np.int64)
        worst[packets[packets < size]] = int(one.severity)
    return worst


class StreamMarks:
    """The worst severity of findings about each stream, or with packets in it: a byte a stream."""

    def __init__(self, sizes: dict[str, int]) -> None:
        """`sizes`: how many streams of each kind there are."""
        self._worst = {kind: np.zeros(size, np.uint8) for kind, size in sizes.items()}

    def raise_to(self, severity: int, kind: str, numbers: NDArray[np.integer[Any]]) -> None:
        """Note a finding about some streams."""
        column = self._worst[kind]
        numbers = numbers[numbers < len(column)]
        column[numbers] = np.maximum(column[numbers], severity)

    def get(self, kind: str, number: int) -> int:
        """0 for a stream that no finding is about."""
        column = self._worst.get(kind)
        return int(column[number]) if column is not None and 0 <= number < len(column) else 0


def of_streams(capture: Capture, report: Report) -> StreamMarks:
    """What findings say of streams: those that a finding is about; else all that its packets belong to."""
    tracker, table = capture.tracker, capture.table
    marks = StreamMarks({"tcp": tracker.tcp_streams, "udp": tracker.udp_streams})
    for one in report.findings:
        if one.stream is not None:
            kind, _, number = one.stream.partition(":")
            marks.raise_to(int(one.severity), kind, np.array([int(number)]))
            continue
        packets = np.array(one.packets, np.int64)
        protocols, numbers = (table[name][packets] for name in ("ip_protocol", "stream"))
        for kind, own in _KINDS.items():
            marks.raise_to(int(one.severity), kind, numbers[np.isin(protocols, own) & (numbers >= 0)])
    return marks


def told_of_packets(
    report: Report, size: int, what: Callable[[Finding], str]
) -> tuple[NDArray[np.int64], list[tuple[str, ...]]]:
    """For each of `size` packets a code, -1 for none, and for each code `what` says of the findings that name it."""
    codes = np.zeros(size, np.int64)
    texts: list[tuple[str, ...]] = [()]
    named: dict[str, list[NDArray[np.int64]]] = {}
    for one in report.findings:
        named.setdefault(what(one), []).append(np.array(one.packets, np.int64))
    for text, parts in named.items():
        packets = np.unique(np.concatenate(parts))
        packets = packets[packets < size]
        before = codes[packets]
        for code in np.unique(before).tolist():
            codes[packets[before == code]] = len(texts)
            texts.append((*texts[code], text))
    return codes - 1, texts[1:]
