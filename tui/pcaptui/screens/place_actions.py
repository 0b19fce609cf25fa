"""Keys of the main screen that keep places: letters, marked packets, time references, the way back; and sorting."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..sorting import ROWS, Column, TooMany, arrange
from ..widgets.lines import count_of
from .copy_menu import CopyMenu, Offer
from .key_prompt import KeyPrompt
from .loading import LoadProgress
from .main_base import MainBase

_SORT_KEYS = {"n": Column.NUMBER, "t": Column.TIME, "s": Column.SOURCE, "d": Column.DESTINATION,
              "p": Column.PROTOCOL, "l": Column.LENGTH, "i": Column.INFO}  # fmt: skip

_COLUMNS = {Column.NUMBER: "number", Column.TIME: "time", Column.SOURCE: "source", Column.DESTINATION: "destination",
            Column.PROTOCOL: "protocol", Column.LENGTH: "length", Column.INFO: "info"}  # fmt: skip


class PlaceActions(MainBase):
    """A part of MainScreen."""

    _order: tuple[Column, bool] = (Column.NUMBER, False)
    """What the person wants the list to be sorted by, and whether the last comes first."""
    _sorting: NDArray[np.int64] | None = None
    """The packets being put in order."""

    def on_mount(self) -> None:
        self.model.shown = self._other_shown

    def chosen_anew(self, fields: str) -> None:
        """Packets were chosen by the person, which filters of these fields tell of; "" stands for all filters."""
        wanted = self.filters.wanted
        if wanted is not None and self.streams.stream is None and (not fields or wanted.names & set(fields.split())):
            self.filters.apply(wanted)
        self.packet_list.repaint()
        self._show_header()
        self._show_details()

    # Letters.

    def action_set_letter(self) -> None:
        if len(self.model):
            here = self.streams.here
            prompt = KeyPrompt(f"Letter for packet {here + 1}:", "a to z", self.colours)
            self.app.push_screen(prompt, lambda letter: self._set_letter(letter, here))

    def _set_letter(self, letter: str | None, index: int) -> None:
        if letter is not None:
            self.streams.places.marks[letter] = index
            self.tell(f"' {letter} leads to packet {index + 1} from now on")

    def action_go_letter(self) -> None:
        marks = self.streams.places.marks
        if not marks:
            self.say("No packet has a letter yet: m gives it one")
            return
        known = "  ".join(f"{letter} {index + 1}" for letter, index in sorted(marks.items()))
        self.app.push_screen(KeyPrompt("Go to letter:", known, self.colours), self._go_letter)

    def _go_letter(self, letter: str | None) -> None:
        if letter is None:
            return
        index = self.streams.places.marks.get(letter)
        if index is None:
            self.say(f"No packet has the letter {letter}")
        elif len(self.model):
            self.streams.go(index)

    # Marked packets.

    def action_star(self) -> None:
        if not len(self.model):
            return
        here = self.streams.here
        marked = self.model.marked
        marked.symmetric_difference_update({here})
        self.chosen_anew("frame.marked")
        self.tell(f"{count_of(len(marked), 'packet')} marked: {{ and }} go to them, w writes them")

    def action_star_all(self) -> None:
        """Mark what is shown; where all of that is marked, no more."""
        packets = self.model.packets
        if len(packets) > MOST:
            self.say(f"{count_of(MOST, 'packet')} can be marked at most: filter first")
            return
        marked = self.model.marked

        def work() -> set[int]:
            """In pieces: the screen has its turn between them."""
            pieces = [packets[start : start + PIECE].tolist() for start in range(0, len(packets), PIECE)]
            if all(marked.issuperset(piece) for piece in pieces):
                for piece in pieces:
                    marked.difference_update(piece)
            else:
                for piece in pieces:
                    marked.update(piece)
            return marked

        if len(packets) <= PIECE:
            work()
            self._told_marked()
        else:
            self._in_thread(work, self._told_marked)

    def _in_thread(self, work: Callable[[], object], done: Callable[[], object]) -> None:
        def both() -> None:
            work()
            self.app.call_from_thread(done)

        self.run_worker(both, thread=True, exclusive=True, group="marks", exit_on_error=False)

    def _told_marked(self) -> None:
        self.chosen_anew("frame.marked")
        self.tell(f"{count_of(len(self.model.marked), 'packet')} marked")

    def action_star_step(self, direction: int) -> None:
        """To the next (1) or previous (-1) marked packet in the order of the list."""
        if not len(self.model):
            return
        marked, model, here = self.model.marked, self.model, self.packet_list.cursor
        near = range(here + direction, min(max(here + direction * NEAR, -1), len(model)), direction)
        position = next((one for one in near if model.index(one) in marked), None)
        if position is not None:
            self.streams.go(model.index(position))
            return
        places = model.positions(np.fromiter(marked, np.int64, len(marked)))
        if not len(places):
            self.say("No shown packet is marked: M marks one")
            return
        ahead = places[places > here] if direction > 0 else places[places < here]
        position = int((ahead if len(ahead) else places)[0 if direction > 0 else -1])
        target = self.model.index(position)
        self.streams.go(target)
        if not len(ahead):
            self.tell(f"Packet {target + 1}: round the {'end' if direction > 0 else 'beginning'} of the list")

    # Times and places.

    def action_reference(self) -> None:
        if not len(self.model):
            return
        here = self.streams.here
        begins = self.model.refer(here)
        self.packet_list.reset_widths()
        self.chosen_anew("frame.ref_time frame.time_relative")
        self.tell(f"Time {'begins anew at' if begins else 'goes on over'} packet {here + 1}")

    def action_place(self, direction: int) -> None:
        if not len(self.model):
            return
        places, here = self.streams.places, self.streams.here
        target = places.forward(here) if direction > 0 else places.back(here)
        if target is None:
            self.say("No later place" if direction > 0 else "No earlier place")
        else:
            self.streams.put(target)

    # Order.

    def action_sort(self) -> None:
        column, reverse = self._order
        offers = [
            Offer(key, one.value, ("from the last" if reverse else "from the first") if one is column else "")
            for key, one in _SORT_KEYS.items()
        ]
        hint = "the same again turns it round"
        menu = CopyMenu("", offers, self.colours, "Sort packets by", hint)
        self.app.push_screen(menu, self._sort_chosen)

    def _sort_chosen(self, key: str | None) -> None:
        if key is None or not len(self.model):
            return
        column = _SORT_KEYS[key]
        self._sort(column, column is self._order[0] and not self._order[1])

    def _sort(self, column: Column, reverse: bool, here: int | None = None) -> None:
        packets, app = self.model.packets, self.app
        capture = self.model.capture
        self._order = column, reverse
        self._sorting = packets
        if here is None:
            self.tell(f"Sorting {count_of(len(packets), 'packet')} by {column.value} …")

        def cancelled() -> bool:
            return not app.is_running or self._sorting is not packets

        def work() -> None:
            try:
                found = arrange(capture, packets, column, reverse, cancelled)  # type: ignore[arg-type]
            except TooMany:
                app.call_from_thread(self._not_sorted, column)
                return
            places = np.argsort(found)
            if not cancelled():
                app.call_from_thread(self._sorted, found, places, packets, here is None)

        self.run_worker(work, thread=True, exclusive=True, group="sort", exit_on_error=False)

    def _not_sorted(self, column: Column) -> None:
        self._order = Column.NUMBER, False
        self.say(f"{column.value} sorts {count_of(ROWS, 'packet')} at most: filter first")

    def _sorted(
        self, found: NDArray[np.int64], places: NDArray[np.int64], packets: NDArray[np.int64], asked: bool
    ) -> None:
        if self._sorting is not packets or not len(self.model):
            return  # other packets are shown by now
        here = self.streams.here
        column, reverse = self._order
        self.model.sort(None if self._plain else found, (_COLUMNS[column], reverse), places)
        self.packet_list.view_changed(here)
        if asked:
            turned = ", the last first" if reverse else ""
            told = f"Sorted by {column.value}{turned}: o n shows the capture's order"
            self.tell("In the order of the capture" if self._plain else told)

    @property
    def _plain(self) -> bool:
        return self._order == (Column.NUMBER, False)

    def _other_shown(self) -> None:
        """Another choice of packets: they come into the order that was asked for, as soon as all are known."""
        self._sorting = None
        if not self._plain:
            self.call_later(self._sort_again)

    def _sort_again(self) -> None:
        if not self._plain and self.filters.progress is None and len(self.model):
            self._sort(*self._order, here=self.streams.here)

    def on_load_progress(self, event: LoadProgress) -> None:
        if event.done:
            self.call_later(self._sort_again)


MOST = 1_000_000
"""Packets marked in one go."""
NEAR = 2000
"""Packets that are looked at one by one for a mark, before all marks are."""
PIECE = 20_000
"""Packets marked without a pause."""
