"""DHCP: the messages of one transaction as one exchange (RFC 2131 section 3.1)."""

from __future__ import annotations

from collections.abc import Sequence

from ..protocols.messages import REQUEST, RESPONSE, Message
from .exchange import ARROW, Exchange, make

_DISCOVER, _ACK, _NAK = 1, 5, 6


def pair_dhcp(messages: Sequence[Message]) -> list[Exchange]:
    """Messages of one transaction id and client, up to the ACK or NAK, are one exchange; its response is the last
    thing that the server said."""
    groups: list[list[Message]] = []
    latest: dict[str, list[Message]] = {}
    for message in messages:
        group = latest.get(message.key)
        if message.role == REQUEST and (group is None or _ended(group, message)):
            group = latest[message.key] = []
            groups.append(group)
        if group is not None:
            group.append(message)
    return [_exchange(group) for group in groups]


def _ended(group: list[Message], message: Message) -> bool:
    answered = any(other.facts.get("kind") in (_ACK, _NAK) for other in group)
    return answered or (message.facts.get("kind") == _DISCOVER and any(other.role == RESPONSE for other in group))


def _exchange(group: list[Message]) -> Exchange:
    answers = [message for message in group if message.role == RESPONSE]
    response = answers[-1] if answers else None
    words: list[str] = []
    for message in group:
        if not words or words[-1] != message.text:
            words.append(message.text)
    summary = ARROW.join(words) + (_given(response) if response is not None else "")
    return make(group[0], response, group, summary, response.text + _given(response) if response is not None else "")


def _given(response: Message) -> str:
    facts = response.facts
    if facts.get("kind") == _NAK:
        return ""
    address = facts.get("address", "")
    told = f" {address}" if address and address != "0.0.0.0" else ""
    if facts.get("server"):
        told += f" from {facts['server']}"
    return told + (f" for {facts['lease']} s" if "lease" in facts and facts["lease"] != 0xFFFFFFFF else "")
