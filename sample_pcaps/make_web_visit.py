#!/usr/bin/env python3
"""Make web-visit.pcapng: a browser's visit to nate.com (frames 248-262) after four seconds of other traffic.

Running it again gives the same bytes. usage: make_web_visit.py [OUTPUT]
"""

from __future__ import annotations

import random
import struct
import sys
from pathlib import Path

from scapy.compat import raw
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr, IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet, Raw
from scapy.utils import checksum

HERE = Path(__file__).resolve().parent
START = 1_573_121_344_000_000  # 2019-11-07 10:09:04 UTC, in microseconds

CLIENT, GATEWAY, RESOLVER, NATE = "115.140.24.224", "115.140.24.1", "1.214.68.2", "120.50.132.112"
CLIENT_MAC, GATEWAY_MAC, PRINTER_MAC = "02:00:5e:10:00:01", "02:00:5e:10:00:fe", "02:00:5e:10:00:09"

# gzip of PAGE: kept as bytes, because compressors of different versions give different ones.
PAGE = b"<html><head><title>moved to www.nate.com</title></head><body>See www.nate.com.</body></html>\n"
PAGE_GZIP = bytes.fromhex(
    "1f8b0800000000000203b3c928c9cdb1b3c9484d4cb1b329c92cc949b5cbcd2f4b4d5128c957282f2fd7cb4b2c49d54bcecfb5d18748dae8439426e5a754da05a7a6a228d2b3d1078b0315814ce502005d7556635d000000"
)


class Capture:
    """Frames in order, each with its time in microseconds since the first."""

    def __init__(self) -> None:
        self.frames: list[tuple[int, bytes]] = []
        self.identification = 0x1A00

    def add(self, time: int, packet: Packet | bytes, pad: bool = False) -> None:
        frame = packet if isinstance(packet, bytes) else raw(packet)
        self.frames.append((time, frame.ljust(60, b"\0") if pad else frame))

    def ip(self, source: str, destination: str, ttl: int = 128, **fields: object) -> IP:
        self.identification += 1
        return IP(src=source, dst=destination, ttl=ttl, id=self.identification, **fields)


def out(ip: Packet) -> Packet:
    """A frame from the client. Its network card fills in checksums behind the capture point, so they are unfinished."""
    return Ether(src=CLIENT_MAC, dst=GATEWAY_MAC) / unfinished(ip)


def into(ip: Packet) -> Packet:
    """A frame to the client, with the checksums that came over the wire."""
    return Ether(src=GATEWAY_MAC, dst=CLIENT_MAC) / ip


def unfinished(ip: Packet) -> Packet:
    """Put the sum of the pseudo-header alone where the TCP or UDP checksum belongs (checksum offload)."""
    transport = ip.payload
    addresses = b"".join(bytes(map(int, a.split("."))) for a in (ip.src, ip.dst))
    pseudo = addresses + struct.pack("!HH", 6 if isinstance(transport, TCP) else 17, len(raw(transport)))
    transport.chksum = ~checksum(pseudo) & 0xFFFF
    return ip


class Connection:
    """Both ends of a TCP connection with their sequence numbers."""

    def __init__(
        self,
        capture: Capture,
        server: str,
        ports: tuple[int, int],
        isn: tuple[int, int],
        windows: tuple[int, int],
        ttl: int = 54,
    ) -> None:
        self.capture, self.server, self.ports, self.ttl = capture, server, ports, ttl
        self.sequence = list(isn)
        self.windows = list(windows)
        self.acked = [0, 0]

    def send(
        self,
        time: int,
        side: int,
        flags: str,
        payload: bytes = b"",
        options: list[tuple[str, object]] | None = None,
        window: int | None = None,
    ) -> None:
        """One segment from the client (side 0) or the server (side 1)."""
        source, destination = (CLIENT, self.server) if side == 0 else (self.server, CLIENT)
        self.acked[side] = self.sequence[1 - side]
        tcp = TCP(
            sport=self.ports[side],
            dport=self.ports[1 - side],
            flags=flags,
            seq=self.sequence[side],
            ack=self.acked[side] if "A" in flags else 0,
            window=self.windows[side] if window is None else window,
            options=options or [],
        )
        ip = self.capture.ip(source, destination, 128 if side == 0 else self.ttl, flags="DF")
        packet = ip / tcp / Raw(payload) if payload else ip / tcp
        self.capture.add(time, out(packet) if side == 0 else into(packet), pad=side == 1)
        self.sequence[side] = (self.sequence[side] + len(payload) + ("S" in flags) + ("F" in flags)) % (1 << 32)


