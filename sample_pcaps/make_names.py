#!/usr/bin/env python3
"""Make the captures about DNS. usage: make_names.py [FOLDER]"""

from __future__ import annotations

import struct

from making import (
    CLIENT,
    GATEWAY,
    MS,
    SECOND,
    SERVER,
    Capture,
    Host,
    Sample,
    Talk,
    address,
    answer,
    labels,
    look_up,
    main,
    outside,
    query,
    record,
)

BRANCH_CLIENT = Host("192.168.1.31", "02:00:00:00:01:1f", 128)
CENTRAL = outside("10.20.0.5", 61)
ZONE = "office.example"


def silent() -> Capture:
    """Two resolvers are asked in turn; only the gateway, by ARP, says anything."""
    capture = Capture()
    capture.arp(0, CLIENT, GATEWAY)
    ask = query("www.example.com", 0x3A07)
    first, second = outside("198.51.100.53"), outside("198.51.100.54")
    for time, resolver in (
        (700, first),
        (1_000_934, second),
        (2_001_102, first),
        (2_001_260, second),
        (4_002_318, first),
        (4_002_471, second),
        (8_003_077, first),
    ):
        capture.udp(time, CLIENT, resolver, (50301, 53), ask)
    return capture


def server_failure() -> Capture:
    """Taken on a branch's name server, which cannot fetch its zone from the central one."""
    capture = Capture(SERVER)
    for number, time in enumerate((0, 15 * SECOND)):
        look_up(
            capture, time, f"app.{ZONE}", [], 50310 + number, rcode=2, delay=740, client=BRANCH_CLIENT, resolver=SERVER
        )
        talk = Talk(capture, SERVER, CENTRAL, (49210 + number, 53), time + 2_300)
        for wait in (0, SECOND, 2 * SECOND, 4 * SECOND):
            talk.now += wait
            talk.sent[0] = talk.sent[0] - 1 if wait else talk.sent[0]
            talk.syn(lost=True)
    return capture


def _resource(name: bytes, kind: int, data: bytes) -> bytes:
    return name + record(kind, data, 3_600)


def zone_transfer() -> Capture:
    """The whole zone over TCP to whoever asks (RFC 5936)."""
    capture = Capture()
    talk = Talk(capture, CLIENT, SERVER, (50321, 53), 0, rtt=610)
    talk.connect()
    head = struct.pack("!HHHHHH", 0x51C2, 0, 1, 0, 0, 0)
    question = labels(ZONE) + struct.pack("!HH", 252, 1)
    ask = head + question
    origin = b"\xc0\x0c"
    soa = b"\x02ns" + origin + b"\x05admin" + origin + struct.pack("!5I", 2024030501, 3600, 600, 86_400, 300)
    records = [_resource(origin, 6, soa), _resource(origin, 2, b"\x02ns" + origin)]
    records.append(_resource(origin, 15, b"\0\x0a\x04mail" + origin))
    hosts = {"ns": 5, "mail": 6, "intranet": 10, "payroll": 11, "backup": 12, "vpn": 1, "printer": 9, "camera": 40}
    for name, last in hosts.items():
        own = bytes((len(name),)) + name.encode() + origin
        records.append(_resource(own, 1, bytes((192, 168, 1, last))))
    records.append(_resource(b"\x03www" + origin, 5, b"\x08intranet" + origin))
    records.append(records[0])
    reply = struct.pack("!HHHHHH", 0x51C2, 0x8480, 1, len(records), 0, 0) + question + b"".join(records)
    talk.ask(struct.pack("!H", len(ask)) + ask, struct.pack("!H", len(reply)) + reply, 900)
    talk.close()
    return capture


def no_such_name() -> Capture:
    """A mistyped name, the right one, and a reverse look-up."""
    capture = Capture()
    soa = labels("ns.example.com") + labels("admin.example.com") + struct.pack("!5I", 7, 3600, 600, 86_400, 300)
    ask, reply = query("wwww.example.com", 0x6B11), struct.pack("!HHHHHH", 0x6B11, 0x8183, 1, 0, 1, 0)
    capture.udp(0, CLIENT, GATEWAY, (50331, 53), ask)
    authority = b"\xc0\x11" + record(6, soa, 300)
    capture.udp(14 * MS, GATEWAY, CLIENT, (53, 50331), reply + ask[12:] + authority)
    look_up(capture, 4 * SECOND, "www.example.com", [address("203.0.113.10")], 50332)
    pointer = [record(12, labels("www.example.com"))]
    look_up(capture, 4 * SECOND + 310 * MS, "10.113.0.203.in-addr.arpa", pointer, 50333, kind="PTR")
    return capture


def contradiction() -> Capture:
    """One question, two answers that do not agree: the first came too early to be the resolver's."""
    capture = Capture()
    resolver = outside("198.51.100.53")
    ask = query("bank.example.com", 0x70A4)
    capture.udp(0, CLIENT, resolver, (50341, 53), ask)
    forged = Host(resolver.ip, resolver.mac, 64)
    false, true = (answer("bank.example.com", 0x70A4, [address(ip, 600)]) for ip in ("192.168.1.66", "203.0.113.70"))
    capture.udp(1_090, forged, CLIENT, (53, 50341), false)
    capture.udp(23_870, resolver, CLIENT, (53, 50341), true)
    return capture


SAMPLES = (
    Sample("dns-silent", "No web access: two name servers are asked seven times and never answer", silent),
    Sample("dns-server-failure", "A branch's name server fails: its zone transfer never connects", server_failure),
    Sample("dns-zone-transfer", "A name server hands its whole zone to whoever asks", zone_transfer),
    Sample("dns-no-such-name", "A name that does not exist, one that does, and a reverse look-up", no_such_name),
    Sample("dns-two-answers", "One question, two answers that contradict each other", contradiction),
)

if __name__ == "__main__":
    main(SAMPLES)
