"""The frame itself: when it came, how long it is, what is in it."""

from __future__ import annotations

from collections.abc import Sequence

from .branch import Branch, View, Walk
from .context import Context
from .encapsulations import ENCAPSULATIONS
from .expert import expert
from .node import Node
from .words import BILLION, bit_pattern, moment, plain, seconds

_DIRECTIONS = {0: "Unknown", 1: "Inbound", 2: "Outbound"}
_RECEPTION = {0: "Not specified", 1: "Unicast", 2: "Multicast", 3: "Broadcast", 4: "Promiscuous"}
_ERRORS = (
    (24, "crc_error", "CRC error"), (25, "packet_too_error", "Packet too long error"),
    (26, "packet_too_short_error", "Packet too short error"),
    (27, "wrong_inter_frame_gap_error", "Wrong interframe gap error"),
    (28, "unaligned_frame_error", "Unaligned frame error"),
    (29, "start_frame_delimiter_error", "Start frame delimiter error"), (30, "preamble_error", "Preamble error"),
    (31, "symbol_error", "Symbol error"),
)  # fmt: skip
"""Bits of a pcapng packet's flags word (draft-ietf-opsawg-pcapng, epb_flags)."""


def frame_nodes(context: Context, protocols: Sequence[str]) -> list[Node]:
    """The first nodes of every tree: the packet's comments where it has some, and the frame."""
    found = [_comments(context)] if context.comments else []
    return [*found, _frame(context, protocols)]


def _frame(context: Context, protocols: Sequence[str]) -> Node:
    size = len(context.frame)
    flags = context.facts.get("packet_flags")
    label = f"Frame {context.number}: {_size(context.length, 'on wire ')}, {_size(size, 'captured ')}"
    if context.interface is not None:
        label += f" on interface {_interface_name(context)}, id {context.interface}"
    if flags is not None and flags & 3 in (1, 2):
        label += " (inbound)" if flags & 3 == 1 else " (outbound)"
    node = Node(plain(label), "frame", None, 0, size)
    branch = Branch(Walk(context), View(context.frame, 0, size, context.length), node)
    _interface(branch, context)
    if flags is not None:
        _flags(branch, flags)
    number, words = ENCAPSULATIONS.get(context.link_type, (0, "Unknown"))
    branch.add(f"Encapsulation type: {words} ({number})", "frame.encap_type", number)
    if context.timed:
        _times(branch, context)
    branch.add(f"Frame Number: {context.number}", "frame.number", context.number)
    branch.add(f"Frame Length: {_size(context.length)}", "frame.len", context.length)
    branch.add(f"Capture Length: {_size(size)}", "frame.cap_len", size)
    _option(branch, context, "drop_count", "Drop Count", "frame.drop_count")
    branch.computed(f"Frame is marked: {context.marked}", "frame.marked", context.marked)
    branch.computed(f"Frame is ignored: {context.ignored}", "frame.ignored", context.ignored)
    if flags is not None and flags & 3 in (1, 2):
        received = flags & 3 == 1
        branch.add(f"Point-to-Point Direction: {'Received (1)' if received else 'Sent (0)'}", "frame.p2p_dir",
                   int(received))  # fmt: skip
    path = ":".join(protocols)
    branch.computed(f"Protocols in frame: {path}", "frame.protocols", path)
    return node


def _interface(branch: Branch, context: Context) -> None:
    if context.section is not None:
        branch.add(f"Section number: {context.section}", "frame.section_number", context.section)
    if context.interface is None:
        return
    name = _interface_name(context)
    below = branch.add(f"Interface id: {context.interface} ({name})", "frame.interface_id", context.interface)
    below.add(f"Interface name: {name}", "frame.interface_name", name)
    if context.interface_description:
        text = context.interface_description
        below.add(f"Interface description: {text}", "frame.interface_description", text)
    _option(branch, context, "queue", "Interface queue", "frame.interface_queue")
    _option(branch, context, "packet_id", "Packet id", "frame.packet_id")


def _interface_name(context: Context) -> str:
    return context.interface_name or context.interface_description or "unknown"


def _option(branch: Branch, context: Context, fact: str, name: str, field: str) -> None:
    value = context.facts.get(fact)
    if value is not None:
        branch.add(f"{name}: {value}", field, value)


def _flags(branch: Branch, flags: int) -> None:
    below = branch.add(f"Packet flags: 0x{flags:08x}", "frame.packet_flags", flags)

    def part(mask: int, field: str, text: str, value: int | bool) -> None:
        below.add(f"{bit_pattern(flags, mask, 32)} = {text}", f"frame.packet_flags_{field}", value)

    direction, reception = flags & 3, flags >> 2 & 7
    part(3, "direction", f"Direction: {_DIRECTIONS.get(direction, 'Unknown')} (0x{direction:x})", direction)
    part(0x1C, "reception_type", f"Reception type: {_RECEPTION.get(reception, 'Unknown')} ({reception})", reception)
    part(0x1E0, "fcs_length", f"FCS length: {flags >> 5 & 15}", flags >> 5 & 15)
    part(0xFE00, "reserved", f"Reserved: {flags >> 9 & 127}", flags >> 9 & 127)
    for bit, field, name in _ERRORS:
        value = bool(flags >> bit & 1)
        part(1 << bit, field, f"{name}: {'Set' if value else 'Not set'}", value)


def _times(branch: Branch, context: Context) -> None:
    text = moment(context.time)
    branch.add(f"Arrival Time: {text}", "frame.time", text)
    branch.computed("Time shift for this packet: 0.000000000 seconds", "frame.offset_shift", 0.0)
    branch.add(f"Epoch Time: {seconds(context.time)}", "frame.time_epoch", context.time / BILLION)
    for name, field, value in (
        ("Time delta from previous captured frame", "frame.time_delta", context.since_previous),
        ("Time delta from previous displayed frame", "frame.time_delta_displayed", context.since_shown),
        ("Time since reference or first frame", "frame.time_relative", context.since_first),
    ):
        branch.computed(f"{name}: {seconds(value)}", field, value / BILLION)
    if context.reference:
        branch.computed("This is a Time Reference frame", "frame.ref_time", None)


def _comments(context: Context) -> Node:
    node = Node("Packet comments", "pkt_comment")
    branch = Branch(Walk(context), View(b"", 0, 0, 0), node)
    for text in context.comments:
        expert(branch.add(text, "frame.comment", text), "Comment", "Comment", text, "frame.comment.expert")
    return node


def _size(count: int, where: str = "") -> str:
    return f"{count} byte{'' if count == 1 else 's'} {where}({8 * count} bits)"
