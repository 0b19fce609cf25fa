"""The protocols of each packet, outermost first, at the cost of a look for most of them.

A tree tells them exactly, but takes a millisecond; a row a tenth of that. So packets of one kind are told apart by what
is cheap to know (columns; the stream's dissector; the row's protocol and first words), trees are built for the first of
each kind, and as soon as some in a row say the same, that is taken for the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
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
from .view import View

Chain = tuple[str, ...]
SAMPLES, FEW = 24, 4
"""Trees of one kind that must agree: in a capture that has up to `MANY` packets to look at, and in a larger one."""
MANY = 20_000
TREES = 4_000
"""Trees that are built in all; then kinds whose packets differ go by what most of theirs said."""
KINDS = 20_000
_TCP, _ARP = 6, 0x0806
_SIGNATURE = ("interface", "network", "transport", "ethertype", "ip_protocol", "layers")
_LOOKED_AT = 80
_DIGITS = re.compile(r"\d+")
_FIRST = re.compile(r"[A-Za-z][A-Za-z/]{0,15}[\d.]{0,4}:?")
_WORD = re.compile(r"(?:[A-Za-z]+|\d{3})(?=[ ,:]|$)")
_TAIL = re.compile(r"\(([^()]{1,60})\)\s*$")
_TRANSPORTS = frozenset(("tcp", "udp", "sctp", "dccp"))
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
        self._trees = 0
        self._samples = SAMPLES
        self._lengths = view.capture.table["length"]
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
        self._segments(classes, loaded)
        self._others(np.flatnonzero(~(tcp | arp)))
        return {chain: (packets, size) for chain, (packets, size) in self.totals.items()}

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

    def _segments(self, classes: NDArray[np.int64], loaded: NDArray[np.bool_]) -> None:
        """TCP segments with payload, stream after stream, so that each is dissected once."""
        view = self.view
        streams, analysis, flags = (view.column(name) for name in ("stream", "analysis", "tcp_flags"))
        places = np.flatnonzero(loaded)
        places = places[np.argsort(streams[places], kind="stable")]
        waiting = np.isin(view.column("source_port"), PORTS) | np.isin(view.column("destination_port"), PORTS)
        bases: dict[int, Chain] = {}
        for place in self._steadily(places):
            packet = int(view.packets[place])
            number = int(classes[place])
            base = bases.get(number)
            if base is None:
                base = bases[number] = _up_to_tcp(self._tree(packet))
            row = self._rows.streams.app_row(int(streams[place]), packet)
            if row is None:
                # A stream of HTTP's ports whose beginning is missing waits for one, in tshark as here.
                bits = int(analysis[place])
                shown = bool(bits & Flag.keep_alive) or not (waiting[place] or payload_left_alone(bits))
                shown = shown and not int(flags[place]) & RST
                chain = (*base, "data") if shown and view.capture.payload(packet) else base
            elif row.protocol in (None, "TCP") and (row.suffix or (row.info or "")).endswith(SEGMENT):
                chain = base  # a piece of a message that another segment completes
            else:
                chain = base + self._asked(_app_key(row), packet, row.layers, _behind_tcp)
            self._add(chain, 1, int(self._lengths[packet]))

    def _others(self, places: NDArray[np.int64]) -> None:
        """Whatever is no TCP segment, by its row."""
        for place in self._steadily(places):
            packet = int(self.view.packets[place])
            row = self._rows.row(packet)
            chain = self._asked((row.layers, row.protocol, _words(row.info)), packet, row.layers, tuple)
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

    def _asked(self, key: Hashable, packet: int, layers: Chain, part: Callable[[Chain], Chain]) -> Chain:
        """What the packets of a kind have (that part of the chain), by a tree of this one if that is not clear yet.

        `layers` are those that the row names; they count where the last of them has no tree.
        """
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key if len(self._kinds) < KINDS else ()] = _Kind()
        chain = kind.settled(self._samples, self._trees >= TREES)
        if chain is None:
            chain = part(self._tree(packet))
            if layers and layers[-1] not in chain:
                chain = part(_chain(layers))
            kind.said[chain] += 1
        return chain

    def _tree(self, packet: int) -> Chain:
        self._trees += 1
        nodes = dissect(self._around.context(packet)).nodes
        return _chain([node.field for node in nodes])


def _chain(fields: Sequence[str]) -> Chain:
    """The layers of a tree: no frame, no lines that are not a protocol's; an application's messages in one packet are
    one layer."""
    found: list[str] = []
    upper = False
    for name in fields:
        if name in ("", "frame", "pkt_comment") or ("." in name and not name.startswith("_ws.")):
            continue
        if not (upper and found and found[-1] == name):
            found.append(name)
        upper = upper or name in _TRANSPORTS
    return tuple(found)


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
    )
