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
        (3306, [(S, b"\x10\0\0\0\x0a9.0.0\0" + bytes(9))], ("MySQL", "Server Greeting  proto=10 version=9.0.0")),
        (88, [(C, b"\0\0\0\2\x6a\0")], ("KRB5", "AS-REQ")),
        (1080, [(C, b"\5\1\0"), (S, b"\5\0")], ("Socks", "Version: 5 Connect to server response")),
        (20000, [(C, b"\5\x64\x08\xc4\1\0\2\0zz\xc0\xc0\x0dzz")], ("DNP 3.0", "Cold Restart")),
        (3389, [(C, b"\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\3\0\0\0")], ("RDP", "Negotiate Request")),
        (102, [(C, b"\3\0\0\x0b\6\xe0\0\0\0\7\0")], ("COTP", "CR TPDU src-ref: 0x0007 dst-ref: 0x0000")),
        (514, [(C, b"1023\0"), (C, b"a\0b\0ls\0"), (S, b"x")], ("RSH", "Server username:b Server -> Client Data")),
        (513, [(C, b"\0"), (C, b"a\0b\0vt100/9600\0"), (S, b"\0")],
         ("Rlogin", "User name: a, Startup info received")),
        (515, [(S, b"\0")], ("LPD", "LPD response")),
        (554, [(C, b"OPTIONS rtsp://a RTSP/1.0\r\nCSeq: 1\r\n\r\n")], ("RTSP", "OPTIONS rtsp://a RTSP/1.0")),
        (5900, [(S, b"RFB 003.008\n"), (C, b"RFB 003.008\n"), (S, b"\1\1")], ("VNC", "Security types supported")),
        (111, [(C, b"\x80\0\0\x38" + b"xid1" + bytes.fromhex("00000000 00000002 000186a0 00000002 00000003") + bytes(16)
          + bytes.fromhex("000186a3 00000003 00000006 00000000"))],
         ("Portmap", "V2 GETPORT Call NFS(100003) V:3 TCP")),
        (389, [(C, bytes.fromhex("300c 020101 6007 020103 0400 8000"))], ("LDAP", 'bindRequest(1) "<ROOT>" simple')),
        (389, [(S, bytes.fromhex("300c 020101 6107 0a0100 0400 0400"))], ("LDAP", "bindResponse(1) success ")),
        (445, [(C, b"\0\0\0\x40\xfeSMB\x40\0" + bytes(58))], ("SMB2", "Negotiate Protocol Request")),
        (445, [(C, b"\0\0\0\x40\xfdSMB" + bytes(60))], ("SMB2", "Encrypted SMB3")),
        (139, [(C, b"\0\0\0\x23\xffSMB\x72" + bytes(30))], ("SMB", "Negotiate Protocol Request")),
        (139, [(S, b"\x82\0\0\0")], ("NBSS", "Positive session response")),
        (135, [(C, b"\5\0\x10\3\x10\0\0\0\x10\0\0\0\1\0\0\0")], ("DCERPC", "AUTH3: call_id: 1, Fragment: Single")),
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
