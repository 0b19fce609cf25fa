"""How the three panes share the screen, for wide, normal and small terminals. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..widgets.hexrow import row_width

Pane = Literal["list", "tree", "hex"]
Arrangement = Literal["beside", "stacked", "single"]

BORDER_AND_BAR = 3
LEAST_ROWS = 3
"""Rows that a pane keeps, its title included."""
LEAST_TREE = 30
TALL = 36
"""From this height on the list gets the larger part."""


@dataclass
class Sizes:
    """What the user has set; remembered as long as the program runs."""

    list_share: float | None = None
    tree_shift: int = 0
    maximised: Pane | None = None


@dataclass(frozen=True)
class Layout:
    """`list_height` counts rows with title; `tree_width`, `tree_height` are 0 where the tree takes what there is."""

    arrangement: Arrangement
    shown: frozenset[Pane]
    status: bool
    list_height: int
    tree_width: int = 0
    tree_height: int = 0


def arrangement_for(width: int, height: int) -> Arrangement:
    if height < 16:
        return "single"
    if width >= 72:
        return "beside"
    return "stacked" if height >= 30 else "single"


def lay_out(width: int, height: int, sizes: Sizes, lower: Pane) -> Layout:
    """Share out a screen. `lower` is the pane of tree and hex that is shown where there is room for one."""
    arrangement = arrangement_for(width, height)
    status = height >= 16
    body = max(2, height - 2 - status)
    if sizes.maximised is not None:
        return Layout(arrangement, frozenset((sizes.maximised,)), status, body)
    share = sizes.list_share if sizes.list_share is not None else 0.6 if height >= TALL else 0.5
    list_height = round(body * share)
    list_height = max(LEAST_ROWS, min(list_height, body - LEAST_ROWS))
    if arrangement == "single":
        if body < 2 * LEAST_ROWS:
            return Layout(arrangement, frozenset[Pane](("list",)), status, body)
        return Layout(arrangement, frozenset[Pane](("list", lower)), status, list_height)
    shown: frozenset[Pane] = frozenset(("list", "tree", "hex"))
    if arrangement == "stacked":
        return Layout(arrangement, shown, status, list_height, tree_height=(body - list_height + 1) // 2)
    return Layout(arrangement, shown, status, list_height, tree_width=_tree_width(width, sizes.tree_shift))


def _tree_width(width: int, shift: int) -> int:
    """The hex pane gets just what its rows need, sixteen bytes where the tree keeps enough beside it."""
    for across in (16, 8):
        hex_width = row_width(across) + BORDER_AND_BAR
        if width - hex_width >= LEAST_TREE + 14 or across == 8:
            return max(12, min(width - hex_width + shift, width - 12))
    raise AssertionError
