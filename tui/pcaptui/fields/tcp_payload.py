"""A segment's payload: whole messages, messages put together from several segments, and pieces of those to come."""

from __future__ import annotations

from ..tracker.flags import payload_left_alone
from . import registry
from .branch import SHOWN_BYTES, Branch, View, Walk
from .context import Message, TcpContext
from .node import Node
from .payload import carried
from .words import plural

LISTED = 2_000
"""So many pieces of a message get a line of their own."""
_NAMED = 60
_PDUS = 100
_MEASURED = frozenset(("dns", "mysql", "pgsql", "modbus", "openflow", "ldap", "dnp3", "kerberos", "dcerpc"))


def payload(walk: Walk, branch: Branch, view: View, ports: tuple[int, int], context: TcpContext | None,
            flags: int) -> None:  # fmt: skip
    """`view` is the payload of the segment whose header is `branch`; `context` is None where no stream is known."""
    size = view.reported - view.at
    if size > 0 and len(view):
        _bytes(branch, "TCP payload", "tcp.payload", view)
    if context is None:
        if len(view):
            carried(walk, view, "tcp", ports)
        return
    if payload_left_alone(context.analysis):
        if len(view):
            _bytes(branch, "Retransmitted TCP segment data", "tcp.segment_data", view)
        return
    reached = 0
    for message in context.messages:
        part = view.sub(view.at + message.start, view.at + message.start + message.length)
        if message.waits:
            _piece(branch, part, message)
        elif message.data is not None:
            if len(part):
                _bytes(branch, "TCP segment data", "tcp.segment_data", part)
            _message(walk, branch, _reassembled(walk, message), message, ports)
        elif len(part):
            _message(walk, branch, part, message, ports)
        reached = max(reached, message.start + message.length)
    if reached < len(view):
        carried(walk, view.sub(view.at + reached), "tcp", ports)


def _bytes(branch: Branch, name: str, field: str, view: View) -> None:
    size = view.reported - view.at
    branch.add(f"{name} ({plural(size, 'byte')})", field, view.bytes.hex(":"), view.at, size)


def _piece(branch: Branch, part: View, message: Message) -> None:
    """Bytes of a message that is complete in a later packet, or never."""
    if message.completed_by:
        text = f"Reassembled PDU in frame: {message.completed_by}"
        branch.computed(text, "tcp.reassembled_in", message.completed_by, link=message.completed_by)
    if len(part):
        _bytes(branch, "TCP segment data", "tcp.segment_data", part)


def _message(walk: Walk, branch: Branch, view: View, message: Message, ports: tuple[int, int]) -> None:
    tunnel = message.protocol == "http" and "http.connect" in message.facts
    layer = "http" if tunnel else message.layer
    builder = registry.streams.get(layer) or registry.streams.get(message.protocol)
    _pdus(branch, view, message)
    if builder is None:
        carried(walk, view, "tcp", ports)
        return
    take = builder
    walk.call(lambda walk, view: take(walk, view, message), view)


def _pdus(branch: Branch, view: View, message: Message) -> None:
    """The messages in one piece of a stream, where tshark too asks for their length first and tells it."""
    if message.protocol not in _MEASURED:
        return
    at = view.at
    for size in message.sizes[:_PDUS]:
        size = size or len(view)
        node = branch.add(f"[PDU Size: {size}]", "tcp.pdu.size", size).node
        node.start, node.source = min(at, len(view.data)), view.source
        node.length = min(size, len(view.data) - node.start)
        at += size


def _reassembled(walk: Walk, message: Message) -> View:
    """Show where a message's bytes came from, and view them."""
    data = message.data or b""
    view = walk.add_source("Reassembled TCP", data)
    pieces = message.pieces
    words = ", ".join(f"#{piece.number}({piece.length})" for piece in pieces[:_NAMED])
    more = ", …" if len(pieces) > _NAMED else ""
    title = f"{plural(len(pieces), 'Reassembled TCP Segment')} ({plural(len(data), 'byte')})"
    branch = Branch(walk, view, Node("", "tcp.segments", None, 0, len(data), source=view.source))
    branch.label(f"[{title}: {words}{more}]")
    walk.nodes.append(branch.node)
    for piece in pieces[:LISTED]:
        span = f"{piece.start}-{piece.start + piece.length - 1} ({plural(piece.length, 'byte')})"
        text = f"[Frame: {piece.number}, payload: {span}]"
        line = branch.add(text, "tcp.segment", piece.number, piece.start, piece.length)
        line.node.link = piece.number
    branch.computed(f"Segment count: {len(pieces)}", "tcp.segment.count", len(pieces))
    branch.computed(f"Reassembled TCP length: {len(data)}", "tcp.reassembled.length", len(data))
    shown = data[:SHOWN_BYTES].hex() + ("…" if len(data) > SHOWN_BYTES else "")
    branch.add(f"[Reassembled TCP Data: {shown}]", "tcp.reassembled.data", data[:4096].hex(":"), 0, len(data))
    return view
