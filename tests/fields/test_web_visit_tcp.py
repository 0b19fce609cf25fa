"""The segments of the visit to nate.com, field by field, as the course book shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pcaptui.capture import Capture
from pcaptui.fields.node import Dissection, Node, tree_lines
from pcaptui.fields.tree import dissect
from pcaptui.surroundings import Surroundings

VISIT = Path(__file__).resolve().parents[2] / "sample_pcaps" / "web-visit.pcapng"
FRAMES = range(248, 263)


@pytest.fixture(scope="module")
def trees() -> Iterator[dict[int, Dissection]]:
    capture = Capture([str(VISIT)])
    capture.load_all()
    around = Surroundings(capture)
    yield {number: dissect(around.context(number - 1)) for number in FRAMES}
    capture.close()


def lines(tree: Dissection, layer: str) -> dict[str, tuple[int | None, int | None]]:
    """Label → bytes of the lines of one layer."""
    top = next(node for node in tree.nodes if node.field == layer)
    return {node.label: (node.start, node.length) for _, node in tree_lines([top])}


NOWHERE = (None, None)
SYN = {
    "Source Port: 50825": (34, 2),
    "Destination Port: 80": (36, 2),
    "[Stream index: 4]": NOWHERE,
    "[TCP Segment Len: 0]": NOWHERE,
    "Sequence Number: 0    (relative sequence number)": (38, 4),
    "Sequence Number (raw): 1580316570": (38, 4),
    "0111 .... = Header Length: 28 bytes (7)": (46, 1),
    "Flags: 0x002 (SYN)": (46, 2),
    "000. .... .... = Reserved: Not set": (46, 1),
    ".... .... ..1. = Syn: Set": (47, 1),
    ".... .... ...0 = Fin: Not set": (47, 1),
    "Window: 65535": (48, 2),
    "[Calculated window size: 65535]": (48, 2),
    "Checksum: 0x8931 [unverified]": (50, 2),
    "Urgent Pointer: 0": (52, 2),
    "TCP Option - Maximum segment size: 1460 bytes": (54, 4),
    "MSS Value: 1460": (56, 2),
    "TCP Option - No-Operation (NOP)": (59, 1),
    "TCP Option - SACK permitted": (60, 2),
    "[Time since first frame in this TCP stream: 0.000000000 seconds]": NOWHERE,
    "[Time since previous frame in this TCP stream: 0.000000000 seconds]": NOWHERE,
}
SYN_ACK = {
    "Acknowledgment Number: 1    (relative ack number)": (42, 4),
    ".... ...1 .... = Acknowledgment: Set": (47, 1),
    ".... .... ..1. = Syn: Set": (47, 1),
    "[This is an ACK to the segment in frame: 251]": NOWHERE,
    "[The RTT to ACK the segment was: 0.003790000 seconds]": NOWHERE,
    "[iRTT: 0.003836000 seconds]": NOWHERE,
}
ACK = {
    "Sequence Number: 1    (relative sequence number)": (38, 4),
    "Acknowledgment Number: 1    (relative ack number)": (42, 4),
    "0101 .... = Header Length: 20 bytes (5)": (46, 1),
    "[Window size scaling factor: -2 (no window scaling used)]": (48, 2),
    "Checksum: 0x8929 [unverified]": (50, 2),
}


def close_enough(
    label: str, place: tuple[int | None, int | None], found: dict[str, tuple[int | None, int | None]]
) -> None:
    assert label in found, label
    # Computed lines may or may not have bytes that they were computed from.
    assert found[label] == place or label.startswith("["), label


@pytest.mark.parametrize(("number", "expected"), [(251, SYN), (252, SYN_ACK), (253, ACK)])
def test_the_handshake_is_spelled_out(trees, number, expected):
    found = lines(trees[number], "tcp")
    for label, place in expected.items():
        close_enough(label, place, found)


@pytest.mark.parametrize(
    ("number", "sequence", "acknowledgment", "fin"),
    [(259, 379, 262, True), (260, 262, 380, False), (261, 262, 380, True), (262, 380, 263, False)],
)
def test_the_teardown_has_its_bits_and_numbers(trees, number, sequence, acknowledgment, fin):
    found = lines(trees[number], "tcp")
    assert f"Sequence Number: {sequence}    (relative sequence number)" in found
    assert f"Acknowledgment Number: {acknowledgment}    (relative ack number)" in found
    assert f".... .... ...{int(fin)} = Fin: {'Set' if fin else 'Not set'}" in found
    assert ".... ...1 .... = Acknowledgment: Set" in found


def test_the_clients_checksums_are_told_to_be_the_cards(trees):
    offloaded = [n for n in FRAMES if "to compute the checksum" in "".join(_labels(trees[n].nodes))]
    assert offloaded == [248, 250, 251, 253, 254, 256, 260, 261]


def _labels(nodes: list[Node]) -> list[str]:
    return [node.label for _, node in tree_lines(nodes)]


def test_every_field_lies_in_the_bytes_it_names(trees):
    capture = Capture([str(VISIT)])
    capture.load_all()
    for number in FRAMES:
        tree = trees[number]
        for _, node in tree_lines(tree.nodes):
            if node.start is None:
                continue
            data = capture.frame(number - 1) if node.source is None else tree.sources[node.source]
            assert 0 <= node.start <= node.start + (node.length or 0) <= len(data), node.label
    capture.close()
