"""TLS: the handshake as one exchange, from Client Hello to Server Hello, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from ..protocols.messages import REQUEST, RESPONSE, Message
from .exchange import ARROW, Exchange, make

_DATA = "Application Data"
_END = ("Finished", "Encrypted Handshake Message", "Change Cipher Spec")


class Handshake:
    """`hello` and `answer` are the two hellos, `rest` what followed up to the first data; `alert` says how it failed,
    and by whom, "" where nobody does; `finished`: whether client and server came to the end of it."""

    def __init__(self, hello: Message) -> None:
        self.hello = hello
        self.answer: Message | None = None
        self.rest: list[Message] = []
        self.finished = [False, False]
        self.alert = ""
        self.over = False

    def add(self, message: Message) -> None:
        if message.role == RESPONSE and self.answer is None:
            self.answer = message
        elif message.text == _DATA:
            self.over = all(self.finished)  # a client may send before the server has finished (RFC 7918)
        elif message.text.startswith("Alert"):
            if "Close Notify" not in message.text:
                self.alert = f"{message.text}, from the {'client' if self._from_client(message) else 'server'}"
                self.rest.append(message)
            self.over = True
        elif not self.over:
            self.rest.append(message)
            if message.text in _END:
                self.finished[not self._from_client(message)] = True

    def _from_client(self, message: Message) -> bool:
        return message.direction == self.hello.direction

    def exchange(self) -> Exchange:
        version = self.answer.facts.get("version", "") if self.answer is not None else ""
        for message in self.rest:
            version = message.facts.get("version") or version
        name = self.hello.facts.get("name")
        offered = self.hello.facts.get("versions") or ["TLS"]
        asked = f"{version or offered[0]} handshake" + (f" for {name}" if name else "")
        outcome = self.alert or ("finished" if all(self.finished) else "not finished")
        told = outcome if self.answer is not None or self.alert else ""
        return make(self.hello, self.answer, self.rest, asked + (ARROW + told if told else ""), told)


def pair_tls(messages: Sequence[Message]) -> list[Exchange]:
    """One exchange a handshake."""
    return [handshake.exchange() for handshake in handshakes(messages)]


def handshakes(messages: Sequence[Message]) -> list[Handshake]:
    """The handshakes of a stream. A second Client Hello before any data answers a Hello Retry Request (RFC 8446 section
    2.1) and belongs to the first; later it begins another handshake (renegotiation)."""
    found: list[Handshake] = []
    for message in messages:
        now = found[-1] if found else None
        if message.role == REQUEST and (now is None or now.over or now.answer is not None):
            found.append(Handshake(message))
        elif now is not None:
            now.add(message)
    return found
