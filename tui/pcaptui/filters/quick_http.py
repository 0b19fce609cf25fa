"""Header fields of HTTP messages that are read without trees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..fields.http_names import HEADERS
from ..protocols.text import decode
from .block import Block, Mask
from .literals import Plain

Values = list[Plain]
Read = Callable[[bytes], Values]
Heads = Callable[[Block], Iterator[tuple[int, bytes]]]
Extractor = Callable[[Block], Iterator[tuple[int, Values]]]
_REQUEST = re.compile(rb"([^ ]+) +([^ \r\n]*)(?: +([^\r\n]*))?")
_RESPONSE = re.compile(rb"([^ \r\n]+)(?: +(\d{3})?(?: ?([^\r\n]*))?)?")
_MOST = 64
"""Fields of one name that are read of one message."""


def _lines(name: str) -> Callable[[bytes], list[bytes]]:
    """The values of all lines of that name."""
    pattern = re.compile(rb"\n[ \t]*" + re.escape(name.encode()) + rb"[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", re.I)

    def read(head: bytes) -> list[bytes]:
        return [found[1].strip() for found, _ in zip(pattern.finditer(head), range(_MOST), strict=False)]

    return read


def header(name: str) -> Read:
    """The values of all lines of that name, as text."""
    lines = _lines(name)
    return lambda head: [decode(value) for value in lines(head)]


_LENGTHS, _COOKIES = _lines("content-length"), _lines("cookie")


def _length(head: bytes) -> Values:
    return [int(value) for value in _LENGTHS(head) if value.isdigit() and len(value) < 20]


def _cookies(head: bytes) -> Values:
    return [decode(pair.strip()) for value in _COOKIES(head) for pair in value.split(b";") if pair.strip()]


def _uri(head: bytes) -> bytes:
    found = _REQUEST.match(head)
    return found[2] if found is not None else b""


def _path(head: bytes) -> Values:
    path, mark, _ = _uri(head).partition(b"?")
    return [decode(path)] if mark else []


def _query(head: bytes) -> Values:
    _, mark, query = _uri(head).partition(b"?")
    return [decode(query)] if mark else []


def _first_line(pattern: re.Pattern[bytes], group: int) -> Read:
    def read(head: bytes) -> Values:
        found = pattern.match(head)
        return [decode(found[group])] if found is not None and found[group] else []

    return read


OF_REQUESTS: dict[str, Read] = {
    "http.request.version": _first_line(_REQUEST, 3),
    "http.request.uri.path": _path,
    "http.request.uri.query": _query,
}
OF_RESPONSES: dict[str, Read] = {
    "http.response.version": _first_line(_RESPONSE, 1),
    "http.response.phrase": _first_line(_RESPONSE, 3),
}
OF_BOTH: dict[str, Read] = {
    **{field: header(name) for name, field in HEADERS.items()},
    "http.content_length": _length,
    "http.cookie_pair": _cookies,
}


def header_fields(
    requests: Heads, responses: Heads, unsure: Callable[[Block], Mask]
) -> dict[str, tuple[Extractor, Callable[[Block], Mask]]]:
    """Extractors of all of them."""
    return {
        **{name: (_reading((requests,), read), unsure) for name, read in OF_REQUESTS.items()},
        **{name: (_reading((responses,), read), unsure) for name, read in OF_RESPONSES.items()},
        **{name: (_reading((requests, responses), read), unsure) for name, read in OF_BOTH.items()},
    }


def _reading(heads: tuple[Heads, ...], read: Read) -> Extractor:
    def extract(block: Block) -> Iterator[tuple[int, Values]]:
        for some in heads:
            for packet, head in some(block):
                if values := read(head):
                    yield packet, values

    return extract
