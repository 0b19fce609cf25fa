"""The frame itself: when it came, how long it is, what is in it."""

from __future__ import annotations

from collections.abc import Sequence

from .branch import Branch, View, Walk
from .context import Context
from .node import Node
from .words import plain


def frame_node(context: Context, protocols: Sequence[str]) -> Node:
    """The first node of every tree."""
    size = len(context.frame)
    on = (
        f" on interface {context.interface_name or 'unknown'}, id {context.interface}"
        if context.interface is not None
        else ""
    )
    label = f"Frame {context.number}: {_size(context.length, 'on wire')}, {_size(size, 'captured')}{on}"
    node = Node(plain(label), "frame", None, 0, size)
    branch = Branch(Walk(context), View(context.frame, 0, size, context.length), node)
    branch.computed(f"Frame Number: {context.number}", "frame.number", context.number)
    return node


def _size(count: int, where: str) -> str:
    return f"{count} byte{'' if count == 1 else 's'} {where} ({8 * count} bits)"
