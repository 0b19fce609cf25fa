"""How a packet's row looks: segments from its texts. Without Textual, for the rows painted before its import."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style

from .columns import Columns
from .glyphs import FALLING, FOCUS, MARKER, RISING, SCROLLED, STAR
from .palette import SIGNS, Palette
from .rowlike import RowLike
from .text import clean, cut, left, right, skip, width_of


class Mark(NamedTuple):
    """What stands in a row's gutter. `tie` is where the selected row has its marker: an arrow, or the line to one."""

    sign: str = " "
    phase: str = ""
    tie: str = " "
    tied: bool = False
    """The packet is one that the selected packet is tied to."""
    starred: bool = False
    """The person has marked the packet."""
    severity: int = 0
    """Of an error (3) or warning (2) that names the packet."""


NO_MARK = Mark()
FOUND = {3: "E", 2: "W"}
"""Signs of packets that errors and warnings name, where no other sign stands."""


def measure(row: RowLike, stamp: str) -> Columns:
    """The cells that a row's texts need."""
    return Columns(
        number=len(str(row.number)),
        time=len(stamp),
        source=width_of(row.source),
        destination=width_of(row.destination),
        protocol=width_of(row.protocol),
        length=len(str(row.length)),
    )


Order = tuple[str, bool]
"""The column that the list is sorted by, named as in Columns, and whether its last value comes first."""


def wide_enough(wanted: Columns, order: Order | None) -> Columns:
    """Room for the arrow in the title of the column that the list is sorted by."""
    least = {"number": 4, "source": 7, "length": 4}
    if order is None or order[0] not in least:
        return wanted
    return replace(wanted, **{order[0]: max(getattr(wanted, order[0]), least[order[0]])})


def title_segments(columns: Columns, time_heading: str, focused: bool, scrolled: bool, width: int,
                   colours: Palette, order: Order | None = None) -> list[Segment]:  # fmt: skip
    """The list's title line: the names of the columns, with an arrow at the one that the list is sorted by."""
    style = colours.bright_heading if focused else colours.heading
    info = "Info" + (f" {SCROLLED}" if scrolled else "")
    protocol = "Protocol" if columns.protocol >= 8 else "Proto"
    length = "Length" if columns.length >= 6 else "Len"
    if order is not None and order[0] == "protocol" and len(protocol) == columns.protocol:
        protocol = "Prot"
    if order is not None and order[0] == "length" and len(length) == columns.length:
        length = "Len"
    names = {"number": "No.", "time": time_heading, "source": "Source", "destination": "Destination",
             "protocol": protocol, "length": length, "info": info}  # fmt: skip
    if order is not None:
        arrow = FALLING if order[1] else RISING
        room = getattr(columns, order[0]) - 1
        names[order[0]] = f"{names[order[0]][:room]}{arrow}"
    row = _cells(columns, *names.values())
    front = FOCUS if focused else " "
    return [Segment(f"{front}  {row[0]}{cut(row[1] + row[2], width)}", style + Style(underline=True))]


def row_segments(row: RowLike, stamp: str, columns: Columns, selected: bool, focused: bool, sideways: int, width: int,
                 colours: Palette, mark: Mark = NO_MARK) -> list[Segment]:  # fmt: skip
    """A packet's row on `width` cells; `sideways` cells of Info are scrolled out at the left."""
    cells = _cells(
        columns, str(row.number), stamp, clean(row.source), clean(row.destination), clean(row.protocol),
        str(row.length), skip(clean(row.info), sideways),
    )  # fmt: skip
    sign = STAR if mark.starred else SIGNS.get(row.kind, " ")
    kind = colours.kind(row.kind)
    phase = colours.phase(mark.phase)
    found = Segment(FOUND.get(mark.severity, " "), colours.severity(mark.severity))
    if selected:
        style = colours.selection if focused else colours.faded
        text = left(MARKER + "".join(cells), width - 2)
        return [Segment(mark.sign, phase), Segment(sign, kind) if sign != " " else found, Segment(text, style)]
    tie = Segment(mark.tie, colours.bright_heading if mark.tied else colours.quiet)
    if sign != " ":
        return [Segment(mark.sign, phase), Segment(sign, kind), tie, Segment("".join(cells), kind)]
    number = colours.bright_heading if mark.tied and not mark.phase else phase
    return [Segment(mark.sign, phase), found, tie, Segment(cells[0], number), Segment(cells[1]),
            Segment(cells[2], kind)]  # fmt: skip


def pending_segments(number: int, stamp: str, length: int, columns: Columns, selected: bool,
                     colours: Palette, mark: Mark = NO_MARK) -> list[Segment]:  # fmt: skip
    """A row whose packet is not dissected yet."""
    cells = _cells(columns, str(number), stamp, "", "", "", str(length), "…")
    front = Segment(mark.sign, colours.phase(mark.phase))
    return [front, Segment(f" {MARKER if selected else mark.tie}" + "".join(cells), colours.quiet)]


def _cells(
    columns: Columns, number: str, stamp: str, source: str, destination: str, protocol: str, length: str, info: str
) -> tuple[str, str, str]:
    """The row in three parts: number; time and addresses; protocol, length and Info."""
    middle = [right(stamp, columns.time)] if columns.time else []
    middle += [left(text, size) for text, size in
               ((source, columns.source), (destination, columns.destination)) if size]  # fmt: skip
    end = [left(protocol, columns.protocol)]
    if columns.length:
        end.append(right(length, columns.length))
    end.append(cut(info, columns.info))
    gap = " " * columns.gap
    return right(number, columns.number), "".join(gap + text for text in middle), gap + " ".join(end)
