"""How a conversation looks in one line: its cells, their widths, and which of them have room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..tracker.conversations import Conversation
from ..tracker.lifecycle import State
from ..tracker.times import Times
from ..tracker.words import duration, sentence
from .text import clean, cut, left, right, width_of

KEYS = (
    "stream", "protocol", "client", "server", "packets", "sent", "received", "start", "duration", "rtt", "client_think",
    "server_think", "idle", "resent", "trouble", "state",
)  # fmt: skip
HEADINGS = {
    "stream": "Stream", "protocol": "Protocol", "client": "Client", "server": "Server", "packets": "Packets",
    "sent": "Bytes →", "received": "Bytes ←", "start": "Start", "duration": "Duration", "rtt": "RTT",
    "client_think": "Client t", "server_think": "Server t", "idle": "Idle", "resent": "Resent",
    "trouble": "Anomalies", "state": "State",
}  # fmt: skip
MEASURED = ("resent", "idle", "client_think", "server_think")
"""Columns of measured times, in the order in which they give way; each is there while one sorts by it."""
_MEASURED_FROM = 180
"""Cells from which on they are there anyway."""
LARGEST_FIRST = frozenset({"packets", "sent", "received", "duration", "rtt", "trouble", *MEASURED})
"""Columns that begin with the largest value when one sorts by them."""
_FLUSH_RIGHT = frozenset({"packets", "sent", "received", "start", "duration", "rtt", *MEASURED})
_DROPPED = ("start", "sent", "received", "trouble", "rtt", "duration", "packets", "protocol", "client")
_MOST = {"protocol": 14, "trouble": 22, "client": 45, "server": 45}
_ENDPOINT_FLOOR = 21
_STATE_FLOOR = 22
_WORDS_FROM = 56
"""Cells from which on the state is told as a sentence."""
FRONT = 3
"""Cells at the left: a blank, the sign of what is wrong, the marker."""

_SHORT = {
    "retransmission": "retr", "out_of_order": "ooo", "lost_segment": "gap", "ack_lost_segment": "unseen",
    "duplicate_ack": "dup", "zero_window": "zero win", "window_full": "full", "keep_alive": "keep-alive",
    "zero_window_probe": "probe", "reused_ports": "reused",
}  # fmt: skip
_STATES = {
    State.unknown: "open, began before",
    State.opening: "half-open",
    State.open: "open",
    State.refused: "refused",
    State.unanswered: "unanswered",
}
SIGNS = {State.reset: "×", State.refused: "×", State.unanswered: "?", State.opening: "?"}

Exchanged = Sequence[tuple[str, float | None]]


@dataclass(frozen=True, slots=True)
class Widths:
    """Cells of each column, in the order of KEYS; 0 where it is left out."""

    cells: tuple[int, ...] = tuple(len(HEADINGS[key]) + 1 for key in KEYS)
    gap: int = 1

    def of(self, key: str) -> int:
        return self.cells[KEYS.index(key)]

    def at_least(self, texts: Sequence[str]) -> Widths:
        return replace(
            self, cells=tuple(max(have, width_of(text)) for have, text in zip(self.cells, texts, strict=True))
        )

    def starts(self) -> list[tuple[str, int, int]]:
        """(key, first cell, width) of the columns that are there."""
        found, at = [], FRONT
        for key, cells in zip(KEYS, self.cells, strict=True):
            if cells:
                found.append((key, at, cells))
                at += cells + self.gap
        return found


def fit(wanted: Widths, width: int, sort_key: str = "") -> Widths:
    """Lay the columns out on `width` cells: endpoints give way first, then whole columns; the state gets the rest.
    A column of measured times goes last if one sorts by it."""
    kept = sort_key if sort_key in MEASURED else ""
    cells = {key: min(have, _MOST.get(key, 99)) for key, have in zip(KEYS, wanted.cells, strict=True)}
    floor = min(cells["state"], _STATE_FLOOR if width >= 60 else 12)
    cells["state"] = 0
    if width < _MEASURED_FROM:
        cells.update((key, 0) for key in MEASURED if key != kept)
    gap = 2 if width >= 180 else 1

    def spare() -> int:
        shown = [have for have in cells.values() if have]
        return width - FRONT - sum(shown) - gap * len(shown) - floor

    dropped = (*MEASURED, *_DROPPED)
    for key in ("", *(key for key in dropped if key != kept), kept):
        if key in dropped:
            cells[key] = 0
        _squeeze(cells, -spare())
        if spare() >= 0:
            break
    cells["state"] = max(1, spare() + floor)
    return Widths(tuple(cells[key] for key in KEYS), gap)


def _squeeze(cells: dict[str, int], excess: int) -> None:
    for _ in range(max(0, excess)):
        longest = max(("client", "server"), key=lambda key: cells[key])
        if cells[longest] <= _ENDPOINT_FLOOR:
            return
        cells[longest] -= 1


def texts_of(conversation: Conversation, protocol: str) -> tuple[str, ...]:
    """The cells' whole texts in the order of KEYS; the last is the short state."""
    told = conversation
    return (
        told.name, clean(protocol), endpoint(told.client, told.client_port), endpoint(told.server, told.server_port),
        grouped(told.packets), grouped(told.bytes[0]), grouped(told.bytes[1]), f"{told.start:.3f}",
        duration(told.duration), "" if told.rtt is None else duration(told.rtt), *measured(told.times), trouble(told),
        state(told),
    )  # fmt: skip


