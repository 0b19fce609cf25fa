"""Which HTTP messages answer which, and after how long: fields that are read without trees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import takewhile

import numpy as np

from ..capture import Capture
from ..exchanges.pairing import Tied, tied_in_order
from ..protocols.http_head import Head
from ..protocols.messages import LONGEST, NOTICE, REQUEST, RESPONSE, Message
from .block import Block, Mask
from .candidates import candidates_of
from .joined import joined
from .literals import Plain
from .quick_protocols import http_talk, shortcut

Values = list[Plain]
Fields = dict[str, list[tuple[int, Values]]]
NAMES = tuple(
    "http.time http.request_in http.response_in http.response_for.uri http.prev_request_in http.prev_response_in "
    "http.next_request_in http.next_response_in".split()
)


def _links(capture: Capture) -> tuple[Fields, Mask]:
    """The fields, and the packets that are told wholly: those of a stream up to its last exchange before the first that
    only rows know of."""
    whole = Block(capture, slice(0, len(capture)))
    talk = http_talk(whole)
    streams, mine = capture.table["stream"], whole.tcp & (capture.table["stream"] >= 0)
    ends = np.full(max(1, capture.tracker.tcp_streams), len(capture), np.int64)
    lasts, times = np.unique(np.array([last for _, last, _ in talk.messages], np.int64), return_counts=True)
    doubts = np.union1d(np.flatnonzero((talk.doubtful | whole.odd) & mine), lasts[times > 1])
    np.minimum.at(ends, streams[doubts], doubts)
    doubted = set(np.unique(streams[doubts]).tolist())
    said: dict[int, list[Message]] = defaultdict(list)
    messages = [one for one in talk.messages if one[1] < ends[streams[one[0]]]]
    begins = Block(capture, np.array([first for first, _, _ in messages], np.int64))
    for (first, last, answers), (_, data) in zip(messages, joined(begins), strict=True):
        end = data.find(b"\n" if answers else b"\n\r\n", 0)  # of an answer the status is enough
        line, _, fields = bytes(data.data[: max(0, end)]).partition(b"\n")
        time = int(capture.table["time"][last])
        said[int(streams[first])].append(_message(first, last, time, Head(line.rstrip(b"\r"), fields, answers)))
    found: Fields = defaultdict(list)
    for stream, these in said.items():
        exchanges = tied_in_order(sorted(these, key=lambda message: message.packet))
        if stream in doubted:
            ends[stream] = min(int(ends[stream]), _last_known(exchanges))
        _tell(found, exchanges)
    clear = np.zeros(len(capture), bool)
    clear[mine] = np.flatnonzero(mine) < ends[streams[mine]]
    for name, told in found.items():
        found[name] = sorted((one for one in told if clear[one[0]]), key=lambda one: one[0])
    return found, clear


def _last_known(exchanges: list[Tied]) -> int:
    """The first packet of the exchange that nothing is known to follow; all before were answered, as was the next."""
    answered = list(takewhile(lambda one: one.response is not None, exchanges))
    return answered[-1].request.packet - 1 if answered else 0


def _message(first: int, last: int, time: int, head: Head) -> Message:
    role = REQUEST
    if head.response:
        role = NOTICE if head.status // 100 == 1 and head.status != 101 else RESPONSE
    return Message(
        last + 1, first + 1, 0, "HTTP", role, "" if head.response else f"{head.method} {head.uri}"[:LONGEST], time=time
    )


def _tell(found: Fields, exchanges: list[Tied]) -> None:
    """All links of one connection."""
    for place, one in enumerate(exchanges):
        before = exchanges[place - 1] if place else None
        after = exchanges[place + 1] if place + 1 < len(exchanges) else None
        request, response = one.request, one.response
        if response is not None:
            _put(found, request, "http.response_in", response.packet)
            _put(found, response, "http.request_in", request.packet)
            _put(found, response, "http.time", response.time - request.time)
            _put(found, response, "http.response_for.uri", request.text.partition(" ")[2])
        for word, other in (("prev", before), ("next", after)):
            if other is None:
                continue
            for mine in (request, response):
                _put(found, mine, f"http.{word}_request_in", other.request.packet)
                if mine is response and other.response is not None:
                    _put(found, mine, f"http.{word}_response_in", other.response.packet)


def _put(found: Fields, message: Message | None, name: str, value: Plain) -> None:
    if message is not None and value != "":
        found[name].append((message.packet - 1, [value]))


def _told(block: Block) -> tuple[Fields, Mask]:
    return block.shared("http links", lambda: _links(block.capture))  # type: ignore[no-any-return]


def _unsure(block: Block) -> Mask:
    clear = _told(block)[1][block.packets]
    left: Mask = candidates_of("http", block) & ~clear
    some = shortcut("http", block)
    return left if some is None else left & (some[0] | some[1])


def _extractor(name: str) -> Callable[[Block], Iterator[tuple[int, Values]]]:
    def extract(block: Block) -> Iterator[tuple[int, Values]]:
        first, last = int(block.packets[0]), int(block.packets[-1])
        yield from (one for one in _told(block)[0].get(name, ()) if first <= one[0] <= last)

    return extract


QUICK = {name: (_extractor(name), _unsure) for name in NAMES}
