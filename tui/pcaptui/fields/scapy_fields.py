"""scapy's fields as lines of the tree: 'name: value', nested packets and lists below theirs."""

from __future__ import annotations

from typing import Any

from .branch import SHOWN_BYTES, Branch
from .node import Node, Value
from .scapy_load import MAX_ITEMS, scapy
from .scapy_record import Element, Read, Record, Recorder, innermost

MAX_DEPTH = 24
MAX_VALUE = 4_096


def layer_name(packet: Any) -> str:
    return str(packet.name or type(packet).__name__)


def place(data: bytes, part: bytes, at: int, end: int) -> int | None:
    """Where `part` lies between `at` and `end`, the nearest; None where it does not."""
    if data.startswith(part, at) and at + len(part) <= end:
        return at
    found = data.find(part, at, end)
    if found < 0 and len(part) > 2:  # an implicit ASN.1 tag is replaced by the universal one
        found = data.find(part[1:], at + 1, end) - 1
    return found if found >= at else None


def fields_of(branch: Branch, packet: Any, record: Record | None, recorder: Recorder, first: int, end: int,
              depth: int = 0) -> None:  # fmt: skip
    """Lines for a packet's own fields. `first` is where the record's data begins, `end` where the fields end."""
    painter = _Painter(branch, packet, recorder, depth)
    if record is None:
        for name, value in list(packet.fields.items())[:MAX_ITEMS]:
            painter.leaf(packet.get_field(name), name, value, None, None)
    elif record.elements is not None:
        painter.elements(record.elements, first, first + len(record.data))
    else:
        for read in sorted(record.reads, key=lambda read: read.trailer):
            painter.read(read, first, end)


def fill_gaps(branch: Branch, at: int, end: int, record: Record | None) -> None:
    """Lines for bytes between and behind the fields: every byte of a layer is in one of its lines."""
    word = "Tag and length" if record is not None and record.elements is not None else "Not dissected"
    children = list(branch.node.children)
    gaps = _gaps([child for child in children if child.source == branch.source], at, end)
    if not gaps:
        return
    branch.node.children.clear()
    for child in children:
        while gaps and child.start is not None and child.source == branch.source and child.start >= gaps[0][1]:
            _gap(branch, word, *gaps.pop(0))
        branch.node.children.append(child)
    for gap in gaps:
        _gap(branch, word, *gap)


def _gaps(nodes: list[Node], at: int, end: int) -> list[tuple[int, int]]:
    spans = sorted((node.start, node.start + node.length) for node in nodes if node.start is not None and node.length)
    found, cursor = [], at
    for start, stop in spans:
        if cursor < start <= end:
            found.append((cursor, start))
        cursor = max(cursor, stop)
    if cursor < end:
        found.append((cursor, end))
    return found


def _gap(branch: Branch, word: str, at: int, end: int) -> None:
    raw = branch.data[at:end]
    branch.add(f"{word}: {_hex(raw)}", "", raw[:MAX_VALUE].hex(":"), at, end - at)


