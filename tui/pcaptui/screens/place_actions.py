"""Keys of the main screen that keep places: letters, marked packets, time references, the way back; and sorting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..sorting import ROWS, Column, TooMany, arrange
from ..widgets.lines import count_of
from .copy_menu import CopyMenu, Offer
from .key_prompt import KeyPrompt
from .main_base import MainBase

_SORT_KEYS = {"n": Column.NUMBER, "t": Column.TIME, "s": Column.SOURCE, "d": Column.DESTINATION,
              "p": Column.PROTOCOL, "l": Column.LENGTH, "i": Column.INFO}  # fmt: skip


class PlaceActions(MainBase):
    """A part of MainScreen."""

    _order: tuple[Column, bool] = (Column.NUMBER, False)

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
        self.tell(f"{count_of(len(marked), 'packet')} marked: {{ and }} go to them, w writes them")
        self.packet_list.repaint()

    def action_star_all(self) -> None:
        """Mark what is shown; where all of that is marked, no more."""
        shown = set(self.model.packets[:MOST].tolist())
        if shown <= self.model.marked:
            self.model.marked -= shown
        else:
            self.model.marked |= shown
        self.tell(f"{count_of(len(self.model.marked), 'packet')} marked")
        self.packet_list.repaint()

    def action_star_step(self, direction: int) -> None:
        if not len(self.model):
            return
        here = self.streams.here
        shown = sorted(index for index in self.model.marked if self.model.shows(index))
        ahead = [index for index in shown if (index > here if direction > 0 else index < here)]
        if not shown:
            self.say("No shown packet is marked: M marks one")
        else:
            target = (ahead or shown)[0 if direction > 0 else -1]
            self.streams.go(target)
            if not ahead:
                self.tell(f"Packet {target + 1}: round the {'end' if direction > 0 else 'beginning'} of the list")

    # Times and places.

    def action_reference(self) -> None:
        if not len(self.model):
            return
        here = self.streams.here
        begins = self.model.refer(here)
        self.packet_list.reset_widths()
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
        reverse = column is self._order[0] and not self._order[1]
        if self.streams.stream is None and self.model.sorted is None:
            reverse = reverse and column is Column.NUMBER
        self._sort(column, reverse)

    def _sort(self, column: Column, reverse: bool) -> None:
        packets, app = self.model.packets, self.app
        capture = self.model.capture
        self.tell(f"Sorting {count_of(len(packets), 'packet')} by {column.value} …")

        def work() -> None:
            try:
                found = arrange(capture, packets, column, reverse, lambda: not app.is_running)  # type: ignore[arg-type]
            except TooMany:
                app.call_from_thread(self.say, f"{column.value} sorts {ROWS} packets at most: filter first")
            else:
                app.call_from_thread(self._sorted, found, packets, column, reverse)

        self.run_worker(work, thread=True, exclusive=True, group="sort", exit_on_error=False)

    def _sorted(self, found: NDArray[np.int64], packets: NDArray[np.int64], column: Column, reverse: bool) -> None:
        if not np.array_equal(packets, self.model.packets):
            return  # other packets are shown by now
        here = self.streams.here
        self._order = column, reverse
        plain = column is Column.NUMBER and not reverse
        self.model.sort(None if plain else found)
        self.packet_list.view_changed(here)
        turned = ", the last first" if reverse else ""
        told = f"Sorted by {column.value}{turned}: o n shows the capture's order"
        self.tell("In the order of the capture" if plain else told)


MOST = 1_000_000
"""Packets marked in one go."""
