"""The packet table: one entry a packet, one numpy column a fact, append-only."""

from __future__ import annotations

from copy import copy
from enum import IntFlag
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .outer import OuterHeaders

NONE16 = 0xFFFF
"""In an offset column: there is no such header."""


class Layer(IntFlag):
    """What stood around or instead of the header that the columns describe (column `layers`)."""

    VLAN = 1
    MPLS = 2
    PPPOE = 4
    TUNNEL = 8  # IP-in-IP, GRE ...: addresses and ports are the innermost
    FRAGMENT = 16  # an IP fragment: the transport header is not decoded here
    QUOTED = 32  # the transport header is the one quoted in an ICMP error
    CUT = 64  # the bytes end inside the headers, or a header's own lengths make no sense
    SCAPY = 128  # decoded by scapy, a packet at a time
    UNKNOWN = 256  # a link type nobody here decodes
    TCP_CUT = 512  # a TCP header is there, but not wholly: no sequence analysis
    ASSEMBLED = 1024  # an IP fragment that completes its datagram: ports and what follows are the datagram's
    UNTIMED = 2048  # no time stamp (the column has that of the packet before): tshark leaves its Time empty
    OPTIONS = 4096  # a whole TCP header with other options than a time stamp alone


COLUMNS: dict[str, str] = {
    "offset": "i8",  # first byte of the frame in its source
    "time": "i8",  # ns since 1970
    "captured": "u4",
    "length": "u4",  # on the wire
    "interface": "u2",  # index into the list of interfaces: link type and file
    "network": "u2",  # offset of the network header in the frame (ARP too), NONE16 if none
    "transport": "u2",  # offset of the transport header, NONE16 if none or too short to be numbered
    "payload": "u2",  # offset of the transport payload, NONE16 if none
    "payload_length": "u4",  # as the headers tell it, captured or not
    "ethertype": "u2",  # innermost, 0 if none
    "ip_protocol": "u1",  # of the transport header, 255 if none
    "direction": "u1",  # 0: sent by the endpoint that sent the stream's first packet, 1: the other one
    "layers": "u2",
    "source": "i4",  # index into the address table, -1 if none; with QUOTED and TUNNEL of the innermost IP header
    "destination": "i4",
    "source_port": "u2",
    "destination_port": "u2",
    "sequence": "u4",  # raw
    "acknowledgment": "u4",
    "window": "u2",  # raw
    "tcp_flags": "u2",  # 12 bits
    "stream": "i4",  # as tshark numbers tcp.stream or udp.stream (by ip_protocol), -1 if none
    "relative_sequence": "u4",
    "relative_acknowledgment": "u4",
    "shift": "i1",  # window scale in force for this packet: -1 unknown, -2 no scaling
    "phase": "u1",
    "analysis": "u4",  # bits of tracker.Flag
    "application": "u1",
}

BYTES_A_PACKET = sum(np.dtype(kind).itemsize for kind in COLUMNS.values())

_FILL = {"network": NONE16, "transport": NONE16, "payload": NONE16, "ip_protocol": 255,
         "source": -1, "destination": -1, "stream": -1, "shift": -1}  # fmt: skip


class PacketTable:
    """Columns as attributes would hide their growth, so they are asked for by name: `table["time"]`.

    A view handed out stays valid but does not grow; ask again after `append`.
    """

    def __init__(self, capacity: int = 1024) -> None:
        self._columns = {name: self._blank(name, capacity) for name in COLUMNS}
        self._capacity = capacity
        self.count = 0
        self.outer = OuterHeaders()

    @staticmethod
    def _blank(name: str, size: int) -> NDArray[Any]:
        return np.full(size, _FILL[name], COLUMNS[name]) if name in _FILL else np.zeros(size, COLUMNS[name])

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The filled part of one column, writable, shape (count,)."""
        return self._columns[name][: self.count]

    def still(self, count: int) -> PacketTable:
        """The first `count` packets, as many as there are, in the same memory: this one does not grow, so that columns
        asked for one after the other have one length while another thread appends. To be read only."""
        made = copy(self)
        made.count = min(count, self.count)
        made._columns = dict(self._columns)
        return made

    @property
    def capacity(self) -> int:
        """Packets that fit in before columns have to be moved."""
        return self._capacity

    def reserve(self, capacity: int) -> None:
        """Make room for `capacity` packets in all, one column at a time so that the peak stays low."""
        if capacity <= self._capacity:
            return
        for name, old in self._columns.items():
            new = self._blank(name, capacity)
            new[: self.count] = old[: self.count]
            self._columns[name] = new
        self._capacity = capacity

    def append(self, size: int) -> slice:
        """Add `size` blank entries and return their slice, to be filled through `table[name][slice]`."""
        start = self.count
        if start + size > self._capacity:
            self.reserve(max(start + size, self._capacity + self._capacity // 2))
        self.count = start + size
        return slice(start, self.count)

    def reorder(self, order: NDArray[np.intp], start: int = 0) -> None:
        """Put the packets from `start` on into the given order, which counts from `start` too."""
        for column in self._columns.values():
            column[start : self.count] = column[start : self.count][order]
        self.outer.reorder(order, start)
