"""One exchange: a request, what answered it, and both in a line of text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..protocols.messages import Message
from ..protocols.text import escape
from .secrets import mask

ARROW = " → "


@dataclass(frozen=True, slots=True)
class Exchange:
    """`request`, `response` and `more` are packet indexes (from 0): the packets that complete the messages, and what
    else belongs to the exchange (retries, interim replies, the data stream's first packet), ascending.

    `time` is in s from request to response, None without one. `summary` is one line without control characters and
    passwords; the texts are as the packets have them. `streams` are labels of other streams it led to.
    """

    kind: str
    request: int
    response: int | None
    summary: str
    time: float | None
    request_text: str = ""
    response_text: str = ""
    more: tuple[int, ...] = ()
    streams: tuple[str, ...] = ()

    @property
    def packets(self) -> tuple[int, ...]:
        """All its packets, ascending."""
        response = () if self.response is None else (self.response,)
        return tuple(sorted({self.request, *response, *self.more}))


def make(request: Message, response: Message | None, more: Iterable[Message] = (), summary: str = "",
         answer: str = "") -> Exchange:  # fmt: skip
    """The exchange of two messages; the summary is their texts unless it is given, `answer` what the second says."""
    said = answer or (response.text if response is not None else "")
    if response is not None and not response.whole:
        said += " (incomplete)"
    text = summary or mask(request) + (ARROW + said if response is not None else "")
    ends = {request.packet, response.packet if response is not None else 0}
    others = {message.packet for message in more} - ends
    return Exchange(
        request.protocol, request.packet - 1, None if response is None else response.packet - 1, escape(text),
        None if response is None else (response.time - request.time) / 1e9, request.text, said,
        tuple(sorted(number - 1 for number in others)),
    )  # fmt: skip
