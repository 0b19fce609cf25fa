"""Conversations in words: one sentence that says how one began, what happened, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from .conversations import Conversation
from .lifecycle import State
from .times import SLOW, Side, Times

ANOMALY_WORDS = {
    "retransmission": ("retransmission", "retransmissions"),
    "out_of_order": ("segment out of order", "segments out of order"),
    "lost_segment": ("gap in the capture", "gaps in the capture"),
    "ack_lost_segment": ("acknowledgment of an unseen segment", "acknowledgments of unseen segments"),
    "duplicate_ack": ("duplicate ACK", "duplicate ACKs"),
    "zero_window": ("zero window", "zero windows"),
    "window_full": ("window full", "window full"),
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


def often(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def sentence(conversation: Conversation, exchanges: Sequence[tuple[str, float | None]] = ()) -> str:
    """One sentence about a conversation. `exchanges` are (summary, time or None where no answer came)."""
    told = [*_middle(conversation, exchanges), slowness(conversation.times), *_anomalies(conversation)]
    told.append(_closed_window(conversation.times))
    parts = [_beginning(conversation), *told, _end(conversation)]
    return ", ".join(part for part in parts if part)


def slowness(times: Times | None) -> str:
    """Who kept the conversation waiting, "" if nobody did: 'server took 983 ms to answer'."""
    blame = times.slow if times is not None else None
    if times is None or blame is None:
        return ""
    if blame == "server":
        most = "up to " if times.answers > 1 else ""
        return f"server took {most}{duration(times.server_longest)} to answer"
    if blame == "client":
        return f"client waited {duration(times.client_first or 0)} before its first byte"
    if times.wire_longest < SLOW:
        return "slow on the wire"
    return f"slow on the wire: {duration(times.wire_longest)} until a request was acknowledged"


def _closed_window(times: Times | None) -> str:
    """How long a receive window was closed, where that was long or did not end."""
    for side in times.sides if times is not None else ():
        if side.still_closed or side.closed_window >= SLOW:
            end = " to the end" if side.still_closed else ""
            return f"window closed for {duration(side.closed_window)}{end}"
    return ""


def spent(times: Times) -> str:
    """Where the time went, in a line: 'connect 30 ms, client 66 µs, wire 49 ms, server 22 ms, transfer 5.0 ms'."""
    connect = (times.connect_server or 0) + (times.connect_client or 0)
    transfer = times.sides[0].transfer + times.sides[1].transfer
    parts = (("connect", connect), ("client", times.client), ("wire", times.wire), ("server", times.server),
             ("transfer", transfer), ("stalled", times.stalled))  # fmt: skip
    return ", ".join(f"{name} {duration(seconds)}" for name, seconds in parts if seconds)


def measured(times: Times) -> list[tuple[str, float | None, int | None]]:
    """What was measured, in lines for people: (text, s or None, the packet it speaks of or None)."""
    client, server = times.sides
    lines: list[tuple[str, float | None, int | None]] = []
    told = spent(times)
    if told:
        lines.append((f"time spent: {told}", times.parts, None))
    if times.server:
        mean = duration(times.server / max(times.answers, 1))
        many = f"{times.answers} answers, {mean} each, " if times.answers > 1 else ""
        lines.append((f"server think: {many}longest {duration(times.server_longest)}", times.server, times.server_at))
    if times.client_longest:
        first = "" if times.client_first is None else f", {duration(times.client_first)} before its first byte"
        lines.append((f"client think: longest {duration(times.client_longest)}{first}", times.client, None))
    if times.idle_count:
        pauses = f"{times.idle_count} pauses" if times.idle_count > 1 else "1 pause"
        lines.append((f"idle: {pauses}, longest {duration(times.idle_longest)}", times.idle, times.idle_at))
    for name, side in (("client", client), ("server", server)):
        lines += _one_side(name, side)
    return lines


def _one_side(name: str, side: Side) -> list[tuple[str, float | None, int | None]]:
    lines: list[tuple[str, float | None, int | None]] = []
    if side.segments:
        speed = "" if side.goodput is None else f", {size(round(side.goodput))}/s"
        sent = f"the {name} sent {size(side.fresh)}{speed}, at most {size(side.flight)} in flight"
        lines.append((sent, side.transfer or None, side.flight_at))
    if side.rtt_least is not None and side.rtt_mean is not None:
        spread = f"{duration(side.rtt_least)} to {duration(side.rtt_most)}, mean {duration(side.rtt_mean)}"
        text = duration(side.rtt_least) if side.rtt_count == 1 else spread
        lines.append((f"RTT of what the {name} sent: {text}", side.rtt_mean, None))
    if side.repeated:
        many = f"{side.repeated} of {side.segments} segments"
        lines.append((f"sent again by the {name}: {many} ({100 * side.repeated / side.segments:.3g} %), "
                      f"{size(side.repeated_bytes)}", None, None))  # fmt: skip
    if side.closed_window or side.still_closed:
        end = ", to the end of the capture" if side.still_closed else ""
        lines.append((f"receive window of the {name} closed for {duration(side.closed_window)}{end}",
                      side.closed_window, None))  # fmt: skip
    return lines


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
    sent, received = carried(conversation)
    if sent or received:
        return [f"{size(sent)} from the client, {size(received)} from the server"]
    return ["never used"] if conversation.state in (State.open, State.closed, State.closing) else []


def carried(conversation: Conversation) -> tuple[int, int]:
    """Bytes that reached the other side's program, from the client and from the server: each counts once, however
    often it was sent. Where nothing is new (keep-alives), all bytes of payload."""
    if conversation.times is not None:
        client, server = (side.fresh for side in conversation.times.sides)
        if client or server:
            return client, server
    return conversation.payload


def _anomalies(conversation: Conversation) -> list[str]:
    told = []
    for name, (one, many) in ANOMALY_WORDS.items():
        count = conversation.anomalies.get(name, 0)
        if count:
            told.append(f"{one} {often(count)}" if one == many else f"{count} {one if count == 1 else many}")
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
