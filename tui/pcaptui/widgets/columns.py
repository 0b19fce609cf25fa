"""Widths of the packet list's columns: as wide as what they hold, as far as the screen allows."""

from __future__ import annotations

from dataclasses import dataclass, replace

GUTTER = 2
"""Cells at the left: one for the marks of the conversation, one for the sign of what is wrong."""
MARKER = 1

ADDRESS_FLOOR = 15
"""A dotted IPv4 address always fits, if the column is there at all."""
INFO_FLOOR = 16
INFO_SHARE = 0.32
WIDE = 110
"""From this width on, columns stand two cells apart."""

_ORDER = ("length", "time", "destination", "source")


@dataclass(frozen=True)
class Columns:
    """Cells of each column, 0 where it is left out; `info` gets what remains."""

    number: int = 3
    time: int = 8
    source: int = 11
    destination: int = 11
    protocol: int = 5
    length: int = 3
    info: int = 0
    gap: int = 1
    """Cells before time and addresses, and before Protocol."""

    def at_least(self, other: Columns) -> Columns:
        """Wide enough for both."""
        return Columns(
            max(self.number, other.number), max(self.time, other.time), max(self.source, other.source),
            max(self.destination, other.destination), max(self.protocol, other.protocol),
            max(self.length, other.length), max(self.info, other.info), max(self.gap, other.gap),
        )  # fmt: skip


def fit(wanted: Columns, width: int) -> Columns:
    """Lay `wanted` out on `width` cells (gutter and marker included).

    Addresses give way first, down to a dotted IPv4 address; then Length, Time, Destination and Source are left out
    until Info has its floor. No. and Protocol always stay.
    """
    gap = 2 if width >= WIDE else 1
    wanted = replace(wanted, protocol=min(wanted.protocol, 14), time=min(wanted.time, 32), info=0, gap=gap)
    floor = max(INFO_FLOOR, int(width * INFO_SHARE)) if width >= 100 else INFO_FLOOR
    spare = width - GUTTER - MARKER - _taken(wanted) - floor
    if spare < 0:
        wanted = _squeeze(wanted, -spare)
    # A time format wider than usual was asked for: it stays longest.
    order = ("length", "destination", "source", "time") if wanted.time > 15 else _ORDER
    for name in order:
        if width - GUTTER - MARKER - _taken(wanted) >= INFO_FLOOR:
            break
        wanted = replace(wanted, **{name: 0})
    return replace(wanted, info=max(0, width - GUTTER - MARKER - _taken(wanted)))


def _taken(columns: Columns) -> int:
    middle = [cells for cells in (columns.time, columns.source, columns.destination) if cells]
    end = [cells for cells in (columns.protocol, columns.length) if cells]
    gaps = (len(middle) + 1) * columns.gap + len(end)
    return columns.number + sum(middle) + sum(end) + gaps


def _squeeze(columns: Columns, excess: int) -> Columns:
    source, destination = columns.source, columns.destination
    while excess > 0 and max(source, destination) > ADDRESS_FLOOR:
        if source >= destination:
            source -= 1
        else:
            destination -= 1
        excess -= 1
    return replace(columns, source=source, destination=destination)
