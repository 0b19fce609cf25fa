"""ICMP errors: who reports what about which packet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..exchanges.quoted import errors
from ..exchanges.tie import words
from ..loader.addresses import address_text
from ..loader.table import NONE16, Layer
from ..tracker.lifecycle import State
from .case import LOOKED_AT, Case, Known

REASONS = {
    0: "network unreachable", 1: "host unreachable", 2: "protocol unreachable", 3: "port unreachable",
    5: "source route failed", 6: "network unknown", 7: "host unknown", 9: "network prohibited", 10: "host prohibited",
    11: "network unreachable for this type of service", 12: "host unreachable for this type of service",
    13: "filtered", 14: "precedence violation", 15: "precedence cut off",
}  # fmt: skip
"""RFC 792, 1122 and 1812; for IPv6 RFC 4443 section 3.1."""
REASONS6 = {0: "no route", 1: "prohibited", 2: "beyond the scope of the source", 3: "address unreachable",
            4: "port unreachable", 5: "source address refused", 6: "route rejected"}  # fmt: skip
MOST = 30
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

    @property
    def reason(self) -> str:
        """Why something is unreachable."""
        return (REASONS6 if self.six else REASONS).get(self.code, f"unreachable, code {self.code}")


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
                row = case.rows.row(index)
                if version6 and row.info.startswith("Redirect"):
                    continue  # neighbour discovery's: what it quotes stands in an option
                reporter = row.source
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

    @cached_property
    def explained(self) -> NDArray[np.bool_]:
        """TCP conversations (n) that nobody answers, and an error between the same client and server says why."""
        case, view = self.case, self.case.tcp_view
        found = np.zeros(len(case.tcp), bool)
        index = case.capture.addresses.find
        for source, destination in {(one.source, one.destination) for one in self._told()}:
            found |= (view.ends.client == index(source)) & (view.ends.server == index(destination))
        found &= (case.tcp.state == State.unanswered) & ~view.scanning
        return found

    def _told(self) -> list[Report]:
        """Errors that say that a TCP connection cannot come about, of at most MOST pairs of hosts."""
        mine = [one for one in self.reports if one.unreachable and one.protocol == 6 and (one.six or one.code != 4)]
        mine = [one for one in mine if (one.source, one.destination) not in self.traced]
        pairs = list(dict.fromkeys((one.source, one.destination) for one in mine))[:MOST]
        return [one for one in mine if (one.source, one.destination) in pairs]

    def attempts(self, reports: list[Report]) -> int:
        """SYNs of unanswered conversations that some errors quote."""
        case = self.case
        if not self.explained.any():
            return 0
        streams = {int(case.table["stream"][one.quoted]) for one in reports if one.quoted >= 0 and one.protocol == 6}
        places = np.searchsorted(case.tcp_numbers, sorted(streams))
        places = places[places < len(case.tcp)]
        return int(case.tcp.attempts[places[self.explained[places]]].sum())

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


_views: Known[IcmpView] = Known()


def icmp_view(case: Case) -> IcmpView:
    """The capture's ICMP errors, read once a case."""
    found = _views.get(case)
    if found is None:
        found = _views[case] = IcmpView(case)
    return found
