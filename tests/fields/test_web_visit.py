"""The visit to a web site, field by field: what a reader of the case book must see."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcaptui.capture import Capture
from pcaptui.fields.node import Dissection, Node, tree_lines
from pcaptui.fields.tree import dissect
from pcaptui.surroundings import Surroundings

CAPTURE = Path(__file__).resolve().parents[2] / "sample_pcaps" / "web-visit.pcapng"
Line = tuple[str, int | None, int | None]


@pytest.fixture(scope="module")
def surroundings() -> Surroundings:
    capture = Capture([str(CAPTURE)])
    capture.load_all()
    return Surroundings(capture)


def tree(surroundings: Surroundings, number: int) -> Dissection:
    return dissect(surroundings.context(number - 1))


def lines(found: Dissection) -> list[Line]:
    return [(node.label, node.start, node.length) for _, node in tree_lines(found.nodes)]


def node(found: Dissection, field: str) -> Node:
    return next(node for _, node in tree_lines(found.nodes) if node.field == field)


def test_frame_248_asks_for_nate_com(surroundings: Surroundings) -> None:
    found = tree(surroundings, 248)
    seen = lines(found)
    for wanted in [
        ("Source Address: 115.140.24.224", 26, 4),
        ("Destination Address: 1.214.68.2", 30, 4),
        ("Source Port: 52828", 34, 2),
        ("Destination Port: 53", 36, 2),
        ("Length: 34", 38, 2),
        ("[Stream index: 12]", None, None),
        ("Domain Name System (query)", 42, 26),
        ("Transaction ID: 0x2b06", 42, 2),
        ("Flags: 0x0100 Standard query", 44, 2),
        ("0... .... .... .... = Response: Message is a query", 44, 2),
        (".000 0... .... .... = Opcode: Standard query (0)", 44, 2),
        (".... ..0. .... .... = Truncated: Message is not truncated", 44, 2),
        (".... ...1 .... .... = Recursion desired: Do query recursively", 44, 2),
        (".... .... .0.. .... = Z: reserved (0)", 44, 2),
        (".... .... ...0 .... = Non-authenticated data: Unacceptable", 44, 2),
        ("Questions: 1", 46, 2),
        ("Answer RRs: 0", 48, 2),
        ("Authority RRs: 0", 50, 2),
        ("Additional RRs: 0", 52, 2),
        ("nate.com: type A, class IN", 54, 14),
        ("Name: nate.com", 54, 10),
        ("[Name Length: 8]", 54, 10),
        ("[Label Count: 2]", 54, 10),
        ("Type: A (Host Address) (1)", 64, 2),
        ("Class: IN (0x0001)", 66, 2),
        ("[Response In: 249]", None, None),
    ]:
        assert wanted in seen
    checksum = node(found, "udp.checksum")
    assert (checksum.start, checksum.length, checksum.value) == (40, 2, 0xD277)
    assert "0xd277 [unverified]" in checksum.label
    assert node(found, "dns.response_in").link == 249


def test_frame_249_answers_with_two_addresses(surroundings: Surroundings) -> None:
    found = tree(surroundings, 249)
    seen = lines(found)
    for start, address in ((68, "120.50.132.112"), (84, "120.50.131.112")):
        for wanted in [
            (f"nate.com: type A, class IN, addr {address}", start, 16),
            ("Name: nate.com", start, 2),
            ("Type: A (Host Address) (1)", start + 2, 2),
            ("Class: IN (0x0001)", start + 4, 2),
            ("Time to live: 600 (10 minutes)", start + 6, 4),
            ("Data length: 4", start + 10, 2),
            (f"Address: {address}", start + 12, 4),
        ]:
            assert wanted in seen
    assert ("[Request In: 248]", None, None) in seen
    assert ("[Time: 0.007426000 seconds]", None, None) in seen
    assert node(found, "dns.response_to").link == 248
