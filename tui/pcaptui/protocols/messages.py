"""Messages of an application: what a dissector says when it has recognised one, for those who pair them later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .packet import Packet

REQUEST, RESPONSE, NOTICE = "request", "response", "notice"
LONGEST = 1000
"""Characters kept of a message's text."""


@dataclass(slots=True)
class Message:
    """One message. `packet` is the number (from 1) of the packet that completes it, `begun` of the one it began in.

    `role` is REQUEST, RESPONSE or NOTICE (neither: a greeting, a certificate); `direction` 0 is that of the stream's
    first packet; `key` is what an answer repeats of its request (DNS id and name, IMAP tag, DHCP transaction id), ""
    where order alone ties them. `time` is that of `packet` in ns. `facts` are what the protocol's pairing and
    summaries want to know besides. `whole` is False where the capture or the stream ends inside the message.
    """

    packet: int
    begun: int
    direction: int
    protocol: str
    role: str
    text: str
    key: str = ""
    time: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    whole: bool = True


def say(packet: Packet, protocol: str, role: str, text: str, key: str = "", **facts: Any) -> None:
    """Report a message that `packet` completes; costs nothing where nobody listens."""
    if packet.messages is None:
        return
    begun = packet.begun or packet.number
    packet.begun = 0  # a second message completed by the packet begins in it
    packet.messages.append(_message(packet, begun, protocol, role, text, key, facts))


def promise(packet: Packet, protocol: str, role: str, text: str, key: str = "", **facts: Any) -> None:
    """Tell of a message over TCP whose beginning is known and which waits for more bytes. It is reported, as not
    whole and with this packet, should they never come."""
    if packet.messages is not None:
        packet.unfinished = _message(packet, packet.begun or packet.number, protocol, role, text, key, facts)
        packet.unfinished.whole = False


def _message(
    packet: Packet, begun: int, protocol: str, role: str, text: str, key: str, facts: dict[str, Any]
) -> Message:
    text, key = text[:LONGEST], key[:LONGEST]
    return Message(packet.number, begun, packet.direction, protocol, role, text, key, packet.time, facts)
