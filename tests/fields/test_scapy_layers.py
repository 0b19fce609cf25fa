"""Layers that only scapy knows: every field and its bytes, going on with our own builders, and broken ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from importlib import import_module
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.asn1.asn1 import ASN1_OID
from scapy.fields import (
    BitField,
    ByteField,
    ConditionalField,
    FieldLenField,
    FieldListField,
    IntField,
    MultipleTypeField,
    PacketField,
    PacketListField,
    PadField,
    ShortField,
    StrField,
    StrLenField,
    XIntField,
    _BitField,
)
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Dot1Q, Ether
from scapy.layers.rip import RIP, RIPEntry
from scapy.layers.snmp import SNMP, SNMPget, SNMPvarbind
from scapy.packet import Packet, Raw, fuzz

from pcaptui.fields import registry, scapy_choice
from pcaptui.fields.branch import View, Walk
from pcaptui.fields.context import Context
from pcaptui.fields.node import Node, tree_lines
from pcaptui.fields.scapy_layers import layers_as, scapy_layers
from pcaptui.fields.scapy_record import innermost
from pcaptui.fields.tree import dissect


def walk_of(data: bytes) -> tuple[Walk, View]:
    return Walk(Context(1, data, len(data), 147)), View(data, 0, len(data), len(data))


def as_layers(data: bytes, layer: type[Packet]) -> Walk:
    walk, view = walk_of(data)
    assert layers_as(walk, view, layer)
    return walk


def carried(data: bytes, kind: str, key: int | tuple[int, int]) -> Walk:
    walk, view = walk_of(data)
    assert scapy_layers(walk, view, kind, key)
    return walk


def places(walk: Walk) -> dict[str, tuple[int | None, int | None]]:
    """Start and length by field, the first where there are several."""
    found: dict[str, tuple[int | None, int | None]] = {}
    for _, node in tree_lines(walk.nodes):
        found.setdefault(node.field, (node.start, node.length))
    return found


def leaves(node: Node) -> Iterator[Node]:
    if not node.children:
        yield node
    for child in node.children:
        yield from leaves(child)


# Every kind of field.


class Item(Packet):
    fields_desc: ClassVar = [FieldLenField("size", None, fmt="B", length_of="text"),
                   StrLenField("text", b"", length_from=lambda p: p.size)]  # fmt: skip

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return b"", s


class Sample(Packet):
    name = "Sample layer"
    fields_desc: ClassVar = [
        BitField("high", 1, 3),
        BitField("middle", 2, 10),
        BitField("low", 3, 3),
        BitField("little_a", 1, 4, tot_size=-2),
        BitField("little_b", 2, 12, end_tot_size=-2),
        ByteField("kind", 1),
        ConditionalField(ShortField("there", 7), lambda p: p.kind == 1),
        ConditionalField(ShortField("absent", 7), lambda p: p.kind == 2),
        MultipleTypeField([(IntField("either", 5), lambda p: p.kind == 1)], ByteField("either", 5)),
        PadField(StrLenField("padded", b"abc", length_from=lambda p: 3), 4),
        FieldLenField("count", None, count_of="items", fmt="B"),
        PacketListField("items", [], Item, count_from=lambda p: p.count),
        FieldListField("words", [1, 2, 3], ShortField("", 0), count_from=lambda p: 3),
        PacketField("one", Item(text=b"xyz"), Item),
        XIntField("end", 0xDEADBEEF),
    ]


def test_every_kind_of_field_knows_its_bytes() -> None:
    data = bytes(Sample(items=[Item(text=b"a"), Item(text=b"bcd")]) / Raw(b"rest"))
    walk = as_layers(data, Sample)
    layer = walk.nodes[0]
    assert (layer.label, layer.field, layer.start, layer.length) == ("Sample layer", "scapy.Sample", 0, len(data) - 4)
    found = places(walk)
    expected = {
        "high": (0, 1), "middle": (0, 2), "low": (1, 1), "little_a": (3, 1), "little_b": (2, 2), "kind": (4, 1),
        "there": (5, 2), "either": (7, 4), "padded": (11, 4), "count": (15, 1), "items": (16, 6), "words": (22, 6),
        "one": (28, 4), "end": (32, 4),
    }  # fmt: skip
    assert {name: found[f"scapy.Sample.{name}"] for name in expected} == expected
    assert "scapy.Sample.absent" not in found
    items = next(n for n in layer.children if n.field == "scapy.Sample.items")
    assert [(n.field, n.start, n.length) for n in items.children] == [("scapy.Item", 16, 2), ("scapy.Item", 18, 4)]
    words = next(n for n in layer.children if n.field == "scapy.Sample.words")
    assert [(n.value, n.start, n.length) for n in words.children] == [(1, 22, 2), (2, 24, 2), (3, 26, 2)]
    assert (walk.nodes[1].label, walk.nodes[1].start) == ("Data (4 bytes)", len(data) - 4)


def test_lines_have_scapys_names_and_words() -> None:
    walk = carried(bytes(RIP(cmd=2) / RIPEntry(addr="10.1.2.3")), "udp", (520, 520))
    lines = {node.field: node for _, node in tree_lines(walk.nodes)}
    assert lines["scapy.RIP.cmd"].label == "cmd: resp" and lines["scapy.RIP.cmd"].value == 2
    assert lines["scapy.RIPEntry.addr"].label == "addr: 10.1.2.3"
    assert walk.protocols == ["rip", "ripentry"]


def test_asn1_layers_know_the_bytes_of_nested_elements() -> None:
    binding = SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1"))
    data = bytes(SNMP(community="public", PDU=SNMPget(varbindlist=[binding, binding])))
    found = places(carried(data, "udp", (40000, 161)))
    at = data.index(b"\x04\x06public")
    assert found["scapy.SNMP.community"] == (at, 8)
    assert found["scapy.SNMP.PDU"] == (at + 8, len(data) - at - 8)
    bindings = [
        (n.start, n.length)
        for _, n in tree_lines(carried(data, "udp", (1, 161)).nodes)
        if n.field == "scapy.SNMPvarbind"
    ]
    assert bindings == [(len(data) - 22, 11), (len(data) - 11, 11)]


def test_bytes_that_a_layer_decodes_are_a_source_of_their_own() -> None:
    class Swapped(Packet):
        fields_desc: ClassVar = [ByteField("key", 0)]

        def post_dissect(self, s: bytes) -> bytes:
            return bytes(b ^ self.key for b in s)

        def guess_payload_class(self, payload: bytes) -> type[Packet]:
            return Item

    walk = as_layers(b"\xff" + bytes(b ^ 0xFF for b in b"\x02hi"), Swapped)
    text = next(n for _, n in tree_lines(walk.nodes) if n.field == "scapy.Item.text")
    assert text.source is not None and walk.sources[text.source] == b"\x02hi"
    assert (text.start, text.length) == (1, 2)


# Which layer, and where it goes on.


def test_a_tunnel_that_scapy_knows_carries_what_our_builders_know(monkeypatch: pytest.MonkeyPatch) -> None:
    class Tunnel(Packet):
        fields_desc: ClassVar = [ShortField("key", 0)]

        def guess_payload_class(self, payload: bytes) -> type[Packet]:
            return IP

    called: list[tuple[int, int]] = []

    def builder(walk: Walk, view: View) -> None:
        called.append((view.at, view.end))
        walk.layer(view, "ip", "Internet Protocol", len(view))

    registry.load()
    monkeypatch.setitem(registry.ip_protocols, 4, builder)
    monkeypatch.setitem(registry.ethertypes, 0x0800, builder)
    scapy_choice.known.cache_clear()
    inner = bytes(IP(src="10.9.8.7") / UDP(sport=5, dport=6) / b"hello")
    walk = as_layers(bytes(Tunnel()) + inner, Tunnel)
    scapy_choice.known.cache_clear()
    assert called == [(2, 2 + len(inner))]
    assert [node.field for node in walk.nodes] == ["scapy.Tunnel", "ip"]


@pytest.mark.parametrize(
    ("kind", "key", "layer"),
    [
        ("ip_protocol", 89, "OSPF_Hdr"), ("ip_protocol", 88, "EIGRP"), ("ethertype", 0x88CC, "LLDPDU"),
        ("ethertype", 0x8847, "MPLS"), ("udp", (40000, 2152), "GTP_U_Header"), ("udp", (3784, 49152), "BFD"),
        ("tcp", (40000, 502), "ModbusADURequest"), ("tcp", (179, 40000), "BGPKeepAlive"), ("udp", (1, 520), "RIP"),
    ],
)  # fmt: skip
def test_layers_are_found_by_what_carries_them(kind: str, key: int | tuple[int, int], layer: str) -> None:
    found, _ = scapy_choice.choose(kind, key, b"\xff" * 16 + b"\x00\x13\x04" + bytes(20))
    assert found is not None and (found.__name__ == layer or layer.startswith(found.__name__))


def test_ports_that_nobody_knows_are_data() -> None:
    walk, view = walk_of(b"whatever it is")
    assert not scapy_layers(walk, view, "udp", (40001, 40002))
    assert not scapy_layers(walk, view, "ethertype", 0xFFF1)
    assert not scapy_layers(walk, view, "link_type", 60_000)
    assert (walk.nodes, walk.protocols) == ([], [])


# Broken layers.


def test_a_layer_that_breaks_off_shows_how_far_it_got() -> None:
    whole = bytes(Dot1Q(vlan=5, type=0x0806)) + bytes(28)
    walk = as_layers(whole[:3], Dot1Q)
    assert places(walk)["scapy.Dot1Q.vlan"] == (0, 2)
    assert walk.nodes[-1].field == "_ws.malformed"
    assert places(walk)[""] == (2, 1)


def test_a_layer_that_breaks_off_behind_others_is_no_raw_data() -> None:
    walk = as_layers(bytes(RIP() / RIPEntry())[:14], RIP)
    assert [n.field for n in walk.nodes] == ["scapy.RIP", "scapy.RIPEntry", "_ws.malformed"]
    assert places(walk)["scapy.RIPEntry.addr"] == (8, 4)


def test_a_port_alone_does_not_make_a_broken_layer() -> None:
    walk, view = walk_of(b"\xff\xff\xff")
    assert not scapy_layers(walk, view, "udp", (1, 161))
    assert walk.nodes == []


@settings(max_examples=150, deadline=None)
@given(
    st.binary(min_size=1, max_size=120),
    st.sampled_from(
        [("udp", (1, 161)), ("udp", (520, 520)), ("udp", (1, 1701)), ("udp", (1812, 1)), ("ip_protocol", 89),
         ("ip_protocol", 132), ("ethertype", 0x88CC), ("ethertype", 0x8863), ("link_type", 127), ("link_type", 195),
         ("tcp", (1, 179)), ("udp", (1, 2152)), ("link_type", 251), ("udp", (547, 546))]
    ),
)  # fmt: skip
def test_any_bytes_give_lines_inside_the_frame(data: bytes, by: tuple[str, int | tuple[int, int]]) -> None:
    walk, view = walk_of(data)
    scapy_layers(walk, view, *by)
    assert not any("Dissector stopped" in node.label for node in walk.nodes)
    for _, node in tree_lines(walk.nodes):
        size = len(walk.sources[node.source] if node.source else data)
        if node.start is not None and node.length is not None:
            assert 0 <= node.start <= node.start + node.length <= size


# Many layers: their lines lie inside, in order, without overlap, and cover all bytes.

MODULES = (
    "bfd", "dhcp6", "dot15d4", "eap", "gprs", "hsrp", "inet", "inet6", "ipsec", "ir", "isakmp", "l2", "l2tp", "llmnr",
    "lltd", "mobileip", "netbios", "netflow", "ntp", "ppp", "pptp", "radius", "rip", "rtp", "sctp", "sixlowpan",
    "snmp", "tftp", "vrrp", "vxlan", "x509", "zigbee",
)  # fmt: skip
EXCEPTIONS = {
    "DHCP6OptNISPDomain", "DHCP6NTPSubOptSrvFQDN",  # scapy drops what is behind a name that ends early
    "LLMNRQuery", "LLMNRResponse", "_LLMNR",  # records that scapy gives up on are raw bytes without a place
    "CMC_ENROLL_ATTESTATION_STATEMENT",  # no ASN.1 of its own around its parts
    "ZCLPricePublishPrice",  # fields of no known length behind a string without one
}  # fmt: skip


def layers() -> list[type[Packet]]:
    found = []
    for name in MODULES:
        try:
            module = import_module(f"scapy.layers.{name}")
        except ImportError:
            continue
        found += [
            value for value in vars(module).values()
            if isinstance(value, type) and issubclass(value, Packet) and value.__module__ == module.__name__
        ]  # fmt: skip
    return sorted(set(found) - {Packet}, key=lambda layer: (layer.__module__, layer.__name__))


def samples(layer: type[Packet]) -> Iterator[bytes]:
    """A layer as it is by default, and with any values that fit."""
    for make in (layer, lambda: fuzz(layer())):
        try:
            data = bytes(make())
        except Exception:  # some cannot be built without more
            continue
        if data:
            yield data


def complaints(data: bytes, layer: type[Packet], by_name: dict[str, type[Packet]]) -> list[str]:
    walk, view = walk_of(data)
    if not layers_as(walk, view, layer):
        return []
    first = walk.nodes[0]
    assert first.start is not None and first.length is not None
    found, cursor, covered = [], first.start, set()
    for leaf in leaves(first):
        if leaf.start is None or leaf.length is None or leaf.source is not None:
            continue
        stop = leaf.start + leaf.length
        if leaf.start < first.start or stop > first.start + first.length:
            found.append(f"{leaf.field} lies outside")
        if leaf.start < cursor and leaf.length and not is_bits(leaf.field, by_name):
            found.append(f"{leaf.field} overlaps or is out of order")
        if leaf.label.startswith("Not dissected"):
            found.append(f"{leaf.length} bytes at {leaf.start} have no field")
        cursor = max(cursor, stop)
        covered.update(range(leaf.start, stop))
    if covered != set(range(first.start, first.start + first.length)):
        found.append("bytes without a line")
    return found


def is_bits(field: str, by_name: dict[str, type[Packet]]) -> bool:
    _, layer, name = field.split(".", 2)
    described = next((one for one in by_name[layer].fields_desc if one.name == name), None)
    if isinstance(described, MultipleTypeField):
        return isinstance(innermost(described.dflt, None), _BitField)
    return described is not None and isinstance(innermost(described, None), _BitField)


def subclasses(layer: type[Packet]) -> Iterator[type[Packet]]:
    for below in layer.__subclasses__():
        yield below
        yield from subclasses(below)


def test_lines_of_many_layers_cover_them_in_order() -> None:
    random.seed(4)
    all_layers = layers()
    by_name = {layer.__name__: layer for layer in subclasses(Packet)}
    checked, wrong = 0, {}
    for layer in all_layers:
        if layer.__name__ in EXCEPTIONS:
            continue
        for data in samples(layer):
            checked += 1
            if found := complaints(data, layer, by_name):
                wrong[layer.__name__] = found
    assert wrong == {}
    assert len(all_layers) >= 400 and checked >= 700


class Rest(Packet):
    fields_desc: ClassVar = [StrField("rest", b"")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=8), st.binary(max_size=20))
def test_items_of_a_list_lie_behind_each_other(texts: list[bytes], rest: bytes) -> None:
    data = bytes(Sample(items=[Item(text=text) for text in texts]) / Rest(rest=rest))
    (items,) = [n for n in as_layers(data, Sample).nodes[0].children if n.field == "scapy.Sample.items"] or [None]
    at = 16
    for text, node in zip(texts, items.children if items is not None else [], strict=True):
        assert (node.start, node.length) == (at, len(text) + 1)
        at += len(text) + 1


def test_long_lists_are_whole() -> None:
    class Many(Packet):
        fields_desc: ClassVar = [PacketListField("items", [], Item)]

    (items,) = as_layers(b"\x01a" * 500, Many).nodes[0].children
    assert [(n.start, n.length) for n in items.children] == [(2 * i, 2) for i in range(500)]


def test_little_endian_bits_of_a_layer_cut_short_lie_inside() -> None:
    walk = as_layers(bytes(Sample())[:3] + b"\x01", Sample)
    for _, node in tree_lines(walk.nodes):
        assert node.start is None or 0 <= node.start <= node.start + (node.length or 0) <= 4


def test_ethernet_frames_reach_scapys_layers() -> None:
    data = bytes(Ether() / Dot1Q() / IP() / UDP(sport=520, dport=520) / RIP() / RIPEntry())
    last = dissect(Context(1, data, len(data), 1)).nodes[-1]
    assert (last.field, last.start, last.length) == ("scapy.RIPEntry", len(data) - 20, 20)
    without = dissect(Context(1, data, len(data), 1, with_scapy=False)).nodes[-1]
    assert (without.field, without.start) == ("data", len(data) - 24)
