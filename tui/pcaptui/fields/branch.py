"""Building blocks of protocol trees: a view of some bytes, the walk through a packet's layers, and a branch to put
fields on.

Positions are those in the view's buffer (the frame, or data put together or decoded from it), never relative to the
layer. Reading behind the view's end raises Short, and the walk notes where the layer broke off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from struct import error as StructError

from ..protocols.packet import Malformed, Short
from ..protocols.text import decode, ipv4, ipv6, mac
from .context import Context
from .node import Node, Value
from .words import DEC, HEX, Names, bit_pattern, clipped, named, plain, shift_of

MAX_DEPTH = 100
MAX_NODES = 80_000
"""More lines than anybody reads; what would come after them is left out, and said."""
SHOWN_BYTES = 36
"""Bytes of a blob's value that are written out in its label; found by experiment with tshark."""


@dataclass(slots=True, frozen=True)
class View:
    """Bytes `at` to `end` of a buffer, as far as they were captured. `reported` is where they end as the headers and
    the wire tell it (>= end where the capture was cut). `source` names the buffer, None: the frame."""

    data: bytes
    at: int
    end: int
    reported: int
    source: str | None = None

    def __len__(self) -> int:
        return max(0, self.end - self.at)

    @property
    def bytes(self) -> bytes:
        return self.data[self.at : self.end]

    def sub(self, at: int, end: int | None = None) -> View:
        """The part from `at` on, up to `end` where that lies inside; `end` may count bytes that were not captured."""
        stop = self.reported if end is None else min(end, self.reported)
        stop = max(stop, at)
        return View(self.data, at, max(at, min(self.end, stop)), stop, self.source)


class Enough(Exception):
    """The tree is as long as it may become."""


@dataclass(slots=True)
class Walk:
    """The way through one packet: its top-level nodes, the protocols met, and the buffers that its layers made."""

    context: Context
    nodes: list[Node] = field(default_factory=list)
    protocols: list[str] = field(default_factory=list)
    sources: dict[str, bytes] = field(default_factory=dict)
    depth: int = 0
    count: int = 0
    quoted: int = 0
    """How many ICMP errors the layer at hand is quoted in."""
    fragmented: bool = False
    """The layer at hand is only the first part of its datagram."""
    addresses: bytes = b""
    """Source and destination of the innermost IPv6 header, as they count in checksums."""
    framed: int = 0
    """Where the frame at hand starts in its buffer."""
    claimed: int | None = None
    """Where the network layer says that its bytes end, for the link layer's trailer."""

    @contextmanager
    def inside(self, branch: Branch) -> Iterator[None]:
        """Layers built meanwhile become children of `branch`."""
        nodes, self.nodes = self.nodes, branch.node.children
        try:
            yield
        finally:
            self.nodes = nodes

    def layer(self, view: View, protocol: str, label: str, length: int | None = None) -> Branch:
        """A new top-level node for a protocol, and its name in the list of protocols; `length` bytes of the view."""
        self.protocols.append(protocol)
        size = len(view) if length is None else max(0, min(length, len(view)))
        node = Node(plain(label), protocol, None, min(view.at, len(view.data)), size, source=view.source)
        self.nodes.append(node)
        return Branch(self, view, node)

    def call(self, builder: Callable[[Walk, View], object], view: View) -> None:
        """Let a layer's builder work; a layer that breaks off keeps what it had, and a line says so."""
        if self.depth >= MAX_DEPTH:
            self.nodes.append(Node("[More layers than are followed]"))
            return
        self.depth += 1
        protocols = len(self.protocols)
        try:
            builder(self, view)
        except (Short, IndexError, StructError):
            cut = len(self.context.frame) < self.context.length and view.source is None
            if cut or not self.quoted:  # ICMP errors seldom quote all of a datagram (RFC 792): nothing is wrong with it
                self._broken("Packet size limited during capture" if cut else "Malformed Packet", protocols, cut)
        except Enough:
            raise
        except Malformed:
            self._broken("Malformed Packet", protocols, False)
        except Exception as error:
            self._broken(f"Dissector stopped: {type(error).__name__}", protocols, False)
        finally:
            self.depth -= 1

    def _broken(self, why: str, protocols: int, cut: bool) -> None:
        name = self.protocols[protocols].upper() if len(self.protocols) > protocols else ""
        self.nodes.append(Node(f"[{why}: {name}]" if name else f"[{why}]", "_ws.short" if cut else "_ws.malformed"))

    def add_source(self, name: str, data: bytes) -> View:
        """Make a buffer of its own (reassembled, decoded) and view it; the hex pane shows it as a tab."""
        unique, serial = name, 1
        while unique in self.sources:
            serial += 1
            unique = f"{name} {serial}"
        self.sources[unique] = data
        return View(data, 0, len(data), len(data), unique)

    def tally(self) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            raise Enough


