"""Keys of the main screen that ignore packets: they stay in the list, but are not taken apart."""

from __future__ import annotations

from ..widgets.lines import count_of
from .place_actions import PlaceActions


class IgnoreActions(PlaceActions):
    """A part of MainScreen."""

    def action_ignore(self) -> None:
        """Ignore the selected packet, or take it back."""
        if not len(self.model):
            return
        here = self.streams.here
        ignored = self.model.choices.ignore(here)
        more = len(self.model.choices.ignored) - ignored
        also = f", {more:,} more {'is' if more == 1 else 'are'}" if more else ""
        self.chosen_anew("")
        self.tell(f"Packet {here + 1} is {'ignored' if ignored else 'no longer ignored'}{also}: D takes all back")

    def action_ignore_none(self) -> None:
        """Take all ignored packets back."""
        count = self.model.choices.ignore_none()
        if not count:
            self.say("No packet is ignored: d ignores one")
            return
        self.chosen_anew("")
        self.tell(f"{count_of(count, 'packet')} no longer ignored")
