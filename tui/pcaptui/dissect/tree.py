"""One frame to its field tree: scapy's layers and fields, and the bytes each of them lies in.

Runs in the worker process (worker.py): a dissector may take for ever or die there without harm.
"""

from __future__ import annotations

import base64
import logging
from typing import Any

from ..fields.node import Node, Value

MAX_LAYERS = 64
MAX_ITEMS = 2_000
MAX_TEXT = 1_000


def dissect(frame: bytes, link_type: int) -> list[Node]:
    """The tree of a captured frame: one node a layer, its fields below it. Never raises for anything in the frame."""
    try:
        packet = _first_layer(link_type)(frame)
        return _layers(packet, frame)
    except Exception as error:  # scapy raises anything on hostile bytes
        reason = f"[scapy stopped: {type(error).__name__}]"
        return [Node(reason), _bytes_node(frame, 0)]


def _first_layer(link_type: int) -> Any:
    logging.getLogger("scapy").setLevel(logging.CRITICAL)
    import scapy.all
    import scapy.layers.http
    from scapy.layers.inet import TCP, UDP

    for transport in (TCP, UDP):
        scapy.all.conf.noenum.add(transport.sport, transport.dport)
    return scapy.all.conf.l2types.num2layer.get(link_type, scapy.all.Raw)


def _layers(packet: Any, frame: bytes) -> list[Node]:
    nodes: list[Node] = []
    start, layer = 0, packet
    while layer is not None and layer.__class__.__name__ != "NoPayload" and len(nodes) < MAX_LAYERS:
        length = _header_length(layer)
        nodes.append(_layer_node(layer, frame, start, length))
        start += length
        layer = layer.payload
    return nodes


def _header_length(layer: Any) -> int:
    """Bytes of the layer itself, without what it carries."""
    whole = len(layer.original or b"")
    carried = len(layer.payload.original or b"") if layer.payload else 0
    below = layer.payload
    # What IP cuts off behind its length becomes Padding at the very end of the chain.
    for _ in range(MAX_LAYERS):
        if below is None or below.__class__.__name__ == "NoPayload":
            break
        if below.__class__.__name__ == "Padding" and below is not layer.payload:
            carried += len(below.original or b"")
            break
        below = below.payload
    cached = layer.raw_packet_cache
    return len(cached) if cached is not None else max(0, whole - carried)


def _layer_node(layer: Any, frame: bytes, start: int, length: int) -> Node:
    name = layer.__class__.__name__
    if name in ("Raw", "Padding"):
        node = _bytes_node(frame[start : start + length], start)
        node.label = f"{'Data' if name == 'Raw' else 'Padding'} ({length} bytes)"
        return node
    node = Node(str(layer.name), f"scapy.{name}", None, start, length)
    spans = _field_spans(layer, start, length)
    for field in list(layer.fields_desc)[:MAX_ITEMS]:
        if field.name in layer.fields or field.name in spans:
            node.children.append(_field_node(layer, name, field, layer.fields.get(field.name), spans.get(field.name)))
    return node


def _field_spans(layer: Any, start: int, length: int) -> dict[str, tuple[int, int]]:
    """First byte and length of each field: read the fields once more and see what each leaves over."""
    spans: dict[str, tuple[int, int]] = {}
    try:
        rest: Any = layer.pre_dissect(layer.original)
        total = len(rest)
        for field in layer.fields_desc:
            if not rest:
                break
            before, bit = (len(rest[0]), rest[1]) if isinstance(rest, tuple) else (len(rest), 0)
            rest, _ = field.getfield(layer, rest)
            after, bit_after = (len(rest[0]), rest[1]) if isinstance(rest, tuple) else (len(rest), 0)
            size = before - after + (1 if bit_after else 0)
            if size > 0:
                first = total - before
                spans[field.name] = (start + first, max(0, min(size, length - first)))
            del bit
    except Exception:
        return spans
    return spans


def _field_node(layer: Any, name: str, field: Any, value: Any, span: tuple[int, int] | None) -> Node:
    start, length = span if span else (None, None)
    node = Node(
        f"{field.name}: {_text(layer, field, value)}", f"scapy.{name}.{field.name}", _plain(value), start, length
    )
    items = value if isinstance(value, list) else [value]
    for item in items[:MAX_ITEMS]:
        if hasattr(item, "fields_desc"):
            node.children.append(_nested(item, start, length, 0))
    if node.children:
        node.label = f"{field.name}: {len(node.children)} item{'s' if len(node.children) > 1 else ''}"
        node.value = None
    return node


def _nested(packet: Any, start: int | None, length: int | None, depth: int) -> Node:
    name = packet.__class__.__name__
    node = Node(str(packet.name), f"scapy.{name}", None, start, length)
    for field in list(packet.fields_desc)[:MAX_ITEMS]:
        if field.name not in packet.fields:
            continue
        value = packet.fields[field.name]
        child = Node(
            f"{field.name}: {_text(packet, field, value)}", f"scapy.{name}.{field.name}", _plain(value), start, length
        )
        if depth < 8:
            for item in (value if isinstance(value, list) else [value])[:MAX_ITEMS]:
                if hasattr(item, "fields_desc"):
                    child.children.append(_nested(item, start, length, depth + 1))
        node.children.append(child)
    return node


def _text(layer: Any, field: Any, value: Any) -> str:
    try:
        text = str(field.i2repr(layer, value))
    except Exception:
        text = repr(value)
    return clean(text)


def clean(text: str) -> str:
    """Control characters escaped, length bounded."""
    cut = text[:MAX_TEXT]
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in cut)
    return safe if len(text) <= MAX_TEXT else safe + "…"


def _plain(value: Any) -> Value:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, bytes):
        try:
            return clean(value.decode("utf-8"))
        except UnicodeDecodeError:
            return base64.b16encode(value[:MAX_TEXT]).decode().lower()
    return clean(str(value))


def _bytes_node(data: bytes, start: int) -> Node:
    return Node(f"Data ({len(data)} bytes)", "data", data[:MAX_TEXT].hex(), start, len(data))
