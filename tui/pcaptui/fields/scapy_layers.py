"""Layers that only scapy knows, with scapy's own names, and the bytes of every field."""

from __future__ import annotations

from typing import Any

from .branch import Branch, Enough, View, Walk
from .node import Node
from .scapy_choice import choose, known
from .scapy_fields import fields_of, fill_gaps, layer_name, place
from .scapy_load import scapy
from .scapy_record import Record, Recorder, recording

MAX_LAYERS = 64
_PORTS = ("udp", "tcp")


def scapy_layers(walk: Walk, view: View, kind: str, key: int | tuple[int, int]) -> bool:
    """Put scapy's layers of these bytes into the walk; False (and nothing done) where scapy knows none.

    `kind` and `key`: see payload.carried. Where a layer comes that one of our own builders knows, it goes on.
    """
    data = view.bytes
    if not data:
        return False
    chosen, under = choose(kind, key, data)
    if chosen is None:
        return False
    builder = known().get(chosen)
    if builder is not None:
        walk.call(builder, view)
        return True
    return layers_as(walk, view, chosen, under, kind not in _PORTS)


def layers_as(walk: Walk, view: View, chosen: Any, under: Any = None, sure: bool = True) -> bool:
    """Put the layers of these bytes into the walk, the first of them of the scapy class `chosen`.

    False (and nothing done) where it breaks off and is not `sure`: a port says little.
    """
    with recording() as recorder:
        packet = _dissected(chosen, view.bytes, under)
    chain = _Chain(walk, view, recorder)
    if packet is None:
        record = recorder.first()
        if record is None or not record.reads or not sure:
            return False
        chain.broken(record, view.at, view.end)
        return True
    if isinstance(packet, (scapy().Raw, scapy().Padding)):
        return False
    try:
        chain.follow(packet, view.at)
    except Enough:
        raise
    except Exception as error:  # odd values that only scapy makes
        walk.nodes.append(Node(f"[Dissector stopped: {type(error).__name__}]", "_ws.malformed"))
    return True


def _dissected(chosen: Any, data: bytes, under: Any) -> Any:
    """A packet, None where its first layer breaks off."""
    more = {"_internal": 1, "stop_dissection_after": tuple(known()) or None}
    if under is not None:
        more["_underlayer"] = under
    try:
        return chosen(data, **more)
    except TypeError:  # layers with constructors of their own
        pass
    except Exception:
        return None
    try:
        return chosen(data)
    except Exception:  # scapy raises anything on hostile bytes
        return None


class _Chain:
    """Follows a packet's layers, from the outermost to the one that is data or known to a builder."""

    def __init__(self, walk: Walk, view: View, recorder: Recorder) -> None:
        self._walk = walk
        self._view = view
        self._recorder = recorder

    def follow(self, packet: Any, at: int) -> None:
        everything = scapy()
        layer = packet
        for _ in range(MAX_LAYERS):
            if layer is None or isinstance(layer, everything.NoPayload):
                return
            original = layer.original or b""
            at, located = self._locate(layer, original, at)
            if isinstance(layer, everything.Padding):
                at = self._plain(original, at, "Padding")
            elif isinstance(layer, everything.Raw):
                at = self._raw(original, at)
            elif layer is not packet and (builder := known().get(type(layer))) is not None:
                self._walk.call(builder, self._view.sub(at, at + len(original) if self._padded(layer) else None))
                at += len(original)
                layer = self._padding_of(layer)
                continue
            else:
                at = self._layer(layer, original if located else b"", at)
            layer = layer.payload
        self._walk.nodes.append(Node("[More layers than are followed]"))

    def _locate(self, layer: Any, original: bytes, at: int) -> tuple[int, bool]:
        """Where the layer's bytes begin; a buffer of their own where the layer before decoded them."""
        if not original:
            return at, False
        found = place(self._view.data, original, at, self._view.end)
        if found is None:
            self._view = self._walk.add_source(f"Decoded {layer_name(layer)}", original)
            return 0, True
        return found, True

    def _padded(self, layer: Any) -> bool:
        return self._padding_of(layer) is not None

    @staticmethod
    def _padding_of(layer: Any) -> Any:
        last = layer.lastlayer()
        return last if isinstance(last, scapy().Padding) and last is not layer else None

    def _raw(self, data: bytes, at: int) -> int:
        record = self._recorder.failed(data)
        if record is not None:
            self.broken(record, at, at + len(data))
            return at + len(data)
        return self._plain(data, at, "Data")

    def _plain(self, data: bytes, at: int, word: str) -> int:
        size = len(data)
        if size:
            label = f"{word} ({size} byte{'' if size == 1 else 's'})"
            branch = self._walk.layer(self._view.sub(at, at + size), "data", label)
            branch.blob("data.data", "Data", at, size)
        return at + size

    def _layer(self, layer: Any, original: bytes, at: int) -> int:
        """Put one layer's own fields into the walk; returns where its payload should begin."""
        record = self._recorder.of(layer)
        end, first = at + len(original), at
        if record is not None:
            first = _inside(self._view.data, record.data, at, end)
            end = self._own_end(layer, original, record, first, at)
        branch = self._begin(layer, at, end)
        fields_of(branch, layer, record, self._recorder, first, end)
        fill_gaps(branch, at, end, record)
        return end

    def _own_end(self, layer: Any, original: bytes, record: Record, first: int, at: int) -> int:
        """Where the layer's own bytes end and its payload begins."""
        everything = scapy()
        expected = min(first + len(record.data) - record.rest, at + len(original))
        payload = layer.payload
        if isinstance(payload, everything.Padding):
            return expected
        if isinstance(payload, everything.NoPayload) or not payload.original:
            return at + len(original) if isinstance(payload, everything.NoPayload) else expected
        found = place(self._view.data, payload.original, expected, self._view.end)
        if found is None:  # decoded on the way: all of it was this layer's
            return at + len(original)
        return found if found - expected < len(original) else expected

    def _begin(self, layer: Any, at: int, end: int) -> Branch:
        name = type(layer).__name__
        branch = self._walk.layer(self._view.sub(at), f"scapy.{name}", layer_name(layer), end - at)
        self._walk.protocols[-1] = name.lower()
        return branch

    def broken(self, record: Record, at: int, end: int) -> None:
        """A layer as far as it got, and a line that says so."""
        layer = record.packet
        first = _inside(self._view.data, record.data, at, end)
        branch = self._begin(layer, at, end)
        fields_of(branch, layer, record, self._recorder, first, end)
        fill_gaps(branch, at, end, record)
        self._walk.nodes.append(Node(f"[Malformed Packet: {layer_name(layer)}]", "_ws.malformed"))


def _inside(data: bytes, part: bytes, at: int, end: int) -> int:
    """Where the bytes that a layer read its fields from begin: some cut off something in front first."""
    found = place(data, part, at, end)
    return at if found is None else found
