"""What the sample scripts share: hosts, a capture in the making, TCP conversations, UDP, DNS, HTTP, the file itself.

Times are microseconds since START. Nothing here asks the clock or an unseeded generator: the same script gives the
same bytes.
"""

from __future__ import annotations

import struct
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scapy.compat import raw
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet, Raw

HERE = Path(__file__).resolve().parent
START = 1_709_629_200_000_000  # 2024-03-05 09:00:00 UTC, in microseconds
MS, SECOND = 1_000, 1_000_000
BROADCAST = "ff:ff:ff:ff:ff:ff"
ETHERNET = 1


@dataclass(frozen=True)
class Host:
    """A host as seen from the capture point: beyond the gateway, the MAC address is the gateway's."""

    ip: str
    mac: str
    ttl: int = 64


GATEWAY = Host("192.168.1.1", "02:00:00:00:01:01")
CLIENT = Host("192.168.1.20", "02:00:00:00:01:14", 128)
SERVER = Host("192.168.1.5", "02:00:00:00:01:05")
RESOLVER = Host("192.168.1.1", GATEWAY.mac)


def outside(ip: str, ttl: int = 53) -> Host:
    """A host beyond the gateway."""
    return Host(ip, GATEWAY.mac, ttl)


class Capture:
    """Frames with their times; taken on one station, whose own frames carry no Ethernet padding."""

    def __init__(self, station: Host = CLIENT, link: int = ETHERNET) -> None:
        self.frames: list[tuple[int, bytes]] = []
        self.station, self.link = station, link
        self.identifications: Counter[tuple[str, str]] = Counter()

    def add(self, time: int, frame: Packet | bytes) -> None:
        data = frame if isinstance(frame, bytes) else raw(frame)
        own = data[6:12] == bytes.fromhex(self.station.mac.replace(":", ""))
        self.frames.append((time, data if own or self.link != ETHERNET else data.ljust(60, b"\0")))

    def ip(self, source: Host, destination: Host, **fields: object) -> Packet:
        """Ethernet and IP headers from one host to another; each pair of hosts counts its IPv4 identifications."""
        if ":" in source.ip:
            return Ether(src=source.mac, dst=destination.mac) / IPv6(src=source.ip, dst=destination.ip, hlim=source.ttl)
        pair = source.ip, destination.ip
        self.identifications[pair] += 1
        first = int.from_bytes(bytes(map(int, source.ip.split(".")))[2:]) * 7 & 0x7FFF
        values: dict[str, object] = {"ttl": source.ttl, "id": first + self.identifications[pair], **fields}
        return Ether(src=source.mac, dst=destination.mac) / IP(src=source.ip, dst=destination.ip, **values)

    def udp(
        self, time: int, source: Host, destination: Host, ports: tuple[int, int], data: bytes, **fields: object
    ) -> None:
        head = self.ip(source, destination, **fields)
        self.add(time, head / UDP(sport=ports[0], dport=ports[1]) / Raw(data))

    def arp(self, time: int, asker: Host, answerer: Host, delay: int = 380) -> None:
        """Who has the answerer's address, and its answer."""
        ask = ARP(op=1, hwsrc=asker.mac, psrc=asker.ip, hwdst="00:00:00:00:00:00", pdst=answerer.ip)
        self.add(time, Ether(src=asker.mac, dst=BROADCAST) / ask)
        tell = ARP(op=2, hwsrc=answerer.mac, psrc=answerer.ip, hwdst=asker.mac, pdst=asker.ip)
        self.add(time + delay, Ether(src=answerer.mac, dst=asker.mac) / tell)


