"""One finding for all that are too many to tell one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .finding import Finding, Severity, finding
from .words import count


def and_more(rule: str, severity: Severity, noun: str, packets: Sequence[int], number: int = 0) -> Iterator[Finding]:
    """'... and 12 more like these': nothing where there are no `packets`; `number` where it is not one packet each."""
    if packets:
        many = number or len(packets)
        yield finding(
            rule, severity, f"... and {count(many, noun)} more of this kind",
            f"{count(many, noun)} beside those that are told of one by one.", packets,
        )  # fmt: skip
