"""The field tree of one packet, as plain data that crosses a process border."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

LOADING = "_pcaptui.loading"
"""The field of a line that stands for layers which are to come: ask again."""
Value = str | int | float | bool | None


@dataclass(slots=True)
class Node:
    """One line of the tree. `start` and `length` count bytes of the frame (or of `source`); None: computed.

    `link` is the number of another packet that the line leads to.
    """

    label: str
    field: str = ""
    value: Value = None
    start: int | None = None
    length: int | None = None
    children: list[Node] = dataclass_field(default_factory=list)
    source: str | None = None
    link: int | None = None

    def as_object(self) -> dict[str, Any]:
        """CONTRACT.md's NODE."""
        found: dict[str, Any] = {
            "label": self.label,
            "field": self.field,
            "value": self.value,
            "start": self.start,
            "length": self.length,
            "children": [child.as_object() for child in self.children],
        }
        if self.source is not None:
            found["source"] = self.source
        if self.link is not None:
            found["link"] = self.link
        return found

    @classmethod
    def from_object(cls, data: dict[str, Any]) -> Node:
        children = [cls.from_object(child) for child in data["children"]]
        return cls(
            data["label"], data["field"], data["value"], data["start"], data["length"], children, data.get("source"),
            data.get("link"),
        )  # fmt: skip


@dataclass(slots=True)
class Dissection:
    """A packet's tree, and the bytes of every source that its nodes name: what was put together or decoded."""

    nodes: list[Node]
    sources: dict[str, bytes] = dataclass_field(default_factory=dict)

    @property
    def partial(self) -> bool:
        """Whether there is more to be had by asking again without hurry."""
        return any(node.field == LOADING for node in self.nodes)


def tree_lines(nodes: Sequence[Node], depth: int = 0) -> Iterator[tuple[int, Node]]:
    """All nodes with their depth, in the order in which a reader meets them."""
    for node in nodes:
        yield depth, node
        yield from tree_lines(node.children, depth + 1)
