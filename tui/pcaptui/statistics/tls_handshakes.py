"""TLS handshakes over TCP, and the alerts and certificates that can be read, as the streams' dissectors tell them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..dissect.rows import Rows
from ..exchanges.handshake import Handshake, handshakes
from ..loader.table import NONE16, Layer
from ..protocols.certificates import Certificate, chain, read
from ..protocols.messages import Message
from .view import View

STREAMS = 20_000
SEGMENTS = 400
"""So many streams, and so many packets of one, are dissected: handshakes stand at the beginning."""
LONGEST = 200
BILLION = 1_000_000_000
NO_ANSWER, FAILED, UNFINISHED, FINISHED = "no answer", "alert", "not finished", "finished"
_PORTS = (443, 465, 636, 853, 989, 990, 992, 993, 994, 995)
Ints = NDArray[np.int64]


@dataclass(slots=True)
class Connection:
    """One handshake. `packet`: index of the Client Hello's packet; client, server: indexes of addresses; `alpn` is what
    the server chose, `offered` what the client wanted; `took`: s up to the Server Hello, NaN without one."""

    stream: int
    packet: int
    client: int
    server: int
    port: int
    name: str
    version: str
    suite: int
    alpn: str
    offered: list[str]
    outcome: str
    time: int
    took: float


@dataclass(slots=True)
class Alert:
    packet: int
    text: str
    sender: int
    receiver: int


@dataclass(slots=True)
class Shown:
    """A certificate and where it was shown: `place` in its chain from 1; `packets` of the Certificate messages."""

    certificate: Certificate
    place: int
    time: int
    packets: list[int] = field(default_factory=list)
    senders: dict[int, int] = field(default_factory=dict)
    streams: set[int] = field(default_factory=set)


class TlsHandshakes:
    """What the view counts: `connections`, `alerts` by packet, `shown` in the order of first appearance."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._chosen: NDArray[np.bool_] | None = None
        if view.chosen is not None:
            self._chosen = np.zeros(view.loaded, bool)
            self._chosen[view.chosen] = True
        self.connections: list[Connection] = []
        self.alerts: list[Alert] = []
        self._shown: dict[bytes, Shown] = {}
        rows = Rows(view.capture)
        streams = _streams(view)
        self.left = max(0, len(streams) - STREAMS)
        for done, stream in enumerate(streams[:STREAMS].tolist()):
            if not done % 20:
                view.go_on(done / len(streams))
            said = [one for one in rows.streams.messages(stream, SEGMENTS)[0] if one.protocol == "TLS"]
            for handshake in handshakes(said):
                if self._counts(handshake.hello):
                    self.connections.append(self._connection(stream, handshake))
            for message in said:
                if self._counts(message):
                    self._look(stream, message)
        self.connections.sort(key=lambda one: one.packet)
        self.alerts.sort(key=lambda one: one.packet)

    @property
    def shown(self) -> list[Shown]:
        return list(self._shown.values())

    def address(self, index: int) -> str:
        return self._view.capture.addresses.text(index) if index >= 0 else ""

    def _counts(self, message: Message) -> bool:
        packet = message.packet - 1
        return self._chosen is None or (packet < len(self._chosen) and bool(self._chosen[packet]))

    def _connection(self, stream: int, handshake: Handshake) -> Connection:
        hello, answer, table = handshake.hello, handshake.answer, self._view.capture.table
        packet = hello.packet - 1
        facts = answer.facts if answer is not None else {}
        version = facts.get("version", "")
        for message in handshake.rest:
            version = message.facts.get("version") or version
        outcome = FINISHED if all(handshake.finished) else UNFINISHED if answer is not None else NO_ANSWER
        return Connection(
            stream, packet, int(table["source"][packet]), int(table["destination"][packet]),
            int(table["destination_port"][packet]), hello.facts.get("name", "")[:LONGEST],
            version if answer is not None else "", int(facts.get("suite", 0)), facts.get("alpn", "")[:40],
            [one[:40] for one in hello.facts.get("alpn", [])[:10]], FAILED if handshake.alert else outcome, hello.time,
            (answer.time - hello.time) / BILLION if answer is not None else float("nan"),
        )  # fmt: skip

    def _look(self, stream: int, message: Message) -> None:
        table, packet = self._view.capture.table, message.packet - 1
        sender = int(table["source"][packet])
        if message.text.startswith("Alert"):
            self.alerts.append(Alert(packet, message.text, sender, int(table["destination"][packet])))
        for place, raw in enumerate(chain(message.facts.get("body", b"")), 1):
            shown = self._shown.get(raw)
            if shown is None:
                certificate = read(raw)
                if certificate is None:
                    continue
                shown = self._shown[raw] = Shown(certificate, place, int(table["time"][packet]))
            shown.packets.append(packet)
            shown.senders[sender] = shown.senders.get(sender, 0) + 1
            shown.streams.add(stream)


def _streams(view: View) -> Ints:
    """Streams that have a segment that begins as a handshake or an alert does, or one of TLS's ports."""
    table, count = view.capture.table, view.loaded
    loaded = (table["ip_protocol"][:count] == 6) & (table["payload_length"][:count] > 0)
    loaded &= (table["payload"][:count] != NONE16) & (table["stream"][:count] >= 0)
    loaded &= table["layers"][:count] & np.uint16(Layer.QUOTED) == 0
    packets = np.flatnonzero(loaded).astype(np.int64)
    words = view.capture.words(packets, table["payload"][packets].astype(np.int64))
    good = np.isin((words >> np.uint64(48)).astype(np.uint16), (0x1603, 0x1503))
    ports = [*_PORTS, *view.capture.decode_as.tcp]
    good |= np.isin(table["source_port"][packets], ports) | np.isin(table["destination_port"][packets], ports)
    found: Ints = np.unique(table["stream"][packets[good]]).astype(np.int64)
    return found
