"""What the screen needs to know of a packet's row."""

from __future__ import annotations

from typing import Protocol


class RowLike(Protocol):
    """One line of the list; see dissect.rows.Row."""

    @property
    def number(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def destination(self) -> str: ...
    @property
    def protocol(self) -> str: ...
    @property
    def length(self) -> int: ...
    @property
    def info(self) -> str: ...
    @property
    def kind(self) -> str: ...
