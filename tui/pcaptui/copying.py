"""A packet, its fields and its bytes as text to be copied elsewhere."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .fields.node import Node, tree_lines

_DUMP = 16
_PRINTABLE = bytes(byte if 32 <= byte < 127 else ord(".") for byte in range(256))
_CODE_PATIENCE = 20.0


def hex_stream(data: bytes) -> str:
    """'0a1b2c'."""
    return data.hex()


def hex_dump(data: bytes) -> str:
    """Offset, sixteen bytes and their text, a line each; text2pcap reads it back."""
    lines = []
    for at in range(0, len(data), _DUMP):
        part = data[at : at + _DUMP]
        lines.append(f"{at:04x}  {part.hex(' '):<{3 * _DUMP - 1}}  {part.translate(_PRINTABLE).decode('ascii')}")
    return "\n".join(lines)


def c_array(data: bytes, name: str = "bytes") -> str:
    """An array definition in C."""
    rows = [data[at : at + 12] for at in range(0, len(data), 12)]
    body = ",\n".join("    " + ", ".join(f"0x{byte:02x}" for byte in row) for row in rows)
    return f"static const unsigned char {name}[{len(data)}] = {{\n{body}\n}};"


def python_bytes(data: bytes) -> str:
    """A bytes literal in Python."""
    return repr(data)


def base64_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def printable(data: bytes) -> str:
    """The bytes as text: what is printable and line ends; the rest is left out."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    return "".join(c for c in text if c == "\n" or c == "\t" or (c.isprintable() and c != "\ufffd"))


FORMS: dict[str, Callable[[bytes], str]] = {
    "hex stream": hex_stream,
    "hex dump": hex_dump,
    "C array": c_array,
    "Python bytes": python_bytes,
    "base64": base64_text,
    "printable text": printable,
}


@dataclass(frozen=True)
class Selected:
    """What a person looks at: a node of the tree (or none), and bytes."""

    node: Node | None
    data: bytes


def tree_text(nodes: Sequence[Node]) -> str:
    """Branches as indented lines, all of them."""
    return "\n".join(f"{'    ' * depth}{node.label}" for depth, node in tree_lines(nodes))


def value_text(node: Node) -> str:
    """A field's value alone; of a line that has none, its label."""
    if node.value is None:
        return node.label
    if isinstance(node.value, bool):
        return str(int(node.value))
    return str(node.value)


def scapy_code(frame: bytes, link_type: int) -> str:
    """The packet as Python code for scapy. Runs scapy in a process of its own: a dissector may take for ever.

    Raises RuntimeError with a reason.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pcaptui.dissect.scapy_code", str(link_type)], input=frame, capture_output=True,
            timeout=_CODE_PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise RuntimeError("scapy took too long") from None
    if done.returncode or not done.stdout:
        raise RuntimeError("scapy cannot write this packet as code")
    return done.stdout.decode("utf-8", "replace")
