"""The capture itself: clock, cut packets, dropped packets, damage. What it lacks was not lost by the network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..loader.table import Layer
from .case import BILLION, Case
from .finding import Finding, Severity, finding
from .rules import rule
from .telling import span
from .telling import times as often
from .words import count

SLIGHT = 0.001
"""Seconds that packets may be out of order where a card has several queues."""


@rule("capture-clock")
def clock(case: Case) -> Iterator[Finding]:
    """Packets with an earlier time than the one before them."""
    times = case.table["time"][: case.count]
    back = times[1:] < times[:-1]
    if not back.any():
        return
    untimed = case.table["layers"][: case.count] & np.uint16(Layer.UNTIMED) != 0
    places = np.flatnonzero(back & ~untimed[1:] & ~untimed[:-1]) + 1
    if not len(places):
        return
    steps = (times[places - 1] - times[places]) / BILLION
    worst = int(np.argmax(steps))
    several = len({int(one) for one in np.unique(case.table["interface"][places]).tolist()}) > 1
    cause = "several cards or queues are written one after the other so" if (
        several or steps[worst] < SLIGHT) else "the clock was set, or files were put together"  # fmt: skip
    far = "by" if len(places) == 1 else "by up to"
    yield finding(
        "capture-clock", Severity.note if steps[worst] < SLIGHT else Severity.warning,
        "Time goes backwards" if len(places) == 1 else f"Time goes backwards {often(len(places))}",
        f"{count(len(places), 'packet')} with an earlier time than the packet before, {far} "
        f"{span(float(steps[worst]))} (packet {int(places[worst]) + 1}): {cause}. Times between packets are not to "
        f"be trusted there.",
        np.stack([places - 1, places], axis=1)[:5000].ravel().tolist(), lesson="capture",
    )  # fmt: skip


@rule("capture-cut")
def cut(case: Case) -> Iterator[Finding]:
    """Packets of which not all bytes were kept."""
    captured, length = case.table["captured"][: case.count], case.table["length"][: case.count]
    places = np.flatnonzero(captured < length)
    if not len(places):
        return
    most = int(captured[places].max())
    share = len(places) / case.count
    kept = f"at most {count(most, 'byte')} were kept" if most else "nothing was kept"
    yield finding(
        "capture-cut", Severity.note, f"{count(len(places), 'packet')} cut short by the capture",
        f"Of {count(len(places), 'packet')} ({share:.0%}) {kept}: the capture was made with a snap length. What the "
        f"applications said can be read only in part.",
        places[:10_000].tolist(), lesson="capture",
    )  # fmt: skip


@rule("capture-drops")
def drops(case: Case) -> Iterator[Finding]:
    """Packets that the file says were dropped while capturing."""
    dropped = sum(sum(notes.drops.values()) for notes in case.capture.notes)
    if dropped:
        share = dropped / (dropped + case.count)
        yield finding(
            "capture-drops", Severity.warning if share >= 0.001 else Severity.note,
            f"{count(dropped, 'packet')} dropped while capturing",
            f"The file says that {count(dropped, 'packet')} got lost beside the {case.count} that it holds: "
            f"the capturing machine was too slow. Gaps in streams may come from that.",
            (), lesson="capture",
        )  # fmt: skip


@rule("capture-damaged")
def damaged(case: Case) -> Iterator[Finding]:
    """Files that could not be read to their end."""
    for damage in case.capture.damage[:20]:
        yield finding(
            "capture-damaged", Severity.warning, "The capture file is damaged or incomplete",
            f"{damage.path.rpartition('/')[2]}: {damage.place}. Everything before that is shown; what came after is "
            f"missing.",
            (case.count - 1,), lesson="capture",
        )  # fmt: skip