def measured(times: Times | None) -> tuple[str, str, str, str]:
    """The longest client think, server think and pause, and the part of the segments that was sent again."""
    if times is None:
        return "", "", "", ""
    waits = (times.client_longest, times.server_longest, times.idle_longest)
    client, server, idle = (duration(wait) if wait else "" for wait in waits)
    client_side, server_side = times.sides
    again, segments = client_side.repeated + server_side.repeated, client_side.segments + server_side.segments
    return client, server, idle, f"{100 * again / segments:.3g} %" if again else ""


def words_of(conversation: Conversation, exchanges: Exchanged, width: int) -> str:
    """The state: in a sentence where there is room for one. What has a column of its own is not said twice."""
    if width < _WORDS_FROM:
        return state(conversation)
    return clean(sentence(replace(conversation, anomalies={}), exchanges)) or state(conversation)


def state(conversation: Conversation) -> str:
    """The state in two or three words."""
    side = conversation.closed_by
    if conversation.state is State.closed:
        return f"closed by {side}" if side else "closed"
    if conversation.state is State.closing:
        return f"half-closed by {side}"
    if conversation.state is State.reset:
        return f"reset by {side}"
    if conversation.kind == "udp" and conversation.state is State.open:
        return "answered"
    if _one_way(conversation):
        return "one way"
    if conversation.state is State.unanswered and conversation.attempts > 1:
        return f"unanswered, {conversation.attempts} tries"
    return _STATES.get(conversation.state, "")


def _one_way(conversation: Conversation) -> bool:
    """To a group, say: no answer came, and none is due."""
    return (
        conversation.kind == "udp"
        and conversation.state is State.unanswered
        and "no answer" not in sentence(replace(conversation, payload=(0, 0)))
    )


def trouble(conversation: Conversation) -> str:
    """Findings by kind: '2 retr, 3 dup'."""
    counts = conversation.anomalies
    return ", ".join(f"{counts[name]} {word}" for name, word in _SHORT.items() if counts.get(name))


def sign_of(conversation: Conversation) -> str:
    """What stands in the gutter."""
    if (conversation.kind == "udp" and conversation.state is State.open) or _one_way(conversation):
        return " "
    sign = SIGNS.get(conversation.state, " ")
    return "!" if sign == " " and any(conversation.anomalies.get(name) for name in _SHORT) else sign


def endpoint(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def grouped(number: int) -> str:
    """Thin groups of three, from five digits on."""
    return f"{number:,}".replace(",", " ") if number >= 10_000 else str(number)


def cell(key: str, text: str, width: int) -> str:
    """A text in its column; of an endpoint that is too long, the port stays."""
    if key in _FLUSH_RIGHT:
        return right(text, width)
    if key in ("client", "server") and width_of(text) > width:
        address, colon, port = text.rpartition(":")
        tail = colon + port
        return left(cut(address, width - len(tail)) + tail, width)
    return left(text, width)


def headings(widths: Widths, key: str, descending: bool, up: str, down: str) -> str:
    """The line of column names; an arrow stands beside the one that is sorted by."""
    parts = []
    for name, _, width in widths.starts():
        text = HEADINGS[name]
        if name == key:
            arrow = down if descending else up
            text = cut(text, width - 1) + arrow if name not in _FLUSH_RIGHT else arrow + cut(text, width - 1)
        parts.append(cell(name, text, width) if width_of(text) <= width else cut(text, width))
    return " " * FRONT + (" " * widths.gap).join(parts)
