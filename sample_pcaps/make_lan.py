#!/usr/bin/env python3
"""Make the captures about the local network: addresses, ARP, ICMP, a scan. usage: make_lan.py [FOLDER]"""

from __future__ import annotations

import random
from socket import AF_INET6, inet_ntop, inet_pton

from making import (
    BROADCAST,
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
    look_up,
    main,
    outside,
    page,
    record,
    request,
    response,
)
from scapy.compat import raw
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import ICMP, IP, UDP, fragment
from scapy.layers.inet6 import (
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
)
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet, Raw
from scapy.utils6 import in6_getnsma

NOBODY = Host("0.0.0.0", CLIENT.mac, 128)
EVERYBODY = Host("255.255.255.255", BROADCAST)
STRANGER = Host("192.168.1.66", "02:00:00:00:01:42")
WEB = outside("203.0.113.10")


def _bootp(op: int, options: list[object], offered: str = "0.0.0.0") -> Packet:
    chaddr = bytes.fromhex(CLIENT.mac.replace(":", ""))
    server = SERVER.ip if op == 2 else "0.0.0.0"
    return BOOTP(op=op, xid=0x6A5D01C4, chaddr=chaddr, yiaddr=offered, siaddr=server) / DHCP(options=[*options, "end"])


def _dhcp(capture: Capture, time: int, kind: str, *options: object) -> None:
    """One message: the client's from no address, the server's to the one it gives."""
    if kind in ("discover", "request"):
        asked: list[object] = [("message-type", kind), ("hostname", b"desk"), *options]
        asked.append(("param_req_list", [1, 3, 6, 15, 51]))
        capture.udp(time, NOBODY, EVERYBODY, (68, 67), raw(_bootp(1, asked)), id=0)
        return
    lease: list[object] = [("server_id", SERVER.ip), ("lease_time", 86_400), ("subnet_mask", "255.255.255.0")]
    lease += [("router", GATEWAY.ip), ("name_server", GATEWAY.ip), ("domain", b"home.example")]
    given = raw(_bootp(2, [("message-type", kind), *lease], CLIENT.ip))
    capture.udp(time, SERVER, CLIENT, (67, 68), given)


def dhcp_lease() -> Capture:
    """Discover, offer, request, acknowledgment; then the client asks whether the address is free and tells it."""
    capture = Capture()
    wanted = ("server_id", SERVER.ip), ("requested_addr", CLIENT.ip)
    _dhcp(capture, 0, "discover")
    _dhcp(capture, 512_300, "offer")
    _dhcp(capture, 513_100, "request", *wanted)
    _dhcp(capture, 545_900, "ack")
    for number, claimed in enumerate(("0.0.0.0", "0.0.0.0", CLIENT.ip)):
        probe = ARP(op=1, hwsrc=CLIENT.mac, psrc=claimed, hwdst="00:00:00:00:00:00", pdst=CLIENT.ip)
        capture.add(580 * MS + number * SECOND, Ether(src=CLIENT.mac, dst=BROADCAST) / probe)
    return capture


def dhcp_silent() -> Capture:
    """No server answers: the client asks five times, then gives itself a link-local address (RFC 3927)."""
    capture = Capture()
    for time in (0, 4_010_422, 12_031_087, 28_022_611, 60_040_170):
        _dhcp(capture, time, "discover")
    for number, claimed in enumerate(("0.0.0.0", "0.0.0.0", "169.254.17.20")):
        probe = ARP(op=1, hwsrc=CLIENT.mac, psrc=claimed, hwdst="00:00:00:00:00:00", pdst="169.254.17.20")
        capture.add(62 * SECOND + number * SECOND, Ether(src=CLIENT.mac, dst=BROADCAST) / probe)
    return capture


