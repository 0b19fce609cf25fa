"""Mails that came in several packets, put together for the packet that ends them."""

from __future__ import annotations

import re

from .capture import Capture
from .dissect.stream_messages import StreamMessages
from .fields.context import TcpContext

PACKETS = 4000
"""So many packets of a stream are looked at, backwards from the end of a mail."""
LARGEST = 4 << 20
_END = re.compile(rb"(?:\A|(?<=\n))\.\r?\n")


def tell_mail(capture: Capture, messages: StreamMessages, context: TcpContext, index: int) -> None:
    """Where packet `index` holds the line that ends an SMTP message (RFC 5321 section 4.5.2), put all of its bytes into
    the facts: "smtp.message", and "smtp.pieces", pairs of a packet's number and the count of its bytes."""
    last = next((one for one in context.messages if one.facts.get("smtp.reading")), None)
    if last is None or last.protocol != "smtp" or last.from_server or last.waits:
        return
    data = _bytes(capture, index, last.data, last.start, last.length)
    found = _END.search(data)
    if found is None:
        return
    parts, pieces = [data[: found.start()]], [(index + 1, found.start())]
    total = found.start()
    packets = capture.stream_packets("tcp", context.stream)
    at = int(packets.searchsorted(index))
    direction = int(capture.table["direction"][index])
    for other in reversed(packets[max(0, at - PACKETS) : at].tolist()):
        if int(capture.table["direction"][other]) != direction or not int(capture.table["payload_length"][other]):
            continue
        for message in reversed(messages.of(other)):
            if message.waits:
                continue
            if message.protocol != "smtp" or not message.facts.get("smtp.reading"):
                total = LARGEST
                break
            part = _bytes(capture, other, message.data, message.start, message.length)
            if _END.search(part):
                total = LARGEST
                break
            parts.append(part)
            pieces.append((other + 1, len(part)))
            total += len(part)
        if total >= LARGEST:
            break
    last.facts["smtp.message"] = b"".join(reversed(parts))
    last.facts["smtp.pieces"] = [piece for piece in reversed(pieces) if piece[1]]


def _bytes(capture: Capture, index: int, data: bytes | None, start: int, length: int) -> bytes:
    return data if data is not None else capture.payload(index)[start : start + length]
