"""--print of a statistic, and writing any table: text for people, JSON, JSON lines, TSV, CSV, Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from .asked import chosen_packets
from .printing_words import json_text, tsv_cell
from .protocols.text import escape
from .statistics import Column, Table, View, find

if TYPE_CHECKING:
    from .capture import Capture
    from .options import Options

FORMATS = ("text", "jsonl", "json", "tsv", "csv", "markdown")
_RULES = {"text": ":--", "other": "--:"}
_MARKDOWN = frozenset("\\|`*_<>[]")


def print_statistic(capture: Capture, options: Options, out: TextIO) -> None:
    """The tables of the statistic that --print names, of the packets that -Y and --stream choose."""
    assert options.what is not None
    view = View(capture, chosen_packets(capture, options))
    _, make = find(options.what)
    write_tables(make(view), options.format, out)


def write_tables(tables: Sequence[Table], form: str, out: TextIO) -> None:
    """Write tables one after the other in one of FORMATS."""
    if form == "json":
        out.write(json_text({table.name: list(objects(table)) for table in tables}, indent=1) + "\n")
        return
    for place, table in enumerate(tables):
        if place and form in ("text", "markdown", "csv", "tsv"):
            out.write("\n")
        _WRITERS[form](table, out, len(tables) > 1)


def objects(table: Table) -> Iterator[dict[str, object]]:
    """Rows as JSON objects; in a tree each has its depth."""
    for row in range(len(table)):
        found: dict[str, object] = {} if table.parents is None else {"depth": table.depth(row)}
        for place, column in enumerate(table.columns):
            value = table.value(row, place)
            found[column.key] = round(value, 9) if isinstance(value, float) else value
        yield found


def _jsonl(table: Table, out: TextIO, named: bool) -> None:
    for found in objects(table):
        out.write(json_text({"table": table.name, **found}) + "\n")


def cell_text(table: Table, row: int, place: int) -> str:
    """One cell as people read it, escaped."""
    value = table.value(row, place)
    column = table.columns[place]
    if value is None:
        return ""
    if isinstance(value, str):
        indent = "  " * table.depth(row) if place == 0 and table.parents is not None else ""
        return indent + escape(value)
    return number_text(value, column)


def number_text(value: int | float, column: Column) -> str:
    """A number as people read it: as many digits as tell something."""
    if column.kind in ("count", "bytes") or (isinstance(value, int) and column.kind == "number"):
        return str(int(value))
    if column.kind in ("seconds", "moment"):
        return f"{value:.6f}"
    if column.kind == "percent":
        return f"{value:.2f}"
    return f"{value:.3f}" if abs(value) < 1000 else f"{value:.1f}"


def _text(table: Table, out: TextIO, named: bool) -> None:
    if named:
        out.write(f"{table.title}\n")
    rows = [[cell_text(table, row, place) for place in range(len(table.columns))] for row in range(len(table))]
    titles = [column.title for column in table.columns]
    widths = [max([len(title), *(len(row[place]) for row in rows)]) for place, title in enumerate(titles)]
    for cells in (titles, *rows):
        line = "  ".join(
            cell.ljust(width) if column.kind == "text" else cell.rjust(width)
            for cell, width, column in zip(cells, widths, table.columns, strict=True)
        )
        out.write(line.rstrip() + "\n")
    out.writelines(f"{escape(note)}\n" for note in table.notes)


def _markdown(table: Table, out: TextIO, named: bool) -> None:
    if named:
        out.write(f"## {table.title}\n\n")
    out.write("| " + " | ".join(column.title for column in table.columns) + " |\n")
    out.write("| " + " | ".join(_RULES["text" if c.kind == "text" else "other"] for c in table.columns) + " |\n")
    for row in range(len(table)):
        cells = (cell_text(table, row, place) for place in range(len(table.columns)))
        out.write("| " + " | ".join(_marked(cell) for cell in cells) + " |\n")
    out.writelines(f"\n{_marked(escape(note))}\n" for note in table.notes)


def _marked(text: str) -> str:
    """Nothing in it is Markdown; blanks at the front stay, as ones that do not vanish."""
    inner = text.lstrip(" ")
    front = "\u00a0" * (len(text) - len(inner))
    return front + "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in inner)


def _separated(table: Table, out: TextIO, write: Callable[[list[str]], None]) -> None:
    depth = [] if table.parents is None else ["depth"]
    write([*depth, *(column.key for column in table.columns)])
    for found in objects(table):
        write(["" if value is None else escape(value) if isinstance(value, str) else str(value)
               for value in found.values()])  # fmt: skip


def _csv(table: Table, out: TextIO, named: bool) -> None:
    if named:
        out.write(f"# {table.name}\n")
    _separated(table, out, csv.writer(out, lineterminator="\n").writerow)


def _tsv(table: Table, out: TextIO, named: bool) -> None:
    if named:
        out.write(f"# {table.name}\n")

    def write(cells: list[str]) -> None:
        out.write("\t".join(map(tsv_cell, cells)) + "\n")

    _separated(table, out, write)


_WRITERS = {"text": _text, "markdown": _markdown, "jsonl": _jsonl, "csv": _csv, "tsv": _tsv}


def as_text(tables: Sequence[Table], form: str) -> str:
    """Tables as one text, for a file or the clipboard."""
    out = io.StringIO()
    write_tables(tables, form, out)
    return out.getvalue()
