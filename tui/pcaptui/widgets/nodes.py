"""The field tree as the tree pane sees it: nodes, their kind, and the flat list of those that are visible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MAX_VISIBLE = 20_000
"""A packet with more nodes than that is not read by anybody; the rest is left out."""
MAX_LOOKED = 100_000


class NodeLike(Protocol):
    """A field or layer; see fields.node. `start` and `length` count bytes of the frame or of `source`."""

    @property
    def label(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def start(self) -> int | None: ...
    @property
    def length(self) -> int | None: ...
    @property
    def source(self) -> str | None: ...
    @property
    def link(self) -> int | None: ...
    @property
    def children(self) -> Sequence[NodeLike]: ...


Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A visible node: `path` tells its kind, the same in every packet; `parent` is the line above it in the tree."""

    node: NodeLike
    path: Path
    depth: int
    open: bool
    parent: int


def kind_of(node: NodeLike) -> str:
    """What stays the same from packet to packet: the field's name, or the label up to its value."""
    return node.field or node.label.split(":", 1)[0].split(",", 1)[0]


class Openness:
    """Which branches are open, by kind: a branch opened in one packet is open in the next that has it.

    Where nobody has decided, the last layer is open, the one that the packet is about; and the one that carries it,
    where the last is a body in another one's bytes.
    """

    def __init__(self) -> None:
        self._decided: dict[Path, bool] = {}

    def is_open(self, path: Path, about: bool) -> bool:
        return self._decided.get(path, about and len(path) == 1)

    def set(self, path: Path, is_open: bool) -> None:
        self._decided[path] = is_open


def flatten(roots: Sequence[NodeLike], openness: Openness) -> list[Line]:
    """The visible lines, top down. Equal kinds under one parent get numbers, so that every path is unique."""
    lines: list[Line] = []
    # A stack instead of recursion: the depth is the packet's to choose.
    stack: list[tuple[NodeLike, Path, int, int]] = [
        (node, (name,), 0, -1) for node, name in reversed(_named(roots))
    ]  # fmt: skip
    about = _about(roots)
    while stack and len(lines) < MAX_VISIBLE:
        node, path, depth, parent = stack.pop()
        is_open = bool(node.children) and openness.is_open(path, depth == 0 and any(node is one for one in about))
        lines.append(Line(node, path, depth, is_open, parent))
        if is_open:
            here = len(lines) - 1
            stack.extend((child, (*path, name), depth + 1, here) for child, name in reversed(_named(node.children)))
    return lines


BODIES = frozenset({"data-text-lines", "urlencoded-form", "json", "xml", "media", "mime_multipart", "image-gif", "png",
                    "image-jfif", "imf", "data"})  # fmt: skip
"""What an application carries: its own layer says more."""


def _about(roots: Sequence[NodeLike]) -> Sequence[NodeLike]:
    """The layers that are open at first."""
    layers = [node for node in roots if node.children]
    if len(layers) > 1 and layers[-1].field in BODIES and layers[-2].field not in ("tcp", "udp", "ip", "ipv6", "eth"):
        return layers[-2:]
    return layers[-1:]


def _named(nodes: Sequence[NodeLike]) -> list[tuple[NodeLike, str]]:
    counts: dict[str, int] = {}
    named = []
    for node in nodes:
        kind = kind_of(node)
        counts[kind] = counts.get(kind, 0) + 1
        named.append((node, kind if counts[kind] == 1 else f"{kind}#{counts[kind]}"))
    return named


def covers(node: NodeLike, byte: int, source: str | None = None) -> bool:
    return (
        node.source == source
        and node.start is not None
        and node.length is not None
        and node.start <= byte < node.start + node.length
    )


def path_to_byte(roots: Sequence[NodeLike], byte: int, source: str | None = None) -> Path:
    """Path of the innermost node that holds a byte of the frame, or of another source; () if none does.

    The narrowest wins, of equal ones the deepest, of these the last: a bit field lies within its byte, a layer within
    the frame, and fields of a reassembled body hang below a layer of the frame.
    """
    best: Path = ()
    rank = (0, 0)
    # A stack instead of recursion: the depth is the packet's to choose.
    stack: list[tuple[NodeLike, Path]] = [(node, (name,)) for node, name in reversed(_named(roots))]
    looked = 0
    while stack and looked < MAX_LOOKED:
        node, path = stack.pop()
        looked += 1
        if covers(node, byte, source):
            mine = (-(node.length or 0), len(path))
            if not best or mine >= rank:
                best, rank = path, mine
        if node.children:
            stack.extend((child, (*path, name)) for child, name in reversed(_named(node.children)))
    return best
