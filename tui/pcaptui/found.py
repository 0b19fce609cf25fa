"""What the rules find in a capture, worked out once for all who ask, and by packet and stream what it says of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .capture import Capture
    from .findings.finding import Finding
    from .findings.run import Report

Stream = tuple[str, int]
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


def of_streams(capture: Capture, report: Report) -> dict[Stream, int]:
    """The worst severity of findings about each stream, or with packets in it."""
    worst: dict[Stream, int] = {}
    for one in report.findings:
        for stream in streams_of(capture, one):
            worst[stream] = max(worst.get(stream, 0), int(one.severity))
    return worst


def streams_of(capture: Capture, one: Finding) -> list[Stream]:
    """The one that a finding is about; else all that its packets belong to."""
    if one.stream is not None:
        kind, _, number = one.stream.partition(":")
        return [(kind, int(number))]
    packets = np.array(one.packets, np.int64)
    protocols, numbers = (capture.table[name][packets] for name in ("ip_protocol", "stream"))
    found: list[Stream] = []
    for kind, own in _KINDS.items():
        mine = np.isin(protocols, own) & (numbers >= 0)
        found += [(kind, number) for number in np.unique(numbers[mine]).tolist()]
    return found


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
