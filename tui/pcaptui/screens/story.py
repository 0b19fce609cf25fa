"""The story screen: a conversation's phases, exchanges and times, one under the other."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from ..tracker.words import sentence
from ..widgets.conversation_row import endpoint
from ..widgets.follow_view import SIGNS
from ..widgets.lines import FooterLine, KeyHint, Line, StatusLine
from ..widgets.story import Story, story_of
from ..widgets.story_view import StoryView
from ..widgets.text import clean
from .help import HelpScreen
from .streams import StreamHost

_HINTS = [
    KeyHint("?", "help", "screen.help"),
    KeyHint("Enter", "packet", "screen.go"),
    KeyHint("f", "follow", "screen.follow"),
    KeyHint("L", "flow", "screen.flow"),
    KeyHint("s", "show in list", "screen.show"),
    KeyHint("Esc", "back", "screen.back"),
]


class Told(Message):
    """The story is there, or why not."""

    def __init__(self, story: Story | None, error: str = "") -> None:
        super().__init__()
        self.story = story
        self.error = error


class StoryScreen(Screen[None]):
    """One conversation's story, made in a thread."""

    DEFAULT_CSS = """
    StoryScreen { layout: vertical; overflow: hidden; background: ansi_default; color: ansi_default; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", id="story.help", tooltip="All keys"),
        Binding("enter", "go", "Packet", id="story.go", tooltip="To the line's first packet in the list"),
        Binding("f", "follow", "Follow", id="story.follow", tooltip="What the two sides said"),
        Binding("L", "flow", "Flow graph", id="story.flow", tooltip="An arrow a packet, between the two hosts"),
        Binding("s", "show", "Show in list", id="story.show", tooltip="Only this conversation in the packet list"),
        Binding("escape,S,q", "back", "Back", id="story.back", tooltip="Back"),
        Binding("ctrl+l", "app.repaint", "Repaint", id="story.repaint", tooltip="Draw the whole screen anew"),
        Binding("ctrl+z", "app.suspend_process", "Suspend", id="story.suspend", show=False),
        Binding("ctrl+c", "app.quit", "Quit", id="story.quit", tooltip="Leave the program"),
    ]

    def __init__(self, host: StreamHost, kind: str, number: int) -> None:
        super().__init__()
        self._host = host
        self._stream = kind, number
        self._colours = host.colours
        self._error = ""
        self.story: Story | None = None
        self.header_line = Line(id="header")
        self.view = StoryView(id="story")
        self.status_line = StatusLine(id="status")
        self.footer_line = FooterLine(id="footer")
        for widget in (self.header_line, self.view, self.status_line, self.footer_line):
            widget.palette = self._colours

    def compose(self) -> ComposeResult:
        yield self.header_line
        yield self.view
        yield self.status_line
        yield self.footer_line

    def on_mount(self) -> None:
        self.footer_line.show(_HINTS)
        self.view.selected = self._show_lines
        self.view.focus()
        self._show_lines()
        self.call_after_refresh(lambda: self.run_worker(self._tell, thread=True, exit_on_error=False))

    def _tell(self) -> None:
        try:
            self.post_message(Told(story_of(self._host.capture, *self._stream)))
        except Exception as problem:  # whatever is in the capture, the screen stays
            self.post_message(Told(None, str(problem) or type(problem).__name__))

    @on(Told)
    def told(self, event: Told) -> None:
        self.story, self._error = event.story, event.error
        if event.story is not None:
            self.view.show(event.story.lines)
        self._show_lines()

    def _show_lines(self) -> None:
        colours, story = self._colours, self.story
        kind, number = self._stream
        ends = ""
        if story is not None:
            told = story.conversation
            ends = f"   {endpoint(told.client, told.client_port)} {SIGNS[0]} {endpoint(told.server, told.server_port)}"
        self.header_line.put([(f" Story of {kind}:{number}", colours.bright_heading), (ends, None)])
        if self._error:
            self.status_line.put([(f" ! {clean(self._error)}", colours.warning)])
        elif story is None:
            self.status_line.put([(" reading …", colours.quiet)])
        else:
            line = self.view.line
            if line is not None and self.view.cursor > 0 and self.view.cut_off(line):
                self.status_line.put([(f" {clean(line.text)}", colours.key)])
            else:
                self.status_line.put([(f" {clean(sentence(story.conversation, story.exchanges))}", None)])

    def action_go(self) -> None:
        line = self.view.line
        if line is not None:
            self._host.go_to(line.packets[0] if line.sign != "idle" else line.packets[-1])

    @on(StoryView.Activated)
    def activated(self) -> None:
        self.action_go()

    def action_flow(self) -> None:
        self._host.flow(*self._stream)

    def action_follow(self) -> None:
        self._host.follow(*self._stream)

    def action_show(self) -> None:
        self._host.show_stream(*self._stream)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen.of(self, [self.view]))

    def action_back(self) -> None:
        self.app.pop_screen()
