"""Writing packets to a file from the main screen: which of them, where to, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from ..saving import SaveError, Stopped, save
from ..whole_file import not_written
from ..widgets.lines import count_of
from .copy_menu import CopyMenu, Offer
from .file_prompt import FilePrompt

if TYPE_CHECKING:
    from ..capture import Capture
    from .findings import FindingsScreen
    from .main import MainScreen


class Saver:
    """Asks which packets and where to, and writes them in a thread."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def ask(self) -> None:
        """Open the menu."""
        screen = self._screen
        if not len(screen.model.capture):
            return
        choices = self._choices()
        offers = [Offer(key, words, count_of(len(packets), "packet")) for key, (words, packets) in choices.items()]
        menu = CopyMenu("", offers, screen.colours, "Write packets to a file", "key or Enter, Esc leaves")
        screen.app.push_screen(menu, lambda key: self._chosen(key, choices))

    def _choices(self) -> dict[str, tuple[str, NDArray[np.int64]]]:
        screen = self._screen
        capture = screen.model.capture
        found: dict[str, tuple[str, NDArray[np.int64]]] = {}
        choices, view = screen.model.choices, screen.model.view
        if view is not None or choices.ignored:
            shown = f"shown: {screen.view_name()}" if view is not None else "shown"
            packets = choices.without_ignored(screen.model.packets)
            left_out = len(screen.model.packets) - len(packets)
            found["s"] = f"{shown}, but {left_out:,} ignored" if left_out else shown, packets
        if screen.model.marked:
            found["m"] = "marked", np.array(sorted(screen.model.marked), np.int64)
        if len(screen.model):
            here = screen.streams.here
            stream = capture.stream_of(here)
            if stream is not None:
                found["c"] = f"conversation {stream[0]}:{stream[1]}", capture.stream_packets(*stream)
            found["p"] = f"packet {here + 1}", np.array([here], np.int64)
        found["a"] = "all", np.arange(len(capture), dtype=np.int64)
        return found

    def _chosen(self, key: str | None, choices: dict[str, tuple[str, NDArray[np.int64]]]) -> None:
        if key is None:
            return
        write_packets(self._screen, choices[key][1], "packets.pcapng")


def write_packets(screen: MainScreen | FindingsScreen, packets: NDArray[np.int64], name: str) -> None:
    """Ask where to, offering a name, and write these packets in a thread."""

    def save_to(path: str | None) -> None:
        if path is None:
            return
        app = screen.app
        capture = cast("Capture", screen.model.capture)

        def progress(done: int, total: int) -> None:
            app.call_from_thread(screen.tell, f"Writing {path}: {done * 100 // max(1, total)} %")

        def work() -> None:
            try:
                count = save(capture, packets, path, cancelled=lambda: not app.is_running, progress=progress)
            except Stopped:
                return
            except (SaveError, OSError, ValueError) as problem:
                app.call_from_thread(screen.say, not_written(path, problem))
            else:
                app.call_from_thread(screen.tell, f"{count_of(count, 'packet')} written to {path}")

        screen.run_worker(work, thread=True, exit_on_error=False)

    screen.app.push_screen(FilePrompt("Packets", name, screen.colours), save_to)
