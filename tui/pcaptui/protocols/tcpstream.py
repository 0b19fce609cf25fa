"""Tools for dissectors over TCP: cutting a stream into messages, holding a long one, announcing other streams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .packet import UNTIL_FIN, Conversation, Packet
from .registry import StreamDissector, tcp_ports

MESSAGES = 4000
"""No segment's payload is cut into more messages than this."""


@dataclass(slots=True)
class Expectation:
    """A stream that a control conversation announced: who listens where, and whose dissector reads it."""

    address: bytes
    port: int
    dissector: StreamDissector
    state: dict[str, Any] = field(default_factory=dict)


def expect(conversation: Conversation, address: bytes, port: int, dissector: StreamDissector) -> dict[str, Any]:
    """Announce a stream to come. What is put into the dict answered becomes `state` of its conversation."""
    expectation = Expectation(address, port, dissector)
    conversation.state.setdefault("expect", []).append(expectation)
    return expectation.state


def hand_over(conversation: Conversation, dissector: StreamDissector) -> None:
    """From the next message on the stream belongs to another dissector (STARTTLS, CONNECT, Upgrade)."""
    conversation.state["dissector"] = dissector


def start_tls(conversation: Conversation) -> None:
    """From the next message on the stream is TLS, where there is a dissector for it."""
    dissector = tcp_ports.get(443)
    if dissector is not None:
        hand_over(conversation, dissector)


def from_server(packet: Packet, *ports: int) -> bool:
    """Whether the sender sits on one of the protocol's ports (and the receiver does not), or on the one that the user
    named."""
    if packet.matched:
        return packet.source_port == packet.matched
    return packet.source_port in ports and packet.destination_port not in ports


def need(packet: Packet, used: int, more: int = 0) -> int:
    """End of a dissector's turn: `used` bytes are done, `more` are missing (0: unknown, try with a segment more)."""
    packet.want = more
    return used


def hold(packet: Packet, used: int, held: object, more: int = 0) -> int:
    """End of a turn inside a long message that began at `used`, all of whose bytes so far were seen.

    The next turn gets `held` back in `packet.held`, and of the message only the bytes behind these `more`; with `more`
    0 those of the next segment, with UNTIL_FIN none at all; `packet.state["seen"]` counts them all. That keeps a
    download of any size in constant memory.
    """
    packet.held = held
    packet.want = more
    return used


def messages(packet: Packet, data: bytes, header: int, length_of: Callable[[bytes, int], int],
             dissect: Callable[[Packet, bytes], None]) -> int:  # fmt: skip
    """Cut `data` into messages whose length stands in their first `header` bytes; answers the bytes used.

    `length_of(data, at)` gives the whole length of the message at `at`, or less than `header` where that is no
    sensible length: then everything is used up by one last message.
    """
    at = 0
    for _ in range(MESSAGES):
        left = len(data) - at
        if left <= 0:
            break
        if left < header:
            if packet.reassemble:
                return need(packet, at)
            dissect(packet, data[at:])
            break
        size = length_of(data, at)
        if size < header:
            dissect(packet, data[at:])
            break
        if size > left and packet.reassemble:
            return need(packet, at, size - left)
        packet.cuts.append(size)
        dissect(packet, data[at : at + size])
        at += size
    return len(data)


__all__ = ["UNTIL_FIN", "Expectation", "expect", "from_server", "hand_over", "hold", "messages", "need", "start_tls"]
