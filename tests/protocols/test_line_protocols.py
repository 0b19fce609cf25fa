"""Rows of small protocols over TCP: one line of talk, one row expected."""

from __future__ import annotations

from typing import Any

import pytest

MARKER = b"\xff" * 16
KEEPALIVE = MARKER + b"\0\x13\4"
C, S = 0, 1


@pytest.mark.parametrize(
    ("port", "says", "row"),
    [
        (43, [(C, b"example.com\r\n")], ("WHOIS", "Query: example.com")),
        (79, [(C, b"root\r\n")], ("FINGER", "Query")),
        (70, [(C, b"/a\r\n")], ("Gopher", "Request: /a")),
        (6667, [(C, b"NICK a\r\nUSER b\r\n")], ("IRC", "Request (NICK) (USER)")),
        (6667, [(S, b":srv 001 a :hi\r\nPING :a\r\n")], ("IRC", "Response (001) (PING)")),
        (119, [(S, b"211 x\r\nfoo\r\n")], ("NNTP", "Response: 211 x")),
        (23, [(C, b"\xff\xfd\x03")], ("TELNET", "Telnet Data ...")),
        (23, [(C, b"\xff")], ("TELNET", "Telnet Data ...[Malformed Packet]")),
        (179, [(C, KEEPALIVE + KEEPALIVE)], ("BGP", "KEEPALIVE Message, KEEPALIVE Message")),
        (179, [(C, KEEPALIVE[:10]), (C, KEEPALIVE[10:])], ("BGP", "KEEPALIVE Message")),
        (179, [(C, MARKER + b"\0\x13\x09")], ("BGP", "Unknown message type (0x09)")),
        (6379, [(C, b"*2\r\n$3\r\nGET\r\n$1\r\na\r\n")], ("RESP", "Request: GET a")),
        (6379, [(S, b"*2\r\n$1\r\na\r\n$1\r\nb\r\n")], ("RESP", "Response: Array(2)")),
        (6379, [(S, b"-ERR x\r\n")], ("RESP", "Response: Error: ERR x")),
        (5432, [(C, b"Q\0\0\0\5\0")], ("PGSQL", ">Q")),
        (5432, [(S, b"C\0\0\0\5\0Z\0\0\0\5I")], ("PGSQL", "<C/Z")),
        (502, [(C, b"\0\1\0\0\0\6\1\3\0\0\0\1")],
         ("Modbus/TCP", "   Query: Trans:     1; Unit:   1, Func:   3: Read Holding Registers")),
        (502, [(C, b"\0\1\0\1\0\6\1\3\0\0\0\1")], ("", "")),
        (6653, [(C, b"\1\0\0\x08\0\0\0\1")], ("OpenFlow", "Type: OFPT_HELLO")),
        (1883, [(C, b"\x82\x08\0\1\0\3a/b\0")], ("MQTT", "Subscribe Request (id=1) [a/b]")),
        (1883, [(S, b"\xd0\0\xd0\0")], ("MQTT", "Ping Response, Ping Response")),
        (22, [(S, b"SSH-2.0-a\r\n")], ("SSH", "Server: Protocol (SSH-2.0-a)")),
        (22, [(C, b"SSH-2.0-a\r\n"), (S, b"SSH-2.0-b\r\n")], ("SSHv2", "Server: Protocol (SSH-2.0-b)")),
        (22, [(S, b"a" * 60)], ("SSH", "Server: Encrypted packet (len=60)")),
    ],
)  # fmt: skip
def test_last_row(talk: Any, port: int, says: list[tuple[int, bytes]], row: tuple[str, str]) -> None:
    stream = talk(port)
    for direction, payload in says:
        stream.send(direction, payload)
    assert stream.rows()[-1] == row


def ssh_packet(code: int, body: bytes = b"") -> bytes:
    return (len(body) + 8).to_bytes(4) + b"\6" + bytes([code]) + body + bytes(6)


def kexinit(kex: bytes, cipher: bytes) -> bytes:
    lists = [kex, b"ssh-rsa", cipher, cipher, b"m", b"m", b"none", b"none", b"", b""]
    return ssh_packet(20, bytes(16) + b"".join(len(names).to_bytes(4) + names for names in lists))


def test_ssh_key_exchange_is_named_by_its_method(talk: Any) -> None:
    stream = talk(22).client(b"SSH-2.0-a\r\n").server(b"SSH-2.0-b\r\n")
    stream.client(kexinit(b"curve25519-sha256", b"aes128-ctr")).server(kexinit(b"curve25519-sha256", b"aes128-ctr"))
    stream.client(ssh_packet(30)).server(ssh_packet(31) + ssh_packet(21)).client(ssh_packet(21), b"sealed" * 5)
    assert [text for _, text in stream.rows()[2:]] == [
        "Client: Key Exchange Init",
        "Server: Key Exchange Init",
        "Client: Elliptic Curve Diffie-Hellman Key Exchange Init",
        "Server: Elliptic Curve Diffie-Hellman Key Exchange Reply, New Keys",
        "Client: New Keys",
        "Client: ",
    ]
