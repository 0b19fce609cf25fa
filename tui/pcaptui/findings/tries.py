"""Sendings of the same thing: when they came, and whether the sender waited longer each time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .case import Case
from .words import duration, listed


def waits(case: Case, packets: Sequence[int]) -> list[float]:
    """s from each packet to the next."""
    return [case.between(one, other) for one, other in pairwise(packets)]


def backs_off(gaps: Sequence[float]) -> bool:
    """Whether each wait is about twice the one before, as RFC 6298 section 5.5 asks of the retransmission timer. The
    first may be anything, for it rests on the round trips measured before."""
    ratios = [later / sooner for sooner, later in pairwise(gaps) if sooner > 0]
    doubled = sum(1 for ratio in ratios if 1.6 <= ratio <= 3.1)
    return len(gaps) >= 2 and bool(ratios) and doubled >= 0.75 * len(ratios)


def told(gaps: Sequence[float]) -> str:
    """'at 206 ms and 600 ms after the one before: the RTO doubles'."""
    if not gaps:
        return ""
    more = ": the retransmission timeout (RTO) doubles" if backs_off(gaps) else ""
    return f"{listed([duration(gap) for gap in gaps], 10)} after the one before{more}"
