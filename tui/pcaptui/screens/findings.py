"""The screen of findings: what is wrong with the capture, worst first, each with its evidence and a short lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from ..dissect.times import TimeFormat, format_time
from ..findings.finding import Finding
from ..widgets.findings_list import FindingsList
from ..widgets.findings_text import FindingText, plain_text
from ..widgets.lines import FooterLine, KeyHint, Line, Piece, StatusLine, count_of
from ..widgets.model import ListModel
from ..widgets.palette import Palette
from ..widgets.text import clean
from .copier import copy_in_thread
from .help import HelpScreen
from .saver import write_packets
from .verdict import Verdict

if TYPE_CHECKING:
    from .finding_actions import FindingActions

NOTHING = (
    "Nothing was found that is wrong or odd.",
    "The rules look for connections that fail or stall, lost packets, slow answers, errors that protocols report, "
    "scans, and secrets sent in clear. What they do not know, they cannot find.",
)
_SHARE = 0.45
"""Part of the screen that the list takes at most."""


class FindingsScreen(Screen[None]):
    """The list above, the selected finding in full below."""

    DEFAULT_CSS = """
    FindingsScreen { layout: vertical; overflow: hidden; background: ansi_default; color: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", id="findings.help", tooltip="All keys"),
        Binding("enter", "show", "Packets", id="findings.show",
                tooltip="The finding's packets, or its stream, in the packet list; Esc there leads back"),
        Binding("space", "turn", "More text", id="findings.turn", tooltip="More of the text below"),
        Binding("tab,shift+tab", "pane", "Other pane", id="findings.pane", tooltip="To the other pane"),
        Binding("f", "follow", "Follow", id="findings.follow", tooltip="What the two sides of the stream said"),
        Binding("S", "story", "Story", id="findings.story", tooltip="Phases, exchanges and times of the stream"),
        Binding("L", "flow", "Flow graph", id="findings.flow", tooltip="The stream's packets as arrows"),
        Binding("x", "unmask", "Secrets", id="findings.unmask", tooltip="Show passwords and the like, or mask them"),
        Binding("y", "copy", "Copy", id="findings.copy", tooltip="Copy the finding as text"),
        Binding("w", "write", "Write packets", id="findings.write",
                tooltip="Write the finding's packets to a pcapng or pcap file"),
        Binding("r", "again", "Look again", id="findings.again", tooltip="Look at what was loaded since, too"),
        Binding("escape,e,q", "back", "Back", id="findings.back", tooltip="Back to the packets"),
        Binding("ctrl+l", "app.repaint", "Repaint", id="findings.repaint", tooltip="Draw the whole screen anew"),
        Binding("ctrl+z", "app.suspend_process", "Suspend", id="findings.suspend", show=False),
        Binding("ctrl+c", "app.quit", "Quit", id="findings.quit", tooltip="Leave the program"),
    ]  # fmt: skip

    def __init__(self, main: FindingActions, verdict: Verdict, selected: Finding | None = None) -> None:
        """`selected` is where the cursor begins; from then on, the finding that the person chose."""
        super().__init__()
        self._main = main
        self._verdict = verdict
        self._selected = selected
        self._shown: object = None
        self.show_secrets = False
        self.header_line = Line(id="header")
        self.list = FindingsList(id="findings")
        self.text = FindingText(id="finding")
        self.status_line = StatusLine(id="status")
        self.footer_line = FooterLine(id="footer")
        for widget in (self.header_line, self.list, self.text, self.status_line, self.footer_line):
            widget.palette = main.colours
        self.list.selected = self._select
        self.list.time = self._time

    @property
    def colours(self) -> Palette:
        return self._main.colours

    @property
    def model(self) -> ListModel:
        return self._main.model

    def compose(self) -> ComposeResult:
        yield self.header_line
        yield self.list
        yield self.text
        yield self.status_line
        yield self.footer_line

    def on_mount(self) -> None:
        self._arrange()
        self.list.focus()
        self.moved()
        self._show_footer()

    def on_resize(self) -> None:
        self._arrange()
        self._show_header()

    def _arrange(self) -> None:
        body = max(4, self.app.size.height - 3)
        self.list.styles.height = max(2, min(1 + max(1, self.list.row_count), int(body * _SHARE)))

    def _time(self, packet: int) -> str:
        return format_time(self.model.capture, packet, TimeFormat.SINCE_START, None, None)

    # What is shown.

    def moved(self) -> None:
        """More is known: show it, the cursor on the finding that it was put on, else on the first."""
        report = self._verdict.report
        if report is not None and report is not self._shown:
            self._shown = report
            self.status_line.put([])
            kept = self._selected
            self.list.show(report.findings, _same(report.findings, kept))
            self._selected = kept
            self._arrange()
        self._show_finding()
        self._tell_trouble()

    def _tell_trouble(self) -> None:
        verdict, report = self._verdict, self._verdict.report
        if verdict.error:
            self.say(f"! {verdict.error}")
        elif report is not None and report.failed:
            name, why = next(iter(report.failed.items()))
            more = f" and {len(report.failed) - 1} more" if len(report.failed) > 1 else ""
            self.say(f"! The rule {name}{more} broke off: {why}")
        elif report is not None and report.stopped:
            self.say(f"The time of {count_of(len(report.stopped), 'rule')} was over: there may be more")

    def _select(self) -> None:
        self._selected = self.list.finding
        self._show_finding()

    def _show_finding(self) -> None:
        words = NOTHING if self._verdict.report is not None else ("Looking …",)
        if self._verdict.report is None and not self._verdict.running:
            words = ("There is nothing to look at yet.",)
        self.text.show(self.list.finding, self.show_secrets, words)
        self._show_header()
        self._show_footer()

    def _show_header(self) -> None:
        verdict, colours = self._verdict, self.colours
        left: list[Piece] = [(" Findings", colours.bright_heading)]
        if verdict.report is not None:
            left += verdict.pieces(colours, self.app.size.width)
            if verdict.stale:
                left.append((f"   in the first {count_of(verdict.size, 'packet')}", colours.quiet))
        if verdict.running:
            done, total = verdict.progress or (0, 0)
            left.append((f"   looking … {done} of {total}" if total else "   looking …", colours.quiet))
        count = self.list.row_count
        place = f"  {self.list.cursor + 1} of {count} " if count else ""
        self.header_line.put(left, [(place, colours.quiet)])

    def _show_footer(self) -> None:
        one = self.list.finding
        hints = [KeyHint("?", "help", "screen.help")]
        if one is not None:
            hints += [KeyHint("Enter", "stream" if one.stream else "packets", "screen.show"),
                      KeyHint("y", "copy", "screen.copy"), KeyHint("w", "write", "screen.write")]  # fmt: skip
            if one.secrets:
                hints.insert(2, KeyHint("x", "mask" if self.show_secrets else "show secrets", "screen.unmask"))
            if one.stream:
                hints += [KeyHint("f", "follow", "screen.follow"), KeyHint("S", "story", "screen.story"),
                          KeyHint("L", "flow", "screen.flow")]  # fmt: skip
        if self._verdict.stale and not self._verdict.running:
            hints.append(KeyHint("r", "look again", "screen.again"))
        self.footer_line.show([*hints, KeyHint("Esc", "back", "screen.back")])

    def say(self, message: str) -> None:
        self.status_line.put([(f" {clean(message)}", self.colours.warning)])

    def tell(self, message: str) -> None:
        self.status_line.put([(f" {clean(message)}", None)])

    # Actions.

    def action_show(self) -> None:
        one = self.list.finding
        if one is not None and one.packets:
            self._main.show_finding(one)
        elif one is not None:
            self.say("This finding is about no packet in particular")

    @on(FindingsList.Activated)
    def activated(self) -> None:
        self.action_show()

    def action_turn(self) -> None:
        self.text.turn()

    def action_pane(self) -> None:
        (self.text if self.list.has_focus else self.list).focus()

    def _stream(self) -> tuple[str, int] | None:
        one = self.list.finding
        if one is None or one.stream is None:
            self.say("This finding is not about one stream")
            return None
        kind, _, number = one.stream.partition(":")
        return kind, int(number)

    def action_follow(self) -> None:
        if stream := self._stream():
            self._main.stream_screens().follow(*stream)

    def action_flow(self) -> None:
        if stream := self._stream():
            self._main.stream_screens().flow(*stream)

    def action_story(self) -> None:
        if stream := self._stream():
            self._main.stream_screens().story(*stream)

    def action_unmask(self) -> None:
        report = self._verdict.report
        if report is None or not any(one.secrets for one in report.findings):
            self.say("No finding holds a secret")
            return
        self.show_secrets = not self.show_secrets
        self.list.unmask(self.show_secrets)
        self._show_finding()

    def action_copy(self) -> None:
        one = self.list.finding
        if one is not None:
            text = plain_text(one, self.show_secrets)
            copy_in_thread(self, "the finding", lambda: text)

    def action_write(self) -> None:
        one = self.list.finding
        if one is not None and one.packets:
            write_packets(self, np.array(one.packets, np.int64), f"{one.rule}.pcapng")

    def action_again(self) -> None:
        self._main.look_for_findings()
        self._show_header()
        self._show_footer()

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen.of(self, [self.list, self.text]))

    def action_back(self) -> None:
        self.app.pop_screen()


def _same(findings: list[Finding], wanted: Finding | None) -> int:
    """Where a finding stands in another report: the same one, one that begins at the same packet, or the first."""
    if wanted is None:
        return 0
    if wanted in findings:
        return findings.index(wanted)
    alike = ((one.rule, one.packets[:1]) == (wanted.rule, wanted.packets[:1]) for one in findings)
    return next((place for place, same in enumerate(alike) if same), 0)
