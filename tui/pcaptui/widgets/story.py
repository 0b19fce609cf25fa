"""The story of one conversation: its phases, exchanges, pauses and troubles in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..capture import Capture
from ..exchanges import Exchange, Exchanges
from ..tracker.conversations import BILLION, Conversation, Conversations, Span
from ..tracker.flags import Flag
from ..tracker.lifecycle import State
from ..tracker.phases import Phase
from ..tracker.times import IDLE, SLOW
from ..tracker.words import ANOMALY_WORDS, carried, duration, measured, often, size

FEW = 8
"""So many retransmissions in a row have their waits told."""
MOST = 20_000
"""Lines of one kind at most: a story is to be read."""
_MORE_WORDS = {
    "zero_window_probe": ("zero window probe", "zero window probes"),
    "window_update": ("window update", "window updates"),
}
_TOLD = {**ANOMALY_WORDS, **_MORE_WORDS}
_KINDS = {
    "retransmission": (("spurious_retransmission", "spurious "), ("fast_retransmission", "fast ")),
}


@dataclass(frozen=True, slots=True)
class StoryLine:
    """Something that happened. `time`: s since the capture's first packet; `took`: s, None where it took none.
    `sign` names its kind: "handshake", "exchange", "data", "idle", "wait", "trouble", "update", "teardown", "reset",
    "open" or "time" (what was measured of the whole conversation).
    `packets`: indexes, ascending; `count`: how many they are (`packets` may hold the first and the last only)."""

    time: float
    sign: str
    text: str
    took: float | None
    packets: tuple[int, ...]
    count: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """A conversation with what happened in it, in order."""

    conversation: Conversation
    exchanges: Sequence[tuple[str, float | None]]
    lines: list[StoryLine]


def story_of(capture: Capture, kind: str, number: int) -> Story:
    """Reads a stream's columns and dissects its messages: for a thread. Raises KeyError if there is no such stream."""
    packets = capture.stream_packets(kind, number)
    found = Conversations.of_stream(capture.table, capture.addresses, capture.gather, kind, number, packets)
    conversation = found.find(kind, number)
    if conversation is None:
        raise KeyError(f"there is no conversation {kind}:{number}")
    known = Exchanges(capture)
    exchanges = list(known.of_stream(kind, number))
    spans = found.spans(kind, number)
    teller = _Teller(capture, found, conversation)
    lines = [
        *teller.opening(spans),
        *teller.exchanged(exchanges),
        *teller.data(spans, bool(exchanges)),
        *teller.waits(),
        *teller.pauses(),
        *teller.troubles(),
        *teller.ending(spans),
    ]
    lines.sort(key=lambda line: (line.packets[0] if line.sign != "idle" else line.packets[-1] - 0.5, line.time))
    lines += [*teller.at_the_end(), *teller.measured()]
    told = [(each.summary, each.time) for each in exchanges] if known.complete(kind, number) else []
    return Story(conversation, told, lines)


