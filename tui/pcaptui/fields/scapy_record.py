"""Dissecting with scapy while noting which bytes every field was read from.

scapy's fields take their bytes off the front of what is left of a layer, and do not say which they were. For the time
of one dissection, `Packet.do_dissect` and ASN.1 fields are replaced by ones that note how much was left before and
after every field: exact for conditional fields, lists, compressed names and whatever else a field does, without
reading twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import Any

from .scapy_load import scapy

_WRAPPED = 8
Left = Any
"""What is left of a layer: bytes, or bytes and the number of bits of the first that are read."""


@dataclass(slots=True)
class Read:
    """A field that was read from bytes `start` to `end` of its record's data."""

    field: Any
    value: Any
    start: int
    end: int
    trailer: bool = False


@dataclass(slots=True)
class Element:
    """An ASN.1 element: how much was left of its container's content before and after."""

    field: Any
    before: int
    after: int
    children: list[Element] = field(default_factory=list)


@dataclass(slots=True)
class Record:
    """One packet's own fields. `data` is what they were read from, `rest` how much of it they left over."""

    packet: Any
    data: bytes
    rest: int = 0
    reads: list[Read] = field(default_factory=list)
    elements: list[Element] | None = None
    failed: bool = False


class Recorder:
    """Records of one dissection, by packet."""

    def __init__(self) -> None:
        self._records: dict[int, Record] = {}
        self._open: list[list[Element]] = []

    def of(self, packet: Any) -> Record | None:
        return self._records.get(id(packet))

    def failed(self, data: bytes) -> Record | None:
        """The record of a layer that broke off, of whose bytes scapy made raw data."""
        for record in self._records.values():
            if record.failed and record.reads and record.packet.original == data:
                return record
        return None

    def first(self) -> Record | None:
        return next(iter(self._records.values()), None)

    def do_dissect(self, packet: Any, data: Left) -> Left:
        """Packet.do_dissect with notes."""
        record = Record(packet, data if isinstance(data, bytes) else data[0])
        self._records[id(packet)] = record
        packet.raw_packet_cache_fields = {}
        groups = _Groups(packet, len(record.data))
        left: Left = data
        for described in packet.fields_desc:
            before = left
            try:
                left, value = described.getfield(packet, left)
            except BaseException:
                record.failed, record.rest = True, groups.bytes_left(before)
                raise
            if described.isconditional and value is None:
                continue
            start, end = groups.span(described, before, left)
            record.reads.append(Read(described, value, start, end, _is_trailer(described, packet)))
            if value is not None and (described.islist or described.holds_packets or described.ismutable):
                packet.raw_packet_cache_fields[described.name] = packet._raw_packet_cache_field_value(
                    described, value, copy=True
                )
            packet.fields[described.name] = value
            inner = described.fld if described.isconditional else described
            if not left and (described.ismayend or (value is not None and inner.ismayend)):
                break
        record.rest = groups.bytes_left(left)
        if isinstance(left, bytes) and isinstance(data, bytes):
            packet.raw_packet_cache = data[: len(data) - len(left)]
        packet.explicit = 1
        return left

    def asn1_packet(self, packet: Any, data: bytes) -> bytes:
        """ASN1_Packet.do_dissect with notes."""
        record = Record(packet, data, elements=[])
        self._records[id(packet)] = record
        self._open.append(record.elements or [])
        record.elements = self._open[-1]
        try:
            left: bytes = packet.ASN1_root.dissect(packet, data)
        except BaseException:
            record.failed = True
            raise
        finally:
            self._open.pop()
        record.rest = len(left)
        return left

    def element(self, original: Callable[..., bytes], described: Any, packet: Any, data: bytes) -> bytes:
        """The method `dissect` of an ASN.1 field with notes."""
        if not self._open:
            return original(described, packet, data)
        here = self._open[-1]
        element = Element(described, len(data), 0)
        here.append(element)
        self._open.append(element.children)
        try:
            left = original(described, packet, data)
        except BaseException:
            here.remove(element)
            raise
        finally:
            self._open.pop()
        element.after = len(left)
        return left


class _Groups:
    """From what is left to places in the layer; knows the groups of little-endian bit fields, which scapy turns
    round."""

    def __init__(self, packet: Any, total: int) -> None:
        self._packet = packet
        self._total = total
        self._at = 0
        self._size = 0

    def bytes_left(self, left: Left) -> int:
        return max(0, min(self._total, len(left[0] if isinstance(left, tuple) else left)))

    def _bit(self, left: Left) -> int:
        return 8 * (self._total - self.bytes_left(left)) + (left[1] if isinstance(left, tuple) else 0)

    def span(self, described: Any, before: Left, after: Left) -> tuple[int, int]:
        """First byte and the one behind the last."""
        first, last = self._bit(before), self._bit(after)
        if not isinstance(before, tuple):
            inner = innermost(described, self._packet)
            if getattr(inner, "rev", False) and inner.tot_size > 1:
                self._at, self._size = first // 8, min(inner.tot_size, self.bytes_left(before))
            elif first // 8 >= self._at + self._size:
                self._size = 0
        start, end = first // 8, max(first // 8, (last + 7) // 8)
        if self._size and end <= self._at + self._size:
            return 2 * self._at + self._size - end, 2 * self._at + self._size - start
        return start, end


def layers_of(described: Any, packet: Any) -> Iterator[Any]:
    """A field and those that it wraps: conditional, padded, of several types."""
    fields = scapy_fields()
    for _ in range(_WRAPPED):
        yield described
        if isinstance(described, fields.MultipleTypeField):
            described = described._find_fld_pkt(packet)
        elif isinstance(described, fields._FieldContainer):
            described = described.fld
        else:
            return


def innermost(described: Any, packet: Any) -> Any:
    """The field that does the reading."""
    for inner in layers_of(described, packet):
        described = inner
    return described


def _is_trailer(described: Any, packet: Any) -> bool:
    return any(isinstance(one, scapy_fields().TrailerField) for one in layers_of(described, packet))


@lru_cache(maxsize=1)
def scapy_fields() -> Any:
    """The module scapy.fields."""
    scapy()
    return import_module("scapy.fields")


@contextmanager
def recording() -> Iterator[Recorder]:
    """Dissect with scapy inside; not from two threads at a time."""
    scapy()
    from scapy import asn1fields
    from scapy.asn1packet import ASN1_Packet
    from scapy.packet import Packet

    recorder = Recorder()

    def noting(original: Callable[..., bytes]) -> Callable[..., bytes]:
        return lambda described, packet, data: recorder.element(original, described, packet, data)

    replaced: list[tuple[Any, str, Any]] = [
        (Packet, "do_dissect", lambda packet, data: recorder.do_dissect(packet, data)),
        (ASN1_Packet, "do_dissect", lambda packet, data: recorder.asn1_packet(packet, data)),
    ]
    replaced += [
        (owner, "dissect", noting(owner.__dict__["dissect"]))
        for owner in (asn1fields.ASN1F_field, asn1fields.ASN1F_SEQUENCE)
    ]
    before = [(owner, name, owner.__dict__[name]) for owner, name, _ in replaced]
    try:
        for owner, name, method in replaced:
            setattr(owner, name, method)
        yield recorder
    finally:
        for owner, name, method in before:
            setattr(owner, name, method)
