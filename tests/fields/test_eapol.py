"""Trees of 802.1X messages: EAPOL, its keys, and EAP. Labels are tshark 4.0's."""

from __future__ import annotations

import random
import struct

import pytest
from scapy.layers.eap import EAP, EAPOL
from scapy.layers.l2 import Ether

from pcaptui.fields.context import Context
from pcaptui.fields.node import Node, tree_lines
from pcaptui.fields.tree import dissect

LINK = Ether(src="02:00:00:00:00:01", dst="01:80:c2:00:00:03", type=0x888E)
RSN = bytes.fromhex("30140100000fac040100000fac040100000fac020000")


def lines(frame: bytes, length: int | None = None) -> list[Node]:
    return [node for _, node in tree_lines(dissect(Context(1, frame, length or len(frame), 1)).nodes)]


def found(frame: bytes, field: str) -> list[str]:
    return [node.label for node in lines(frame) if node.field == field]


def key(information: int, key_data: bytes = b"", descriptor: int = 2) -> bytes:
    body = struct.pack(">BHHQ", descriptor, information, 16, 5) + bytes(range(32)) + bytes(32) + b"\1" * 16
    body += struct.pack(">H", len(key_data)) + key_data
    return bytes(LINK) + struct.pack(">BBH", 2, 3, len(body)) + body


def eap(code: int, kind: int | None = None, data: bytes = b"") -> bytes:
    message = (b"" if kind is None else bytes([kind])) + data
    packet = struct.pack(">BBH", code, 7, 4 + len(message)) + message
    return bytes(LINK) + struct.pack(">BBH", 1, 0, len(packet)) + packet


def test_a_start_has_a_header_only() -> None:
    frame = bytes(LINK / EAPOL(version=1, type=1))
    assert found(frame, "eapol.version") == ["Version: 802.1X-2001 (1)"]
    assert found(frame, "eapol.type") == ["Type: Start (1)"]
    assert found(frame, "eapol.len") == ["Length: 0"]


@pytest.mark.parametrize(
    ("information", "key_data", "number"),
    [(0x008A, b"", 1), (0x010A, RSN, 2), (0x13CA, bytes(16), 3), (0x030A, b"", 4)],
)
def test_messages_of_the_handshake_are_counted(information: int, key_data: bytes, number: int) -> None:
    assert found(key(information, key_data), "wlan_rsna_eapol.keydes.msgnr") == [f"[Message number: {number}]"]


def test_key_information_is_read_bit_by_bit() -> None:
    frame = key(0x13CA, bytes(16))
    prefix = "wlan_rsna_eapol.keydes.key_info"
    assert found(frame, prefix) == ["Key Information: 0x13ca"]
    assert found(frame, f"{prefix}.keydes_version") == [
        ".... .... .... .010 = Key Descriptor Version: AES Cipher, HMAC-SHA1 MIC (2)"
    ]
    assert found(frame, f"{prefix}.key_type") == [".... .... .... 1... = Key Type: Pairwise Key"]
    assert found(frame, f"{prefix}.encrypted_key_data") == ["...1 .... .... .... = Encrypted Key Data: Set"]
    nodes = {node.field: node for node in lines(frame)}
    assert (nodes["wlan_rsna_eapol.keydes.nonce"].start, nodes["wlan_rsna_eapol.keydes.nonce"].length) == (31, 32)
    assert (nodes["eapol"].start, nodes["eapol"].length) == (14, 4 + 95 + 16)
    assert "wlan.tag" not in nodes


def test_open_key_data_holds_elements() -> None:
    frame = key(0x010A, RSN)
    assert found(frame, "wlan.tag") == ["Tag: RSN Information"]
    assert found(frame, "wlan_rsna_eapol.keydes.data_len") == ["WPA Key Data Length: 22"]
    hidden = key(0x008A, bytes.fromhex("dd14000fac04") + bytes(16))
    assert found(hidden, "wlan.rsn.ie.pmkid") == [f"PMKID: {'00' * 16}"]


def test_the_older_descriptor() -> None:
    body = struct.pack(">BHQ", 1, 13, 7) + bytes(16) + b"\x83" + bytes(16) + bytes(13)
    frame = bytes(LINK) + struct.pack(">BBH", 1, 3, len(body)) + body
    assert found(frame, "eapol.keydes.type") == ["Key Descriptor Type: RC4 Descriptor (1)"]
    assert found(frame, "eapol.keydes.key_index") == ["Key Index: 0x83"]
    assert found(frame, "eapol.keydes.key_index.type") == ["1... .... = Type: Unicast"]


def test_an_identity_is_shown() -> None:
    frame = bytes(LINK / EAPOL(version=1, type=0) / EAP(code=2, id=7, type=1, identity=b"me@example"))
    assert found(frame, "eap.code") == ["Code: Response (2)"]
    assert found(frame, "eap.type") == ["Type: Identity (1)"]
    assert found(frame, "eap.identity") == ["Identity: me@example"]


def test_methods_that_were_refused_and_wanted() -> None:
    assert found(eap(2, 3, b"\x19"), "eap.desired_type") == ["Desired Auth Type: Protected EAP (EAP-PEAP) (25)"]
    assert found(eap(1, 4, b"\x10" + bytes(16) + b"x"), "eap.md5.value_size") == ["EAP-MD5 Value-Size: 16"]
    assert found(eap(1, 13, b"\x20"), "eap.tls.flags") == ["EAP-TLS Flags: 0x20"]


FRAMES = [
    key(0x010A, RSN), key(0x008A, bytes.fromhex("dd14000fac04") + bytes(16)), key(0x13C9, bytes(16), 254),
    eap(1, 1, b"who"), eap(1, 4, b"\x10" + bytes(20)), eap(1, 13, b"\x80\0\0\0\7\x15\3\1\0\2\2\x2a"),
    eap(2, 26, b"\2\1\0\x36\x31" + bytes(49) + b"me"), eap(3), eap(2, 254, bytes(12)),
]  # fmt: skip


def sound(frame: bytes, length: int) -> None:
    for node in lines(frame, length):
        assert not node.label.startswith("[Dissector stopped"), node.label
        if node.start is not None and node.source is None:
            assert node.length is not None and node.start + node.length <= len(frame)


@pytest.mark.parametrize("place", range(len(FRAMES)))
def test_messages_cut_or_spoilt_have_trees(place: int) -> None:
    frame, rng = FRAMES[place], random.Random(place)
    for size in range(1, len(frame)):
        sound(frame[:size], len(frame))
        sound(frame[:size], size)
    for _ in range(150):
        spoilt = bytearray(frame)
        for _ in range(rng.randrange(1, 6)):
            spoilt[rng.randrange(14, len(spoilt))] = rng.randrange(256)
        sound(bytes(spoilt), len(spoilt))
