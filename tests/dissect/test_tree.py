"""Field trees: layers, fields and their bytes, from hostile frames too, through the worker process."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Dot1Q, Ether

from pcaptui.dissect import tree_client
from pcaptui.dissect.tree import clean, dissect
from pcaptui.dissect.tree_client import TreeClient
from pcaptui.fields.node import Node, tree_lines

QUERY = bytes(Ether() / IP() / UDP(dport=53) / DNS(qd=DNSQR(qname="nate.com")))


@pytest.fixture(scope="module")
def client() -> Iterator[TreeClient]:
    client = TreeClient()
    yield client
    client.close()


def by_field(nodes: list[Node]) -> dict[str, Node]:
    return {node.field: node for _, node in tree_lines(nodes)}


def test_layers_lie_behind_each_other() -> None:
    nodes = dissect(QUERY, 1)
    assert [(n.field, n.start, n.length) for n in nodes] == [
        ("scapy.Ether", 0, 14), ("scapy.IP", 14, 20), ("scapy.UDP", 34, 8), ("scapy.DNS", 42, len(QUERY) - 42),
    ]  # fmt: skip


def test_a_field_knows_its_bytes() -> None:
    fields = by_field(dissect(QUERY, 1))
    assert (fields["scapy.IP.ttl"].start, fields["scapy.IP.ttl"].length) == (22, 1)
    assert (fields["scapy.UDP.dport"].start, fields["scapy.UDP.dport"].length) == (36, 2)
    assert fields["scapy.UDP.dport"].label == "dport: 53"


def test_bit_fields_lie_in_the_bytes_they_share() -> None:
    fields = by_field(dissect(bytes(Ether() / Dot1Q(vlan=42, prio=3) / IP() / TCP()), 1))
    assert (fields["scapy.Dot1Q.prio"].start, fields["scapy.Dot1Q.prio"].length) == (14, 1)
    assert (fields["scapy.Dot1Q.vlan"].start, fields["scapy.Dot1Q.vlan"].length) == (14, 2)


def test_padding_behind_ip_is_a_node_of_its_own() -> None:
    frame = bytes(Ether() / IP() / TCP()).ljust(60, b"\0")
    last = dissect(frame, 1)[-1]
    assert (last.label, last.start, last.length) == ("Padding (6 bytes)", 54, 6)


def test_an_unknown_link_type_shows_bytes() -> None:
    (node,) = dissect(b"abc", 60_000)
    assert (node.label, node.start, node.length) == ("Data (3 bytes)", 0, 3)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([0, 1, 101, 105, 113, 127]))
def test_any_bytes_give_a_tree_inside_the_frame(frame: bytes, link_type: int) -> None:
    for _, node in tree_lines(dissect(frame, link_type)):
        assert node.label == clean(node.label)
        if node.start is not None and node.length is not None:
            assert 0 <= node.start <= node.start + node.length <= len(frame)


def test_the_worker_gives_the_same_tree(client: TreeClient) -> None:
    assert [n.as_object() for n in client.ask(QUERY, 1)] == [n.as_object() for n in dissect(QUERY, 1)]


def test_a_worker_that_died_is_replaced(client: TreeClient) -> None:
    client.ask(QUERY, 1)
    assert client._process is not None
    os.kill(client._process.pid, signal.SIGKILL)
    client._process.wait()
    assert next(node.field for node in client.ask(QUERY, 1)) == "scapy.Ether"


def test_a_dissector_that_takes_too_long_is_given_up(client: TreeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    client.ask(QUERY, 1)
    assert client._process is not None
    monkeypatch.setattr(tree_client, "TIME_LIMIT", 0.2)
    os.kill(client._process.pid, signal.SIGSTOP)
    first, second = client.ask(QUERY, 1)
    assert "took over 0.2 s" in first.label
    assert (second.start, second.length) == (0, len(QUERY))
    assert client.ask(QUERY, 1)[0].field == "scapy.Ether"


def test_of_requests_at_once_the_latest_is_answered(client: TreeClient) -> None:
    async def ask() -> list[list[Node] | None]:
        return await asyncio.gather(*(client.request(i, QUERY, 1) for i in range(20)))

    answers = asyncio.run(ask())
    assert answers[-1] is not None
    assert sum(answer is None for answer in answers) > 0
