"""The protocols of each packet, outermost first, at the cost of a look for most of them.

A tree tells them exactly, but takes a millisecond; a row a tenth of that. So packets of one kind are told apart by what
is cheap to know (columns; the stream's dissector; the row's protocol and first words), trees are built for the first of
each kind, and as soon as some in a row say the same, that is taken for the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..dissect.rows import Rows
from ..dissect.scan import SEGMENT
from ..dissect.segments import RST
from ..fields.tree import dissect
from ..loader.table import Layer
from ..protocols.http import PORTS
from ..protocols.packet import AppRow
from ..surroundings import Surroundings
from ..tracker.flags import Flag, payload_left_alone
from .http_kinds import http_kinds
from .layering import Chain, layered
from .view import View

SAMPLES, FEW = 24, 4
"""Trees of one kind that must agree: in a capture that has up to `MANY` packets to look at, and in a larger one."""
MANY = 20_000
TREES = 4_000
"""Trees that are built in all; then kinds whose packets differ go by what most of theirs said."""
KINDS = 20_000
_TCP, _ARP = 6, 0x0806
_SIGNATURE = ("interface", "network", "transport", "ethertype", "ip_protocol", "layers")
_LOOKED_AT = 80
_BROKEN = 8
"""Letters of the remark behind a packet that is malformed or cut."""
_DIGITS = re.compile(r"\d+")
_FIRST = re.compile(r"[A-Za-z][A-Za-z/]{0,15}[\d.]{0,4}:?")
_WORD = re.compile(r"(?:[A-Za-z]+|\d{3})(?=[ ,:]|$)")
_TAIL = re.compile(r"\(([^()]{1,60})\)\s*$")
_STEP = 256


@dataclass(slots=True)
class _Kind:
    """What trees of packets of one kind said."""

    said: Counter[Chain] = field(default_factory=Counter)

    def settled(self, samples: int, spent: bool) -> Chain | None:
        if not self.said:
            return None
        if spent or (len(self.said) == 1 and next(iter(self.said.values())) >= samples):
            return self.said.most_common(1)[0][0]
        return None


class Chains:
    """Goes through the packets of one view; `totals` are packets and bytes of each chain."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.totals: dict[Chain, list[int]] = {}
        self._rows = Rows(view.capture)
        self._around = Surroundings(view.capture, self._rows)
        self._kinds: dict[Hashable, _Kind] = {}
        self._bases: dict[int, Chain] = {}
        self._trees = 0
        self._supposed = 0
        self._samples = SAMPLES
        self._done = 0

    def count(self) -> dict[Chain, tuple[int, int]]:
        """Packets and bytes of each chain of protocols. Tells its progress; raises Stopped."""
        view = self.view
        tcp, arp = self._masks()
        loaded = tcp & (view.column("payload_length") > 0)
        if np.count_nonzero(loaded | ~(tcp | arp)) > MANY:
            self._samples = FEW
        classes = self._classes(tcp | arp)
        plain = (tcp | arp) & ~loaded
        self._plain(classes, plain)
        self._segments(classes, loaded & ~self._http(classes, loaded))
        self._others(np.flatnonzero(~(tcp | arp)))
        return {chain: (packets, size) for chain, (packets, size) in self.totals.items()}

    def notes(self) -> list[str]:
        """What is to be known of the numbers that `count` answered."""
        if not self._supposed:
            return []
        return [
            f"{self._supposed:,} packets were not taken apart: the first {self._samples} of those that look alike "
            "tell what is in them"
        ]

    def _masks(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        view = self.view
        layers = view.column("layers")
        odd = int(Layer.QUOTED | Layer.TCP_CUT | Layer.CUT | Layer.FRAGMENT | Layer.ASSEMBLED | Layer.SCAPY)
        plain = layers & np.uint16(odd) == 0
        tcp = (view.column("ip_protocol") == _TCP) & (view.column("stream") >= 0) & plain
        arp = (view.column("ethertype") == _ARP) & (view.column("ip_protocol") == 255) & plain
        return tcp, arp

    def _classes(self, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """A number for each packet that counts: the same for those whose headers lie alike; -1 for those not chosen."""
        classes = np.full(len(self.view), -1, np.int64)
        key = np.zeros(int(chosen.sum()), np.int64)
        for name in _SIGNATURE:
            column = self.view.column(name)[chosen].astype(np.int64)
            if name == "layers":
                column &= ~int(Layer.OPTIONS | Layer.UNTIMED)
            key = np.unique(key << 16 | column, return_inverse=True)[1].astype(np.int64)
        classes[chosen] = key
        return classes

    def _plain(self, classes: NDArray[np.int64], plain: NDArray[np.bool_]) -> None:
        """Whole classes at once."""
        numbers = classes[plain]
        if not len(numbers):
            return
        counts = np.bincount(numbers)
        sizes = np.bincount(numbers, self.view.column("length")[plain])
        packets = self.view.packets[plain]
        _, firsts = np.unique(numbers, return_index=True)
        for first in firsts.tolist():
            number = int(numbers[first])
            chain = self._tree(int(packets[first]))
            self._add(chain, int(counts[number]), int(sizes[number]))
        self._tell(len(numbers))

    def _http(self, classes: NDArray[np.int64], loaded: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Counts segments of HTTP whose messages are clear without a look at rows; which they are."""
        known = http_kinds(self.view, loaded)
        sizes, numbers = self.view.column("length"), classes[known.plain]
        for number, first in zip(*np.unique(numbers, return_index=True), strict=True):
            mine = known.plain & (classes == number)
            base = self._base(int(number), int(self.view.packets[known.plain][first]))
            self._add(base, int(mine.sum()), int(sizes[mine].sum(dtype=np.int64)))
        places = np.array(sorted(known.whole), np.int64)
        for place in self._steadily(places):
            packet = int(self.view.packets[place])
            base = self._base(int(classes[place]), packet)
            self._add(base + self._asked(("http", known.whole[int(place)]), packet, _behind_tcp), 1, int(sizes[place]))
        self._tell(len(numbers))
        found: NDArray[np.bool_] = known.plain.copy()
        found[places] = True
        return found

    def _base(self, number: int, packet: int) -> Chain:
        """The layers up to TCP of a class of packets, of which this is one."""
        base = self._bases.get(number)
        if base is None:
            base = self._bases[number] = _up_to_tcp(self._tree(packet))
        return base

    def _segments(self, classes: NDArray[np.int64], loaded: NDArray[np.bool_]) -> None:
        """TCP segments with payload, stream after stream, so that each is dissected once."""
        view = self.view
        streams, analysis, flags, lengths = (
            view.column(name) for name in ("stream", "analysis", "tcp_flags", "length")
        )
        places = np.flatnonzero(loaded)
        places = places[np.argsort(streams[places], kind="stable")]
        waiting = np.isin(view.column("source_port"), PORTS) | np.isin(view.column("destination_port"), PORTS)
        for place in self._steadily(places):
            packet = int(view.packets[place])
            base = self._base(int(classes[place]), packet)
            row = self._rows.streams.app_row(int(streams[place]), packet)
            if row is None:
                # A stream of HTTP's ports whose beginning is missing waits for one, in tshark as here.
                bits = int(analysis[place])
                shown = bool(bits & Flag.keep_alive) or not (waiting[place] or payload_left_alone(bits))
                shown = shown and not int(flags[place]) & RST
                chain = (*base, "data") if shown and view.capture.payload(packet) else base
            elif row.protocol in (None, "TCP") and (row.suffix or row.info or "").endswith(SEGMENT):
                chain = base  # a piece of a message that another segment completes
            else:
                chain = base + self._asked(_app_key(row), packet, _behind_tcp)
            self._add(chain, 1, int(lengths[place]))

    def _others(self, places: NDArray[np.int64]) -> None:
        """Whatever is no TCP segment, by its row."""
        for place in self._steadily(places):
            packet = int(self.view.packets[place])
            row = self._rows.row(packet)
            chain = self._asked((row.layers, row.protocol, _words(row.info)), packet, tuple)
            self._add(chain, 1, row.length)

    def _steadily(self, places: NDArray[np.int64]) -> Iterator[int]:
        for start in range(0, len(places), _STEP):
            part = places[start : start + _STEP].tolist()
            yield from part
            self._tell(len(part))

    def _tell(self, more: int) -> None:
        self._done += more
        self.view.go_on(self._done / max(len(self.view), 1))

    def _add(self, chain: Chain, packets: int, size: int) -> None:
        total = self.totals.setdefault(chain, [0, 0])
        total[0] += packets
        total[1] += size

    def _asked(self, key: Hashable, packet: int, part: Callable[[Chain], Chain]) -> Chain:
        """What the packets of a kind have (that part of the chain), by a tree of this one if that is not clear yet."""
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key if len(self._kinds) < KINDS else ()] = _Kind()
        chain = kind.settled(self._samples, self._trees >= TREES)
        if chain is not None:
            self._supposed += 1
        else:
            chain = part(self._tree(packet))
            kind.said[chain] += 1
        return chain

    def _tree(self, packet: int) -> Chain:
        self._trees += 1
        row = self._rows.row(packet)
        return layered(dissect(self._around.context(packet)).nodes, row.layers, row.info)


def _tcp_end(chain: Chain) -> int:
    return len(chain) - chain[::-1].index("tcp") if "tcp" in chain else len(chain)


def _up_to_tcp(chain: Chain) -> Chain:
    return chain[: _tcp_end(chain)]


def _behind_tcp(chain: Chain) -> Chain:
    return chain[_tcp_end(chain) :] if "tcp" in chain else chain


def _app_key(row: AppRow) -> Hashable:
    return row.layers, row.protocol, row.suffix != "", _words(row.info or "")


def _words(info: str) -> tuple[str, ...]:
    """What tells rows of one protocol apart: the first two words if they are no names or numbers, the last brackets."""
    first, _, rest = info[:_LOOKED_AT].partition(" ")
    second = _WORD.match(rest)
    tail = _TAIL.search(info[-_LOOKED_AT:])
    return (
        _DIGITS.sub("0", first) if _FIRST.fullmatch(first) else "",
        second[0] if second else "",
        _DIGITS.sub("0", tail[1]) if tail else "",
        info[-_BROKEN:] if info.endswith("]") else "",
    )
