"""Tying messages of one stream: pure functions from messages, in packet order, to exchanges, by protocol."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from ..protocols.messages import NOTICE, REQUEST, RESPONSE, Message
from .exchange import Exchange, make
from .handshake import pair_tls
from .leases import pair_dhcp

WAITING = 10_000
"""No more requests than this wait for an answer at a time, nor answers for their request."""


def pair(messages: Sequence[Message]) -> list[Exchange]:
    """All exchanges of a stream, in the order of their requests. Every response answers one request at most."""
    protocols: dict[str, list[Message]] = {}
    for message in messages:
        protocols.setdefault(message.protocol, []).append(message)
    found: list[Exchange] = []
    for protocol, mine in protocols.items():
        found += _PAIRERS.get(protocol, by_key)(mine)
    return sorted(found, key=lambda exchange: exchange.request)


class Tied:
    """A request, its answer where it has come, and what came meanwhile."""

    __slots__ = ("more", "request", "response")

    def __init__(self, request: Message) -> None:
        self.request = request
        self.response: Message | None = None
        self.more: list[Message] = []


def in_order(messages: Sequence[Message]) -> list[Exchange]:
    """Exchanges of messages that are answered in their order."""
    return [make(one.request, one.response, one.more) for one in tied_in_order(messages)]


def tied_in_order(messages: Sequence[Message]) -> list[Tied]:
    """Answers come in the order of the requests (HTTP/1.1 pipelining of RFC 9112 section 9.3.2, FTP, SMTP, POP).

    Notices (1xx) belong to the request that waits longest. An answer may be complete before its request is, as an
    early error is; it answers a request that began before it.
    """
    waiting: deque[Tied] = deque(maxlen=WAITING)
    early: deque[Message] = deque(maxlen=WAITING)
    opened: list[Tied] = []
    for message in messages:
        if message.role == REQUEST:
            one = Tied(message)
            opened.append(one)
            while early and early[0].packet <= message.begun:
                early.popleft()
            if early:
                one.response = early.popleft()
            else:
                waiting.append(one)
        elif message.role == NOTICE:
            if waiting:
                waiting[0].more.append(message)
        elif waiting:
            waiting.popleft().response = message
        else:
            early.append(message)
    return opened


def by_key(messages: Sequence[Message]) -> list[Exchange]:
    """An answer repeats its request's key (DNS id and name, IMAP tag). A request again, before any answer, is a retry
    of the first; an answer again belongs to the same exchange. A key that was answered may be used anew."""
    latest: dict[str, Tied] = {}
    opened: list[Tied] = []
    for message in messages:
        one = latest.get(message.key)
        if message.role == REQUEST:
            if one is not None and one.response is None:
                one.more.append(message)
            else:
                latest[message.key] = one = Tied(message)
                opened.append(one)
        elif message.role == RESPONSE and one is not None:
            if one.response is None:
                one.response = message
            else:
                one.more.append(message)
    return [make(one.request, one.response, one.more) for one in opened]


def by_id(messages: Sequence[Message]) -> list[Exchange]:
    """DNS: id and name tie; where an answer leaves the question out, the id alone does (RFC 1035 section 4.1)."""
    bare: dict[str, str] = {}
    keyed = []
    for message in messages:
        name = message.key[:4]
        if message.role == REQUEST:
            bare[name] = message.key
        elif not message.facts.get("question") and name in bare:
            message = Message(message.packet, message.begun, message.direction, message.protocol, message.role,
                              message.text, bare[name], message.time, message.facts)  # fmt: skip
        keyed.append(message)
    return by_key(keyed)


def nothing(messages: Sequence[Message]) -> list[Exchange]:
    """For protocols whose messages are notices only."""
    return []


_PAIRERS: dict[str, Callable[[Sequence[Message]], list[Exchange]]] = {
    "HTTP": in_order,
    "FTP": in_order,
    "SMTP": in_order,
    "POP": in_order,
    "IMAP": by_key,
    "TLS": pair_tls,
    "DNS": by_id,
    "LLMNR": by_id,
    "MDNS": nothing,
    "DHCP": pair_dhcp,
    "FTP-DATA": nothing,
}
