"""TCP conversations as columns: who talks to whom, in groups, and which of them belong to a scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..tracker.arrays import once_each, run_starts
from ..tracker.lifecycle import ACK, RST, SYN, State

if TYPE_CHECKING:
    from .case import Case
    from .probes import Probing
    from .silence import Silences

Places = NDArray[np.int64]
Bools = NDArray[np.bool_]
BILLION = 1_000_000_000
MOST = 50
"""Findings that a rule makes one by one; those beyond are summed up in one."""
PACKETS_EACH = 40
"""Packets of one conversation that a finding names where it is about several."""


@dataclass(slots=True)
class Ends:
    """Of n conversations: indexes of the addresses (int64, as AddressTable has them), and the ports (int64)."""

    client: Places
    client_port: Places
    server: Places
    server_port: Places


class Groups:
    """Rows of columns that are equal, as groups in the order of their first row."""

    def __init__(self, *columns: NDArray[Any]) -> None:
        """`columns`: of equal length, integers that are not negative and below 2**31."""
        key, width = columns[0].astype(np.int64), 31
        for column in columns[1:]:
            bits = int(column.max()).bit_length() if len(column) else 0
            if width + bits > 62:
                key, width = np.unique(key, return_inverse=True)[1].astype(np.int64), 31
            key, width = (key << bits) | column.astype(np.int64), width + bits
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(run_starts(key[order])) if len(order) else np.zeros(0, np.int64)
        ends = np.append(starts[1:], len(order))
        rank = np.argsort(order[starts], kind="stable") if len(order) else starts
        self._order, self._starts, self._ends = order, starts[rank], ends[rank]
        self.first: Places = order[self._starts]
        self.sizes: Places = self._ends - self._starts
        self.of = np.zeros(len(order), np.int64)
        """The group of every row."""
        self.of[order] = np.repeat(np.argsort(rank, kind="stable"), np.diff(np.append(starts, len(order))))

    def __len__(self) -> int:
        return len(self.first)

    def rows(self, group: int) -> Places:
        """The rows of one group, ascending."""
        return self._order[self._starts[group] : self._ends[group]]

    def total(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """The sum over each group's rows."""
        return np.bincount(self.of, values.astype(np.float64), minlength=len(self)).astype(np.float64)

    def distinct(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """How many different values (not negative, below 2**32) each group's rows have."""
        pairs = once_each((self.of << 32) | values.astype(np.int64))
        return np.bincount(pairs >> 32, minlength=len(self)).astype(np.int64)

    def largest(self, weights: NDArray[Any] | None = None, most: int = MOST) -> tuple[list[int], Places]:
        """The groups that weigh most (else: have most rows), in the order of their first row; and all the others."""
        weights = self.sizes if weights is None else weights
        order = np.argsort(-weights, kind="stable")
        return sorted(order[:most].tolist()), np.sort(order[most:])


class TcpView:
    """What several rules ask of all TCP conversations; `places` count in `case.tcp` and `case.tcp_numbers`."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.probings: list[Probing] | None = None
        """What probes.probings has found, None before it was asked."""
        self.silences: Silences | None = None
        """What silence.silences has found, None before it was asked."""

    @cached_property
    def ends(self) -> Ends:
        lives, table = self.case.tcp, self.case.table
        first = lives.first
        forward = table["direction"][first] == lives.client
        columns = [table[name][first].astype(np.int64) for name in ("source", "source_port", "destination",
                                                                   "destination_port")]  # fmt: skip
        here, here_port, there, there_port = columns
        return Ends(np.where(forward, here, there), np.where(forward, here_port, there_port),
                    np.where(forward, there, here), np.where(forward, there_port, here_port))  # fmt: skip

    @cached_property
    def _by_server(self) -> Places:
        """server << 32 | place of all conversations with addresses, ascending."""
        return _sorted_keys(self.ends.server)

    @cached_property
    def _by_client(self) -> Places:
        return _sorted_keys(self.ends.client)

    def of_server(self, address: int) -> Places:
        """The places of all conversations with a server, ascending."""
        return _with(self._by_server, address)

    def of_client(self, address: int) -> Places:
        """The places of all conversations of a client, ascending."""
        return _with(self._by_client, address)

    @cached_property
    def askers(self) -> Places:
        """Addresses that sent anything to port 53, ascending."""
        table, count = self.case.table, self.case.count
        return once_each(table["source"][:count][table["destination_port"][:count] == 53]).astype(np.int64)

    @cached_property
    def told(self) -> Places:
        """Addresses that got anything from port 53, ascending."""
        table, count = self.case.table, self.case.count
        return once_each(table["destination"][:count][table["source_port"][:count] == 53]).astype(np.int64)

    @cached_property
    def scanning(self) -> Bools:
        """Conversations that are part of a scan or a flood (see scans.py): no other rule tells of each of them."""
        from .probes import claimed  # probes builds on this view

        return claimed(self)

    @cached_property
    def payload(self) -> Places:
        """Bytes of payload in both directions (n)."""
        both = self.case.tcp.payload
        return both[:, 0] + both[:, 1]

    @cached_property
    def one_way(self) -> Bools:
        """Conversations of which only the client's packets were captured: it acknowledges what is not here."""
        case, lives = self.case, self.case.tcp
        found = np.zeros(len(lives), bool)
        mask = (lives.state == State.unanswered) & (lives.packets > lives.attempts)
        if mask.any():
            packets, places = self.members(mask)
            found[places[case.table["tcp_flags"][packets] & (ACK | RST | SYN) == ACK]] = True
        return found

    @cached_property
    def last_time(self) -> int:
        """ns: when the capture ends."""
        return int(self.case.table["time"][: self.case.count].max())

    def address(self, index: int) -> str:
        return self.case.capture.addresses.text(index) if index >= 0 else "?"

    def client(self, place: int) -> str:
        return self.address(int(self.ends.client[place]))

    def server(self, place: int) -> str:
        return self.address(int(self.ends.server[place]))

    def port(self, place: int) -> int:
        return int(self.ends.server_port[place])

    def at(self, place: int) -> str:
        """'10.0.0.1:80', the server's."""
        return endpoint(self.server(place), self.port(place))

    def side(self, place: int, client: bool) -> str:
        """An endpoint of a conversation."""
        ends = self.ends
        if client:
            return endpoint(self.client(place), int(ends.client_port[place]))
        return self.at(place)

    def label(self, places: Sequence[int] | Places) -> str | None:
        """The stream's label, where it is one."""
        return f"tcp:{int(self.case.tcp_numbers[places[0]])}" if len(places) == 1 else None

    def packets(self, place: int) -> Places:
        """Indexes of a conversation's packets."""
        return self.case.packets("tcp", int(self.case.tcp_numbers[place]))

    def evidence(self, places: Places) -> list[int]:
        """Packets of some conversations: a few of each, or of many their first ones."""
        if len(places) > 100:
            return [int(i) for i in np.sort(self.case.tcp.first[places])]
        return [int(i) for place in places.tolist() for i in self.packets(place)[:PACKETS_EACH]]

    def members(self, mask: Bools) -> tuple[Places, Places]:
        """All packets of the conversations in `mask` (n), one conversation's together and in order: (packet, place)."""
        return self.case.conversations.packets_of("tcp", mask)


def _sorted_keys(addresses: Places) -> Places:
    keys: Places = addresses << 32 | np.arange(len(addresses))
    keys.sort()
    return keys


def _with(keys: Places, address: int) -> Places:
    begin, end = np.searchsorted(keys, [address << 32, (address + 1) << 32])
    return keys[begin:end] & 0xFFFFFFFF


def endpoint(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
