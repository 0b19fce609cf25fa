"""HTML forms as URL-encoded text (WHATWG URL, section 5.1): one field a line, decoded."""

from __future__ import annotations

from ..protocols.text import decode
from .branch import View, Walk
from .text_lines import named

ITEMS = 5000


def urlencoded_form(walk: Walk, view: View, kind: str) -> None:
    branch = walk.layer(view, "urlencoded-form", f"HTML Form URL Encoded: {kind}")
    at = view.at
    items = view.bytes.split(b"&", ITEMS)
    for place, item in enumerate(items[:ITEMS]):
        key, equals, value = item.partition(b"=")
        size = len(item) + (1 if place + 1 < len(items) else 0)
        name, words = _plain(key), _plain(value)
        line = branch.add(f'Form item: "{name}" = "{words}"', "", None, at, size)
        named(line, "urlencoded-form.key", "Key", at, len(key), name)
        named(line, "urlencoded-form.value", "Value", at + len(key) + len(equals), len(value), words)
        at += len(item) + 1


def _plain(coded: bytes) -> str:
    from urllib.parse import unquote_to_bytes

    return decode(unquote_to_bytes(coded.replace(b"+", b" ")))