class Branch:
    """A node and the bytes its fields are read from."""

    __slots__ = ("data", "end", "node", "source", "view", "walk")

    def __init__(self, walk: Walk, view: View, node: Node) -> None:
        self.walk = walk
        self.view = view
        self.node = node
        self.data = view.data
        self.end = view.end
        self.source = view.source

    # Reading.

    def raw(self, at: int, size: int) -> bytes:
        """`size` bytes from `at`; raises Short where they are not all there."""
        if at < 0 or size < 0 or at + size > self.end:
            raise Short
        return self.data[at : at + size]

    def number(self, at: int, size: int, little: bool = False) -> int:
        return int.from_bytes(self.raw(at, size), "little" if little else "big")

    def u8(self, at: int) -> int:
        if at >= self.end:
            raise Short
        return self.data[at]

    def u16(self, at: int) -> int:
        return self.number(at, 2)

    def u32(self, at: int) -> int:
        return self.number(at, 4)

    # Nodes of any kind.

    def add(self, label: str, field: str = "", value: Value = None, at: int | None = None, size: int | None = None,
            name: int = 0) -> Branch:  # fmt: skip
        """A line below this one, and the branch to put more below it. Without `at` it is a computed one. Both are
        clipped to what was captured. `name`: length of the name in front of the colon, for labels that are cut."""
        self.walk.tally()
        if at is not None:
            stop = min(at + (size or 0), self.end)
            at = max(0, min(at, self.end))
            size = max(0, stop - at)
        node = Node(plain(label, name), field, value, at, size, source=self.source if at is not None else None)
        self.node.children.append(node)
        return Branch(self.walk, self.view, node)

    def computed(self, label: str, field: str = "", value: Value = None, link: int | None = None,
                 name: int = 0) -> Branch:  # fmt: skip
        """A line in brackets, for what no byte says. `link` is the number of the packet it leads to."""
        branch = self.add(f"[{label}]", field, value, name=name)
        branch.node.link = link
        return branch

    def within(self, at: int, end: int | None = None) -> Branch:
        """The same node with other bounds for reading."""
        return Branch(self.walk, self.view.sub(at, end), self.node)

    def label(self, text: str) -> None:
        """Word this branch's own line anew."""
        self.node.label = plain(text)

    def suffix(self, text: str) -> None:
        """Add words to this branch's own line; what gets too long is cut without a mark, as tshark does."""
        self.node.label = clipped(self.node.label + text)

    def resize(self, size: int) -> None:
        """Set the length of this branch's own bytes, once it is known."""
        if self.node.start is not None:
            self.node.length = max(0, min(size, self.end - self.node.start))

    # Fields by type. Each reads, adds a line 'Name: value' and returns what it read.

    def uint(self, field: str, name: str, at: int, size: int, form: str = DEC, names: Names | None = None,
             unit: str = "", little: bool = False, unknown: str = "Unknown") -> int:  # fmt: skip
        value = self.number(at, size, little)
        self.add(f"{name}: {named(value, form, 2 * size, names, unknown)}{unit}", field, value, at, size)
        return value

    def bits(self, field: str, name: str, at: int, size: int, mask: int, form: str = DEC, names: Names | None = None,
             unit: str = "", little: bool = False, width: int = 0, unknown: str = "Unknown") -> int:  # fmt: skip
        """A number in some bits of `size` bytes: '0100 .... = Version: 4'. `width`: bits shown, where not all."""
        whole = self.number(at, size, little)
        shift = shift_of(mask)
        value = (whole & mask) >> shift
        digits = ((mask >> shift).bit_length() + 3) // 4
        pattern = bit_pattern(whole, mask, width or 8 * size)
        self.add(f"{pattern} = {name}: {named(value, form, digits, names, unknown)}{unit}", field, value, at, size)
        return value

    def flag(self, field: str, name: str, at: int, size: int, mask: int, yes: str = "Set", no: str = "Not set",
             little: bool = False, width: int = 0) -> bool:  # fmt: skip
        """One bit in words: '.1.. .... = Don't fragment: Set'."""
        whole = self.number(at, size, little)
        value = bool(whole & mask)
        self.add(
            f"{bit_pattern(whole, mask, width or 8 * size)} = {name}: {yes if value else no}", field, value, at, size
        )
        return value

    def truth(self, field: str, name: str, at: int, size: int, yes: str = "True", no: str = "False") -> bool:
        """A boolean that fills its bytes."""
        value = bool(self.number(at, size))
        self.add(f"{name}: {yes if value else no}", field, value, at, size)
        return value

    def mac(self, field: str, name: str, at: int) -> str:
        text = mac(self.raw(at, 6))
        self.add(f"{name}: {text}", field, text, at, 6)
        return text

    def ipv4(self, field: str, name: str, at: int) -> str:
        text = ipv4(self.raw(at, 4))
        self.add(f"{name}: {text}", field, text, at, 4)
        return text

    def ipv6(self, field: str, name: str, at: int) -> str:
        text = ipv6(self.raw(at, 16))
        self.add(f"{name}: {text}", field, text, at, 16)
        return text

    def string(self, field: str, name: str, at: int, size: int, encoding: str = "") -> str:
        """Text up to its first NUL; undecodable bytes become U+FFFD. UTF-8 unless another encoding is named."""
        raw = self.raw(at, size)
        text = raw.decode(encoding, "replace") if encoding else decode(raw)
        text = text.partition("\0")[0]
        self.add(f"{name}: {text}", field, text, at, size, len(name))
        return text

    def blob(self, field: str, name: str, at: int, size: int) -> bytes:
        """Bytes in hexadecimal, the first of them in the label."""
        raw = self.raw(at, size)
        shown = raw[:SHOWN_BYTES].hex() + ("…" if size > SHOWN_BYTES else "")
        self.add(f"{name}: {shown}" if size else f"{name}: <MISSING>", field, raw.hex(":"), at, size)
        return raw


__all__ = ["DEC", "HEX", "Branch", "Enough", "View", "Walk"]