class Talk:
    """A TCP conversation as the client's side sees it. `now` is the time of the next segment.

    Sides: 0 is the client, 1 the server. `sent` and `heard` are each side's next sequence number to send and to expect.
    """

    def __init__(
        self,
        capture: Capture,
        client: Host,
        server: Host,
        ports: tuple[int, int],
        at: int,
        rtt: int = 18_400,
        windows: tuple[int, int] = (1026, 501),
        scaled: bool = True,
    ) -> None:
        self.capture, self.hosts, self.ports, self.now, self.rtt = capture, (client, server), ports, at, rtt
        self.windows, self.scaled = list(windows), scaled
        seed = (ports[0] * 2_654_435_761 + ports[1] * 40_503 + at) % (1 << 31)
        self.sent = [seed, (seed * 69_069 + 12_345) % (1 << 31)]
        self.heard = [0, 0]
        self.mss = 1460

    def segment(
        self,
        side: int,
        flags: str,
        data: bytes = b"",
        seq: int | None = None,
        window: int | None = None,
        options: list[tuple[str, object]] | None = None,
        lost: bool = False,
    ) -> None:
        """One segment at `now`. A lost one is seen here, but not by the other side."""
        at = self.sent[side] if seq is None else seq
        tcp = TCP(
            sport=self.ports[side],
            dport=self.ports[1 - side],
            flags=flags,
            seq=at,
            ack=self.heard[side] if "A" in flags else 0,
            window=self.windows[side] if window is None else window,
            options=options or [],
        )
        packet = self.capture.ip(self.hosts[side], self.hosts[1 - side], flags="DF") / tcp
        self.capture.add(self.now, packet / Raw(data) if data else packet)
        end = at + len(data) + ("S" in flags) + ("F" in flags)
        self.sent[side] = max(self.sent[side], end)
        if not lost and ("S" in flags or at == self.heard[1 - side]):
            self.heard[1 - side] = end

    def syn(self, lost: bool = False) -> None:
        first = self.sent[0] - 1 if self.heard[1] else self.sent[0]
        window = 64_240 if self.scaled else None
        self.segment(0, "S", seq=first, window=window, options=self._options(8), lost=lost)

    def connect(self, wait: int | None = None, offered: int = 65_160) -> None:
        """The three segments of the handshake; the answer comes after `wait` (a round trip if not given) and offers
        a window, which is never scaled."""
        self.syn()
        self.now += self.rtt if wait is None else wait
        self.segment(1, "SA", window=offered if self.scaled else None, options=self._options(7))
        self.now += 47
        self.segment(0, "A")

    def _options(self, shift: int) -> list[tuple[str, object]]:
        scale: list[tuple[str, object]] = [("NOP", None), ("WScale", shift)] if self.scaled else []
        return [("MSS", self.mss), *scale, ("NOP", None), ("NOP", None), ("SAckOK", b"")]

    def send(self, side: int, data: bytes, after: int = 350) -> None:
        """Data in segments, acknowledged: the client's after a round trip, the server's every second segment."""
        self.now += after
        for start in range(0, len(data), self.mss):
            last = start + self.mss >= len(data)
            self.segment(side, "PA" if last else "A", data[start : start + self.mss])
            if side == 1 and (last or start // self.mss % 2):
                self.now += 38
                self.segment(0, "A")
            self.now += 0 if last else 121
        if side == 0:
            self.now += self.rtt
            self.segment(1, "A")

    def ask(self, request: bytes, answer: bytes, think: int = 6_300, after: int = 350) -> None:
        """A request, and its answer `think` after the server has acknowledged it."""
        self.send(0, request, after)
        self.send(1, answer, think)

    def close(self, side: int = 0, after: int = 2_100) -> None:
        """Four segments; `side` begins."""
        self.now += after
        self.segment(side, "FA")
        self.now += self.rtt if side == 0 else 52
        self.segment(1 - side, "A")
        self.now += 410
        self.segment(1 - side, "FA")
        self.now += 44 if side == 0 else self.rtt
        self.segment(side, "A")


# HTTP

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0"
DATE = "Tue, 05 Mar 2024 09:00:01 GMT"


def request(method: str, host: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """An HTTP/1.1 request; header names are given with '_' for '-'."""
    lines = {"Host": host, "User-Agent": AGENT, "Accept": "*/*", **_named(headers)}
    if body:
        lines["Content-Length"] = str(len(body))
    return _message(f"{method} {path} HTTP/1.1", lines, body)


def response(status: str, body: bytes = b"", kind: str = "text/html; charset=utf-8", **headers: str) -> bytes:
    """An HTTP/1.1 response with its length."""
    lines = {"Date": DATE, "Server": "nginx", "Content-Type": kind, "Content-Length": str(len(body)), **_named(headers)}
    return _message(f"HTTP/1.1 {status}", lines, body)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _message(first: str, lines: dict[str, str], body: bytes) -> bytes:
    head = "\r\n".join([first, *(f"{name}: {value}" for name, value in lines.items())])
    return head.encode() + b"\r\n\r\n" + body


def page(title: str, text: str = "", paragraphs: int = 1) -> bytes:
    inside = "".join(f"<p>{text} ({number})</p>\n" for number in range(1, paragraphs + 1))
    return f"<!doctype html>\n<html><head><title>{title}</title></head>\n<body>\n{inside}</body></html>\n".encode()


# DNS (RFC 1035)


def query(name: str, identifier: int, kind: str = "A") -> bytes:
    return raw(DNS(id=identifier, rd=1, qd=DNSQR(qname=name, qtype=kind)))


def answer(name: str, identifier: int, records: list[bytes], kind: str = "A", flags: int = 0x8180) -> bytes:
    """A response whose records (without their names) name the question by a compression pointer."""
    head = struct.pack("!HHHHHH", identifier, flags, 1, len(records), 0, 0)
    return head + raw(DNSQR(qname=name, qtype=kind)) + b"".join(b"\xc0\x0c" + record for record in records)


def record(kind: int, data: bytes, ttl: int = 300) -> bytes:
    return struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def address(ip: str, ttl: int = 300) -> bytes:
    return record(1, bytes(map(int, ip.split("."))), ttl)


def labels(name: str) -> bytes:
    return b"".join(bytes((len(part),)) + part.encode() for part in name.split(".")) + b"\0"


def look_up(
    capture: Capture,
    time: int,
    name: str,
    records: list[bytes],
    port: int,
    kind: str = "A",
    rcode: int = 0,
    delay: int = 11_260,
    client: Host = CLIENT,
    resolver: Host = RESOLVER,
) -> None:
    """A question and its answer over UDP."""
    identifier = port * 40_503 & 0xFFFF
    capture.udp(time, client, resolver, (port, 53), query(name, identifier, kind))
    reply = answer(name, identifier, records, kind, 0x8180 | rcode)
    capture.udp(time + delay, resolver, client, (53, port), reply)


# The file


def _block(kind: int, body: bytes) -> bytes:
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def pcapng(capture: Capture, lesson: str) -> bytes:
    """The capture as a pcapng file in time order, the lesson as the file's comment."""
    end = _option(0, b"")
    head = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + _option(1, lesson.encode()) + end
    interface = _option(2, b"eth0" if capture.link == ETHERNET else b"wlan0") + _option(9, b"\x06") + end
    parts = [_block(0x0A0D0D0A, head), _block(1, struct.pack("<HHI", capture.link, 0, 262_144) + interface)]
    for time, frame in sorted(capture.frames, key=lambda entry: entry[0]):
        high, low = divmod(START + time, 1 << 32)
        entry = struct.pack("<IIIII", 0, high, low, len(frame), len(frame)) + frame + bytes(-len(frame) % 4)
        parts.append(_block(6, entry))
    return b"".join(parts)


@dataclass(frozen=True)
class Sample:
    """One capture: the file's name without its suffix, what it teaches in one line, and what makes it."""

    name: str
    lesson: str
    make: Callable[[], Capture]

    def build(self) -> bytes:
        return pcapng(self.make(), self.lesson)


def main(samples: tuple[Sample, ...]) -> None:
    """Write the samples into the folder given as the only argument, or beside the scripts."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for sample in samples:
        data = sample.build()
        (folder / f"{sample.name}.pcapng").write_bytes(data)
        print(f"{sample.name}.pcapng: {len(data)} bytes")