class _Teller:
    def __init__(self, capture: Capture, found: Conversations, conversation: Conversation) -> None:
        self._table = capture.table
        self._tracker = capture.tracker
        self._conversation = conversation
        self._packets = found.packets(conversation.kind, conversation.number)
        self._times = capture.table["time"][self._packets]
        self._begin = int(capture.table["time"][0])
        direction = capture.table["direction"][self._packets]
        client = capture.tracker.client_direction(conversation.kind, conversation.number)
        self._from_client = direction == client

    def _at(self, packet: int) -> float:
        return (int(self._table["time"][packet]) - self._begin) / BILLION

    def _line(self, sign: str, text: str, packets: Sequence[int], took: float | None = None) -> StoryLine:
        chosen = tuple(packets)
        return StoryLine(self._at(chosen[0]), sign, text, took, chosen, len(chosen))

    def opening(self, spans: Sequence[Span]) -> Iterator[StoryLine]:
        told, conversation = next((span for span in spans if span.phase is Phase.handshake), None), self._conversation
        if told is None:
            if conversation.kind == "tcp":
                yield self._line("open", "began before the capture: no handshake in it", [conversation.first])
            return
        state = conversation.state
        tries = f", {conversation.attempts} tries" if conversation.attempts > 1 else ""
        if conversation.rtt is not None:
            text = f"opened: the server answered after {duration(conversation.rtt)} (RTT)"
            if conversation.connect is not None:
                text += f", connected after {duration(conversation.connect)}{tries}"
            yield self._line("handshake", text, told.packets, conversation.connect or conversation.rtt)
        elif state is State.refused:
            yield self._line("handshake", f"the client asks to connect{tries}", told.packets)
        elif state is State.unanswered:
            yield self._line("handshake", f"SYN never answered{tries}", told.packets, told.duration or None)
        else:
            yield self._line("handshake", f"handshake not completed{tries}", told.packets, told.duration or None)

    def exchanged(self, exchanges: Sequence[Exchange]) -> Iterator[StoryLine]:
        for exchange in exchanges[:MOST]:
            text = exchange.summary if exchange.response is not None else f"{exchange.summary}: no answer"
            others = f" (see {', '.join(exchange.streams[:4])})" if exchange.streams else ""
            yield self._line("exchange", text + others, exchange.packets, exchange.time)
        if len(exchanges) > MOST:
            rest = exchanges[MOST:]
            yield self._line("exchange", f"… and {len(rest)} more exchanges", [rest[0].request, rest[-1].request])

    def data(self, spans: Sequence[Span], exchanged: bool) -> Iterator[StoryLine]:
        """What was sent, where no exchanges tell it."""
        told = next((span for span in spans if span.phase in (Phase.data, Phase.exchange)), None)
        sent, received = carried(self._conversation)
        if told is None or exchanged or not sent + received:
            return
        text = f"{size(sent)} from the client, {size(received)} from the server"
        yield self._line("data", text, told.packets, told.duration)

    def waits(self) -> Iterator[StoryLine]:
        """The longest waits on the server and on the wire, where they were long."""
        times = self._conversation.times
        if times is None:
            return
        for took, at, text in (
            (times.server_longest, times.server_at, "the server has the request and takes {} to answer"),
            (times.wire_longest, times.wire_at, "the wire takes {} to acknowledge the request"),
        ):
            if took >= SLOW and at is not None:
                yield self._line("wait", text.format(duration(took)), [at], took)

    def measured(self) -> Iterator[StoryLine]:
        """The times and amounts of the whole conversation."""
        first, last = self._conversation.first, self._conversation.last
        for text, took, at in measured(self._conversation.times) if self._conversation.times is not None else ():
            yield self._line("time", text, [first, last] if at is None else [at], took)

    def pauses(self) -> Iterator[StoryLine]:
        gaps = np.diff(self._times)
        for place in np.flatnonzero(gaps >= IDLE * BILLION)[:MOST].tolist():
            before, after = int(self._packets[place]), int(self._packets[place + 1])
            who = "the client" if self._from_client[place + 1] else "the server"
            took = int(gaps[place]) / BILLION
            yield StoryLine(self._at(before), "idle", f"nothing for {duration(took)}, then {who} goes on", took,
                            (before, after), 2)  # fmt: skip

    def troubles(self) -> Iterator[StoryLine]:
        """Findings of the analysis; equal ones that follow each other in the stream's findings are one line."""
        if self._conversation.kind != "tcp":
            return
        bits = self._table["analysis"][self._packets]
        wanted = np.uint32(sum(int(Flag[name]) for name in _TOLD))
        places = np.flatnonzero(bits & wanted)
        run: list[int] = []
        last = ("", False)
        lines = 0
        for place in places.tolist():
            mine = _finding(int(bits[place])), bool(self._from_client[place])
            if run and mine != last:
                yield self._trouble(last, run)
                run = []
                lines += 1
                if lines >= MOST:
                    return
            last = mine
            run.append(int(self._packets[place]))
        if run:
            yield self._trouble(last, run)

    def _trouble(self, finding: tuple[str, bool], packets: list[int]) -> StoryLine:
        name, by_client = finding
        one, many = _words(name)
        count = len(packets)
        counted = one if count == 1 else f"{one} {often(count)}" if one == many else f"{count} {many}"
        text = f"{counted} from the {'client' if by_client else 'server'}{self._again(name, packets)}"
        took = self._at(packets[-1]) - self._at(packets[0]) if len(packets) > 1 else None
        sign = "update" if name == "window_update" else "trouble"
        return self._line(sign, text, packets, took)

    def _again(self, name: str, packets: list[int]) -> str:
        """How long after the segment was last sent each of a few retransmissions came."""
        if not name.endswith("retransmission") or len(packets) > FEW:
            return ""
        before = [self._tracker.related(packet) for packet in packets]
        waits = [self._at(packet) - self._at(one[0]) for packet, one in zip(packets, before, strict=True) if one]
        return f", {', '.join(map(duration, waits))} after the one before" if waits else ""

    def ending(self, spans: Sequence[Span]) -> Iterator[StoryLine]:
        conversation = self._conversation
        side = conversation.closed_by
        for span in spans:
            if span.phase is Phase.teardown:
                text = f"closed by the {side} first" if conversation.state is State.closed else f"closed by the {side}"
                if conversation.state is State.closing:
                    text = f"half-closed by the {side}: the other side did not close"
                elif conversation.state is State.reset:
                    text = "closing, but not to its end"
                yield self._line("teardown", text, span.packets, span.duration)
            elif span.phase is Phase.reset:
                if conversation.state is State.refused:
                    after = conversation.refused_after
                    late = "" if after is None else f" after {duration(after)}"
                    yield self._line("reset", f"refused by the server with RST{late}", span.packets)
                else:
                    text = f"reset by the {side}" if conversation.state is State.reset else "RST after the end"
                    yield self._line("reset", text, span.packets)

    def at_the_end(self) -> Iterator[StoryLine]:
        conversation = self._conversation
        if conversation.kind == "tcp" and conversation.state in (State.open, State.unknown, State.opening):
            words = "still half-open" if conversation.state is State.opening else "still open"
            last = conversation.last
            yield self._line("open", f"{words} when the capture ends", [last])
        elif conversation.kind == "udp" and conversation.state is State.unanswered:
            yield self._line("open", "nothing came back", [conversation.last])


def _finding(bits: int) -> str:
    for name in _TOLD:
        if bits & Flag[name]:
            for special, front in _KINDS.get(name, ()):
                if bits & Flag[special]:
                    return front + name
            return name
    return ""


def _words(name: str) -> tuple[str, str]:
    front, _, plain = name.rpartition(" ")
    one, many = _TOLD[plain]
    return (f"{front} {one}", f"{front} {many}") if front else (one, many)