def query(name: str, identifier: int, kind: str = "A") -> DNS:
    return DNS(id=identifier, rd=1, qd=DNSQR(qname=name, qtype=kind))


def answer(name: str, identifier: int, records: list[bytes], kind: str = "A", rcode: int = 0) -> bytes:
    """A response whose answers name the question by a compression pointer."""
    head = struct.pack("!HHHHHH", identifier, 0x8180 | rcode, 1, len(records), 0, 0)
    question = raw(DNSQR(qname=name, qtype=kind))
    return head + question + b"".join(b"\xc0\x0c" + record for record in records)


def a_record(address: str, ttl: int = 600) -> bytes:
    return struct.pack("!HHIH", 1, 1, ttl, 4) + bytes(map(int, address.split(".")))


def dns_exchange(
    capture: Capture,
    time: int,
    port: int,
    name: str,
    identifier: int,
    records: list[bytes],
    kind: str = "A",
    rcode: int = 0,
    delay: int = 6_812,
) -> None:
    ask = capture.ip(CLIENT, RESOLVER) / UDP(sport=port, dport=53) / query(name, identifier, kind)
    capture.add(time, out(ask))
    reply = Raw(answer(name, identifier, records, kind, rcode))
    capture.add(time + delay, into(capture.ip(RESOLVER, CLIENT, 58) / UDP(sport=53, dport=port) / reply))


def ntp(mode: int, stratum: int, times: tuple[float, float, float, float], reference: str = "0.0.0.0") -> bytes:
    """RFC 5905, 7.3, version 3; times are reference, origin, receive, transmit."""
    stamps = b"".join(struct.pack("!II", int(t), int(t % 1 * (1 << 32))) for t in times)
    return bytes((3 << 3 | mode, stratum, 10, 0xEA)) + bytes(8) + bytes(map(int, reference.split("."))) + stamps


def netbios_query(name: str) -> bytes:
    """RFC 1002, 4.2.12, for a file server's name."""
    padded = name.encode().ljust(15) + b"\x20"
    coded = b"".join(bytes((65 + (c >> 4), 65 + (c & 15))) for c in padded)
    return struct.pack("!HHHHHH", 0x9A11, 0x0110, 1, 0, 0, 0) + b"\x20" + coded + b"\0" + struct.pack("!HH", 32, 1)


def neighbourhood(capture: Capture) -> None:
    """What a machine hears and says by itself: ARP, name services, discovery, time, ping."""
    broadcast = "ff:ff:ff:ff:ff:ff"
    ask = ARP(op=1, hwsrc=CLIENT_MAC, psrc=CLIENT, hwdst="00:00:00:00:00:00", pdst=GATEWAY)
    capture.add(0, Ether(src=CLIENT_MAC, dst=broadcast) / ask)
    tell = ARP(op=2, hwsrc=GATEWAY_MAC, psrc=GATEWAY, hwdst=CLIENT_MAC, pdst=CLIENT)
    capture.add(412, Ether(src=GATEWAY_MAC, dst=CLIENT_MAC) / tell, pad=True)
    for at, host in ((640_101, "115.140.24.17"), (1_644_912, "115.140.24.17"), (2_650_077, "115.140.24.201")):
        who = ARP(op=1, hwsrc=GATEWAY_MAC, psrc=GATEWAY, hwdst="00:00:00:00:00:00", pdst=host)
        capture.add(at, Ether(src=GATEWAY_MAC, dst=broadcast) / who, pad=True)
    solicit = IPv6(src="fe80::5eff:fe10:1", dst="ff02::1:ff10:fe", hlim=255) / ICMPv6ND_NS(tgt="fe80::5eff:fe10:fe")
    option = ICMPv6NDOptSrcLLAddr(lladdr=CLIENT_MAC)
    capture.add(1_201_334, Ether(src=CLIENT_MAC, dst="33:33:ff:10:00:fe") / solicit / option)
    for number in range(3):
        at = 1_400_020 + number * 1_000_311
        echo = ICMP(type=8, id=1, seq=77 + number) / Raw(b"abcdefghijklmnopqrstuvwabcdefghi")
        capture.add(at, Ether(src=CLIENT_MAC, dst=GATEWAY_MAC) / capture.ip(CLIENT, GATEWAY) / echo)
        reply = ICMP(type=0, id=1, seq=77 + number) / Raw(b"abcdefghijklmnopqrstuvwabcdefghi")
        capture.add(at + 655, into(capture.ip(GATEWAY, CLIENT, 64) / reply))