class _Painter:
    """Puts the fields of one packet below a branch."""

    def __init__(self, branch: Branch, packet: Any, recorder: Recorder, depth: int) -> None:
        self._branch = branch
        self._packet = packet
        self._recorder = recorder
        self._depth = depth
        self._class = type(packet).__name__

    def read(self, read: Read, first: int, end: int) -> None:
        """A field that was read."""
        name = str(read.field.name)
        if read.trailer:
            size = read.end - read.start
            stop = self._branch.end
            self.leaf(read.field, name, read.value, stop - size, stop)
            return
        at, stop = first + read.start, min(first + read.end, self._branch.end)
        self.value(read.field, name, read.value, at, max(at, stop))

    def value(self, described: Any, name: str, value: Any, at: int, stop: int) -> None:
        """A field's value, whatever it is, in bytes `at` to `stop`."""
        items = value if isinstance(value, list) else [value]
        if any(map(_is_packet, items)) and self._depth < MAX_DEPTH:
            self._packets(name, value, items, at, stop)
        elif isinstance(value, list) and not value and at >= stop:
            return
        elif isinstance(value, list) and value:
            self._list(described, name, value, at, stop)
        else:
            self.leaf(described, name, value, at, stop)

    def leaf(self, described: Any, name: str, value: Any, at: int | None, stop: int | None) -> Branch:
        size = None if at is None or stop is None else stop - at
        text = _text(described, self._packet, value)
        return self._branch.add(f"{name}: {text}", self._field(name), _plain(value), at, size)

    def _field(self, name: str) -> str:
        return f"scapy.{self._class}.{name}"

    # Nested packets.

    def _packets(self, name: str, value: Any, items: list[Any], at: int, stop: int) -> None:
        if not isinstance(value, list):
            below = self._branch.add(f"{name}: {layer_name(value)}", self._field(name), None, at, stop - at)
            self._chain(below, value, at, stop, heading=False)
            fill_gaps(below, at, stop, self._recorder.of(value) or self._recorder.of(self._packet))
            return
        below = self._branch.add(f"{name}: {_count(items)}", self._field(name), None, at, stop - at)
        cursor = at
        for item in items[:MAX_ITEMS]:
            if _is_packet(item):
                cursor = self._chain(below, item, cursor, stop)
            else:
                cursor = self._element(below, name, item, cursor, stop)
        fill_gaps(below, at, stop, self._recorder.of(self._packet))

    def _chain(self, below: Branch, packet: Any, at: int, stop: int, heading: bool = True) -> int:
        """A nested packet and what it carries; returns where it ends."""
        everything, cursor, layer = scapy(), at, packet
        for _ in range(MAX_DEPTH):
            if layer is None or isinstance(layer, everything.NoPayload):
                break
            cursor = self._nested(below, layer, cursor, stop, heading)
            heading, layer = True, layer.payload
        return cursor

    def _nested(self, below: Branch, layer: Any, at: int, stop: int, heading: bool) -> int:
        record = self._recorder.of(layer)
        original = layer.original or (record.data if record is not None else b"") or _load(layer)
        found = place(below.data, original, at, below.end) if original else None  # it may have seen more than it took
        if found is None:
            branch = below.add(layer_name(layer), f"scapy.{type(layer).__name__}") if heading else below
            fields_of(branch, layer, None, self._recorder, at, at, self._depth + 1)
            return at
        end = min(stop, found + len(original))
        first = found
        if record is not None:
            inside = place(below.data, record.data, found, below.end)
            first = found if inside is None else inside
            end = max(found, min(end, first + len(record.data) - record.rest))
        branch = below
        if heading:
            branch = below.add(layer_name(layer), f"scapy.{type(layer).__name__}", None, found, end - found)
        fields_of(branch, layer, record, self._recorder, first, end, self._depth + 1)
        if heading:
            fill_gaps(branch, found, end, record)
        return end

    # Lists of anything else.

    def _list(self, described: Any, name: str, items: list[Any], at: int, stop: int) -> None:
        inner = getattr(innermost(described, self._packet), "field", None)
        spans = self._spans(inner, items[:MAX_ITEMS], at, stop)
        if spans is None:
            self.leaf(described, name, items, at, stop)
            return
        below = self._branch.add(f"{name}: {_count(items)}", self._field(name), None, at, stop - at)
        for item, (start, end) in zip(items, spans, strict=False):
            text = _text(inner or described, self._packet, item)
            below.add(f"{name}: {text}", self._field(name), _plain(item), start, end - start)
        fill_gaps(below, at, stop, None)

    def _spans(self, inner: Any, items: list[Any], at: int, stop: int) -> list[tuple[int, int]] | None:
        """Where each item of a list lies: read once more, or all of one size; None where nobody knows."""
        spans: list[tuple[int, int]] = []
        left: Any = self._branch.data[at:stop]
        try:
            while inner is not None and left and len(spans) < len(items):
                before = stop - _size(left)
                left, _ = inner.getfield(self._packet, left)
                spans.append((before, stop - _size(left) + (1 if isinstance(left, tuple) else 0)))
        except Exception:  # a list with a way of reading of its own
            spans = []
        if len(spans) == len(items) and not left:
            return spans
        each, more = divmod(stop - at, len(items))
        if more or not each:
            return None
        return [(at + i * each, at + (i + 1) * each) for i in range(len(items))]

    # ASN.1.

    def elements(self, elements: list[Element], at: int, stop: int) -> None:
        """ASN.1 elements one behind the other, the last ending at `stop` or before it."""
        for element in elements:
            start, end = stop - element.before, stop - element.after
            if end <= start or start < at:
                continue
            if hasattr(element.field, "seq"):
                self.elements(element.children, start, end)
                continue
            name = str(element.field.name)
            value = self._packet.fields.get(name)
            if _is_packet(value) or (isinstance(value, list) and value):
                self._packets(name, value, value if isinstance(value, list) else [value], start, end)
            elif value is not None:
                self.leaf(element.field, name, value, start, end)

    def _element(self, below: Branch, name: str, item: Any, at: int, stop: int) -> int:
        """An item of a list that is not a packet: one BER element."""
        if at == below.node.start:
            at += _ber_header(below.data, at, stop)
        end = min(stop, at + max(1, sum(_ber(below.data, at, stop))))
        below.add(f"{name}: {_text(None, self._packet, item)}", self._field(name), _plain(item), at, end - at)
        return end


def _load(layer: Any) -> bytes:
    load = layer.fields.get("load")
    return load if isinstance(load, bytes) else b""


def _size(left: Any) -> int:
    return len(left[0] if isinstance(left, tuple) else left)


def _ber(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Sizes of the tag and length, and of the content, of the BER element at a place (X.690 section 8.1)."""
    position = at + 1
    if at < end and data[at] & 0x1F == 0x1F:
        while position < end and data[position] & 0x80:
            position += 1
        position += 1
    if position >= end:
        return end - at, 0
    length = data[position]
    position += 1
    if length & 0x80:
        more = length & 0x7F
        length = int.from_bytes(data[position : min(end, position + more)], "big")
        position += more
    return position - at, length


def _ber_header(data: bytes, at: int, end: int) -> int:
    return _ber(data, at, end)[0]


def _is_packet(value: Any) -> bool:
    return hasattr(value, "fields_desc") and hasattr(value, "original")


def _count(items: list[Any]) -> str:
    return f"{len(items)} item{'' if len(items) == 1 else 's'}"


def _hex(raw: bytes) -> str:
    return raw[:SHOWN_BYTES].hex() + ("…" if len(raw) > SHOWN_BYTES else "")


def _text(described: Any, packet: Any, value: Any) -> str:
    if isinstance(value, bytes) and len(value) > 4 * SHOWN_BYTES:
        return _hex(value)
    try:
        return repr(value) if described is None else str(described.i2repr(packet, value))
    except Exception:  # scapy's own, on odd values
        return type(value).__name__


def _plain(value: Any) -> Value:
    """A value as JSON knows it: bytes as hexadecimal with colons."""
    if value is None or isinstance(value, (bool, str)):
        return value[:MAX_VALUE] if isinstance(value, str) else value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value[:MAX_VALUE]).hex(":")
    inner = getattr(value, "val", None)  # an ASN.1 object
    if isinstance(inner, (int, str, bytes)):
        return _plain(inner)
    try:
        return int(value) if hasattr(value, "__int__") else str(value)[:MAX_VALUE]
    except Exception:
        return None
