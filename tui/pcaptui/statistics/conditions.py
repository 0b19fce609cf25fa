"""Display filters of a statistic's rows."""

from __future__ import annotations

from ..filters.seen import quoted

LONGEST = 200
"""Characters of a text that stand in a filter; of a longer one its beginning does."""


def equals(field: str, text: str) -> str:
    """Packets whose field has this text."""
    return f"{field} {'==' if len(text) <= LONGEST else 'contains'} {quoted(text)}"


def of_address(text: str, end: str = "addr") -> str:
    """Packets from or to an IP address, as text; `end` may be src or dst."""
    return f"{'ipv6' if ':' in text else 'ip'}.{end} == {text}" if text else ""


def both(*conditions: str) -> str:
    """All of the conditions, those left out that are empty."""
    return " and ".join(condition for condition in conditions if condition)