def small_talk(capture: Capture) -> None:
    """The twelve UDP streams before the visit."""
    dns_exchange(capture, 20_000, 51001, "time.bora.net", 0x1F01, [a_record("203.248.240.140", 1800)])
    ntp_out = capture.ip(CLIENT, "203.248.240.140") / UDP(sport=123, dport=123)
    capture.add(31_207, out(ntp_out / Raw(ntp(3, 0, (0.0, 0.0, 0.0, 3_782_110_144.0312)))))
    ntp_in = capture.ip("203.248.240.140", CLIENT, 52) / UDP(sport=123, dport=123)
    times = (3_782_110_001.0, 3_782_110_144.0312, 3_782_110_144.0351, 3_782_110_144.0352)
    capture.add(38_911, into(ntp_in / Raw(ntp(4, 2, times, "210.98.16.100"))))
    search = (
        b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\n'
        b"ST: urn:dial-multiscreen-org:service:dial:1\r\n\r\n"
    )
    for number in range(4):
        packet = capture.ip(CLIENT, "239.255.255.250", 1) / UDP(sport=51410, dport=1900) / Raw(search)
        capture.add(90_500 + number * 1_000_800, Ether(src=CLIENT_MAC, dst="01:00:5e:7f:ff:fa") / unfinished(packet))
    for number in range(3):
        packet = (
            capture.ip("115.140.24.9", "115.140.24.255") / UDP(sport=137, dport=137) / Raw(netbios_query("PRINTER"))
        )
        capture.add(300_040 + number * 749_950, Ether(src=PRINTER_MAC, dst="ff:ff:ff:ff:ff:ff") / packet)
    mdns = DNS(id=0, rd=0, qd=DNSQR(qname="_ipp._tcp.local", qtype="PTR"))
    packet = capture.ip("115.140.24.9", "224.0.0.251", 255) / UDP(sport=5353, dport=5353) / mdns
    capture.add(412_777, Ether(src=PRINTER_MAC, dst="01:00:5e:00:00:fb") / packet)
    dns_exchange(capture, 500_120, 51877, "www.example.com", 0x2101, [a_record("93.184.216.34", 3600)])
    dns_exchange(capture, 700_300, 52044, "mail.example.net", 0x2345, [a_record("198.51.100.25", 300)])
    llmnr = DNS(id=0x77A0, rd=0, qd=DNSQR(qname="wpad", qtype="A"))
    for at in (900_010, 1_310_460):
        packet = capture.ip(CLIENT, "224.0.0.252", 1) / UDP(sport=60321, dport=5355) / llmnr
        capture.add(at, Ether(src=CLIENT_MAC, dst="01:00:5e:00:00:fc") / unfinished(packet))
    inform = BOOTP(chaddr=bytes.fromhex(CLIENT_MAC.replace(":", "")), ciaddr=CLIENT, xid=0x5D1C33A0)
    options = DHCP(options=[("message-type", "inform"), ("hostname", b"desk"), "end"])
    packet = capture.ip(CLIENT, "255.255.255.255") / UDP(sport=68, dport=67) / inform / options
    capture.add(1_100_400, Ether(src=CLIENT_MAC, dst="ff:ff:ff:ff:ff:ff") / unfinished(packet))
    dns_exchange(capture, 1_900_210, 52311, "wpad.example.net", 0x2A70, [], rcode=3)
    dns_exchange(capture, 2_400_666, 52498, "224.24.140.115.in-addr.arpa", 0x2AE1, [], kind="PTR", rcode=3)
    dns_exchange(capture, 3_200_018, 52770, "www.example.com", 0x2AFF, [], kind="AAAA")