def arp_poison() -> Capture:
    """A stranger says it is the gateway; from then on the client's packets go to it."""
    capture = Capture()
    capture.arp(0, CLIENT, GATEWAY)
    look_up(capture, 600, "www.example.com", [address(WEB.ip)], 50401)
    lie = ARP(op=2, hwsrc=STRANGER.mac, psrc=GATEWAY.ip, hwdst=CLIENT.mac, pdst=CLIENT.ip)
    for number in range(4):
        capture.add(5 * SECOND + number * 2 * SECOND, Ether(src=STRANGER.mac, dst=CLIENT.mac) / lie)
    capture.arp(7_900 * MS, GATEWAY, CLIENT)
    poisoned = Host(WEB.ip, STRANGER.mac, WEB.ttl - 1)
    talk = Talk(capture, CLIENT, poisoned, (50402, 80), 6_400 * MS, 23 * MS)
    talk.connect()
    body = page("Welcome", "Seen by somebody else as well.", 3)
    talk.ask(request("GET", "www.example.com", "/"), response("200 OK", body))
    talk.close(after=30 * MS)
    return capture


def syn_scan() -> Capture:
    """Sixty ports in a shuffled order: three open, a few silent and tried again, the rest closed."""
    capture = Capture(STRANGER)
    capture.arp(0, STRANGER, SERVER)
    order = random.Random(23)
    common = (21, 22, 23, 25, 53, 80, 110, 111, 135, 139, 143, 443, 445, 993, 995, 1433, 1723, 3306, 3389, 5432, 5900)
    ports = [*common, *range(8000, 8039)]
    order.shuffle(ports)
    at = 900
    for number, port in enumerate(ports):
        talk = Talk(capture, STRANGER, SERVER, (61_337, port), at, rtt=330, scaled=False)
        talk.segment(0, "S", window=1024, options=[("MSS", 1460)])
        if port in (22, 80, 443):
            talk.now += talk.rtt
            talk.segment(1, "SA", window=64_240, options=[("MSS", 1460)])
            talk.now += 41
            talk.segment(0, "R", window=0)
        elif port in (23, 135, 139, 445):
            talk.now += 1_100 * MS + number
            talk.sent[0] -= 1
            talk.segment(0, "S", window=1024, options=[("MSS", 1460)], seq=talk.sent[0])
        else:
            talk.now += talk.rtt
            talk.sent[1] = 0
            talk.segment(1, "RA", window=0)
        at += order.randrange(90, 2_400)
    return capture


def traceroute() -> Capture:
    """UDP probes with a growing time to live; each router tells, one stays silent, the target answers."""
    capture = Capture()
    routers = (GATEWAY, outside("198.51.100.1", 254), None, outside("203.0.113.1", 252), WEB)
    port, time = 33_434, 0
    for hop, router in enumerate(routers, 1):
        for probe in range(3):
            packet = capture.ip(CLIENT, WEB, ttl=hop) / UDP(sport=50_421, dport=port) / Raw(bytes(range(64, 96)))
            capture.add(time, packet)
            if router is not None:
                seen = IP(raw(packet)[14:])
                seen.ttl, seen.chksum = 1, None
                error = ICMP(type=3, code=3) if router is WEB else ICMP(type=11, code=0)
                back = hop * hop * 1_310 + probe * 37
                capture.add(time + back, capture.ip(router, CLIENT) / error / Raw(raw(seen)))
                time += back
            time += 5 * SECOND if router is None else 420
            port += 1
    return capture


def ping_fragments() -> Capture:
    """An echo of 4,000 bytes travels in three fragments each way; a small one does not."""
    capture = Capture()
    capture.arp(0, CLIENT, SERVER)
    for number, size in enumerate((32, 4_000)):
        data = bytes(97 + n % 23 for n in range(size))
        for source, target, kind, delay in ((CLIENT, SERVER, 8, 0), (SERVER, CLIENT, 0, 880)):
            packet = capture.ip(source, target) / ICMP(type=kind, id=1, seq=7 + number) / Raw(data)
            for part, piece in enumerate(fragment(packet, 1480)):
                capture.add(700 + number * SECOND + delay + part * 13, piece)
    return capture


