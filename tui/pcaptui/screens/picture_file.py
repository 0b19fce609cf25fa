"""Pictures to files: asked for in a prompt, written in a thread, told in the status line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..whole_file import not_written
from ..widgets.palette import Palette
from .file_prompt import FilePrompt

if TYPE_CHECKING:
    from .flow_graph import FlowGraphScreen
    from .io_graph import IOGraphScreen
    from .stream_graph import StreamGraphScreen


def ask_and_draw(
    screen: FlowGraphScreen | IOGraphScreen | StreamGraphScreen, what: str, name: str, colours: Palette,
    write: Callable[[str], str],
) -> None:  # fmt: skip
    """Ask where to, offering a name; `write(path)` runs in a thread and answers with a sentence for the status line."""
    app = screen.app

    def work(path: str) -> None:
        try:
            told = write(path)
        except Exception as problem:  # whatever is in the capture, the screen stays
            told = not_written(path, problem)
        if app.is_running:
            app.call_from_thread(screen.say, told)

    def chosen(path: str | None) -> None:
        if path is not None:
            screen.run_worker(lambda: work(path), thread=True, group="write", exit_on_error=False)

    app.push_screen(FilePrompt(what, name, colours), chosen)
