"""How requests and answers travel between the program and the worker process.

A request is a pickled Context: the worker trusts the program. An answer is JSON and plain bytes: a packet may have
taken the worker over, so what it says is checked and never evaluated.

Request: number, size (big-endian 32 bits), pickle. Answer: number, kind, two sizes; JSON; the sources' bytes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from ..fields.node import Dissection, Node, Value

REQUEST = struct.Struct(">II")
ANSWER = struct.Struct(">IIII")
MAX_ANSWER = 128 << 20
MAX_DEPTH = 200
"""Nodes deeper than that lie beside their parents: whoever walks the tree may recurse."""
MAX_INT_BITS = 4096


class Kind(IntEnum):
    """What an answer is: a tree, or word that the worker loads a library and the time does not count."""

    TREE = 0
    LOADING = 1


class Garbled(Exception):
    """An answer that makes no sense."""


def encode(dissection: Dissection) -> tuple[bytes, bytes]:
    """The JSON of a tree, and the bytes of its sources one behind the other."""
    sources = [[name, len(data)] for name, data in dissection.sources.items()]
    rows = list(_rows(dissection.nodes))
    try:
        text = json.dumps([rows, sources], default=str)
    except ValueError:  # an integer with thousands of digits
        text = json.dumps([[[*row[:3], _small(row[3]), *row[4:]] for row in rows], sources], default=str)
    return text.encode(), b"".join(dissection.sources.values())


def _rows(nodes: list[Node]) -> Iterator[list[Any]]:
    """Every node behind its parent, with its depth; no recursion, however deep."""
    stack = [(0, node) for node in reversed(nodes)]
    while stack:
        depth, node = stack.pop()
        yield [
            min(depth, MAX_DEPTH), node.label, node.field, node.value, node.start, node.length, node.source, node.link,
        ]  # fmt: skip
        if node.children:
            stack.extend((depth + 1, child) for child in reversed(node.children))


def _small(value: Value) -> Value:
    return hex(value) if isinstance(value, int) and value.bit_length() > MAX_INT_BITS else value


def decode(text: bytes, blob: bytes) -> Dissection:
    """The tree of an answer. Raises Garbled."""
    try:
        rows, sources = json.loads(text)
        return Dissection(_nodes(rows), _sources(sources, blob))
    except (ValueError, TypeError, IndexError, RecursionError) as error:
        raise Garbled("the dissector's answer makes no sense") from error


def _nodes(rows: list[list[Any]]) -> list[Node]:
    roots: list[Node] = []
    open_lists = [roots]
    for depth, label, field, value, start, length, source, link in rows:
        if not (label.__class__ is field.__class__ is str and 0 <= depth < len(open_lists)) or isinstance(value, list):
            raise ValueError
        if not ((start is None or start >= 0) and (length is None or length >= 0) and (link is None or link > 0)):
            raise ValueError
        node = Node(label, field, value, start, length, [], source, link)
        del open_lists[depth + 1 :]
        open_lists[depth].append(node)
        open_lists.append(node.children)
    return roots


def _sources(sizes: list[tuple[str, int]], blob: bytes) -> dict[str, bytes]:
    at, found = 0, {}
    for name, size in sizes:
        if not isinstance(name, str) or size < 0:
            raise ValueError
        found[name] = blob[at : at + size]
        at += size
    return found
