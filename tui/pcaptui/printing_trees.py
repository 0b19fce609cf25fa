"""--print tree and --print hex: what single packets hold."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from .asked import wanted
from .capture import Capture
from .fields.node import tree_lines
from .options import Options
from .printing_words import json_text, tsv_cell

if TYPE_CHECKING:
    from .dissect.rows import Row
    from .dissect.tree_client import TreeClient
    from .fields.context import Context
    from .fields.node import Dissection


def print_trees(capture: Capture, options: Options, out: TextIO) -> None:
    from .dissect.tree_client import TreeClient

    capture.load_all()  # links to later packets, and what completes a message
    client = TreeClient(warm=False)
    try:
        if options.format == "tsv":
            out.write("number\tdepth\tlabel\tfield\tvalue\tstart\tlength\tsource\n")
        for index, row, tree in _trees(capture, options, client):
            if options.format == "jsonl":
                nodes = [node.as_object() for node in tree.nodes]
                out.write(json_text({"number": index + 1, "tree": nodes}) + "\n")
            elif options.format == "tsv":
                for depth, node in tree_lines(tree.nodes):
                    cells = (index + 1, depth, node.label, node.field, node.value, node.start, node.length, node.source)
                    out.write("\t".join(map(tsv_cell, cells)) + "\n")
            else:
                out.write(_heading(row) + "\n")
                out.writelines(f"{'    ' * depth}{node.label}\n" for depth, node in tree_lines(tree.nodes))
                out.write("\n")
    finally:
        client.close()


def _trees(capture: Capture, options: Options, client: TreeClient) -> Iterator[tuple[int, Row, Dissection]]:
    """Index, row and tree of each packet asked for."""
    from .dissect.rows import Rows
    from .surroundings import Surroundings

    surroundings = Surroundings(capture, Rows(capture))
    asked: deque[tuple[int, Row]] = deque()

    def contexts() -> Iterator[Context]:
        for index in wanted(capture, options):
            asked.append((index, surroundings.rows.row(index)))
            yield surroundings.context(index)

    for tree in client.ask_many(contexts()):
        yield *asked.popleft(), tree


def _heading(row: Row) -> str:
    return f"Packet {row.number}: {row.source} → {row.destination} {row.protocol} {row.length} bytes: {row.info}"


def print_hex(capture: Capture, options: Options, out: TextIO) -> None:
    if options.format == "tsv":
        out.write("number\thex\n")
    for index in wanted(capture, options):
        data = capture.frame(index)
        if options.format == "jsonl":
            out.write(json_text({"number": index + 1, "hex": data.hex()}) + "\n")
        elif options.format == "tsv":
            out.write(f"{index + 1}\t{data.hex()}\n")
        else:
            out.write(f"Packet {index + 1}: {len(data)} bytes\n")
            out.writelines(f"{line}\n" for line in hex_lines(data))
            out.write("\n")


def hex_lines(data: bytes, width: int = 16) -> Iterator[str]:
    """Offset, hex and printable ASCII, `width` bytes a line."""
    for at in range(0, len(data), width):
        part = data[at : at + width]
        text = "".join(chr(b) if 32 <= b < 127 else "." for b in part)
        left, right = part[: width // 2].hex(" "), part[width // 2 :].hex(" ")
        yield f"{at:04x}  {left:<{width // 2 * 3 - 1}}  {right:<{width // 2 * 3 - 1}}  {text}"
