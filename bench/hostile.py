#!/usr/bin/env python3
"""Feed packets that somebody spoilt to the tree builders, and say what went wrong.

usage: bench/hostile.py [FOLDER_OR_CAPTURE ...] [--packets 20000] [--seed 1] [--seconds S] [--no-scapy] [--worker]

Packets of the captures, each cut short at a random byte, with bits flipped, with numbers replaced by extreme ones, or
with parts doubled; and a fixed set of made-up ones: nested a thousand times, names that point at themselves, lengths
that lie. Wrong is: an exception, a tree with lines outside the bytes, a packet that takes over the soft limit, and a
builder that stopped ("Dissector stopped": a mistake of ours, caught). With --worker they go through the worker process.
The exit status is 1 if there was any.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tui"))

from pcaptui.capture import Capture
from pcaptui.dissect import wire
from pcaptui.dissect.tree_client import TreeClient
from pcaptui.fields import patience
from pcaptui.fields.context import Context
from pcaptui.fields.node import Dissection, tree_lines
from pcaptui.fields.scapy_load import scapy
from pcaptui.fields.tree import dissect
from pcaptui.protocols.text import escape
from pcaptui.surroundings import Surroundings

ODD = (b"\xff\xff", b"\0\0", b"\xff", b"\0", b"\xff\xff\xff\xff", b"\x7f\xff", b"\xc0\x0c", b"\x80\0")


def spoil(frame: bytes, rng: random.Random) -> bytes:
    """One of the ways in which packets are wrong."""
    if not frame:
        return frame
    way, at = rng.randrange(5), rng.randrange(len(frame))
    if way == 0:
        return frame[:at]
    data = bytearray(frame)
    if way == 1:
        for _ in range(rng.randint(1, 12)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif way == 2:
        for _ in range(rng.randint(1, 4)):
            odd, at = rng.choice(ODD), rng.randrange(len(frame))
            data[at : at + len(odd)] = odd
    elif way == 3:
        end = min(len(data), at + rng.randint(1, 200))
        data[at:at] = data[at:end] * rng.randint(1, 20)
    else:
        data[at:] = rng.randbytes(len(data) - at)
    return bytes(data)


def complaints(context: Context, tree: Dissection) -> Iterator[str]:
    """What is wrong with a tree."""
    for _, node in tree_lines(tree.nodes):
        if "Dissector stopped" in node.label:
            yield node.label
        if node.source is not None and node.source not in tree.sources:
            yield f"{node.field} names a source that is not there"
            continue
        size = len(tree.sources[node.source]) if node.source is not None else len(context.frame)
        if node.start is not None and not 0 <= node.start <= node.start + (node.length or 0) <= size:
            yield f"{node.field} lies outside its bytes"
        if escape(node.label) != node.label:
            yield f"{node.field} has a control character in its line"


def nested(times: int = 1000) -> Iterator[tuple[str, int, bytes]]:
    """Made-up packets: what they are, link type, bytes."""
    ether = bytes(12)

    def ip(protocol: int) -> bytes:
        return b"\x45\0\xff\xff\0\0\0\0\x40" + bytes([protocol]) + bytes(10)

    yield "VLAN", 1, ether + b"\x81\0\0\x01" * times + b"\x08\0" + ip(17)
    yield "IP in IP", 1, ether + b"\x08\0" + ip(4) * times
    yield "GRE", 1, ether + b"\x08\0" + (ip(47) + b"\0\0\x08\0") * times
    yield "IPv6 in IPv6", 1, ether + b"\x86\xdd" + (b"\x60\0\0\0\xff\xff\x29\x40" + bytes(32)) * times
    yield "extension headers", 1, ether + b"\x86\xdd\x60\0\0\0\xff\xff\x3c\x40" + bytes(32) + b"\x3c\0" * 4 * times
    yield "MPLS", 1, ether + b"\x88\x47" + b"\0\x01\0\x40" * times
    yield "PPPoE in Ethernet over MPLS", 1, (ether + b"\x88\x47\0\x01\x01\x40") * times
    yield "802.1ah", 1, ether + (b"\x88\xe7\0\0\0\x01" + ether) * times
    vxlan = ip(17) + b"\x30\x39\x12\xb5\xff\xff\0\0" + b"\x08\0\0\0\0\0\x01\0" + ether + b"\x08\0"
    yield "VXLAN", 1, ether + b"\x08\0" + vxlan * times
    yield "L2TP", 1, ether + b"\x08\0" + (ip(17) + b"\x06\xa5\x06\xa5\xff\xff\0\0" + b"\0\x02\0\0\0\0\0\x21") * times
    dns = ip(17) + b"\x30\x39\0\x35\xff\xff\0\0" + b"\0\x01\x81\x80\0\xff\xff\xff\xff\xff\xff\xff"
    yield "DNS loop", 1, ether + b"\x08\0" + dns + b"\xc0\x0c\0\x01\0\x01" * times
    yield "DNS long loop", 1, ether + b"\x08\0" + dns + b"\x01a\xc0\x0c\0\x01\0\x01" * times
    yield "DNS chain", 1, ether + b"\x08\0" + dns + b"".join(
        b"\x3f" + bytes(63) if i % 3 else (0xC000 | i * 8 % 0x3FFF).to_bytes(2) for i in range(times)
    )  # fmt: skip
    ber = b"".join(b"\x30\x84" + (6 * (times - i)).to_bytes(4) for i in range(times))
    yield "BER", 1, ether + b"\x08\0" + ip(17) + b"\x30\x39\0\xa1\xff\xff\0\0" + ber
    yield "ICMP in ICMP", 1, ether + b"\x08\0" + (ip(1) + b"\x03\x01\0\0\0\0\0\0") * times
    yield "DHCP options", 1, ether + b"\x08\0" + ip(17) + b"\0\x44\0\x43\xff\xff\0\0" + bytes(236) + (
        b"\x63\x82\x53\x63" + b"\x52\xff" * times
    )  # fmt: skip
    yield "tags", 127, b"\0\0\x08\0\0\0\0\0\x80\0\0\0" + bytes(32) + b"\xdd\0" * 10 * times
    yield "TCP options", 1, ether + b"\x08\0" + ip(6) + bytes(12) + b"\xf0\x02\xff\xff\0\0\0\0" + b"\x05\xff" * 20
    yield "IP options", 1, ether + b"\x08\0\x4f\0\xff\xff\0\0\0\0\x40\x06" + bytes(10) + b"\x07\x01\x44\xff" * 10
    yield "nothing", 1, b""
    yield "zeros", 1, bytes(65_535)
    yield "ones", 1, b"\xff" * 65_535


class Report:
    """Counts what is wrong, and keeps the first example of each kind."""

    def __init__(self) -> None:
        self.wrong: Counter[str] = Counter()
        self.examples: dict[str, tuple[str, Context]] = {}
        self.done = 0
        self.slowest = 0.0

    def add(self, where: str, context: Context, kinds: Iterator[str] | list[str], took: float) -> None:
        self.done += 1
        self.slowest = max(self.slowest, took)
        for kind in {*kinds, *([f"over {patience.SOFT_LIMIT:g} s"] if took >= patience.SOFT_LIMIT else [])}:
            self.wrong[kind] += 1
            self.examples.setdefault(kind, (where, context))

    def tell(self) -> None:
        print(f"{self.done:,} packets, slowest {1000 * self.slowest:.0f} ms")
        for kind, count in self.wrong.most_common():
            where, context = self.examples[kind]
            print(f"{count:6} {kind}\n       {where} link type {context.link_type}: {context.frame[:2000].hex()}")


def built(context: Context, where: str, report: Report) -> None:
    begin = time.perf_counter()
    clock = patience.current
    try:
        if clock is not None:
            clock.start()
        tree = dissect(context)
        if clock is not None:
            clock.stop()
        took = time.perf_counter() - begin
        kinds = list(complaints(context, tree))
        if wire.decode(*wire.encode(tree)).sources != tree.sources:
            kinds.append("does not pass through the pipe")
        json.dumps([node.as_object() for node in tree.nodes])
    except Exception as error:
        took = time.perf_counter() - begin
        last = traceback.extract_tb(error.__traceback__)[-1]
        kinds = [f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}"]
    report.add(where, context, kinds, took)


def asked(context: Context, where: str, report: Report, client: TreeClient) -> None:
    begin = time.perf_counter()
    tree = client.ask(context)
    kinds = [*complaints(context, tree), *(n.label for n in tree.nodes if n.label.startswith(("[No tree", "[Only")))]
    report.add(where, context, kinds, time.perf_counter() - begin)


def captures(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return found


def contexts(paths: list[Path], each: int, rng: random.Random) -> Iterator[tuple[str, Context]]:
    """Contexts of random packets of each capture."""
    for path in paths:
        try:
            capture = Capture([str(path)])
            capture.load_all()
        except Exception:  # not a capture
            continue
        surroundings = Surroundings(capture)
        for index in sorted(rng.sample(range(len(capture)), min(each, len(capture)))):
            yield f"{path.name} {index + 1}", surroundings.context(index)
        capture.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="*", type=Path)
    parser.add_argument("--packets", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--no-scapy", action="store_true")
    parser.add_argument("--worker", action="store_true")
    options = parser.parse_args()
    rng, report = random.Random(options.seed), Report()
    client = TreeClient(warm=False) if options.worker else None
    begin = time.perf_counter()
    if client is None:
        patience.current = patience.Clock()
        if not options.no_scapy:
            scapy()  # loading it is no packet's fault

    def one(where: str, context: Context) -> None:
        context = replace(context, with_scapy=not options.no_scapy)
        if client is None:
            built(context, where, report)
        else:
            asked(context, where, report, client)

    for name, link_type, data in nested():
        one(name, Context(1, data, len(data), link_type))
    paths = captures(options.captures)
    each = 1 + options.packets // (8 * len(paths)) if paths else 0
    for where, context in contexts(paths, each, rng):
        if report.done >= options.packets or time.perf_counter() - begin > options.seconds:
            break
        for _ in range(8):
            frame = spoil(context.frame, rng)
            one(where, replace(context, frame=frame, length=rng.choice((len(frame), context.length))))
    if client is not None:
        client.close()
    report.tell()
    return 1 if report.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
