"""Trees of 802.11 frames, their elements, and of the headers that radios put in front. Labels are tshark 4.0's."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.layers.dot11 import Dot11, Dot11Beacon, Dot11Deauth, Dot11Elt, Dot11QoS, RadioTap
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import LLC, SNAP

from pcaptui.fields.context import Context
from pcaptui.fields.node import Node, tree_lines
from pcaptui.fields.tree import dissect

FIRST, SECOND, THIRD = "02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"
RSN = bytes.fromhex("0100000fac040100000fac040100000fac02cc00")
WPA = bytes.fromhex("0050f20101000050f20201000050f20201000050f202")
WMM = bytes.fromhex("0050f2020101830003a4000027a4000042435e0062322f00")


def tree(frame: bytes, link_type: int = 105) -> list[Node]:
    return dissect(Context(1, frame, len(frame), link_type)).nodes


def lines(nodes: list[Node]) -> list[Node]:
    return [node for _, node in tree_lines(nodes)]


def found(nodes: list[Node], field: str) -> list[str]:
    return [node.label for node in lines(nodes) if node.field == field]


def span(nodes: list[Node], field: str) -> tuple[int | None, int | None]:
    node = next(node for node in lines(nodes) if node.field == field)
    return node.start, node.length


def element(number: int, info: bytes) -> bytes:
    return bytes([number, len(info)]) + info


def beacon(*elements: tuple[int, bytes]) -> bytes:
    head = Dot11(type=0, subtype=8, addr1="ff:ff:ff:ff:ff:ff", addr2=SECOND, addr3=SECOND, SC=0x5480)
    body = Dot11Beacon(timestamp=57240960, beacon_interval=100, cap=0x3104)
    return bytes(head / body) + b"".join(element(*part) for part in elements)


def data(flags: int, subtype: int = 0, extra: bytes = b"", body: bytes | None = None) -> bytes:
    payload = bytes(LLC() / SNAP() / IP() / UDP()) if body is None else body
    header = Dot11(type=2, subtype=subtype, FCfield=flags, addr1=FIRST, addr2=SECOND, addr3=THIRD, addr4=FIRST)
    return bytes(header) + extra + payload


def test_a_beacon_has_its_fixed_parameters_at_their_bytes() -> None:
    nodes = tree(beacon((0, b"net")))
    assert found(nodes, "wlan") == ["IEEE 802.11 Beacon frame, Flags: ........"]
    assert found(nodes, "wlan.fc.type_subtype") == ["Type/Subtype: Beacon frame (0x0008)"]
    assert found(nodes, "wlan.seq") == ["0101 0100 1000 .... = Sequence number: 1352"]
    assert found(nodes, "wlan.fixed.all") == ["Fixed parameters (12 bytes)"]
    assert found(nodes, "wlan.fixed.timestamp") == ["Timestamp: 57240960"]
    assert found(nodes, "wlan.fixed.beacon") == ["Beacon Interval: 0.102400 [Seconds]"]
    assert found(nodes, "wlan.fixed.capabilities") == ["Capabilities Information: 0x0431"]
    assert found(nodes, "wlan.tagged.all") == ["Tagged parameters (5 bytes)"]
    assert span(nodes, "wlan") == (0, 24)
    assert span(nodes, "wlan.mgt") == (24, 17)
    assert span(nodes, "wlan.fixed.capabilities") == (34, 2)
    assert span(nodes, "wlan.ssid") == (38, 3)


@pytest.mark.parametrize(
    ("number", "info", "label"),
    [
        (0, b"TESLA", 'Tag: SSID parameter set: "TESLA"'),
        (0, b"", "Tag: SSID parameter set: Wildcard SSID"),
        (0, b"\xff\xfe\0", "Tag: SSID parameter set: Undecoded"),
        (1, bytes.fromhex("82848b960c"), "Tag: Supported Rates 1(B), 2(B), 5.5(B), 11(B), 6, [Mbit/sec]"),
        (3, b"\x0b", "Tag: DS Parameter set: Current Channel: 11"),
        (5, b"\1\2\0\0", "Tag: Traffic Indication Map (TIM): DTIM 1 of 2 bitmap"),
        (6, b"\x10\0", "Tag: IBSS Parameter set: ATIM window 0x10"),
        (7, b"US \x01\x0b\x1b", "Tag: Country Information: Country Code US, Environment All"),
        (42, b"\0", "Tag: ERP Information"),
        (48, RSN, "Tag: RSN Information"),
        (127, bytes(4), "Tag: Extended Capabilities (4 octets)"),
        (221, WPA, "Tag: Vendor Specific: Microsoft Corp.: WPA Information Element"),
        (221, WMM, "Tag: Vendor Specific: Microsoft Corp.: WMM/WME: Parameter Element"),
        (221, bytes.fromhex("001018020000"), "Tag: Vendor Specific: Broadcom"),
        (252, b"abc", "Tag: Unknown (252): Undecoded"),
    ],
)
def test_elements_are_named(number: int, info: bytes, label: str) -> None:
    assert found(tree(beacon((number, info))), "wlan.tag") == [label]


def test_suites_of_rsn_are_listed() -> None:
    nodes = tree(beacon((48, RSN)))
    assert found(nodes, "wlan.rsn.gcs") == ["Group Cipher Suite: 00:0f:ac (Ieee 802.11) AES (CCM)"]
    assert found(nodes, "wlan.rsn.akms.list") == ["Auth Key Management (AKM) List 00:0f:ac (Ieee 802.11) PSK"]
    assert found(nodes, "wlan.rsn.capabilities.mfpc") == [
        ".... .... 1... .... = Management Frame Protection Capable: True"
    ]
    assert span(nodes, "wlan.rsn.akms") == (52, 4)


def test_wmm_says_what_a_category_gets() -> None:
    nodes = tree(beacon((221, WMM)))
    assert found(nodes, "wlan.wfa.ie.wme.acp")[2] == (
        "Ac Parameters ACI 2 (Video), ACM no, AIFSN 2, ECWmin/max 3/4 (CWmin/max 7/15), TXOP 94"
    )


def test_an_element_that_is_too_long_ends_the_list() -> None:
    nodes = tree(beacon((0, b"net")) + b"\x01\x20\x02")
    assert found(nodes, "wlan.tag.length") == ["Tag length: 3", "Tag length: 32"]
    assert "Tag Length is longer than remaining payload" in " ".join(node.label for node in lines(nodes))


@pytest.mark.parametrize(
    ("flags", "roles"),
    [
        (0, {"da": FIRST, "sa": SECOND, "bssid": THIRD}),
        (1, {"da": THIRD, "sa": SECOND, "bssid": FIRST, "staa": SECOND}),
        (2, {"da": FIRST, "sa": THIRD, "bssid": SECOND, "staa": FIRST}),
        (3, {"da": THIRD, "sa": FIRST}),
    ],
)
def test_addresses_mean_what_the_ds_bits_say(flags: int, roles: dict[str, str]) -> None:
    values = {node.field: node.value for node in lines(tree(data(flags)))}
    assert {role: values.get(f"wlan.{role}") for role in roles} == roles
    assert values["wlan.ra"] == FIRST and values["wlan.ta"] == SECOND
    assert "udp" in values


def test_quality_of_service_depends_on_who_sends() -> None:
    up = tree(data(1, 8, struct.pack("<H", 0x1B16)))
    assert found(up, "wlan.qos.queue_size") == ["0001 1011 .... .... = Queue Size: 27 (6912 bytes)"]
    down = tree(data(2, 8, struct.pack("<H", 0)))
    assert found(down, "wlan.qos.ps_buf_state") == ["0000 0000 .... .... = QAP PS Buffer State: 0x00"]
    assert found(down, "wlan.qos.eosp") == [".... .... ...0 .... = EOSP: Service period"]
    assert span(down, "wlan") == (0, 26)


@pytest.mark.parametrize(
    ("start", "field", "label"),
    [
        ("01020340", "wlan.wep.iv", "Initialization Vector: 0x010203"),
        ("002001200a000000", "wlan.tkip.extiv", "TKIP Ext. Initialization Vector: 0x0000000A0001"),
        ("6170002001000000", "wlan.ccmp.extiv", "CCMP Ext. Initialization Vector: 0x000000017061"),
    ],
)
def test_the_cipher_shows_in_its_parameters(start: str, field: str, label: str) -> None:
    nodes = tree(data(0x42, body=bytes.fromhex(start) + bytes(20)))
    assert found(nodes, field) == [label]
    assert nodes[-1].field == "data"


def test_an_aggregate_holds_frames() -> None:
    inner = bytes(LLC() / SNAP() / IP() / UDP())
    head = bytes.fromhex(FIRST.replace(":", "") + THIRD.replace(":", "")) + struct.pack(">H", len(inner))
    padding = bytes(-(14 + len(inner)) % 4)
    nodes = tree(data(2, 8, b"\x80\0", (head + inner + padding) + head + inner))
    assert found(nodes, "wlan_aggregate.a_mdsu.subframe") == ["A-MSDU Subframe #1", "A-MSDU Subframe #2"]
    assert len(found(nodes, "udp")) == 2


def test_radiotap_tells_of_the_radio_and_the_checksum() -> None:
    header = struct.pack("<BBHI", 0, 0, 16, 0x2E) + bytes([0x10, 2]) + struct.pack("<HHb", 2412, 0xA0, -16) + b"\0"
    nodes = tree(header + beacon((0, b"net")) + b"\1\2\3\4", 127)
    assert found(nodes, "radiotap") == ["Radiotap Header v0, Length 16"]
    assert found(nodes, "radiotap.channel.freq") == ["Channel frequency: 2412 [BG 1]"]
    assert found(nodes, "radiotap.channel.flags") == [
        "Channel flags: 0x00a0, Complementary Code Keying (CCK), 2 GHz spectrum"
    ]
    assert found(nodes, "wlan_radio.phy") == ["PHY type: 802.11b (HR/DSSS) (4)"]
    assert found(nodes, "wlan_radio.duration") == ["[Duration: 552µs]"]
    assert found(nodes, "wlan.fcs") == ["Frame check sequence: 0x04030201 [unverified]"]
    assert span(nodes, "wlan.fcs") == (57, 4)
    assert nodes[0].children[-1].value == "radiotap:wlan_radio:wlan"


def test_control_frames_and_reasons() -> None:
    nodes = tree(bytes(Dot11(type=1, subtype=11, addr1=FIRST, addr2=SECOND)))
    assert found(nodes, "wlan") == ["IEEE 802.11 Request-to-send, Flags: ........"]
    assert found(nodes, "wlan.ta") == [f"Transmitter address: {SECOND}"]
    gone = tree(bytes(Dot11(type=0, subtype=12) / Dot11Deauth(reason=7)))
    assert found(gone, "wlan.fixed.reason_code") == [
        "Reason code: Class 3 frame received from nonassociated STA (0x0007)"
    ]


FRAMES = {
    "beacon": (105, beacon((0, b"net"), (1, b"\x82\x84"), (7, b"US \1\x0b\x1b"), (45, bytes(26)), (61, bytes(22)),
                           (48, RSN), (127, bytes(10)), (191, bytes(12)), (221, WPA), (221, WMM), (55, bytes(90)),
                           (221, bytes.fromhex("0050f204104a0001101054000800010050f204000110080002268c")))),
    "radiotap": (127, bytes(RadioTap() / Dot11(type=0, subtype=5) / Dot11Beacon() / Dot11Elt(ID=0, info=b"net"))),
    "full radiotap": (127, struct.pack("<BBHI", 0, 0, 120, 0x4FFFFFFF) + bytes(112) + beacon((0, b"a"))),
    "quality": (105, data(0x83, 8, b"\x80\0\3\0\0\0")),
    "scapy": (105, bytes(Dot11(type=2, subtype=8, FCfield=1) / Dot11QoS() / LLC() / SNAP() / IP() / UDP())),
    "action": (105, bytes(Dot11(type=0, subtype=13)) + bytes.fromhex("0a0701010000ff") + element(52, bytes(16))),
    "block": (105, bytes(Dot11(type=1, subtype=9, addr1=FIRST, addr2=SECOND)) + bytes.fromhex("05303012") + bytes(8)),
    "ppi": (192, struct.pack("<BBHI", 0, 1, 32, 105) + struct.pack("<HH", 2, 20) + bytes(20) + beacon((0, b"a"))),
    "avs": (163, struct.pack(">II", 0x80211001, 64) + bytes(56) + beacon((0, b"a"))),
    "prism": (119, struct.pack("<II", 0x44, 144) + bytes(136) + beacon((0, b"a"))),
}  # fmt: skip


def sound(frame: bytes, length: int, link_type: int) -> None:
    """Nothing stopped, and no line counts bytes that are not there."""
    for node in lines(dissect(Context(1, frame, length, link_type)).nodes):
        assert not node.label.startswith("[Dissector stopped"), node.label
        if node.start is not None and node.source is None:
            assert node.length is not None and node.start + node.length <= len(frame)


@pytest.mark.parametrize("name", FRAMES)
def test_frames_cut_anywhere_have_trees(name: str) -> None:
    link_type, frame = FRAMES[name]
    for size in range(len(frame)):
        sound(frame[:size], len(frame), link_type)
        sound(frame[:size], size, link_type)


@pytest.mark.parametrize("name", FRAMES)
def test_spoilt_frames_have_trees(name: str) -> None:
    link_type, frame = FRAMES[name]
    rng = random.Random(name)
    for _ in range(150):
        spoilt = bytearray(frame)
        for _ in range(rng.randrange(1, 6)):
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
        sound(bytes(spoilt), len(spoilt), link_type)


@given(st.integers(0, 255), st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_element_has_a_tree(number: int, info: bytes) -> None:
    frame = beacon((number, info), (0, b"end"))
    sound(frame, len(frame), 105)
    assert found(tree(frame), "wlan.ssid")[-1:] == ['SSID: "end"'] or found(tree(frame), "_ws.malformed")
