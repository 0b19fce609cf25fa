"""JSON (RFC 8259), member by member; every value has its path."""

from __future__ import annotations

import re

from ..protocols.text import decode
from .branch import Branch, View, Walk
from .text_lines import text_lines

DEPTH = 60
ITEMS = 20_000
_BLANKS = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"', re.S)
_NUMBER = re.compile(rb"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS = {
    b"true": ("True value", "json.value.true", ""), b"false": ("False value", "json.value.false", ""),
    b"null": ("Null value", "json.value.null", ""),
}  # fmt: skip


class _Wrong(Exception):
    """The text breaks off, or is none."""


def json_text(walk: Walk, view: View, kind: str = "") -> None:
    words = "JavaScript Object Notation" + (f": {kind}" if kind else "")
    branch = walk.layer(view, "json", words)
    reader = _Reader(view)
    try:
        end = reader.skip(reader.value(branch, reader.skip(view.at), "", "[]", 0, top=True))
        if end < view.end:
            branch.resize(end - view.at)
            text_lines(walk, view.sub(end, view.end), kind)
    except _Wrong:  # all of it or nothing (found by experiment)
        branch.node.children.clear()
        branch.resize(0)
        text_lines(walk, view, kind)


class _Reader:
    """Reads values from `at` on, puts them below branches, and answers where they end."""

    def __init__(self, view: View) -> None:
        self._data = view.data
        self._end = view.end
        self._items = ITEMS

    def skip(self, at: int) -> int:
        found = _BLANKS.match(self._data, at, self._end)
        return found.end() if found else at

    def value(self, branch: Branch, at: int, path: str, key: str, depth: int, top: bool = False) -> int:
        """`key` is the member's name, "[]" in an array; `path` that of the value."""
        self._items -= 1
        first = self._data[at : min(at + 1, self._end)]
        if depth > DEPTH or self._items < 0 or not first:
            raise _Wrong
        if first == b"{":
            return self._object(branch, at, path, depth)
        if first == b"[":
            return self._array(branch, at, path, depth)
        if top:
            raise _Wrong
        return self._scalar(branch, at, path, key)

    def _object(self, branch: Branch, at: int, path: str, depth: int) -> int:
        tree = branch.add("Object", "json.object", None, at, self._end - at)
        start = at
        at = self.skip(at + 1)
        while self._data[at : at + 1] != b"}":
            at = self.skip(self._member(tree, at, path, depth))
            if self._data[at : at + 1] == b",":
                at = self.skip(at + 1)
            elif self._data[at : at + 1] != b"}":
                raise _Wrong
        return self._close(tree, start, at)

    def _member(self, tree: Branch, at: int, path: str, depth: int) -> int:
        found = _STRING.match(self._data, at, self._end)
        if found is None:
            raise _Wrong
        key = _unescaped(found[0])
        colon = self.skip(found.end())
        if self._data[colon : colon + 1] != b":":
            raise _Wrong
        member = tree.add(f"Member: {key}", "json.member", key, at, self._end - at, 6)
        below = f"{path}/{key}"
        end = self.value(member, self.skip(colon + 1), below, key, depth + 1)
        member.resize(end - at)
        member.add(f"Key: {key}", "json.key", key, at, found.end() - at, 3)
        _path(member, "Path", "json.path", below, at, end - at)
        return end

    def _array(self, branch: Branch, at: int, path: str, depth: int) -> int:
        tree = branch.add("Array", "json.array", None, at, self._end - at)
        start = at
        at = self.skip(at + 1)
        while self._data[at : at + 1] != b"]":
            at = self.skip(self.value(tree, at, f"{path}/[]", "[]", depth + 1))
            if self._data[at : at + 1] == b",":
                at = self.skip(at + 1)
            elif self._data[at : at + 1] != b"]":
                raise _Wrong
        return self._close(tree, start, at)

    def _close(self, tree: Branch, start: int, at: int) -> int:
        if at >= self._end:
            raise _Wrong
        tree.resize(at + 1 - start)
        return at + 1

    def _scalar(self, branch: Branch, at: int, path: str, key: str) -> int:
        found = _STRING.match(self._data, at, self._end)
        if found:
            text = _unescaped(found[0])
            label, field, value = f"String value: {text}", "json.value.string", text
            end = found.end()
        elif (found := _NUMBER.match(self._data, at, self._end)) is not None:
            text = value = decode(found[0])
            label, field, end = f"Number value: {text}", "json.value.number", found.end()
        else:
            word = next((word for word in _WORDS if self._data.startswith(word, at, self._end)), None)
            if word is None:
                raise _Wrong
            label, field, value = _WORDS[word]
            text, end = word.decode(), at + len(word)
        size = end - at
        _path(branch, "Path with value", "json.path_with_value", f"{path}:{text}", at, size)
        _path(branch, "Member with value", "json.member_with_value", f"{key}:{text}", at, size)
        branch.add(label, field, value, at, size, label.find(":"))
        return end


def _path(branch: Branch, name: str, field: str, text: str, at: int, size: int) -> None:
    branch.add(f"[{name}: {text}]", field, text, at, size, len(name))


def _unescaped(raw: bytes) -> str:
    import json

    try:
        return str(json.loads(decode(raw), strict=False))
    except ValueError:
        return decode(raw[1:-1])
