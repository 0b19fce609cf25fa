"""Wi-Fi Protected Setup: data elements of type, length and value (Wi-Fi Simple Configuration, chapter 12)."""

from __future__ import annotations

from .branch import HEX, Branch
from .organisations import organisation
from .wps_layouts import CATEGORIES, ELEMENT_FIELDS, ELEMENTS, FIELDS, METHODS

CONFIG_METHODS, PRIMARY_DEVICE, VENDOR = 0x1008, 0x1054, 0x1049
METHOD_FIELDS = {0x1008: "wps.config_methods", 0x1052: "wps.permitted_config_methods",
                 0x1053: "wps.selected_registrar_config_methods"}  # fmt: skip
_ALLIANCE = b"\x00\x37\x2a"
_EXTENSIONS = {0: ("Version2", "version2"), 1: ("AuthorizedMACs", "authorizedmacs"),
               2: ("Network Key Shareable", "network_key_shareable"), 3: ("Request to Enroll", "request_to_enroll"),
               4: ("Settings Delay Time", "settings_delay_time"), 6: ("Multi-AP Extension", "")}  # fmt: skip
MOST = 256


def elements(branch: Branch, at: int, end: int) -> None:
    """All the elements up to `end`; the last may be cut."""
    for _ in range(MOST):
        if end - at < 4:
            return
        size = branch.number(at + 2, 2)
        if size > end - at - 4:
            return
        _element(branch, at, size)
        at += 4 + size


def _element(branch: Branch, at: int, size: int) -> None:
    kind = branch.number(at, 2)
    name = ELEMENTS.get(kind, "Unknown")
    below = branch.add(name, "", None, at, 4 + size)
    below.add(f"Data Element Type: {name} (0x{kind:04x})", "wps.type", kind, at, 2)
    below.uint("wps.length", "Data Element Length", at + 2, 2)
    at += 4
    place = FIELDS.get(kind)
    if place is None or not size:
        return
    line = ELEMENT_FIELDS.lines[place]
    text = line.form in ("h", "s")
    if not text and line.size > size:
        return
    ELEMENT_FIELDS.one(below, line, at, size if text or line.size < 0 else line.size)
    if line.form != "h":
        below.label(f"{name}: {below.node.children[-1].label.partition(': ')[2]}")
    if kind in METHOD_FIELDS:
        METHODS.bits(below, at, 2)
        for node in below.node.children[-len(METHODS.lines) :]:
            node.field = node.field.replace("wps", METHOD_FIELDS[kind], 1)
    elif kind == PRIMARY_DEVICE and size >= 8:
        _device(below, at)
    elif kind == VENDOR and size >= 3:
        _vendor(below, at, size)


def _device(branch: Branch, at: int) -> None:
    category, *kinds = CATEGORIES.lines
    CATEGORIES.one(branch, category, at, 2)
    number = branch.number(at, 2)
    if 1 <= number <= len(kinds):
        CATEGORIES.one(branch, kinds[number - 1], at + 6, 2)


def _vendor(branch: Branch, at: int, size: int) -> None:
    raw = branch.raw(at, 3)
    number = int.from_bytes(raw)
    branch.add(f"Vendor ID: {_name(raw)} ({number})", "wps.vendor_id", number, at, 3)
    if raw != _ALLIANCE:
        return
    end, at = at + size, at + 3
    for _ in range(MOST):
        if end - at < 2:
            return
        kind, length = branch.u8(at), branch.u8(at + 1)
        if length > end - at - 2:
            return
        _extension(branch, at, kind, length)
        at += 2 + length


def _name(raw: bytes) -> str:
    return "WFA Vendor Extension" if raw == _ALLIANCE else organisation(raw)


def _extension(branch: Branch, at: int, kind: int, size: int) -> None:
    name, field = _EXTENSIONS.get(kind, ("Unknown", ""))
    value = branch.raw(at + 2, size)
    label = f"{name}: 0x{value[0]:02x}" if size == 1 and field else name
    below = branch.add(label, "", None, at, 2 + size)
    below.add(f"WFA Extension Subelement ID: {name} ({kind})", "wps.ext.id", kind, at, 1)
    below.uint("wps.ext.len", "WFA Extension Subelement Length", at + 1, 1)
    if field and size and kind == 1:
        below.blob(f"wps.ext.{field}", name, at + 2, size)
    elif field and size:
        below.uint(f"wps.ext.{field}", name, at + 2, 1, HEX)
