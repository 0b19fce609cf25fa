#!/usr/bin/env python3
"""Make a capture of many exchanges: requests over HTTP, or queries of names over UDP, each different, each answered.

usage: exchanges.py OUTPUT [--kind web|dns] [--exchanges N]
Web: 100 exchanges a connection (200,000: 2,000 connections), one in 20 answered 404, one in 50 redirected; forms and
cookies among them. DNS: one port a query, one name in 10 does not exist, one query in 100 has no answer.
"""

from __future__ import annotations

import argparse
import struct
from collections.abc import Iterator
from pathlib import Path

CLIENT, SERVER, OTHER = bytes([10, 0, 0, 1]), bytes([198, 51, 100, 1]), bytes([198, 51, 100, 2])
ETHERNET = bytes.fromhex("020000000001020000000002 0800".replace(" ", ""))
A_CONNECTION = 100
SYN, ACK, PUSH_ACK = 2, 16, 24


def ip(protocol: int, source: bytes, target: bytes, rest: bytes) -> bytes:
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(rest), 0, 0x4000, 64, protocol, 0)
    return ETHERNET + head + source + target + rest


def segment(port: int, up: bool, sequence: int, acknowledgment: int, flags: int, payload: bytes = b"") -> bytes:
    ports = (port, 80) if up else (80, port)
    head = struct.pack(">HHIIBBHHH", *ports, sequence, acknowledgment, 5 << 4, flags, 64240, 0, 0)
    return ip(6, *((CLIENT, SERVER) if up else (SERVER, CLIENT)), head + payload)


def request(number: int) -> bytes:
    head = f" /page/{number}?session={number} HTTP/1.1\r\nHost: www.example.com\r\nCookie: sid=abcdefgh{number:012}\r\n"
    if number % 10:
        return b"GET" + head.encode() + b"\r\n"
    body = f"user=u{number}&color=blue"
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    return b"POST" + head.encode() + form.encode()


def response(number: int) -> bytes:
    status = "404 Not Found" if number % 20 == 3 else "302 Found" if number % 50 == 7 else "200 OK"
    more = f"Location: http://www.example.com/page/{number + 1}?session={number + 1}\r\n" if status[:3] == "302" else ""
    return f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\n{more}Content-Length: 5\r\n\r\nhello".encode()


def web(exchanges: int) -> Iterator[bytes]:
    for first in range(0, exchanges, A_CONNECTION):
        port, up, down = 1024 + first // A_CONNECTION, 1, 1
        yield segment(port, True, 0, 0, SYN)
        yield segment(port, False, 0, 1, SYN | ACK)
        yield segment(port, True, 1, 1, ACK)
        for number in range(first, min(first + A_CONNECTION, exchanges)):
            asked, told = request(number), response(number)
            yield segment(port, True, up, down, PUSH_ACK, asked)
            up += len(asked)
            yield segment(port, False, down, up, PUSH_ACK, told)
            down += len(told)


def dns(exchanges: int) -> Iterator[bytes]:
    for number in range(exchanges):
        label = f"host{number}".encode()
        question = bytes([len(label)]) + label + b"\x07example\x03com\0" + struct.pack(">HH", 1, 1)
        port, ident = 1024 + number % 60_000, number & 0xFFFF
        server = SERVER if number % 2 else OTHER
        asked = struct.pack(">HHHHHH", ident, 0x0100, 1, 0, 0, 0) + question
        yield ip(17, CLIENT, server, struct.pack(">HHHH", port, 53, 8 + len(asked), 0) + asked)
        if number % 100 == 50:
            continue
        none = number % 10 == 3
        told = struct.pack(">HHHHHH", ident, 0x8183 if none else 0x8180, 1, 0 if none else 1, 0, 0) + question
        if not none:
            told += struct.pack(">HHHIH", 0xC00C, 1, 1, 300, 4) + bytes([192, 0, 2, number % 250])
        yield ip(17, server, CLIENT, struct.pack(">HHHH", 53, port, 8 + len(told), 0) + told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--kind", choices=("web", "dns"), default="web")
    parser.add_argument("--exchanges", type=int, default=0, help="200,000 for the web, 100,000 for DNS")
    given = parser.parse_args()
    frames = web(given.exchanges or 200_000) if given.kind == "web" else dns(given.exchanges or 100_000)
    given.output.parent.mkdir(parents=True, exist_ok=True)
    with given.output.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        for place, frame in enumerate(frames):
            micros = place * 100
            size = len(frame)
            file.write(
                struct.pack("<IIII", 1_600_000_000 + micros // 1_000_000, micros % 1_000_000, size, size) + frame
            )


if __name__ == "__main__":
    main()
