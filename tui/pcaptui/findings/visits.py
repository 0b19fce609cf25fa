"""HTTP/1 as rules see it: requests and responses found by columns, tied in order, their heads read when asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..protocols.text import decode
from .case import LOOKED_AT, Case, Known
from .said import Ints, begins, said
from .tcp_view import endpoint

_METHODS = (b"GET ", b"POST ", b"HEAD ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH ", b"CONNECT ", b"PROPFIND")
NONE = -1
LONGEST = 16_000
"""Bytes of a request's body that are looked at."""
_LENGTH = re.compile(rb"\r\ncontent-length: {0,4}(\d{1,9})\r?", re.I)


@dataclass(frozen=True, slots=True)
class Head:
    """A first line and fields (names in lower case; of several the last one). `body`: what of the body came with it."""

    line: str
    fields: dict[str, str]
    body: bytes

    @property
    def method(self) -> str:
        return self.line.partition(" ")[0]

    @property
    def target(self) -> str:
        words = self.line.split(" ")
        return words[1] if len(words) > 1 else ""

    @property
    def kind(self) -> str:
        """The media type, without parameters."""
        return self.fields.get("content-type", "").partition(";")[0].strip().lower()


class Visits:
    """n requests by stream and packet, at most LOOKED_AT, with the places in Said of each and of its final response.

    request: places. answer: places of responses, NONE where there is none. status: int16, 0 without response. Ties go
    by order (RFC 9112 section 9.3.2).
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.said = spoken = said(case)
        asks = np.flatnonzero(begins(spoken.word, *_METHODS))[:LOOKED_AT]
        says = np.flatnonzero(begins(spoken.word, b"HTTP/1."))
        status = self._statuses(says)
        final = (status >= 200) | (status == 101)
        says, status = says[final], status[final]
        self.request: Ints = asks
        self.answer: Ints = np.full(len(asks), NONE, np.int64)
        self.status: NDArray[np.int16] = np.zeros(len(asks), np.int16)
        self.responses, self.statuses = says, status
        self._tie(says, status)
        self._heads: dict[int, Head] = {}
        self._bodies: dict[int, bytes] = {}

    def _statuses(self, places: Ints) -> NDArray[np.int16]:
        """Three digits behind 'HTTP/1.1 ', 0 where there are none."""
        table, packets = self.case.table, self.said.packet[places]
        words = self.case.capture.words(packets, table["payload"][packets].astype(np.int64) + 8)
        digits = [(words >> np.uint64(shift) & np.uint64(255)).astype(np.int16) - 48 for shift in (48, 40, 32)]
        good = (words >> np.uint64(56) == 32) & (table["payload_length"][packets] >= 12)
        for digit in digits:
            good &= (digit >= 0) & (digit <= 9)
        return np.where(good, digits[0] * 100 + digits[1] * 10 + digits[2], 0).astype(np.int16)

    def _tie(self, says: Ints, status: NDArray[np.int16]) -> None:
        """The k-th response behind a stream's first request answers its k-th request."""
        spoken = self.said
        if not len(self.request) or not len(says):
            return
        streams, first = np.unique(spoken.stream[self.request], return_index=True)
        run = np.searchsorted(streams, spoken.stream[says])
        known = run < len(streams)
        known[known] &= streams[run[known]] == spoken.stream[says][known]
        known[known] &= says[known] > self.request[first[run[known]]]
        says, status, run = says[known], status[known], run[known]
        rank = np.arange(len(says)) - np.searchsorted(run, run)
        target = first[run] + rank
        ends = np.append(first[1:], len(self.request))
        good = target < ends[run]
        good[good] &= self.request[target[good]] < says[good]
        self.answer[target[good]], self.status[target[good]] = says[good], status[good]

    def __len__(self) -> int:
        return len(self.request)

    @cached_property
    def asked(self) -> Ints:
        """The requests' packets."""
        return self.said.packet[self.request]

    @cached_property
    def askers(self) -> Ints:
        """The requests' sources: indexes of addresses."""
        return self.case.table["source"][self.asked].astype(np.int64)

    @cached_property
    def payloads(self) -> list[bytes]:
        """The request segments' bytes."""
        return self.said.payloads(self.request)

    @cached_property
    def lines(self) -> list[bytes]:
        """The requests' first lines."""
        return [data.partition(b"\r\n")[0] for data in self.payloads]

    @cached_property
    def by_line(self) -> dict[bytes, list[int]]:
        """First line → the requests (numbers) that begin with it: what is asked again need not be read again."""
        found: dict[bytes, list[int]] = {}
        for number, line in enumerate(self.lines):
            found.setdefault(line, []).append(number)
        return found

    @cached_property
    def forms(self) -> list[int]:
        """Requests (numbers) that send a form, or JSON, in their body: POST and PUT."""
        found = np.flatnonzero(begins(self.said.word[self.request], b"POST ", b"PUT /")).tolist()
        return [n for n in found if b"urlencoded" in (data := self.payloads[n][:4000]) or b"/json" in data]

    def head(self, place: int) -> Head:
        """The head of the message at a place of Said. Raises TooLong."""
        found = self._heads.get(place)
        if found is None:
            self.case.go_on()
            data = self.said.text(place, mark=b"\r\n\r\n")
            head, _, body = data.partition(b"\r\n\r\n")
            first, _, rest = head.partition(b"\r\n")
            fields = {}
            for line in rest.split(b"\r\n")[:200]:
                name, colon, value = line.partition(b":")
                if colon:
                    fields[decode(name).strip().lower()] = decode(value).strip()
            found = self._heads[place] = Head(decode(first), fields, body)
        return found

    def body(self, number: int) -> bytes:
        """The body of request `number` as far as Content-Length tells, at most LONGEST bytes."""
        found = self._bodies.get(number)
        if found is None:
            data = self.payloads[number]
            head, blank, found = data.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            size = min(int(length[1]), LONGEST) if length else 1
            if not blank or len(found) < size:
                place = int(self.request[number])
                head = self.said.text(place, mark=b"\r\n\r\n").partition(b"\r\n\r\n")[0]
                length = _LENGTH.search(head)
                size = min(int(length[1]), LONGEST) if length else 1
                found = self.said.text(place, least=len(head) + 4 + size)[len(head) + 4 :]
            self._bodies[number] = found = found[:LONGEST]
        return found

    def url(self, number: int) -> str:
        """The whole URI of request `number`, at most 500 characters."""
        head = self.head(int(self.request[number]))
        target = head.target[:500]
        if not target.startswith("/"):
            return target
        return f"http://{head.fields.get('host') or self.server(number)}{target}"

    def packet(self, number: int) -> int:
        return int(self.said.packet[self.request[number]])

    def packets(self, number: int) -> list[int]:
        """Indexes of a request's and its response's first packets."""
        places = [int(self.request[number]), int(self.answer[number])]
        return [int(self.said.packet[place]) for place in places if place != NONE]

    def client(self, number: int) -> str:
        return self.case.source(self.packet(number))

    def server(self, number: int) -> str:
        return self.case.destination(self.packet(number))

    def port(self, number: int) -> int:
        return int(self.case.table["destination_port"][self.packet(number)])

    def at(self, number: int) -> str:
        """The server's address and port."""
        return endpoint(self.server(number), self.port(number))

    def stream(self, number: int) -> str:
        return f"tcp:{self.said.stream[self.request[number]]}"


_known: Known[Visits] = Known()


def visits(case: Case) -> Visits:
    """The same for every rule of a case."""
    found = _known.get(case)
    if found is None:
        found = _known[case] = Visits(case)
    return found
