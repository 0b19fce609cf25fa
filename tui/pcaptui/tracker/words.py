"""Conversations in words: one sentence that says how one began, what happened, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from .conversations import Conversation
from .lifecycle import State

ANOMALY_WORDS = {
    "retransmission": ("retransmission", "retransmissions"),
    "out_of_order": ("segment out of order", "segments out of order"),
    "lost_segment": ("gap in the capture", "gaps in the capture"),
    "ack_lost_segment": ("acknowledgment of an unseen segment", "acknowledgments of unseen segments"),
    "duplicate_ack": ("duplicate ACK", "duplicate ACKs"),
    "zero_window": ("zero window", "zero windows"),
    "window_full": ("window full", "windows full"),
    "keep_alive": ("keep-alive", "keep-alives"),
    "reused_ports": ("reuse of its ports", "reuses of its ports"),
}


def duration(seconds: float) -> str:
    """A time as people say it: three digits that matter, at most: '3.8 ms', '1.35 s', '2 min 5 s'."""
    if seconds < 0:
        return "-" + duration(-seconds)
    if seconds < 0.000_999_5:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 0.009_95:
        return f"{seconds * 1e3:.1f} ms"
    if seconds < 0.999_5:
        return f"{seconds * 1e3:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.2f} s"
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{int(seconds) // 60} min {int(seconds) % 60} s"
    return f"{int(seconds) // 3600} h {int(seconds) % 3600 // 60} min"


def size(count: int) -> str:
    """Bytes as people say them."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count} byte{'' if count == 1 else 's'}"


def sentence(conversation: Conversation, exchanges: Sequence[tuple[str, float | None]] = ()) -> str:
    """One sentence about a conversation. `exchanges` are (summary, time or None where no answer came)."""
    parts = [_beginning(conversation), *_middle(conversation, exchanges), *_anomalies(conversation), _end(conversation)]
    return ", ".join(part for part in parts if part)


def _beginning(conversation: Conversation) -> str:
    state = conversation.state
    if conversation.kind == "udp":
        return ""
    if state is State.refused:
        return f"refused by the server with RST{_after(conversation.refused_after)}"
    if state is State.unanswered:
        tries = f" ({conversation.attempts} tries)" if conversation.attempts > 1 else ""
        return f"SYN never answered{tries}"
    if state is State.opening:
        return "half-open: the handshake was not completed"
    if conversation.connect is not None:
        return f"opened in {duration(conversation.rtt if conversation.rtt is not None else conversation.connect)}"
    return "began before the capture" if conversation.rtt is None else "opened"


def _after(seconds: float | None) -> str:
    return "" if seconds is None else f" after {duration(seconds)}"


def _middle(conversation: Conversation, exchanges: Sequence[tuple[str, float | None]]) -> list[str]:
    if len(exchanges) == 1:
        summary, time = exchanges[0]
        return [f"{summary} in {duration(time)}" if time is not None else f"{summary} unanswered"]
    if exchanges:
        times = sorted(time for _, time in exchanges if time is not None)
        open_ones = len(exchanges) - len(times)
        told = f"{len(times)} requests answered in {duration(times[0])} to {duration(times[-1])}" if times else ""
        return [told, f"{open_ones} unanswered" if open_ones else ""]
    sent, received = conversation.payload
    if sent or received:
        return [f"{size(sent)} from the client, {size(received)} from the server"]
    return ["never used"] if conversation.state in (State.open, State.closed, State.closing) else []


def _anomalies(conversation: Conversation) -> list[str]:
    told = []
    for name, (one, many) in ANOMALY_WORDS.items():
        count = conversation.anomalies.get(name, 0)
        if count:
            told.append(f"{count} {one if count == 1 else many}")
    return told


def _end(conversation: Conversation) -> str:
    state, side = conversation.state, conversation.closed_by
    if conversation.kind == "udp":
        return "no answer" if state is State.unanswered and not _to_many(conversation.server) else ""
    if state is State.closed:
        return f"closed by the {side} first"
    if state is State.closing:
        return f"half-closed by the {side}"
    if state is State.reset:
        return f"reset by the {side}"
    if state in (State.open, State.unknown):
        return "still open at the end"
    return ""


def _to_many(address: str) -> bool:
    """Whether an address is a group's or everybody's, from which no answer is due."""
    first = address.partition(".")[0]
    return address.startswith("ff") or address.endswith(".255") or (first.isdecimal() and 224 <= int(first) <= 239)
