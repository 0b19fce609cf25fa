"""Values of a field that a capture has, the frequent ones first: what completion offers."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np

from ..capture import Capture
from .block import Block
from .columns import COLUMN_FIELDS
from .literals import Plain
from .own import TEXTS
from .registry import find
from .trees import TreeFields
from .types import Type
from .values import spelled

PACKETS = 200_000
"""So many packets are looked at in columns."""
BUDGET = 0.12
"""Seconds that trees may be built for."""
SHOWN = 100
_NO_VALUES = (Type.PROTOCOL, Type.NONE)


def seen(capture: Capture, name: str, begun: str = "") -> list[str]:
    """Literals for the field's values that begin with the text begun; [] for unknown fields and protocols."""
    info = find(name)
    if info is None or info.type in _NO_VALUES:
        return []
    if info.name in TEXTS:
        counted = _our_own(capture, info.name)
    elif info.name in COLUMN_FIELDS:
        counted = _in_columns(capture, info.name, info.type)
    else:
        counted = _in_trees(capture, info.name)
    texts = [literal(value, info.type) for value, _ in counted.most_common(20 * SHOWN)]
    wanted = begun.casefold()
    return [text for text in dict.fromkeys(texts) if text.strip('"').casefold().startswith(wanted)][:SHOWN]


def _our_own(capture: Capture, name: str) -> Counter[Plain]:
    codes, texts = TEXTS[name](Block(capture, slice(0, len(capture))))
    counted: Counter[Plain] = Counter()
    for code, count in zip(*(part.tolist() for part in np.unique(codes[codes >= 0], return_counts=True)), strict=True):
        told = texts[code]
        counted.update(dict.fromkeys((told,) if isinstance(told, str) else told, count))
    return counted


def _in_columns(capture: Capture, name: str, kind: Type) -> Counter[Plain]:
    block = Block(capture, slice(0, min(len(capture), PACKETS)))
    counted: Counter[Plain] = Counter()
    for lane in block.lanes(name):
        values = lane.values if lane.present is None else lane.values[lane.present]
        if values.dtype.kind not in "iub":
            continue
        for value, count in zip(*(part.tolist() for part in np.unique(values, return_counts=True)), strict=True):
            counted[_plain(capture, int(value), kind, lane.indexed)] += count
    return counted


def _plain(capture: Capture, value: int, kind: Type, indexed: bool) -> Plain:
    if indexed:
        return capture.addresses.raw(value)
    size = {Type.IPV4: 4, Type.ETHER: 6}.get(kind)
    return value.to_bytes(size, "big") if size else value


def _in_trees(capture: Capture, name: str) -> Counter[Plain]:
    """From the first packets that have the field's protocol, as many as time allows."""
    deadline = time.monotonic() + BUDGET
    fields = TreeFields(capture)
    names = frozenset({name})
    protocol = name.partition(".")[0]
    counted: Counter[Plain] = Counter()
    for index in range(len(capture)):
        if time.monotonic() > deadline:
            break
        if protocol in fields.layers(index):
            counted.update(item.value for item in fields.fields(index, names).get(name, ()) if item.value is not None)
    return counted


def literal(value: Plain, kind: Type) -> str:
    """A value as filters write it."""
    if kind is Type.STRING and isinstance(value, str):
        return quoted(value)
    if kind is Type.BYTES and isinstance(value, bytes):
        return value[:32].hex(":") if len(value) != 1 else f"0x{value.hex()}"
    return spelled(value, kind)


def quoted(text: str) -> str:
    """A string in quotes, with escapes."""
    safe = "".join(c if c.isprintable() and c not in '"\\' else _escape(c) for c in text[:200])
    return f'"{safe}"'


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "replace"))
