"""ICMP errors: who reports what about which packet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from ..exchanges.quoted import errors
from ..exchanges.tie import words
from ..loader.addresses import address_text
from ..loader.table import NONE16, Layer
from .case import LOOKED_AT, Case

HEAD = 8
"""Bytes of an ICMP error in front of the quoted packet."""


@dataclass(slots=True)
class Report:
    """One error. reporter: who sent it; source, destination, protocol, ports: of the quoted packet; quoted: that
    packet's index, -1 where it is not in the capture; gateway: what a redirect tells to use."""

    index: int
    six: bool
    kind: int
    code: int
    reporter: str
    source: str
    destination: str
    protocol: int
    source_port: int
    destination_port: int
    quoted: int
    gateway: str

    @property
    def expired(self) -> bool:
        """Time (TTL, hop limit) exceeded in transit (RFC 792, RFC 4443 section 3.3)."""
        return self.kind == (3 if self.six else 11) and self.code == 0

    @property
    def unreachable(self) -> bool:
        return self.kind == (1 if self.six else 3)


class IcmpView:
    """All errors of a capture, at most LOOKED_AT, and what traceroutes need besides."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.reports = self._read()

    def _read(self) -> list[Report]:
        case, table = self.case, self.case.table
        packets = np.flatnonzero(table["layers"][: case.count] & np.uint16(Layer.QUOTED) != 0)
        packets = packets[(table["network"][packets] != NONE16) & (table["network"][packets] >= HEAD + 20)]
        packets = packets[table["source"][packets] >= 0][:LOOKED_AT].astype(np.int64)
        if not len(packets):
            return []
        start = table["network"][packets].astype(np.int64) - HEAD
        head = case.capture.gather(packets, start, HEAD + 1)
        six = head[:, HEAD] >> 4 == 6
        before = np.where(six, 40, 20)
        outer = case.capture.gather(packets, np.maximum(start - before, 0), 40)
        usual = np.where(six, (outer[:, 0] >> 4 == 6) & (outer[:, 6] == 58), (outer[:, 0] == 0x45) & (outer[:, 9] == 1))
        quoted = dict(zip(*(part.tolist() for part in errors(case.capture)), strict=True))
        found = []
        names = ("ip_protocol", "source_port", "destination_port", "source", "destination")
        columns = [table[name][packets].tolist() for name in names]
        text = case.capture.addresses.text
        for place, (index, protocol, sport, dport, source, destination) in enumerate(
            zip(packets.tolist(), *columns, strict=True)
        ):
            raw, version6 = outer[place].tobytes(), bool(six[place])
            if usual[place]:
                reporter = address_text(raw[8:24] if version6 else raw[12:16])
            else:
                case.go_on()
                reporter = case.rows.row(index).source
            found.append(Report(
                index, version6, int(head[place, 0]), int(head[place, 1]), reporter, text(source),
                text(destination), protocol, sport, dport, quoted.get(index, -1),
                address_text(head[place, 4:8].tobytes()),
            ))  # fmt: skip
        return found

    @cached_property
    def lives(self) -> dict[int, int]:
        """Quoted packets and the TTL (hop limit) that they were sent with, where they were captured."""
        packets = sorted({one.quoted for one in self.reports if one.quoted >= 0})
        return dict(zip(packets, hop_limits(self.case, packets), strict=True))

    @cached_property
    def traced(self) -> dict[tuple[str, str], list[Report]]:
        """(source, destination) → the reports of its traceroute: packets that expired, on purpose, on several routers
        or with several small TTLs."""
        pairs: dict[tuple[str, str], list[Report]] = {}
        for one in self.reports:
            if one.expired:
                pairs.setdefault((one.source, one.destination), []).append(one)
        return {pair: mine for pair, mine in pairs.items() if self._traces(mine)}

    def _traces(self, mine: list[Report]) -> bool:
        lives = {self.lives[one.quoted] for one in mine if one.quoted >= 0}
        if lives:
            return min(lives) <= 32 and (len(lives) > 1 or max(lives) <= 3)
        return len({one.reporter for one in mine}) > 2


def hop_limits(case: Case, packets: list[int]) -> list[int]:
    """TTL or hop limit of packets, 0 where it was not captured."""
    indexes = np.array(packets, np.int64)
    network = case.table["network"][indexes]
    head = case.capture.gather(indexes, np.where(network == NONE16, 0, network).astype(np.int64), 9)
    found = np.where(head[:, 0] >> 4 == 6, words(head, 7, 1), words(head, 8, 1))
    return [int(one) for one in np.where(network == NONE16, 0, found)]


_views: WeakKeyDictionary[Case, IcmpView] = WeakKeyDictionary()


def icmp_view(case: Case) -> IcmpView:
    """The capture's ICMP errors, read once a case."""
    found = _views.get(case)
    if found is None:
        found = _views[case] = IcmpView(case)
    return found