def download(capture: Capture, segments: int) -> None:
    """TCP stream 0: a page of 1,400 x `segments` bytes over HTTP, closed by the client."""
    scaled = [("MSS", 1460), ("NOP", None), ("WScale", 8), ("NOP", None), ("NOP", None), ("SAckOK", b"")]
    link = Connection(capture, "93.184.216.34", (50821, 80), (0x3C41A000, 0x91D20000), (8192, 65535))
    link.send(508_900, 0, "S", options=scaled)
    link.send(
        640_310,
        1,
        "SA",
        options=[("MSS", 1460), ("NOP", None), ("NOP", None), ("SAckOK", b""), ("NOP", None), ("WScale", 9)],
    )
    link.windows = [256, 128]
    link.send(640_366, 0, "A")
    request = b"GET /list.txt HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n\r\n"
    link.send(640_801, 0, "PA", request)
    link.send(772_000, 1, "A")
    lines = b"".join(b"%06d the quick brown fox jumps over the lazy dog\n" % n for n in range(segments * 30))
    size = segments * 1_400
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n"
    body_size = size - len(head % size)
    content = (head % body_size + lines)[: len(head % body_size) + body_size]
    time = 773_400
    for number in range(0, len(content), 1_400):
        part = content[number : number + 1_400]
        link.send(time, 1, "PA" if number + 1_400 >= len(content) else "A", part)
        if (number // 1_400) % 2 or number + 1_400 >= len(content):
            link.send(time + 41, 0, "A")
        time += 9_870 if (number // 1_400) % 10 == 9 else 311
    link.send(time + 5_000, 0, "FA")
    link.send(time + 136_220, 1, "FA")
    link.send(time + 136_270, 0, "A")


def push_channel(capture: Capture) -> None:
    """TCP stream 1: a connection that was there before the capture began, kept alive."""
    link = Connection(capture, "203.0.113.77", (49700, 5223), (0x0B51E77D, 0x5520F010), (513, 1026))
    link.acked = link.sequence[:]
    for at in (700_990, 1_701_350, 2_701_720):
        link.sequence[0] -= 1
        link.send(at, 0, "A", b"\0")
        link.send(at + 33_100, 1, "A")


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("!BHH", kind, 0x0303, len(body)) + body


def handshake(kind: int, body: bytes) -> bytes:
    return struct.pack("!B", kind) + len(body).to_bytes(3, "big") + body


def secure_mail(capture: Capture, noise: random.Random) -> None:
    """TCP stream 2: a TLS 1.2 session resumed, a few messages, still open at the end."""
    link = Connection(capture, "198.51.100.25", (50823, 443), (0x71A0C3B2, 0x0E4477F1), (64240, 29200))
    link.send(708_200, 0, "S", options=[("MSS", 1460), ("NOP", None), ("NOP", None), ("SAckOK", b"")])
    link.send(741_870, 1, "SA", options=[("MSS", 1460), ("NOP", None), ("NOP", None), ("SAckOK", b"")])
    link.send(741_921, 0, "A")
    session, host = noise.randbytes(32), b"mail.example.net"
    name = struct.pack("!HHHBH", 0, len(host) + 5, len(host) + 3, 0, len(host)) + host
    hello = b"\x03\x03" + noise.randbytes(32) + b"\x20" + session + b"\0\x04\xc0\x2f\0\xff\x01\0"
    hello += struct.pack("!H", len(name)) + name
    link.send(742_530, 0, "PA", record(22, handshake(1, hello)))
    link.send(776_010, 1, "A")
    reply = b"\x03\x03" + noise.randbytes(32) + b"\x20" + session + b"\xc0\x2f\0\0\x05\xff\x01\0\x01\0"
    change = record(20, b"\x01")
    link.send(776_480, 1, "PA", record(22, handshake(2, reply)) + change + record(22, noise.randbytes(40)))
    link.send(777_300, 0, "PA", change + record(22, noise.randbytes(40)))
    time = 811_000
    for size in (310, 96, 1_120, 88, 640, 96, 2_200):
        link.send(time, 0, "PA", record(23, noise.randbytes(min(size, 700))))
        link.send(time + 33_500, 1, "A")
        link.send(time + 35_870, 1, "PA", record(23, noise.randbytes(min(size, 1_400))))
        link.send(time + 76_000, 0, "A")
        time += 391_000


def visit(capture: Capture) -> None:
    """Frames 248-262."""
    ask = capture.ip(CLIENT, RESOLVER) / UDP(sport=52828, dport=53) / query("nate.com", 0x2B06)
    capture.add(3_859_406, out(ask))
    records = [a_record("120.50.132.112"), a_record("120.50.131.112")]
    reply = Raw(answer("nate.com", 0x2B06, records))
    capture.add(3_866_832, into(capture.ip(RESOLVER, CLIENT, 58) / UDP(sport=53, dport=52828) / reply))

    syn = [("MSS", 1460), ("NOP", None), ("NOP", None), ("SAckOK", b"")]
    # The server's number makes the checksums of frames 259 and 262 come out as 0xfe20 and 0xfe1f.
    unused = Connection(capture, NATE, (50824, 80), (0x5E31B0C4, 0x7A10D211), (65535, 29200))
    used = Connection(capture, NATE, (50825, 80), (0x5E31B79A, server_isn(0x5E31B79A)), (65535, 29200))
    unused.send(3_867_379, 0, "S", options=syn)
    used.send(3_867_385, 0, "S", options=syn)
    used.send(3_871_175, 1, "SA", options=[("MSS", 1460)])
    used.send(3_871_221, 0, "A")
    used.send(3_871_417, 0, "PA", REQUEST)
    unused.send(3_872_277, 1, "SA", options=[("MSS", 1460)])
    unused.send(3_872_313, 0, "A")
    used.windows = [65157, 30016]
    used.send(3_875_325, 1, "A")
    used.send(3_879_029, 1, "PA", RESPONSE)
    used.send(3_879_029, 1, "FA")
    used.send(3_879_051, 0, "A")
    used.send(3_879_141, 0, "FA")
    used.send(3_883_038, 1, "A")


REQUEST = (
    b"GET / HTTP/1.1\r\n"
    b"Accept: text/html, application/xhtml+xml, image/jxr, */*\r\n"
    b"Accept-Language: ko,ja;q=0.5\r\n"
    b"User-Agent: Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko\r\n"
    b"Accept-Encoding: gzip, deflate\r\n"
    b"Host: nate.com\r\n"
    b"Connection: Keep-Alive\r\n"
    b"\r\n"
)
RESPONSE = (
    b"HTTP/1.1 200 OK\r\n"
    b"Date: Thu, 07 Nov 2019 10:09:08 GMT\r\n"
    b"Server: Apache\r\n"
    b"Cache-Control: no-store, no-cache, must-revalidate\r\n"
    b"Pragma: no-cache\r\n"
    b"Vary: Accept-Encoding\r\n"
    b"Content-Encoding: gzip\r\n"
    b"Content-Length: 88\r\n"
    b"Connection: close\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n"
    b"Content-Language: ko\r\n"
    b"\r\n"
) + PAGE_GZIP


def server_isn(client_isn: int, wanted: int = 0xFE20) -> int:
    """The server's initial sequence number with which its FIN (frame 259) has the checksum `wanted`."""
    high = 0x4D2C0000
    fin = TCP(sport=80, dport=50825, flags="FA", seq=high, ack=client_isn + 262, window=30016)
    bare = int.from_bytes(raw(IP(src=NATE, dst=CLIENT) / fin)[36:38], "big")
    # Ones' complement: what the low word adds to the sum, the checksum loses.
    low = bare - wanted if bare >= wanted else bare - wanted + 0xFFFF
    return high + low - 379


def build() -> bytes:
    """The whole capture as a pcapng file."""
    capture = Capture()
    neighbourhood(capture)
    small_talk(capture)
    download(capture, 107)
    push_channel(capture)
    secure_mail(capture, random.Random(248))
    capture.frames.sort(key=lambda frame: frame[0])
    assert len(capture.frames) == 247, len(capture.frames)
    visit(capture)
    return pcapng(capture.frames)


def block(kind: int, body: bytes) -> bytes:
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def pcapng(frames: list[tuple[int, bytes]]) -> bytes:
    end = option(0, b"")
    comment = option(1, b"A visit to nate.com, as a Windows client's capture saw it") + option(4, b"make_web_visit.py")
    parts = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + comment + end)]
    interface = option(2, b"Ethernet") + option(9, b"\x06")
    parts.append(block(1, struct.pack("<HHI", 1, 0, 262_144) + interface + end))
    for time, frame in frames:
        moment = START + time
        head = struct.pack("<IIIII", 0, moment >> 32, moment & 0xFFFFFFFF, len(frame), len(frame))
        parts.append(block(6, head + frame + bytes(-len(frame) % 4)))
    return b"".join(parts)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "web-visit.pcapng"
    target.write_bytes(build())
    print(f"{target.name}: {target.stat().st_size} bytes")
