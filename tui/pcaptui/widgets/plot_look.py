"""How a plot's parts look in a terminal: colours of its series, the legend, the ticks of its axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style

from ..pictures.scales import Tick
from ..pictures.series import Series
from .palette import BOLD, DIM, PLAIN, REVERSE, Palette
from .text import clean, cut, width_of

_COLOURS = {"main": "cyan", "second": "green", "third": "magenta", "fourth": None, "fifth": "yellow", "sixth": "red",
            "good": "green", "bad": "red", "warning": "yellow"}  # fmt: skip
_HEAVY = ("bad", "warning", "good")
_DRAWN = {"points": "•", "line": "─", "steps": "─", "bars": "│", "area": "█"}
GRID = ord("·")
UP, ASIDE = "▲", "►"
"""Where the cursor stands, on the axes."""


def series_style(style: str, colours: Palette) -> Style:
    """One of the sixteen colours for a series; without colour it is bold, dim or plain."""
    if style == "quiet":
        return DIM
    if without_colour(colours):
        return BOLD if style in _HEAVY else PLAIN
    return Style(color=_COLOURS.get(style), bold=style in _HEAVY or None)


def without_colour(colours: Palette) -> bool:
    return colours.selection == REVERSE


def legend(
    shown: Sequence[Series], axis: str, signed: bool, colours: Palette, width: int, most: int
) -> list[list[Segment]]:
    """Sign and name of each series, in at most `most` lines; what the upright axis counts in front, where there is
    room for it."""
    lines: list[list[Segment]] = [[]]
    room = width
    for each in shown:
        own = signed or each.kind == "marks"
        text = f" {each.sign if own else _DRAWN.get(each.kind, each.sign)} {clean(each.name)} "
        if width_of(text) > room and len(lines) < most and lines[-1]:
            lines.append([])
            room = width
        text = cut(text, room)
        lines[-1].append(Segment(text, series_style(each.style, colours)))
        room -= width_of(text)
    if axis and len(lines) == 1 and width_of(axis) + 2 <= room:
        lines[0].insert(0, Segment(f" {axis}  ", DIM))
    return lines


def cells(chars: Sequence[int], styles: Sequence[int], looks: Sequence[Style]) -> list[Segment]:
    """One row of the canvas as segments; blanks go with whatever stands before them."""
    found: list[Segment] = []
    start, style = 0, 0
    for at, (char, one) in enumerate(zip(chars, styles, strict=True)):
        if char != 0x20 and one != style:
            if at > start:
                found.append(Segment("".join(map(chr, chars[start:at])), looks[style]))
            start, style = at, one
    found.append(Segment("".join(map(chr, chars[start:])), looks[style]))
    return found


def x_axis(ticks: Sequence[Tick], places: Sequence[int], gutter: int, width: int) -> tuple[str, str]:
    """The line below the canvas and the labels below it, `width` cells behind a gutter: labels that would overlap
    are left out, with their ticks' marks staying."""
    line = ["─"] * width
    labels = [" "] * (gutter + width)
    free = 0
    for tick, place in zip(ticks, places, strict=True):
        if not 0 <= place < width:
            continue
        line[place] = "┬"
        size = len(tick.label)
        start = min(max(gutter + place - size // 2, 0), gutter + width - size)
        if start >= free:
            labels[start : start + size] = tick.label
            free = start + size + 2
    return " " * (gutter - 1) + "└" + "".join(line), "".join(labels).rstrip()


def put_grid(chars: NDArray[np.uint32], rows: Sequence[int], columns: Sequence[int]) -> None:
    """A dot where the ticks of both axes cross, where nothing else stands."""
    for row in rows:
        for column in columns:
            if chars[row, column] == 0x20:
                chars[row, column] = GRID