def ipv6() -> Capture:
    """The neighbour is found (RFC 4861), a name has an IPv6 address, a page comes over it, an echo."""
    capture = Capture()
    own, link = "2001:db8:1::14", "fe80::1:14"
    router, resolver, far = "fe80::1:1", "2001:db8:1::1", "2001:db8:99::10"
    for time, asker, target in ((0, own, resolver), (5 * SECOND, link, router)):
        where, group = inet_pton(AF_INET6, target), "33:33:ff:" + GATEWAY.mac[9:]
        ask = IPv6(src=asker, dst=inet_ntop(AF_INET6, in6_getnsma(where)), hlim=255) / ICMPv6ND_NS(tgt=target)
        capture.add(time, Ether(src=CLIENT.mac, dst=group) / ask / ICMPv6NDOptSrcLLAddr(lladdr=CLIENT.mac))
        tell = IPv6(src=target, dst=asker, hlim=255) / ICMPv6ND_NA(tgt=target, R=1, S=1, O=1)
        told = Ether(src=GATEWAY.mac, dst=CLIENT.mac) / tell / ICMPv6NDOptDstLLAddr(lladdr=GATEWAY.mac)
        capture.add(time + 410, told)
    client, web = Host(own, CLIENT.mac), Host(far, GATEWAY.mac, 55)
    asked = Host(resolver, GATEWAY.mac)
    records = [record(28, inet_pton(AF_INET6, far))]
    look_up(capture, 900, "www.example.com", records, 50451, "AAAA", client=client, resolver=asked)
    talk = Talk(capture, client, web, (50451, 80), 12_700, 19 * MS)
    talk.mss = 1440
    talk.connect()
    talk.ask(request("GET", "www.example.com", "/"), response("200 OK", page("Six", "By way of IPv6.", 8)))
    talk.close(after=400 * MS)
    data = b"abcdefghijklmnopqrstuvwabcdefghi"
    capture.add(2 * SECOND, capture.ip(client, web) / ICMPv6EchoRequest(id=3, seq=1, data=data))
    capture.add(2 * SECOND + 19_300, capture.ip(web, client) / ICMPv6EchoReply(id=3, seq=1, data=data))
    return capture


def healthy() -> Capture:
    """Nothing is wrong: an address, a name, two pages over one connection, an echo."""
    capture = Capture()
    capture.arp(0, CLIENT, GATEWAY)
    look_up(capture, 600, "www.example.com", [address(WEB.ip)], 50441)
    talk = Talk(capture, CLIENT, WEB, (50441, 80), 12_300, 19 * MS)
    talk.connect()
    for path, lines in (("/", 12), ("/news", 60)):
        talk.ask(request("GET", "www.example.com", path), response("200 OK", page(path, "All is well.", lines)))
        talk.now += 400 * MS
    talk.close()
    for number in range(2):
        for source, target, kind, delay in ((CLIENT, GATEWAY, 8, 0), (GATEWAY, CLIENT, 0, 610)):
            echo = ICMP(type=kind, id=2, seq=1 + number) / Raw(b"abcdefghijklmnopqrstuvwabcdefghi")
            capture.add((2 + number) * SECOND + delay, capture.ip(source, target) / echo)
    return capture


SAMPLES = (
    Sample("dhcp-lease", "An address by DHCP in four messages, and the check that it is free", dhcp_lease),
    Sample("dhcp-silent", "No DHCP server answers: the client gives itself an address", dhcp_silent),
    Sample("arp-poison", "A stranger claims the gateway's address: traffic goes through it", arp_poison),
    Sample("syn-scan", "Sixty ports are probed: three open, four silent, the rest closed", syn_scan),
    Sample("traceroute", "Routers on the way tell themselves, one stays silent", traceroute),
    Sample("ping-fragments", "Echo and answer, small and in fragments", ping_fragments),
    Sample("ipv6", "IPv6: the neighbour, a name, a page and an echo", ipv6),
    Sample("healthy", "Nothing is wrong here", healthy),
)

if __name__ == "__main__":
    main(SAMPLES)
