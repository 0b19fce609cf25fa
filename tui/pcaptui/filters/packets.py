"""The fields of one packet after the other, for tests that columns cannot answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ..capture import Capture
from .block import BASES, Block
from .columns import COLUMN_FIELDS, WHOLE
from .types import Type
from .values import Found

Occurrences = Mapping[str, Sequence[Found]]


class FieldSource(Protocol):
    """Where fields come from that stand in packets' bytes."""

    def fields(self, index: int, names: frozenset[str]) -> Occurrences:
        """All occurrences of the named fields in packet `index` (from 0); what is not there may be left out."""

    def layers(self, index: int) -> Sequence[str]:
        """The protocols of packet `index`, as far as its row names them; not those of TREES_ONLY."""


TREES_ONLY = frozenset(
    "data data-text-lines media json xml urlencoded-form mime_multipart png image-gif image-jfif x509sat x509ce "
    "pkix1explicit _ws.malformed _ws.short _ws.expert _ws.unreassembled eth ip ipv6 tcp udp vlan arp".split()
)
"""Protocols that only trees tell of."""


class NoFields:
    """A source that knows nothing."""

    def fields(self, index: int, names: frozenset[str]) -> Occurrences:
        return {}

    def layers(self, index: int) -> Sequence[str]:
        return ()


class LateFields:
    """The fields of a capture's trees; nothing of what builds them is loaded before the first is asked for."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._trees: FieldSource | None = None

    def _made(self) -> FieldSource:
        if self._trees is None:
            from .trees import TreeFields

            self._trees = TreeFields(self._capture)
        return self._trees

    def fields(self, index: int, names: frozenset[str]) -> Occurrences:
        """See FieldSource."""
        return self._made().fields(index, names)

    def layers(self, index: int) -> Sequence[str]:
        """See FieldSource."""
        return self._made().layers(index)


class PacketFields:
    """The fields of the packet at `place` of a block: from columns where they describe it, else from the source."""

    def __init__(self, block: Block, source: FieldSource, names: frozenset[str]) -> None:
        self._block = block
        self._source = source
        self._names = names
        self._packets = block.packets.tolist()
        self._odd = block.odd.tolist()
        self._layers: dict[str, tuple[list[int], list[int], list[int]]] = {}
        self._place = 0
        self._told: Occurrences | None = None

    def move(self, place: int) -> None:
        """Speak for another packet of the block."""
        self._place = place
        self._told = None

    def field(self, name: str, kind: Type) -> Sequence[Found]:
        if name in COLUMN_FIELDS and kind is not Type.PROTOCOL and not name.endswith(".payload"):
            if name in WHOLE or not self._odd[self._place]:
                return self._from_columns(name, kind)
            found = self._from_source(name)
            return found if found else self._from_columns(name, kind)
        if name in BASES and (name == "frame" or not self._odd[self._place]):
            return self._layer(name, kind)
        return self._from_source(name)

    def _layer(self, name: str, kind: Type) -> Sequence[Found]:
        lanes, place = self._block.lanes(name), self._place
        if not any(lane.present is None or lane.present[place] for lane in lanes):
            return ()
        known = self._layers.get(name)
        if known is None:
            start, own, end = self._block.layer(name)
            known = self._layers[name] = (start.tolist(), own.tolist(), end.tolist())
        first, size, last = (column[place] for column in known)
        frame = self._block.capture.frame(self._packets[place])
        inner = [lane for lane in lanes[1:] if name == "ip" and lane.present is not None and lane.present[place]]
        at = int(self._block.column("network")[place])
        return [
            Found(frame[first:last], min(size, last - first)), *(Found(frame[at:], 20, lane.layer) for lane in inner)
        ]  # fmt: skip

    def _from_source(self, name: str) -> Sequence[Found]:
        if self._told is None:
            self._told = self._source.fields(self._packets[self._place], self._names)
        return self._told.get(name, ())

    def _from_columns(self, name: str, kind: Type) -> Sequence[Found]:
        place = self._place
        found = []
        for lane in self._block.lanes(name):
            if lane.present is None or lane.present[place]:
                value = int(lane.values[place])
                plain = self._block.capture.addresses.raw(value) if lane.indexed else _plain(value, kind)
                found.append(Found(plain, lane.size, lane.layer))
        return found


def _plain(value: int, kind: Type) -> int | bytes | None:
    """A number of a column as the value that packets have."""
    if kind is Type.IPV4:
        return value.to_bytes(4, "big")
    if kind is Type.ETHER:
        return value.to_bytes(6, "big")
    return None if kind is Type.NONE else value
