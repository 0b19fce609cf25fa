"""Exchanges outside TCP, for all packets at once: ARP, neighbour discovery, DNS and DHCP over UDP."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..loader.table import NONE16, Layer, PacketTable
from .tie import Ints, beside, tie, words

_NS, _NA = 135, 136
_PLAIN = int(Layer.QUOTED)
DNS_PORTS, GROUP_PORTS, DHCP_PORTS, DHCPV6_PORTS = (53,), (5355, 137), (67, 68), (546, 547)
ASSEMBLED = 100_000
NEAR = 4
"""So many messages before and behind one in its DHCP transaction are tied to it."""
_DHCPV6_ANSWERS = (2, 7)
_DHCPV6_RELAYED = (12, 13)


def arp(capture: Capture) -> tuple[Ints, Ints]:
    """(packet indexes, their partners' indexes): who asks (hardware and protocol address) for whom (RFC 826)."""
    table = capture.table.still(len(capture))
    packets = np.flatnonzero((table["ethertype"] == 0x0806) & (table["network"] != NONE16)).astype(np.int64)
    head = capture.gather(packets, table["network"][packets].astype(np.int64), 28)
    operation = words(head, 6, 2)
    good = (words(head, 4, 2) == 0x0604) & ((operation == 1) | (operation == 2))
    good &= words(head, 14, 4) != words(head, 24, 4)  # gratuitous ones ask nobody
    packets, head, reply = packets[good], head[good], operation[good] == 2
    sender, target = words(head, 14, 4), words(head, 24, 4)
    mine, theirs = words(head, 8, 6), words(head, 18, 6)
    return _pairs(packets, tie([_turned(reply, target, sender), _turned(reply, sender, target),
                                _turned(reply, theirs, mine)], reply))  # fmt: skip


def neighbours(capture: Capture) -> tuple[Ints, Ints]:
    """Neighbor Solicitations and the Advertisements for their target, sent to who asked (RFC 4861 section 7.2)."""
    table = capture.table.still(len(capture))
    packets = np.flatnonzero((table["ip_protocol"] == 58) & (table["transport"] != NONE16) & _own(table))
    packets = packets.astype(np.int64)
    kinds = capture.gather(packets, table["transport"][packets].astype(np.int64), 1)[:, 0]
    packets = packets[(kinds == _NS) | (kinds == _NA)]
    head = capture.gather(packets, table["transport"][packets].astype(np.int64), 24)
    reply = head[:, 0] == _NA
    source, destination = (table[name][packets].astype(np.int64) for name in ("source", "destination"))
    asker = np.where(reply, destination, source)
    return _pairs(packets, tie([words(head, 8, 6), words(head, 14, 6), words(head, 20, 4), asker], reply))


def names(capture: Capture) -> tuple[Ints, Ints]:
    """DNS, on any port, by stream and id; LLMNR and NetBIOS names, asked of a group and answered by one of it, by who
    asks and id."""
    table = capture.table
    packets = _udp(capture, ())
    head = _payload(capture, packets, 13)
    chosen = _on(capture, packets, DNS_PORTS + GROUP_PORTS) | looks_like_dns(head)
    packets, head = _with_assembled(capture, packets[chosen], head[chosen])
    reply = head[:, 2] >> 7 == 1
    grouped = _on(capture, packets, GROUP_PORTS)
    stream = np.where(grouped, -1, table["stream"][packets].astype(np.int64))
    asker = np.where(grouped, _asker(capture, packets, reply), 0)
    return _pairs(packets, tie([words(head, 0, 2), asker, stream], reply))


def looks_like_dns(head: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """One question, few records, a standard query or its answer (as protocols.dns wants it on unknown ports)."""
    found: NDArray[np.bool_] = (words(head, 4, 2) == 1) & (head[:, 2] & 0x78 == 0)
    found &= (head[:, 3] & 0x40 == 0) & (head[:, 12] > 0)
    found &= (head[:, 6] | head[:, 8] | head[:, 10]) == 0
    return found


def _with_assembled(capture: Capture, packets: Ints, head: NDArray[np.uint8]) -> tuple[Ints, NDArray[np.uint8]]:
    """Add datagrams that came in fragments, with the packet that completes them."""
    table = capture.table.still(len(capture))
    whole = table["layers"] & np.uint16(Layer.ASSEMBLED) != 0
    whole &= (table["source_port"] == 53) | (table["destination_port"] == 53)
    whole[packets] = False
    more = np.flatnonzero(whole & (table["ip_protocol"] == 17))[:ASSEMBLED].astype(np.int64)
    if not len(more):
        return packets, head
    starts = b"".join(capture.tracker.assembled_payload(index)[:13].ljust(13, b"\0") for index in more.tolist())
    packets = np.concatenate([packets, more])
    head = np.concatenate([head, np.frombuffer(starts, np.uint8).reshape(-1, 13)])
    order = np.argsort(packets)
    return packets[order], head[order]


def leases(capture: Capture) -> tuple[Ints, Ints]:
    """DHCP, all of a transaction's messages by its id and the client's hardware address; DHCPv6 answers by transaction
    id (relayed messages are left out)."""
    packets = _udp(capture, DHCP_PORTS)
    head = _payload(capture, packets, 34)
    near = beside([words(head, 4, 4), words(head, 28, 6)], NEAR)
    old = packets[near[0]], packets[near[1]]
    packets = _udp(capture, DHCPV6_PORTS)
    head = _payload(capture, packets, 4)
    direct = ~np.isin(head[:, 0], _DHCPV6_RELAYED)
    packets, head = packets[direct], head[direct]
    new = _pairs(packets, tie([words(head, 1, 3)], np.isin(head[:, 0], _DHCPV6_ANSWERS)))
    return np.concatenate([old[0], new[0]]), np.concatenate([old[1], new[1]])


def _pairs(packets: Ints, partner: Ints) -> tuple[Ints, Ints]:
    known = partner >= 0
    return packets[known], packets[partner[known]]


def _turned(reply: NDArray[np.bool_], other: Ints, own: Ints) -> Ints:
    return np.where(reply, other, own)


def _own(table: PacketTable) -> NDArray[np.bool_]:
    plain: NDArray[np.bool_] = (table["layers"] & _PLAIN) == 0
    return plain


def _udp(capture: Capture, ports: tuple[int, ...]) -> Ints:
    table = capture.table.still(len(capture))
    chosen = (table["ip_protocol"] == 17) & (table["payload"] != NONE16) & _own(table)
    if ports:
        chosen &= np.isin(table["source_port"], ports) | np.isin(table["destination_port"], ports)
    return np.flatnonzero(chosen).astype(np.int64)


def _on(capture: Capture, packets: Ints, ports: tuple[int, ...]) -> NDArray[np.bool_]:
    table = capture.table
    return np.isin(table["source_port"][packets], ports) | np.isin(table["destination_port"][packets], ports)


def _payload(capture: Capture, packets: Ints, width: int) -> NDArray[np.uint8]:
    return capture.gather(packets, capture.table["payload"][packets].astype(np.int64), width)


def _asker(capture: Capture, packets: Ints, reply: NDArray[np.bool_]) -> Ints:
    """Address and port of who asks, in one number."""
    table = capture.table
    address = np.where(reply, table["destination"][packets], table["source"][packets]).astype(np.int64)
    port = np.where(reply, table["destination_port"][packets], table["source_port"][packets]).astype(np.int64)
    return address << 16 | port
