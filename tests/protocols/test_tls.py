"""TLS rows, as the stream engine asks for them."""

import struct
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.protocols.packet import Packet
from pcaptui.protocols.registry import REJECT
from pcaptui.protocols.tls import looks_like_tls, tls
from pcaptui.protocols.tls_names import HELLO_RETRY

RANDOM = bytes(range(32))


@dataclass
class Conversation:
    number: int = 0
    state: dict[str, Any] = field(default_factory=dict)
    client_port: int = 50000
    server_port: int = 443


class Stream:
    """Feeds segments to the dissector, numbering packets from 1; bytes not used up are the caller's business."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        self.number = 0
        self.used = 0

    def row(self, data: bytes, direction: int = 0) -> tuple[str, str]:
        self.number += 1
        packet = Packet(self.number, data, len(data), 1)
        self.used = tls(packet, data, self.conversation, direction)
        return packet.protocol, packet.info


def record(kind: int, body: bytes, version: int = 0x303) -> bytes:
    return struct.pack(">BHH", kind, version, len(body)) + body


def handshake(kind: int, body: bytes = b"") -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def client_hello(version: int = 0x301) -> bytes:
    return record(22, handshake(1, b"\3\3" + RANDOM + b"\0\0\2\xc0\x2f\1\0"), version)


def server_hello(version: int = 0x303, supported: int = 0, random: bytes = RANDOM) -> bytes:
    extensions = struct.pack(">HHHH", 6, 43, 2, supported) if supported else b""
    return handshake(2, struct.pack(">H", version) + random + b"\0\xc0\x2f\0" + extensions)


@pytest.fixture
def stream() -> Stream:
    return Stream()


@pytest.fixture
def settled(stream: Stream) -> Stream:
    stream.row(client_hello())
    stream.row(record(22, server_hello()), 1)
    return stream


def test_client_hello_shows_its_records_version_which_is_not_remembered(stream):
    assert stream.row(client_hello(0x301)) == ("TLSv1", "Client Hello")
    assert stream.row(client_hello(0x303)) == ("TLSv1.2", "Client Hello")


@pytest.mark.parametrize(
    ("hello", "protocol"),
    [
        (server_hello(0x300), "SSLv3"),
        (server_hello(0x302), "TLSv1.1"),
        (server_hello(0x303), "TLSv1.2"),
        (server_hello(0x303, 0x304), "TLSv1.3"),
        (server_hello(0x303, 0x7F1C), "TLSv1.3"),
    ],
)
def test_server_hello_settles_the_version(stream, hello, protocol):
    stream.row(client_hello())
    assert stream.row(record(22, hello), 1) == (protocol, "Server Hello")
    assert stream.row(record(23, b"x" * 30), 1) == (protocol, "Application Data")


def test_messages_of_a_record_and_records_of_a_segment_are_listed(stream):
    stream.row(client_hello())
    flight = record(22, server_hello() + handshake(11, bytes(50)) + handshake(12, bytes(9)) + handshake(14))
    assert stream.row(flight, 1)[1] == "Server Hello, Certificate, Server Key Exchange, Server Hello Done"
    answer = record(22, handshake(16, bytes(66))) + record(20, b"\1") + record(22, b"\xee" * 40)
    assert stream.row(answer)[1] == "Client Key Exchange, Change Cipher Spec, Encrypted Handshake Message"


def test_after_change_cipher_spec_handshakes_are_encrypted(settled):
    settled.row(record(20, b"\1"), 1)
    assert settled.row(record(22, handshake(11, bytes(50))), 1)[1] == "Encrypted Handshake Message"
    assert settled.row(record(22, handshake(11, bytes(50))), 0)[1] == "Certificate"


def test_hello_retry_request_is_known_by_its_random(stream):
    stream.row(client_hello())
    assert stream.row(record(22, server_hello(0x303, 0x304, HELLO_RETRY)), 1) == ("TLSv1.3", "Hello Retry Request")


def test_message_over_several_records_is_named_where_it_ends(settled):
    message = handshake(11, bytes(500))
    assert settled.row(record(22, message[:100]), 1)[1] == "[Certificate Fragment]"
    assert settled.row(record(22, message[100:300]), 1)[1] == ""
    assert settled.row(record(22, message[300:] + handshake(14)), 1)[1] == "Certificate, Server Hello Done"


def test_record_that_is_not_complete_is_left_for_the_next_segment(settled):
    data = record(23, b"a" * 30)
    settled.row(data + data[:20])
    assert settled.used == len(data)
    settled.row(data[:3])
    assert settled.used == 0


def test_alerts(settled):
    assert settled.row(record(21, b"\2\x28"))[1] == "Alert (Level: Fatal, Description: Handshake Failure)"
    assert settled.row(record(21, b"x" * 26))[1] == "Encrypted Alert"


def test_bytes_that_are_no_records(stream, settled):
    assert stream.row(b"\0" * 40) == ("TLSv1.2", "Ignored Unknown Record")
    assert Stream().row(b"\0" * 40) == ("SSL", "Continuation Data")


def test_plain_text_is_rejected(settled):
    settled.row(b"HTTP/1.1 200 OK\r\n")
    assert settled.used == REJECT


def test_ssl2_client_hello(stream):
    hello = b"\x80\x2e\1\0\2\0\x15\0\0\0\x10" + bytes(37)
    assert stream.row(hello) == ("SSLv2", "Client Hello")


def test_heuristic_wants_a_record_of_sane_length():
    assert looks_like_tls(Packet(1, b"", 0, 1), client_hello(), Conversation(), 0)
    assert not looks_like_tls(Packet(1, b"", 0, 1), b"\x16\3\1\xff\xff\1", Conversation(), 0)
    assert not looks_like_tls(Packet(1, b"", 0, 1), b"GET / HTTP/1.1\r\n", Conversation(), 0)


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=200), st.integers(0, 1)), max_size=5))
def test_any_bytes_give_rows(segments):
    stream = Stream()
    stream.row(client_hello())
    for data, direction in segments:
        stream.row(data, direction)
        assert -1 <= stream.used <= len(data)


@given(st.binary(max_size=120), st.integers(20, 25))
def test_any_record_contents_give_rows(body, kind):
    stream = Stream()
    stream.row(record(kind, body))
    assert stream.used == len(body) + 5
