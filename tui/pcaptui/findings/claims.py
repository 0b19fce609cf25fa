"""Who says to have which address: the claims of ARP and of neighbour discovery, as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..exchanges.tie import words
from ..loader.addresses import address_text
from ..loader.table import NONE16
from .case import Case, Known

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
REQUEST, REPLY = 1, 2


@dataclass(slots=True)
class Arp:
    """n ARP packets over Ethernet for IPv4, in capture order (RFC 826). sender, target: IPv4 addresses as numbers;
    mac, asked: the hardware addresses as numbers."""

    packets: Ints
    operation: Ints
    mac: Ints
    sender: Ints
    asked: Ints
    target: Ints
    time: Ints

    def gratuitous(self) -> Bools:
        """Announcements of one's own address (RFC 5227 section 3)."""
        found: Bools = (self.sender == self.target) & (self.sender != 0)
        return found


def ip(number: int) -> str:
    return address_text(number.to_bytes(4, "big"))


def mac(number: int) -> str:
    return address_text(number.to_bytes(6, "big"))


def _read(case: Case) -> Arp:
    table, count = case.table, case.count
    packets = np.flatnonzero((table["ethertype"][:count] == 0x0806) & (table["network"][:count] != NONE16))
    packets = packets.astype(np.int64)
    start = table["network"][packets].astype(np.int64)
    head = case.capture.gather(packets, start, 28)
    operation = words(head, 6, 2)
    good = (words(head, 2, 4) == 0x0800_0604) & (table["captured"][packets] >= start + 28)
    good &= (operation == REQUEST) | (operation == REPLY)
    packets, head = packets[good], head[good]
    return Arp(
        packets,
        operation=words(head, 6, 2),
        mac=words(head, 8, 6),
        sender=words(head, 14, 4),
        asked=words(head, 18, 6),
        target=words(head, 24, 4),
        time=table["time"][packets],
    )


_known: Known[Arp] = Known()


def arp_view(case: Case) -> Arp:
    """The capture's ARP packets, read once a case."""
    found = _known.get(case)
    if found is None:
        found = _known[case] = _read(case)
    return found


def via(case: Case, index: int) -> str | None:
    """The IPv4 address that ARP gives for the MAC address a packet was sent to, None if nobody told."""
    frame = case.capture.frame(index)
    if case.capture.link_type(index) != 1 or len(frame) < 14:
        return None
    arp = arp_view(case)
    mine = arp.sender[(arp.mac == int.from_bytes(frame[:6], "big")) & (arp.sender != 0)]
    return ip(int(mine[-1])) if len(mine) else None
