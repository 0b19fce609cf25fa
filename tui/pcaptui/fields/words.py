"""How values are written in the tree: numbers, bits, times, as tshark 4.0 words them (found by experiment)."""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Mapping

from ..protocols.text import escape

DEC, HEX, DEC_HEX, HEX_DEC = "d", "x", "dx", "xd"
Names = Mapping[int, str] | Callable[[int], str | None]
LONGEST = 240
BILLION = 1_000_000_000


def name_of(names: Names, value: int) -> str | None:
    """The word for a value, None where there is none."""
    return names(value) if callable(names) else names.get(value)


def number(value: int, form: str, digits: int) -> str:
    """`digits` are those of the hexadecimal form."""
    if form == DEC:
        return str(value)
    if form == HEX:
        return f"0x{value:0{digits}x}"
    if form == DEC_HEX:
        return f"{value} (0x{value:0{digits}x})"
    return f"0x{value:0{digits}x} ({value})"


def named(value: int, form: str, digits: int, names: Names | None, unknown: str = "Unknown") -> str:
    """A value with its word in front: 'TCP (6)', 'IPv4 (0x0800)', or the number alone where there are no words."""
    if names is None:
        return number(value, form, digits)
    word = name_of(names, value)
    return f"{unknown if word is None else word} ({number(value, form[0], digits)})"


def bit_pattern(value: int, mask: int, width: int) -> str:
    """The bits under a mask, groups of four: '...1 ....'; `width` bits in all."""
    text = "".join("." if not mask >> bit & 1 else "1" if value >> bit & 1 else "0" for bit in range(width - 1, -1, -1))
    head = width % 4
    groups = ([text[:head]] if head else []) + [text[i : i + 4] for i in range(head, width, 4)]
    return " ".join(groups)


def shift_of(mask: int) -> int:
    """Bits below the lowest one of a mask."""
    return (mask & -mask).bit_length() - 1 if mask else 0


def seconds(nanoseconds: int) -> str:
    """'0.007426000 seconds'."""
    sign, nanoseconds = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    return f"{sign}{nanoseconds // BILLION}.{nanoseconds % BILLION:09d} seconds"


def moment(nanoseconds: int, digits: int = 9, utc: bool = False) -> str:
    """'Nov  7, 2019 10:09:07.879029000 UTC', in the local time zone."""
    whole, part = divmod(nanoseconds, BILLION)
    try:
        at = clock.gmtime(whole) if utc else clock.localtime(whole)
    except (OverflowError, ValueError, OSError):
        return f"{whole}.{part:09d}"
    zone = "UTC" if utc else at.tm_zone
    fraction = f".{part:09d}"[: digits + 1] if digits else ""
    return f"{clock.strftime('%b', at)} {at.tm_mday:2d}, {at.tm_year} {clock.strftime('%H:%M:%S', at)}{fraction} {zone}"


def plain(label: str, name: int = 0) -> str:
    """A label fit for a line: no control characters, cut as tshark cuts: 240 bytes and more (UTF-8, written out) become
    238, the mark among them. `name` is the length of the field's name, behind which the mark stands."""
    text = escape(label if len(label) <= 4 * LONGEST else label[: 4 * LONGEST] + "…")
    if len(text) * 4 < LONGEST or len(text.encode("utf-8", "replace")) < LONGEST:
        return text
    if text.startswith("[") and text.endswith(("]", "…")):
        return f"[{_cut(text[1:].removesuffix(']'), name)}]"
    return _cut(text, name)


def clipped(label: str) -> str:
    """A label that words were added to: at most 239 bytes, no mark."""
    text = escape(label[: 4 * LONGEST])
    return text if len(text) * 4 < LONGEST else text.encode("utf-8", "replace")[: LONGEST - 1].decode("utf-8", "ignore")


def _cut(text: str, name: int) -> str:
    mark = " [truncated]"
    room = LONGEST - 2 - len(mark)
    kept = text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
    return kept[:name] + mark + kept[name:]


def plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def lasting(value: int) -> str:
    """A number of seconds in words: '1 day, 1 hour, 30 minutes'."""
    parts = (value // 86400, "day"), (value // 3600 % 24, "hour"), (value // 60 % 60, "minute"), (value % 60, "second")
    return ", ".join(plural(count, word) for count, word in parts if count) or "0 seconds"


def cut_hex(raw: bytes, shown: int = 36) -> str:
    """The first bytes in hexadecimal, with a mark where there are more."""
    return raw[:shown].hex() + ("…" if len(raw) > shown else "")
