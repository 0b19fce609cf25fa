"""HTTP requests and responses of a capture, tied, as its streams' dissectors tell them, and SSDP's over UDP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..dissect.rows import Rows
from ..exchanges.pairing import tied_in_order
from ..loader.table import NONE16, Layer
from ..protocols import http_head
from ..protocols.http import PORTS
from ..protocols.messages import NOTICE, REQUEST, RESPONSE, Message
from .view import View

STREAMS = 50_000
SEGMENTS = 200_000
"""So many TCP streams, and so many packets of one, are dissected."""
SSDP, DATAGRAMS = 1900, 50_000
LONGEST = 2_000
"""Characters kept of a URI."""
NOBODY = -1
_BEGINS = (b"GET ", b"POST", b"HEAD", b"PUT ", b"DELE", b"OPTI", b"PATC", b"CONN", b"PROP", b"HTTP", b"TRAC", b"SUBS",
           b"NOTI", b"MKCO", b"MOVE", b"COPY", b"LOCK", b"UNLO", b"SEAR", b"REPO", b"M-SE", b"RPC_", b"UNSU", b"LINK",
           b"ICY ", b"POLL", b"BIND", b"SOUR", b"CCM_", b"SSTP", b"MERG", b"BASE", b"VERS", b"CHEC")  # fmt: skip
Ints = NDArray[np.int64]


@dataclass(slots=True)
class Response:
    """`packet` completes it; `size`: bytes of its body on the wire, as far as they came or were announced."""

    packet: int
    status: int
    phrase: str
    kind: str
    location: str
    size: int
    whole: bool = True


@dataclass(slots=True)
class Request:
    """`packet` completes it, an index from 0; `time` is in ns since 1970, `took` in s up to the response's end."""

    packet: int
    stream: str
    client: int
    server: int
    time: int
    method: str
    host: str
    target: str
    uri: str
    referer: str
    response: Response | None = None
    whole: bool = True
    took: float = float("nan")
    answered: int = 0


class HttpMessages:
    """`requests` and `responses` in the order of their packets, those that the view counts; a request's response may
    be in a packet that it does not count. Those that are not `whole` wait for bytes that never come. `responses` have
    the server's address before them. `left` counts streams that were not dissected."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._chosen = None if view.chosen is None else np.zeros(view.loaded, bool)
        if self._chosen is not None and view.chosen is not None:
            self._chosen[view.chosen] = True
        self.requests: list[Request] = []
        self.responses: list[tuple[int, Response]] = []
        self.left = 0
        rows = Rows(view.capture)
        streams = _streams(view)
        self.left = max(0, len(streams) - STREAMS)
        for done, stream in enumerate(streams[:STREAMS].tolist()):
            if not done % 20:
                view.go_on(done / len(streams))
            said = [one for one in rows.streams.messages(stream, SEGMENTS)[0] if one.protocol == "HTTP"]
            if said:
                self._add(f"tcp:{stream}", said)
        for message in _ssdp(view):
            self._add(f"udp:{view.capture.table['stream'][message.packet - 1]}", [message])
        self.requests.sort(key=lambda request: request.packet)
        self.responses.sort(key=lambda pair: pair[1].packet)

    def _counts(self, packet: int) -> bool:
        return self._chosen is None or (packet < len(self._chosen) and bool(self._chosen[packet]))

    def _add(self, stream: str, said: list[Message]) -> None:
        table = self._view.capture.table
        for one in said:
            if one.role in (RESPONSE, NOTICE) and self._counts(one.packet - 1):
                self.responses.append((int(table["source"][one.packet - 1]), _response(one)))
        for tied in tied_in_order(said):
            request, packet = tied.request, tied.request.packet - 1
            if not self._counts(packet):
                continue
            facts = request.facts
            found = Request(
                packet, stream, int(table["source"][packet]), int(table["destination"][packet]), request.time,
                facts["method"][:40], facts["host"][:LONGEST], facts["target"][:LONGEST], facts["uri"][:LONGEST],
                facts["referer"][:LONGEST],
            )  # fmt: skip
            found.whole = request.whole
            if tied.response is not None:
                found.response = _response(tied.response)
                found.answered = tied.response.time
                found.took = (tied.response.time - request.time) / 1e9
            self.requests.append(found)

    def address(self, index: int) -> str:
        """Text of an address."""
        return self._view.capture.addresses.text(index) if index >= 0 else ""


def _response(message: Message) -> Response:
    facts = message.facts
    kind = str(facts.get("type", "")).partition(";")[0].strip().lower()[:100]
    return Response(message.packet - 1, int(facts.get("status", 0)), message.text.partition(" ")[2][:60], kind,
                    str(facts.get("location", ""))[:LONGEST], int(facts.get("size", 0)), message.whole)  # fmt: skip


def _streams(view: View) -> Ints:
    """Streams that have a segment that begins as HTTP does, or one of its ports."""
    table, count = view.capture.table, view.loaded
    loaded = (table["ip_protocol"][:count] == 6) & (table["payload_length"][:count] > 0)
    loaded &= (table["payload"][:count] != NONE16) & (table["stream"][:count] >= 0)
    loaded &= table["layers"][:count] & np.uint16(Layer.QUOTED) == 0
    packets = np.flatnonzero(loaded).astype(np.int64)
    ports = [*PORTS, *view.capture.decode_as.tcp]
    begins = view.capture.words(packets, table["payload"][packets].astype(np.int64)) >> np.uint64(32)
    good = np.isin(begins.astype(np.uint32), [int.from_bytes(text, "big") for text in _BEGINS])
    good |= np.isin(table["source_port"][packets], ports) | np.isin(table["destination_port"][packets], ports)
    found: Ints = np.unique(table["stream"][packets[good]]).astype(np.int64)
    return found


def _ssdp(view: View) -> Iterator[Message]:
    """Messages of SSDP, each in a datagram."""
    table, count = view.capture.table, view.loaded
    here = (table["ip_protocol"][:count] == 17) & (table["layers"][:count] & np.uint16(Layer.QUOTED) == 0)
    here &= (table["destination_port"][:count] == SSDP) | (table["source_port"][:count] == SSDP)
    packets = np.flatnonzero(here)[:DATAGRAMS].astype(np.int64)
    for packet, data in zip(packets.tolist(), view.capture.payloads(packets), strict=True):
        first, _, rest = data.partition(b"\r\n")
        response = first.startswith(b"HTTP/")
        if not response and not http_head.is_request(first):
            continue
        head = http_head.Head(first, rest.partition(b"\r\n\r\n")[0], response)
        time = int(table["time"][packet])
        if response:
            facts = {"status": head.status, "type": head.content_type or "", "location": head.location, "size": 0}
            yield Message(packet + 1, packet + 1, 0, "SSDP", RESPONSE, head.line.partition(" ")[2], "", time, facts)
        else:
            facts = {"method": head.method, "host": head.host, "target": head.target, "uri": head.uri, "referer": ""}
            yield Message(packet + 1, packet + 1, 0, "SSDP", REQUEST, head.line, "", time, facts)
