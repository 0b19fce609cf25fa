"""Conversations on the main screen: gutter, sentence, the view of one stream, and steps from packet to packet in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..widgets.model import ListModel
from ..widgets.packet_list import PacketList
from .looker import Conversing, Looked, Looker
from .places import Places

Stream = tuple[str, int]

LOOK_EVERY = 1.0
"""Seconds after which the selected conversation is looked at again while the capture grows."""


class StreamView:
    """Keeps the gutter of the list and the view of one stream right. `say` shows a message to the person."""

    def __init__(
        self, model: ListModel, packets: PacketList, glances: Conversing | None, say: Callable[[str], None],
        changed: Callable[[Looked], None], base: Callable[[], NDArray[np.int64] | None] = lambda: None,
    ) -> None:  # fmt: skip
        """`changed` is called from another thread where more is known of the selected packet; call `learn` then.
        `base` tells which packets are shown where no stream is."""
        self._model = model
        self._list = packets
        self._glances = glances
        self._looker = Looker(glances, changed) if glances is not None else None
        self._say = say
        self._trail = Trail()
        self.places = Places()
        self._base = base
        self._tracked = 0
        self._looked = 0.0
        self._look: Looked | None = None
        self.stream: Stream | None = None
        """The stream that the list is limited to."""
        packets.selecting = self.selecting

    def close(self) -> None:
        if self._looker is not None:
            self._looker.close()

    @property
    def name(self) -> str:
        return f"{self.stream[0]}:{self.stream[1]}" if self.stream else ""

    @property
    def here(self) -> int:
        """The selected packet."""
        return self._model.index(self._list.cursor)

    @property
    def related(self) -> Sequence[int]:
        """The packets that the selected one is tied to."""
        look = self._look
        return look.related if look is not None and len(self._model) and look.index == self.here else ()

    def selecting(self) -> None:
        """Another packet is selected, or its conversation has grown: find out what the gutter marks."""
        if self._looker is None or not len(self._model):
            return
        here = self.here
        look = self._looker.want(here)
        if look is not None:
            self.learn(look)
            return
        # Until the answer comes, the marks of the same conversation stay.
        self._list.marks.select(here, ())
        if self._look is None or self._look.glance is None or here not in _members(self._look.glance.packets, here):
            self._list.marks.follow(None)

    def learn(self, look: Looked) -> bool:
        """More is known of a packet; False if another one is selected by now."""
        if not len(self._model) or look.index != self.here:
            return False
        self._look = look
        self._list.marks.follow(look.glance)
        self._list.marks.select(look.index, look.related)
        return True

    def told(self) -> tuple[str, str]:
        """The name of the selected packet's conversation and what there is to say about it, "" while not known. Where a
        packet without one is tied to another, a sign stands for the name."""
        look = self._look
        if look is None or look.index != self.here:
            return "", ""
        if look.glance is None:
            return ("⇄", look.told) if look.told else ("", "")
        return look.glance.name, look.glance.sentence

    # The view of one stream.

    def toggle(self) -> None:
        """Only the selected packet's stream, or back to what was shown before."""
        if self.stream is not None:
            self.leave()
            return
        stream = self._stream_of(self.here) if len(self._model) else None
        if stream is None:
            there = len(self._model)
            self._say("This packet belongs to no TCP or UDP conversation" if there else "No packets")
        else:
            self.show(*stream)

    def show(self, kind: str, number: int) -> bool:
        """Limit the list to a stream; False if it has no packets. The selected packet stays selected if it is in it."""
        packets = self._packets(kind, number)
        if not len(packets):
            return False
        here = self.here if len(self._model) else 0
        self.stream = kind, number
        self._model.show(packets)
        self._list.view_changed(here if self._model.shows(here) else int(packets[0]))
        return True

    def leave(self) -> None:
        """Show what was shown before the stream."""
        here = self.here if len(self._model) else 0
        self.stream = None
        self._model.show(self._base())
        if len(self._model):
            self._list.view_changed(here)
        else:
            self._list.emptied()

    def grown(self, done: bool = True) -> None:
        """More packets were tracked: those of the stream join the view. `done`: they were the last."""
        before, self._tracked = self._tracked, len(self._model.capture)
        view = self._model.view
        if self.stream is not None and view is not None and self._tracked > before:
            more = self._packets(*self.stream, before)
            more = more[more > view[-1]]
            if len(more):
                self._model.show(np.concatenate([view, more]))
        now = time.monotonic()
        if done or now - self._looked > LOOK_EVERY:
            self._looked = now
            self.selecting()

    def _packets(self, kind: str, number: int, start: int = 0) -> NDArray[np.int64]:
        if self._glances is not None:
            return self._glances.packets(kind, number, start)
        packets = self._model.capture.stream_packets(kind, number)
        return packets[np.searchsorted(packets, start) :]

    # From packet to packet.

    def step(self, direction: int) -> None:
        """To the next (1) or previous (-1) packet of the selected packet's conversation."""
        if not len(self._model):
            return
        here = self.here
        stream = self._stream_of(here)
        if stream is None:
            self._say("This packet belongs to no TCP or UDP conversation")
            return
        packets = self._packets(*stream)
        place = int(np.searchsorted(packets, here)) + direction
        if 0 <= place < len(packets):
            self.put(int(packets[place]))
        else:
            self._say(f"{'Last' if direction > 0 else 'First'} packet of {stream[0]}:{stream[1]}")

    def jump(self) -> None:
        """To the packet that the selected one is tied to; again, to the next of them, and round to where one began."""
        if not len(self._model):
            return
        target = self._trail.following(self.here, self.related)
        if target is None:
            self._say("No other packet is tied to this one")
        else:
            self.go(target)

    def follow(self, index: int) -> None:
        """To a packet that a line of the tree names; `back` leads back."""
        here = self.here
        if index != here and self.go(index):
            self._trail.jumped(here, index)

    def back(self) -> None:
        """To the packet that the jumps began at."""
        start = self._trail.start(self.here) if len(self._model) else None
        if start is None:
            self._say("No jump to go back from")
        else:
            self.go(start)

    def go(self, index: int) -> bool:
        """Jump to a packet, from where `places` leads back; say so if the view does not show it."""
        here = self.here
        if not self.put(index):
            return False
        if index != here:
            self.places.left(here)
        return True

    def put(self, index: int) -> bool:
        """Select a packet; say so if the view does not show it."""
        if not self._model.shows(index):
            where = f"in {self.name}: s shows all packets" if self.stream else "shown: X shows all packets"
            self._say(f"Packet {index + 1} is not {where}")
            return False
        self._list.centre(self._model.position(index))
        return True

    def _stream_of(self, index: int) -> Stream | None:
        return self._model.capture.stream_of(index)


def _members(packets: NDArray[np.int64], index: int) -> list[int]:
    """The packet, if it is among these."""
    found: list[int] = packets[np.searchsorted(packets, index) :][:1].tolist()
    return [number for number in found if number == index]


class Trail:
    """Where jumps among tied packets go: round all packets tied to the first one, as long as nothing else moves."""

    def __init__(self) -> None:
        self._ring: list[int] = []
        self._start = -1
        self._at = -1

    def following(self, here: int, related: Sequence[int]) -> int | None:
        """Where to go from packet `here`, which is tied to `related`; None if nowhere."""
        if here != self._at:
            self._start = here
            self._ring = sorted({here, *related})
        if len(self._ring) < 2:
            return None
        self._at = self._ring[(self._ring.index(here) + 1) % len(self._ring)]
        return self._at

    def jumped(self, here: int, there: int) -> None:
        """Somebody went from one packet to another in a way of their own."""
        if here != self._at:
            self._start = here
        self._ring = sorted({here, there})
        self._at = there

    def start(self, here: int) -> int | None:
        """Where the jumps that led to packet `here` began."""
        if here != self._at or self._start == here:
            return None
        self._at = self._start
        return self._start
