"""TCP conversations for tests: handshake, what both sides say, and how it ends."""

from __future__ import annotations

from typing import Any

from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.packet import Raw

CLIENT, SERVER = "10.0.0.5", "10.0.0.1"
Timed = list[tuple[float, Any]]


def talk(port: int, *said: tuple[str, bytes], client: str = CLIENT, server: str = SERVER, source: int = 40000,
         begin: float = 0.0, end: str = "") -> Timed:  # fmt: skip
    """A conversation, 10 ms between packets. `said`: ("c" or "s", bytes); `end`: "" (open), "fin" or "rst", by the
    server."""
    next_ = {"c": 100, "s": 900}
    packets: list[Any] = []

    def send(who: str, flags: str, data: bytes = b"") -> None:
        other = "s" if who == "c" else "c"
        ends = (client, server, source, port) if who == "c" else (server, client, port, source)
        head = Ether() / IP(src=ends[0], dst=ends[1]) / TCP(sport=ends[2], dport=ends[3], flags=flags, seq=next_[who],
                                                           ack=next_[other] if "A" in flags else 0)  # fmt: skip
        packets.append(head / Raw(data) if data else head)
        next_[who] += len(data) + ("S" in flags or "F" in flags)

    send("c", "S")
    send("s", "SA")
    send("c", "A")
    for who, data in said:
        for at in range(0, len(data), 1400):
            send(who, "PA", data[at : at + 1400])
    if end == "fin":
        send("s", "FA")
        send("c", "FA")
        send("s", "A")
    elif end:
        send("s", "RA")
    return [(begin + place / 100, packet) for place, packet in enumerate(packets)]


def get(target: str, host: str = "web.example", *fields: str) -> tuple[str, bytes]:
    """A request without body."""
    return "c", "\r\n".join([f"GET {target} HTTP/1.1", f"Host: {host}", *fields, "", ""]).encode()


def post(target: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> tuple[str, bytes]:
    head = f"POST {target} HTTP/1.1\r\nHost: web.example\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return "c", head.encode() + body


def answer(status: str = "200 OK", body: bytes = b"hello", kind: str = "text/html", *fields: str) -> tuple[str, bytes]:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *fields, "", ""]
    return "s", "\r\n".join(lines).encode() + body


def record(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    """A TLS record."""
    return bytes([kind]) + version.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def handshake(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    return record(22, bytes([kind]) + len(body).to_bytes(3, "big") + body, version)


def client_hello(name: str = "web.example") -> tuple[str, bytes]:
    host = name.encode()
    listed = b"\0" + len(host).to_bytes(2, "big") + host
    names = len(listed).to_bytes(2, "big") + listed
    extension = b"\0\0" + len(names).to_bytes(2, "big") + names
    body = b"\3\3" + bytes(32) + b"\0" + b"\0\2\x00\x2f" + b"\1\0" + len(extension).to_bytes(2, "big") + extension
    return "c", handshake(1, body, 0x0301)


def server_hello(version: int = 0x0303, certificate: bytes = b"") -> tuple[str, bytes]:
    data = handshake(2, version.to_bytes(2, "big") + bytes(32) + b"\0" + b"\x00\x2f" + b"\0", version)
    if certificate:
        one = len(certificate).to_bytes(3, "big") + certificate
        data += handshake(11, len(one).to_bytes(3, "big") + one, version)
    return "s", data


def alert(who: str, level: int, kind: int) -> tuple[str, bytes]:
    return who, record(21, bytes([level, kind]))
