"""Tables of a statistic to a file or the clipboard: what is asked, and the writing."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..printing_statistics import as_text, write_tables
from ..statistics.table import Table, Texts
from ..terminal import clipboard
from ..whole_file import not_written, whole_file
from ..widgets.lines import count_of
from .copier import copy_in_thread
from .copy_menu import CopyMenu, Offer
from .file_prompt import FilePrompt

if TYPE_CHECKING:
    from ..widgets.statistics_table import Looked
    from .conversations import ConversationsScreen
    from .statistics import StatisticsScreen
    from .statistics_work import Counted

FORMATS = {".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".md": "markdown",
           ".markdown": "markdown", ".txt": "text"}  # fmt: skip
_WORDS = ".csv, .tsv, .json, .jsonl, .md or .txt"


class Stopped(Exception):
    """Nobody waits for the file any more."""


def format_of(path: str) -> str:
    """The format that a file's name asks for. Raises ValueError with the names that there are."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(f"{path}: a name in {_WORDS} says which format is meant")
    return FORMATS[suffix]


def rearranged(table: Table, order: NDArray[np.int64]) -> Table:
    """The rows at these places, in this order. Of a tree, those whose parent is not there stand at the top."""

    def of(values: Any) -> Any:
        if isinstance(values, np.ndarray):
            return values[order]
        return Texts(len(order), lambda row: values[int(order[row])])

    parents = None
    if table.parents is not None:
        places = np.full(len(table) + 1, -1, np.int64)
        places[order] = np.arange(len(order))
        parents = places[table.parents[order]]  # -1 is the last place, which holds -1
    return Table(table.name, table.title, table.columns, [of(values) for values in table.values],
                 lambda row: table.filter(int(order[row])), parents, table.notes)  # fmt: skip


def write(tables: Sequence[Table], path: str, cancelled: Callable[[], bool] = lambda: False) -> int:
    """Write tables and return how many rows they have. Raises OSError, ValueError, Stopped; the file is there whole
    or not at all."""
    form = format_of(path)
    with (
        whole_file(path) as raw,
        io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        write_tables(tables, form, _Watched(file, cancelled))  # type: ignore[arg-type]
    return sum(map(len, tables))


class _Watched:
    """A file that is written to until nobody waits any more."""

    def __init__(self, file: IO[str], cancelled: Callable[[], bool]) -> None:
        self._file = file
        self._cancelled = cancelled

    def write(self, text: str) -> int:
        if self._cancelled():
            raise Stopped
        return self._file.write(text)

    def writelines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.write(line)


def ask_and_write(
    screen: StatisticsScreen | ConversationsScreen, what: str, name: str, tables: Callable[[], Sequence[Table]]
) -> None:
    """Ask where to, offering a name, and write in a thread what `tables` makes there."""
    app = screen.app

    def save_to(path: str | None) -> None:
        if path is None:
            return

        def work() -> None:
            try:
                count = write(tables(), path, lambda: not app.is_running)
            except Stopped:
                return
            except Exception as problem:  # a statistic may fail in its own ways
                app.call_from_thread(screen.say, not_written(path, problem))
            else:
                app.call_from_thread(screen.tell, f"{count_of(count, 'row')} written to {path}")

        try:
            format_of(path)
        except ValueError as problem:
            screen.say(f"Not written: {problem}")
            return
        screen.tell(f"Writing {path} …")
        screen.run_worker(work, thread=True, exit_on_error=False)

    app.push_screen(FilePrompt(what, name, screen.colours), save_to)


# What the statistics screen offers.


def as_looked_at(looked: Looked, text: str) -> Table:
    """The table with the rows that have the words of `text`, sorted as on the screen; folded rows are there."""
    return rearranged(looked.table, looked.rows.order(looked.sort, looked.descending, text))


def export(screen: StatisticsScreen, name: str, counted: Counted, tab: int, text: str) -> None:
    """Ask which table where to, and write it."""
    titles = counted.titles
    table = counted.looked[tab].table

    def this() -> Sequence[Table]:
        return [as_looked_at(counted.looked[tab], text)]

    def every() -> Sequence[Table]:
        assert counted.tables is not None
        return [this()[0] if at == tab else counted.at(at).table for at in range(len(titles))]

    if len(titles) < 2:
        ask_and_write(screen, "Table", f"{name}.csv", this)
        return

    def chosen(key: str | None) -> None:
        if key == "t":
            ask_and_write(screen, "Table", f"{name}-{table.name}.csv", this)
        elif key == "a":
            ask_and_write(screen, "Tables", f"{name}.json", every)

    shown = f"{titles[tab]}, {count_of(len(screen.table.order) if text else len(table), 'row')}"
    offers = [Offer("t", "this table", shown), Offer("a", "all tables", ", ".join(titles))]
    menu = CopyMenu("", offers, screen.colours, "Write to a file", "key or Enter, Esc leaves")
    screen.app.push_screen(menu, chosen)


def copy(screen: StatisticsScreen, looked: Looked, place: int, row_filter: str, text: str) -> None:
    """Ask what to copy of the selected row or the table, and do it."""
    table, pane = looked.table, screen.table
    cells = pane.texts(place)
    row = rearranged(table, np.array([place], np.int64))
    row.parents = None
    shown = len(pane.order) if text else len(table)
    makers: dict[str, tuple[Offer, Callable[[], str]]] = {}

    def offer(key: str, label: str, look: str, make: Callable[[], str]) -> None:
        makers[key] = Offer(key, label, look), make

    def whole(form: str) -> Callable[[], str]:
        return lambda: _bounded(as_text([as_looked_at(looked, text)], form))

    offer("r", "row", "  ".join(filter(None, cells)), lambda: "\t".join(cells))
    if cells[0]:
        offer("n", table.columns[0].title.lower(), cells[0], lambda: cells[0])
    if row_filter:
        offer("f", "display filter", row_filter, lambda: row_filter)
    offer("j", "row as JSON", "names and values", lambda: as_text([row], "jsonl").strip())
    for key, form, words in (("t", "tsv", "tabs between cells, for a spreadsheet"), ("c", "csv", "comma-separated"),
                             ("m", "markdown", "for a report"), ("x", "text", "as columns")):  # fmt: skip
        offer(key, f"table as {form.upper() if len(form) == 3 else form}", f"{count_of(shown, 'row')}, {words}",
              whole(form))  # fmt: skip

    def chosen(key: str | None) -> None:
        if key is not None:
            one, make = makers[key]
            copy_in_thread(screen, one.label, make)

    menu = CopyMenu("", [one for one, _ in makers.values()], screen.colours, "Copy")
    screen.app.push_screen(menu, chosen)


def _bounded(text: str) -> str:
    if len(text) > clipboard.limit():
        raise ValueError("too much for the clipboard: w writes it to a file")
    return text
