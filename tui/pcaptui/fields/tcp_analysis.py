"""What the stream tells about a segment, as lines below its header: times, acknowledgments, bytes under way, what the
sequence analysis found. Names and words by experiment."""

from __future__ import annotations

from ..tracker.flags import Flag
from .branch import Branch
from .context import TcpContext
from .expert import expert
from .words import BILLION, seconds

FINDINGS = (
    (Flag.zero_window_probe, "Note", "zero_window_probe", "TCP Zero Window Probe"),
    (Flag.zero_window, "Warning", "zero_window", "TCP Zero Window segment"),
    (Flag.retransmission, "Note", "retransmission", "This frame is a (suspected) retransmission"),
    (Flag.fast_retransmission, "Note", "fast_retransmission", "This frame is a (suspected) fast retransmission"),
    (Flag.spurious_retransmission, "Note", "spurious_retransmission",
     "This frame is a (suspected) spurious retransmission"),
    (Flag.out_of_order, "Warning", "out_of_order", "This frame is a (suspected) out-of-order segment"),
    (Flag.lost_segment, "Warning", "lost_segment", "Previous segment(s) not captured (common at capture start)"),
    (Flag.ack_lost_segment, "Warning", "ack_lost_segment",
     "ACKed segment that wasn't captured (common at capture start)"),
    (Flag.window_update, "Chat", "window_update", "TCP window update"),
    (Flag.window_full, "Warning", "window_full", "TCP window specified by the receiver is now completely full"),
    (Flag.keep_alive, "Note", "keep_alive", "TCP keep-alive segment"),
    (Flag.keep_alive_ack, "Note", "keep_alive_ack", "ACK to a TCP keep-alive segment"),
    (Flag.zero_window_probe_ack, "Note", "zero_window_probe_ack", "ACK to a TCP Zero Window Probe"),
    (Flag.reused_ports, "Note", "reused_ports",
     "A new tcp session is started with the same ports as an earlier session in this trace"),
)  # fmt: skip
"""Flag, severity, name behind tcp.analysis., words of the expert information."""


def timestamps(branch: Branch, context: TcpContext) -> None:
    if context.since_first is None or context.since_previous is None:
        return
    below = branch.computed("Timestamps")
    for field, name, time in (
        ("tcp.time_relative", "Time since first frame in this TCP stream", context.since_first),
        ("tcp.time_delta", "Time since previous frame in this TCP stream", context.since_previous),
    ):
        below.computed(f"{name}: {seconds(time)}", field, time / BILLION)


def analysis(branch: Branch, context: TcpContext) -> None:
    """The branch [SEQ/ACK analysis], where there is anything to put into it."""
    if not context.examined:
        return
    below = branch.computed("SEQ/ACK analysis", "tcp.analysis")
    if context.acks_frame:
        text = f"This is an ACK to the segment in frame: {context.acks_frame}"
        below.computed(text, "tcp.analysis.acks_frame", context.acks_frame, link=context.acks_frame)
        if context.ack_rtt is not None:
            _time(below, "The RTT to ACK the segment was", "tcp.analysis.ack_rtt", context.ack_rtt)
    if context.initial_rtt is not None:
        _time(below, "iRTT", "tcp.analysis.initial_rtt", context.initial_rtt)
    if context.bytes_in_flight is not None:
        moved, pushed = context.bytes_in_flight, context.push_bytes
        below.computed(f"Bytes in flight: {moved}", "tcp.analysis.bytes_in_flight", moved)
        below.computed(f"Bytes sent since last PSH flag: {pushed}", "tcp.analysis.push_bytes_sent", pushed)
    if context.analysis:
        _findings(below, context)


def _time(below: Branch, name: str, field: str, time: int) -> None:
    below.computed(f"{name}: {seconds(time)}", field, time / BILLION)


def _findings(below: Branch, context: TcpContext) -> None:
    flags = below.computed("TCP Analysis Flags", "tcp.analysis.flags")
    for bit, severity, name, text in FINDINGS:
        if context.analysis & bit:
            expert(flags, severity, "Sequence", text, f"tcp.analysis.{name}")
    if context.rto is not None:
        _time(flags, "The RTO for this segment was", "tcp.analysis.rto", context.rto)
        text = f"RTO based on delta from frame: {context.rto_frame}"
        flags.computed(text, "tcp.analysis.rto_frame", context.rto_frame, link=context.rto_frame)
    if context.analysis & Flag.duplicate_ack and context.duplicate_of is not None:
        frame, number = context.duplicate_of
        flags.computed("This is a TCP duplicate ack", "tcp.analysis.duplicate_ack")
        below.computed(f"Duplicate ACK #: {number}", "tcp.analysis.duplicate_ack_num", number)
        text = f"Duplicate to the ACK in frame: {frame}"
        line = below.computed(text, "tcp.analysis.duplicate_ack_frame", frame, link=frame)
        expert(line, "Note", "Sequence", f"Duplicate ACK (#{number})", "tcp.analysis.duplicate_ack")
