"""HTTP over TCP without a reader of streams: which segments complete messages, and of which kind each message is."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..filters.block import Block
from ..filters.quick_protocols import http_talk
from ..filters.speaking import spoken
from ..protocols.http import PORTS
from ..tracker.flags import Flag
from .view import View

Kind = tuple[bytes, ...]
_HEAD = 8192
_FIRST = re.compile(rb"HTTP/1\.[01] (\d{3})|([A-Z-]{2,20}) ")
_FIELD = re.compile(
    rb"\n(content-type|content-encoding|transfer-encoding|content-length|upgrade):[ \t]*([^\r\n]{0,200})"
)


@dataclass(slots=True)
class HttpKinds:
    """Of a view's packets: `plain` those that are TCP's alone, `whole` those that complete messages, by place, with the
    kinds of these messages. Other packets need a look at their rows."""

    plain: NDArray[np.bool_]
    whole: dict[int, tuple[Kind, ...]]


def http_kinds(view: View, loaded: NDArray[np.bool_]) -> HttpKinds:
    """`loaded`: the packets of the view that are TCP segments with payload and nothing odd about them."""
    found = HttpKinds(np.zeros(len(view), np.bool_), {})
    capture = view.capture
    if capture.decode_as or not loaded.any():
        return found
    block = Block(capture, slice(0, view.loaded))
    talk = http_talk(block)
    view.go_on()
    clear = _clear(view, block, talk.doubtful[: view.loaded], [last for _, last, _ in talk.messages])
    chosen = loaded & clear[view.packets]
    kinds: dict[int, list[Kind]] = {}
    whole = np.zeros(view.loaded, np.bool_)
    whole[view.packets[chosen]] = True
    unread = np.zeros(view.loaded, np.bool_)
    for first, last, _ in talk.messages:
        if last < view.loaded and whole[last]:
            kind = _kind(capture, first)
            if kind is None:
                unread[last] = True
            else:
                kinds.setdefault(last, []).append(kind)
    ends = np.zeros(view.loaded, np.bool_)
    ends[list(kinds)] = True
    silent = _unheard(view, block)
    found.plain = chosen & ~(ends | unread | silent)[view.packets]
    places = np.flatnonzero(chosen & (ends & ~unread & ~silent)[view.packets])
    found.whole = {place: tuple(kinds[int(view.packets[place])]) for place in places.tolist()}
    return found


def _clear(view: View, block: Block, doubtful: NDArray[np.bool_], ends: list[int]) -> NDArray[np.bool_]:
    """Packets of streams that have messages, and in which nothing is doubtful."""
    mine = block.tcp & (block.column("stream") >= 0)
    stream = np.maximum(block.column("stream"), 0)
    streams = np.zeros(int(stream.max(initial=0)) + 1, np.bool_)
    streams[stream[[end for end in ends if end < view.loaded]]] = True
    streams[stream[doubtful & mine]] = False
    found: NDArray[np.bool_] = streams[stream] & mine
    return found


def _unheard(view: View, block: Block) -> NDArray[np.bool_]:
    """Payload that is sent again or keeps alive, where it may be shown as data."""
    ports = np.isin(block.column("source_port"), PORTS) | np.isin(block.column("destination_port"), PORTS)
    kept = block.column("analysis") & np.uint32(int(Flag.keep_alive)) != 0
    found: NDArray[np.bool_] = ~spoken(block) & (kept | ~ports)
    return found


def _kind(capture: Capture, packet: int) -> Kind | None:
    """What a message's head says of its body; None where the head goes on in another segment."""
    head, end, _ = capture.payload(packet)[:_HEAD].partition(b"\n\r\n")
    first = _FIRST.match(head)
    if not end or first is None:
        return None
    fields = dict(_FIELD.findall(head.lower()))
    size = fields.get(b"content-length", b"-").strip()
    return (
        first[1] or first[2], fields.get(b"content-type", b""), fields.get(b"content-encoding", b""),
        fields.get(b"transfer-encoding", b""), b"0" if size == b"0" else b"-" if size == b"-" else b"+",
        fields.get(b"upgrade", b""),
    )  # fmt: skip
