"""What the TCP sequence analysis can find in a segment, and the words for it."""

from __future__ import annotations

from enum import IntFlag
from functools import cache


class Flag(IntFlag):
    """Bits of the table's column `analysis`; the lower-case names are those of tshark's tcp.analysis.* fields."""

    retransmission = 1
    fast_retransmission = 2
    spurious_retransmission = 4
    out_of_order = 8
    lost_segment = 16
    ack_lost_segment = 32
    duplicate_ack = 64
    keep_alive = 128
    keep_alive_ack = 256
    window_update = 512
    window_full = 1024
    zero_window = 2048
    zero_window_probe = 4096
    zero_window_probe_ack = 8192
    reused_ports = 16384


_PREFIXES = (
    (Flag.zero_window_probe_ack, "ZeroWindowProbeAck"),
    (Flag.zero_window_probe, "ZeroWindowProbe"),
    (Flag.zero_window, "ZeroWindow"),
    (Flag.window_update, "Window Update"),
    (Flag.duplicate_ack, "Dup ACK"),
    (Flag.keep_alive_ack, "Keep-Alive ACK"),
    (Flag.keep_alive, "Keep-Alive"),
    (Flag.window_full, "Window Full"),
    (Flag.ack_lost_segment, "ACKed unseen segment"),
    (Flag.lost_segment, "Previous segment not captured"),
    (Flag.out_of_order, "Out-Of-Order"),
    (Flag.spurious_retransmission, "Spurious Retransmission"),
    (Flag.fast_retransmission, "Fast Retransmission"),
    (Flag.retransmission, "Retransmission"),
    (Flag.reused_ports, "Port numbers reused"),
)

_SPECIAL = Flag.fast_retransmission | Flag.spurious_retransmission
_LEFT_ALONE = Flag.spurious_retransmission | Flag.out_of_order | Flag.keep_alive | Flag.zero_window_probe


def names(bits: int) -> list[str]:
    """The names of all flags in `bits`, in the order in which they are declared."""
    return list(_names(bits)) if bits else []


@cache
def _names(bits: int) -> tuple[str, ...]:
    return tuple(str(flag.name) for flag in Flag if bits & flag)


def prefixes(bits: int, duplicate: tuple[int, int] | None = None) -> str:
    """The bracketed words in front of a TCP row, leftmost first, each followed by a blank (found by experiment).

    `duplicate` is (number of the packet whose ACK is repeated, how often) for a duplicate ACK.
    """
    if not bits:
        return ""
    if bits & _SPECIAL:
        bits &= ~int(Flag.retransmission)
    words = []
    for flag, word in _PREFIXES:
        if bits & flag:
            if flag is Flag.duplicate_ack and duplicate is not None:
                word = f"{word} {duplicate[0]}#{duplicate[1]}"
            words.append(f"[TCP {word}] ")
    return "".join(words)


def payload_left_alone(bits: int) -> bool:
    """Whether tshark does not hand a segment with these findings to the application's dissector."""
    if bits & _LEFT_ALONE:
        return True
    return bool(bits & Flag.retransmission) and not bits & Flag.fast_retransmission
