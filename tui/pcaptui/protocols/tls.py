"""TLS over TCP: records and the version that the conversation settled on (RFC 5246, RFC 8446), SSL 2.0 and 3.0."""

from __future__ import annotations

from typing import Any

from . import ssl2
from .apptext import u16
from .messages import NOTICE, REQUEST, RESPONSE, say
from .packet import Conversation, Packet, Short
from .registry import REJECT, tcp_heuristic, tcp_port
from .tcpstream import need
from .tls_handshake import Session, handshake_record
from .tls_hello import chosen_protocol, client_versions, protocols, server_name
from .tls_names import (
    ALERT,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    CLIENT_HELLO,
    CONNECTION_ID,
    HANDSHAKE,
    HEARTBEAT,
    SSL2,
    TLS12,
    VERSIONS,
    alert_text,
)

HEADER = 5
MAX_RECORD = 0x4000 + 2048
_PLAIN = frozenset(range(0x20, 0x7F))


def looks_like_tls(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> bool:
    """A handshake or data record of a sane length, or a Client Hello in SSL 2.0 form."""
    if len(data) < 6:
        return False
    if data[0] in (HANDSHAKE, APPLICATION_DATA) and 0x300 <= u16(data, 1) <= TLS12:
        return 0 < u16(data, 3) < MAX_RECORD
    if len(data) < 11 or data[0] != 0x80 or data[2] != 1 or u16(data, 3) not in VERSIONS:
        return False
    ciphers, session, challenge = u16(data, 5), u16(data, 7), u16(data, 9)
    return ciphers > 0 and ciphers % 3 == 0 and session in (0, 16) and challenge == 32


@tcp_heuristic(looks_like_tls)
@tcp_port(324, 443, 465, 636, 802, 853, 993, 995, 1300, 2221, 2443, 3249, 3250, 3251, 3252, 3496, 5061, 5671, 5684,
          5868, 8883, 11207, 19999, 27017)  # fmt: skip
def tls(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    session = conversation.state.get("tls")
    if not isinstance(session, Session):
        session = conversation.state["tls"] = Session()
    if len(data) >= HEADER and _PLAIN.issuperset(data[:4]):
        return REJECT
    return _Records(packet, data, session, direction).run()


class _Records:
    """The records in one piece of the stream."""

    def __init__(self, packet: Packet, data: bytes, session: Session, direction: int) -> None:
        self.packet = packet
        self.data = data
        self.session = session
        self.direction = direction
        self.words: list[str] = []
        self.protocol = VERSIONS.get(session.version, "SSL")

    def run(self) -> int:
        at = 0
        try:
            while at < len(self.data):
                end = self._ssl2(at) if self._is_ssl2(at) else self._record(at)
                if end <= at:
                    break
                at = end
        except Short:
            self._show("[Malformed Packet]")
            return len(self.data)
        if at or self.words:
            self._show("")
        else:
            self.packet.set(self.protocol, "")
        return at

    def _show(self, mark: str) -> None:
        packet = self.packet
        packet.layers.append("tls")
        text = ", ".join(self.words) + mark
        packet.set(self.protocol, f", {text}" if packet.fence and text else text)

    def _is_ssl2(self, at: int) -> bool:
        version = self.session.version
        if version == SSL2:
            return True
        if version:
            return ssl2.is_client_hello(self.data, at)
        return ssl2.looks_like_ssl2(self.data, at)

    def _wait(self, at: int, more: int) -> int:
        """Nothing after `at` is used up before more bytes come."""
        if not self.packet.reassemble:
            return len(self.data)
        return need(self.packet, at, more)

    def _ssl2(self, at: int) -> int:
        data = self.data
        if len(data) - at < 3:
            return self._wait(at, 0)
        header, size = ssl2.record_size(data, at)
        missing = at + header + size - len(data)
        if missing > 0 and self.packet.reassemble:
            return self._wait(at, missing)
        self.protocol = VERSIONS[SSL2]
        body = data[at + header : at + header + size]
        self.words.append(ssl2.record_text(body) if header == 2 else "Encrypted Data")
        if not self.session.version and body[:1] in (b"\2", b"\4"):
            self.session.version = SSL2
        return at + header + size

    def _record(self, at: int) -> int:
        data, session = self.data, self.session
        if len(data) - at < HEADER:
            if session.version or at + 3 > len(data) or self._plausible(at):
                return self._wait(at, 0)
            self.words.append("Continuation Data")
            return len(data)
        kind, size = data[at], u16(data, at + 3)
        if not session.version and not self._plausible(at):
            self.words.append("Continuation Data")
            return len(data)
        if not CHANGE_CIPHER_SPEC <= kind <= CONNECTION_ID:
            self.words.append("Ignored Unknown Record")
            return len(data)
        missing = at + HEADER + size - len(data)
        if missing > 0 and self.packet.reassemble:
            return self._wait(at, missing)
        if at + HEADER >= len(data):
            raise Short
        self._settle(kind, u16(data, at + 1), data[at + HEADER])
        said = len(self.words)
        self._content(kind, data[at + HEADER : at + HEADER + size], size)
        if self.packet.messages is not None and (kind != APPLICATION_DATA or self._first_data()):
            self._say(self.words[said:])
        return at + HEADER + size

    def _plausible(self, at: int) -> bool:
        return CHANGE_CIPHER_SPEC <= self.data[at] <= CONNECTION_ID and 0x300 <= u16(self.data, at + 1) <= TLS12

    def _settle(self, kind: int, version: int, first: int) -> None:
        """A Client Hello's record only tells the least version, so it is shown but not remembered."""
        if self.session.version:
            return
        if kind != HANDSHAKE or first != CLIENT_HELLO:
            self.session.version = version
        self.protocol = VERSIONS.get(version, "SSL")

    def _first_data(self) -> bool:
        """Whether this direction has not sent data before."""
        before = self.session.data & 1 << self.direction
        self.session.data |= 1 << self.direction
        return not before

    def _say(self, words: list[str]) -> None:
        session = self.session
        for word in words:
            facts: dict[str, Any] = {"version": VERSIONS.get(session.version, "")}
            if word == "Client Hello":
                hello = session.hello
                facts = {"name": server_name(hello), "versions": client_versions(hello), "alpn": protocols(hello)}
                say(self.packet, "TLS", REQUEST, word, **facts)
            elif word == "Server Hello":
                facts |= {"suite": session.suite, "alpn": chosen_protocol(session.answer)}
                say(self.packet, "TLS", RESPONSE, word, **facts)
            else:
                if word == "Certificate":
                    facts["body"] = session.certificate
                say(self.packet, "TLS", NOTICE, word, **facts)

    def _content(self, kind: int, body: bytes, size: int) -> None:
        if kind == HANDSHAKE:
            if not body:
                return
            handshake_record(self.session, self.packet.number, self.direction, body, self.words)
            if self.session.version:
                self.protocol = VERSIONS[self.session.version]
        elif kind == APPLICATION_DATA:
            self.words.append("Application Data")
        elif kind == CHANGE_CIPHER_SPEC:
            self.words.append("Change Cipher Spec")
            self.session.ciphered[self.direction] = self.packet.number
        elif kind == ALERT:
            self.words.append(alert_text(body[0], body[1]) if len(body) == size == 2 else "Encrypted Alert")
        elif kind == HEARTBEAT:
            name = {1: "Heartbeat Request", 2: "Heartbeat Response"}.get(body[0] if body else 0)
            self.words.append(name or "Encrypted Heartbeat")
