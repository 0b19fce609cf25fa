"""QUIC rows. The client's Initial packet is that of RFC 9001, appendix A.2, whose keys anybody can derive."""

import contextlib
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.protocols.packet import Packet, Short
from pcaptui.protocols.quic import quic
from pcaptui.protocols.quic_frames import frame_names, variable
from pcaptui.protocols.quic_keys import initial_keys

pytest.importorskip("cryptography")

DCID = bytes.fromhex("8394c8f03e515708")


@dataclass
class Conversation:
    state: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    client_port: int = 0
    server_port: int = 0


class Services:
    def __init__(self) -> None:
        self.conversation = Conversation()

    def udp_conversation(self, packet: Packet) -> Conversation:
        return self.conversation


def row(services: Services, data: bytes, port: int = 50000) -> tuple[bool, str, str]:
    packet = Packet(1, b"", 0, 1, services=services, source_port=port)
    taken = quic(packet, data)
    return taken, packet.protocol, packet.info


def initial(frames: bytes, number: int = 2, source: bytes = b"") -> bytes:
    """A client's Initial packet, protected as RFC 9001 section 5 says."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    keys = initial_keys(1, DCID)[0]
    size = 4 + len(frames) + 16
    head = b"\xc3\0\0\0\1\x08" + DCID + bytes([len(source)]) + source + b"\0" + (0x4000 | size).to_bytes(2, "big")
    at = len(head)
    head += number.to_bytes(4, "big")
    nonce = bytes(a ^ b for a, b in zip(keys.iv, number.to_bytes(12, "big"), strict=True))
    data = bytearray(head + AESGCM(keys.key).encrypt(nonce, frames, head))
    mask = Cipher(algorithms.AES(keys.header), modes.ECB()).encryptor().update(bytes(data[at + 4 : at + 20]))
    data[0] ^= mask[0] & 15
    for index in range(4):
        data[at + index] ^= mask[1 + index]
    return bytes(data)


def test_initial_keys_are_those_of_the_rfc():
    client, server = initial_keys(1, DCID)
    assert client.key.hex() == "1f369613dd76d5467730efcbe3b1a22d"
    assert client.iv.hex() == "fa044b2f42a3fd3b46fb255c"
    assert client.header.hex() == "9f50449e04a0e810283a1e9933adedd2"
    assert server.key.hex() == "cf3a5331653c364c88f0f379b6067e37"


def test_initial_packet_shows_its_frames():
    data = initial(b"\6\0\4abcd" + bytes(40))
    assert row(Services(), data) == (True, "QUIC", "Initial, DCID=8394c8f03e515708, PKN: 2, CRYPTO, PADDING")


def test_initial_packet_that_does_not_decrypt_shows_its_number_only():
    data = initial(b"\6\0\4abcd" + bytes(40))
    assert row(Services(), data[:-1] + b"\0")[2] == "Initial, DCID=8394c8f03e515708, PKN: 2"


def test_other_packets_show_the_known_connection_ids():
    services = Services()
    row(services, initial(b"\1" + bytes(40), source=b"\xaa\xbb\xcc\xdd"))
    handshake = b"\xe3\0\0\0\1\4\xaa\xbb\xcc\xdd\2\x11\x22\x40\x20" + bytes(32)
    assert row(services, handshake, 443)[2] == "Handshake, DCID=aabbccdd, SCID=1122"
    assert row(services, b"\x41\x11\x22" + bytes(30))[2] == "Protected Payload (KP0), DCID=1122"
    assert row(services, b"\x41\x99\x22" + bytes(30))[2] == "Protected Payload (KP0)"


def test_retry_and_version_negotiation():
    assert row(Services(), b"\xf0\0\0\0\1\1\xaa\1\xbb" + bytes(30))[2] == "Retry, DCID=aa, SCID=bb"
    assert row(Services(), b"\xf0\0\0\0\0\1\xaa\1\xbb\0\0\0\1")[2] == "Version Negotiation, DCID=aa, SCID=bb"


def test_short_headers_need_a_conversation_that_began():
    assert row(Services(), b"\x41" + bytes(40))[0] is False


def test_unknown_versions_are_left_alone():
    assert row(Services(), b"\xc3\x12\x34\x56\x78\x08" + DCID + bytes(40))[0] is False


@pytest.mark.parametrize(("raw", "value"), [("25", 37), ("7bbd", 15293), ("9d7f3e7d", 494878333)])
def test_variable_length_integers(raw, value):
    assert variable(bytes.fromhex(raw), 0) == (value, len(raw) // 2)


def test_frames_break_off_where_their_bytes_end():
    names: list[str] = []
    with pytest.raises(Short):
        frame_names(b"\1\1\0\0\0\6\0\x20abc", False, names)
    assert names == ["PING", "PING", "PADDING", "CRYPTO"]


@given(st.lists(st.binary(min_size=1, max_size=120), max_size=4))
def test_any_bytes_after_a_long_header(datagrams):
    services = Services()
    for body in datagrams:
        for head in (b"\xc3\0\0\0\1", b"", b"\xe0\x6b\x33\x43\xcf"):
            with contextlib.suppress(Short, IndexError):
                row(services, head + body)
