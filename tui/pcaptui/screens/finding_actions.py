"""Findings on the main screen: looked for after loading, told in the header, marked in the list, shown by a key."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..widgets.lines import KeyHint, Piece, count_of
from ..widgets.text import clean, cut
from .ignoring import IgnoreActions
from .loading import LoadProgress

if TYPE_CHECKING:
    from ..capture import Capture
    from ..filters.filter import Filter
    from ..findings.finding import Finding
    from .findings import FindingsScreen
    from .streams import StreamHost
    from .verdict import FindingsMoved, Verdict

PAUSE = 0.1
"""Seconds after loading that the first screen has for itself."""
RUNS = 12
"""Runs of packet numbers that a filter names; of more it names the rule."""


@dataclass(slots=True)
class Shown:
    """The finding that the list is limited to, how the view is called, and the filter that there was before."""

    finding: Finding
    view: str
    before: Filter | None


class FindingActions(IgnoreActions):
    """A part of MainScreen."""

    _verdict: Verdict | None = None
    _shown_finding: Shown | None = None
    _findings_screen: FindingsScreen | None = None
    _warned = False

    @property
    def verdict(self) -> Verdict | None:
        """None for what is no capture of ours."""
        if self._verdict is None:
            from ..capture import Capture
            from .verdict import Verdict

            capture = self.model.capture
            if isinstance(capture, Capture):
                self._verdict = Verdict(self, capture)
        return self._verdict

    def on_unmount(self) -> None:
        if self._verdict is not None:
            self._verdict.stop()

    def on_load_progress(self, event: LoadProgress) -> None:
        if event.done:
            self.set_timer(PAUSE, self.look_for_findings)

    def look_for_findings(self) -> None:
        """In what is loaded by now."""
        if self.verdict is not None and len(self.model.capture):
            self.verdict.look()

    def on_findings_moved(self, event: FindingsMoved) -> None:
        verdict = self.verdict
        if verdict is None:
            return
        if event.ended and verdict.report is not None:
            self.model.found = verdict.packets
            self.packet_list.repaint()
            self._warn(verdict)
        self._show_header()
        if self._findings_screen is not None and self._findings_screen.is_mounted:
            self._findings_screen.moved()

    def _warn(self, verdict: Verdict) -> None:
        """Say once what the first error is, where nothing else is to be read."""
        assert verdict.report is not None
        errors = [one for one in verdict.report.findings if one.severity == 3]
        if not errors or self._warned or not self.is_current or time.monotonic() < self._said_until:
            return
        if verdict.stale or not self.model.capture.complete:
            return  # it may read otherwise in the end
        self._warned = True
        front = f"{count_of(len(errors), 'error')}: "
        back = "  e tells more"
        title = clean(errors[0].told(errors[0].title))
        self.say(front + cut(title, self.app.size.width - len(front) - len(back) - 2) + back)

    def verdict_pieces(self) -> Sequence[Piece]:
        return () if self._verdict is None else self._verdict.pieces(self._colours, self.app.size.width)

    def extra_hints(self) -> list[KeyHint]:
        return [KeyHint("Esc", "findings", "screen.back")] if self._finding_is_shown() else []

    # The screen of findings, the way to the packets and back.

    def action_findings(self) -> None:
        self.open_findings(None)

    def stream_screens(self) -> StreamHost:
        """What opens screens about a stream."""
        raise NotImplementedError

    def open_findings(self, selected: Finding | None) -> None:
        if self.verdict is None:
            self.say("There are no findings of this")
            return
        from .findings import FindingsScreen

        self._warned = True
        self.look_for_findings()
        self._findings_screen = FindingsScreen(self, self.verdict, selected)
        self.app.push_screen(self._findings_screen)

    def show_finding(self, one: Finding) -> None:
        """Limit the list to a finding's stream, or its packets, and select the first."""
        while self.app.screen is not self:
            self.app.pop_screen()
        here = self.streams.here if len(self.model) else None
        before = self._shown_finding.before if self._shown_finding is not None else self.filters.wanted
        first = one.packets[0]
        stream = self._whole_stream(one)
        if stream is None or not self.streams.show(*stream):
            if self.streams.stream is not None:
                self.streams.leave()
            self.filters.apply(packets_filter(one), first)
        if self.model.shows(first):
            self.streams.put(first)
        if here is not None and here != first:
            self.streams.places.left(here)
        self._shown_finding = Shown(one, self._view_now(), before)
        self._show_header()
        self._show_footer()
        self.tell(f"{one.severity.name}: {one.told(one.title)}")

    def _whole_stream(self, one: Finding) -> tuple[str, int] | None:
        """The stream that a finding is about, if all its packets are of it."""
        if one.stream is None:
            return None
        kind, _, number = one.stream.partition(":")
        packets = self.model.capture.stream_packets(kind, int(number))
        return (kind, int(number)) if bool(np.isin(one.packets, packets).all()) else None

    def _view_now(self) -> str:
        return self.streams.name or self.filters.text

    def _finding_is_shown(self) -> bool:
        return self._shown_finding is not None and self._view_now() == self._shown_finding.view

    def _show_header(self) -> None:
        if not self._finding_is_shown():
            self._shown_finding = None  # the person went on to something else: Esc leads nowhere special
        super()._show_header()

    def leave_finding(self) -> bool:
        """Back to the screen of findings, if the list is limited to one."""
        shown = self._shown_finding
        if shown is None or not self._finding_is_shown():
            return False
        self._shown_finding = None
        if self.streams.stream is not None:
            self.streams.leave()
        elif shown.before is not None:
            self.filters.apply(shown.before)
        else:
            self.filters.clear()
        self._show_header()
        self._show_footer()
        self.open_findings(shown.finding)
        return True


def packets_filter(one: Finding) -> Filter:
    """A filter for exactly the finding's packets. Its text names them, where there are few, else the rule."""
    from ..filters import compile
    from ..filters.filter import Filter

    packets = np.array(one.packets, np.int64)
    breaks = np.flatnonzero(np.diff(packets) > 1)
    firsts = packets[np.concatenate([[0], breaks + 1])] + 1
    lasts = packets[np.concatenate([breaks, [len(packets) - 1]])] + 1
    runs = [str(a) if a == b else f"{a}..{b}" for a, b in zip(firsts.tolist(), lasts.tolist(), strict=True)]
    if len(runs) <= RUNS:
        return compile(f"frame.number == {runs[0]}" if runs == [str(packets[0] + 1)] else
                       f"frame.number in {{{', '.join(runs)}}}")  # fmt: skip

    class Exactly(Filter):
        def blocks(
            self, capture: Capture, start: int, stop: int, *, source: object = None,
            cancelled: Callable[[], bool] = lambda: False, size: int = 0,
        ) -> Iterator[tuple[int, NDArray[np.bool_]]]:  # fmt: skip
            mask = np.zeros(stop - start, bool)
            mask[packets[(packets >= start) & (packets < stop)] - start] = True
            yield start, mask

    by_rule = compile(f'finding == "{one.rule}"')
    return Exactly(by_rule.text, by_rule.test)
