"""Keys of the main screen, and those that the footer names."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from ..widgets.lines import KeyHint
from .layout import Pane

PANES: tuple[Pane, ...] = ("list", "tree", "hex")

HINTS: dict[Pane, list[KeyHint]] = {
    "list": [KeyHint("/", "filter", "screen.filter"), KeyHint("s", "stream", "screen.stream"),
             KeyHint("f", "follow", "screen.follow"),
             KeyHint("c", "conversations", "screen.conversations"), KeyHint("Enter", "fields", "screen.enter"),
             KeyHint("Tab", "pane", "screen.pane(1)")],
    "tree": [KeyHint("Esc", "list", "screen.back"), KeyHint("Tab", "pane", "screen.pane(1)"),
             KeyHint("Enter", "fold, go", "screen.activate"), KeyHint("y", "copy", "screen.copy")],
    "hex": [KeyHint("Esc", "list", "screen.back"), KeyHint("Tab", "pane", "screen.pane(1)"),
            KeyHint("Shift+←→", "select", "screen.hex_select"), KeyHint("y", "copy", "screen.copy"),
            KeyHint("b", "next bytes", "screen.tab(1)")],
}  # fmt: skip
HINTS_EVERYWHERE = [
    KeyHint("Ctrl+G", "go to", "screen.goto"),
    KeyHint("t", "time", "screen.time"),
    KeyHint("z", "maximise", "screen.maximise"),
    KeyHint("i", "row", "screen.row"),
    KeyHint("r", "related", "screen.related"),
]

BINDINGS: list[BindingType] = [
    Binding("question_mark,f1", "help", "Help", id="main.help", tooltip="All keys"),
    Binding("tab", "pane(1)", "Next pane", id="main.next_pane", tooltip="Go to the next pane"),
    Binding("shift+tab", "pane(-1)", "Previous pane", id="main.previous_pane", tooltip="Go to the previous pane"),
    Binding("enter", "enter", "Fields", id="main.fields", tooltip="From the list into the protocol tree"),
    Binding("ctrl+g,colon", "goto", "Go to packet", id="main.goto", tooltip="Go to a packet by its number"),
    Binding("i", "row", "Whole row", id="main.row", tooltip="Show the selected row in full"),
    Binding("slash", "filter", "Display filter", id="main.filter",
            tooltip="Show only packets that pass a display filter: tcp.port == 80 and http"),
    Binding("ctrl+f", "find", "Find", id="main.find",
            tooltip="Find text, a regular expression, bytes or a filter in rows, fields or bytes"),
    Binding("n", "find_next(True)", "Find next", id="main.find_next", tooltip="Next packet that was searched for"),
    Binding("N", "find_next(False)", "Find previous", id="main.find_previous",
            tooltip="Previous packet that was searched for"),
    Binding("F", "filter_menu", "Filter from selection", id="main.filter_menu",
            tooltip="A filter from the selected field, bytes or packet: apply, not, and, or"),
    Binding("X", "filter_clear", "Clear filter", id="main.filter_clear", tooltip="Show all packets again"),
    Binding("s", "stream", "Only this stream", id="main.stream",
            tooltip="Only the packets of the selected packet's conversation, or all again"),
    Binding("right_square_bracket", "in_stream(1)", "Next of conversation", id="main.stream_next",
            tooltip="To the next packet of the same conversation"),
    Binding("left_square_bracket", "in_stream(-1)", "Previous of conversation", id="main.stream_previous",
            tooltip="To the previous packet of the same conversation"),
    Binding("r", "related", "Related packet", id="main.related",
            tooltip="To the answer, request or original of the packet; again: to the next one tied to it"),
    Binding("R", "related_back", "Back from related", id="main.related_back",
            tooltip="Back to the packet where the jumps to related ones began"),
    Binding("c", "conversations", "Conversations", id="main.conversations",
            tooltip="All conversations: who talked to whom, and how it went"),
    Binding("f", "follow", "Follow stream", id="main.follow",
            tooltip="What the two sides of the packet's conversation said"),
    Binding("S", "story", "Story", id="main.story",
            tooltip="Phases, exchanges and times of the packet's conversation"),
    Binding("y", "copy", "Copy", id="main.copy", tooltip="Copy field, bytes, tree, row or packet"),
    Binding("w", "write", "Write packets", id="main.write",
            tooltip="Write the shown packets, a conversation or all to a pcapng or pcap file"),
    Binding("b", "tab(1)", "Next bytes", id="main.tab",
            tooltip="Next tab of the hex pane: the frame, reassembled data, decoded bodies"),
    Binding("B", "tab(-1)", "Previous bytes", id="main.tab_back", show=False,
            tooltip="Previous tab of the hex pane"),
    Binding("t", "time", "Time format", id="main.time", tooltip="Next time format"),
    Binding("z,Z", "maximise", "Maximise", id="main.maximise", tooltip="Give the pane the whole screen, or back"),
    Binding("plus,equals_sign", "resize(1)", "Larger", id="main.larger", tooltip="Give the pane a row more"),
    Binding("minus", "resize(-1)", "Smaller", id="main.smaller", tooltip="Take a row from the pane"),
    Binding("less_than_sign", "divide(-2)", "Tree narrower", id="main.divide_left",
            tooltip="More room for the hex pane"),
    Binding("greater_than_sign", "divide(2)", "Tree wider", id="main.divide_right",
            tooltip="More room for the tree"),
    Binding("escape", "back", "Back", id="main.back",
            tooltip="Restore panes, go to the list, show all packets, or stop loading"),
    Binding("ctrl+l", "app.repaint", "Repaint", id="main.repaint", tooltip="Draw the whole screen anew"),
    Binding("ctrl+z", "app.suspend_process", "Suspend", id="main.suspend", tooltip="Back to the shell; fg returns"),
    Binding("q,ctrl+c", "app.quit", "Quit", id="main.quit", tooltip="Leave the program"),
]  # fmt: skip
