"""What is wrong with the capture, found out in a thread while the screen is in use."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from textual.message import Message
from textual.message_pump import MessagePump

from ..found import StreamMarks
from ..memory import give_back

if TYPE_CHECKING:
    from ..capture import Capture
    from ..findings.run import Report
    from ..widgets.lines import Piece
    from ..widgets.palette import Palette

TELL_EVERY = 0.2
"""Seconds between two tellings of how far it is; what takes less is not told of."""
BREATH = 0.001
"""Seconds between two rules, in which the screen's thread has its turn."""
SEVERITIES = ("note", "warning", "error")
LETTERS = " NWE"
WIDE = 80
"""Cells of a screen from which on severities are told in words."""


class FindingsMoved(Message):
    """The findings are there, or some more of the rules have looked."""

    def __init__(self, ended: bool) -> None:
        super().__init__()
        self.ended = ended


@dataclass(slots=True)
class _Run:
    size: int
    """Packets that it looks at."""
    stopped: bool = False
    ended: bool = False


class Verdict:
    """The findings of a capture, and what they say of its packets and streams. `look` starts the thread."""

    def __init__(self, owner: MessagePump, capture: Capture) -> None:
        self.capture = capture
        self._owner = owner
        self._run: _Run | None = None
        self.report: Report | None = None
        self.size = 0
        """Packets that `report` is about."""
        self.packets: NDArray[np.uint8] = np.zeros(0, np.uint8)
        """The worst severity of each packet's findings, 0 for none."""
        self.streams = StreamMarks({})
        self.progress: tuple[int, int] | None = None
        self.error = ""

    @property
    def running(self) -> bool:
        return self._run is not None and not self._run.ended

    @property
    def stale(self) -> bool:
        """There are more packets by now than the report is about."""
        return self.report is None or self.size != len(self.capture)

    def look(self) -> None:
        """Find out again, unless it is known for all that is loaded, or on its way."""
        if not self.stale or (self.running and self._run is not None and self._run.size == len(self.capture)):
            return
        self.stop()
        self._run = run = _Run(len(self.capture))
        threading.Thread(target=self._work, args=(run,), name="findings", daemon=True).start()

    def stop(self) -> None:
        if self._run is not None:
            self._run.stopped = True

    def _work(self, run: _Run) -> None:
        told = time.monotonic()

        def progress(done: int, total: int) -> None:
            nonlocal told
            time.sleep(BREATH)
            if not run.stopped and time.monotonic() - told > TELL_EVERY:
                told = time.monotonic()
                self.progress = done, total
                self._owner.post_message(FindingsMoved(ended=False))

        try:
            from ..findings import rules  # not before the first frame
            from ..found import of_packets, of_streams, report_of

            rules.load()
            run.size = len(self.capture)  # more may have come meanwhile
            report = report_of(self.capture, lambda: run.stopped, progress)
            packets, streams = of_packets(report, run.size), of_streams(self.capture, report)
            if run.stopped:
                return
            self.report, self.packets, self.streams, self.size = report, packets, streams, run.size
            self.error = ""
        except Exception as problem:  # whatever is in the capture, the screen stays
            self.error = str(problem) or type(problem).__name__
        finally:
            run.ended = True
            give_back()
            if not run.stopped:
                self.progress = None
                self._owner.post_message(FindingsMoved(ended=True))

    def counts(self) -> list[tuple[int, int]]:
        """(severity, findings), worst first, without zeros."""
        if self.report is None:
            return []
        told = [int(one.severity) for one in self.report.findings]
        return [(severity, told.count(severity)) for severity in (3, 2, 1) if severity in told]

    def pieces(self, colours: Palette, width: int) -> Sequence[Piece]:
        """In a word or two, for a header on a screen of this width."""
        if self.report is None:
            if self.progress is None or width < WIDE:
                return ()
            done, total = self.progress
            return ((f"   findings {done * 100 // max(1, total)} %", colours.quiet),)
        counts = self.counts()
        if not counts:
            return (("   no findings", colours.quiet),) if width >= WIDE else ()
        found: list[Piece] = []
        for severity, count in counts:
            word = f"{SEVERITIES[severity - 1]} {count}" if width >= WIDE else f"{LETTERS[severity]}{count}"
            found.append(("  " if found else "   ", None) if width >= WIDE else (" " if found else "  ", None))
            found.append((word, colours.severity(severity)))
        return found
