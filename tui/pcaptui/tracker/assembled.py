"""Transport headers of fragmented datagrams: they count where the last missing fragment arrives."""

from __future__ import annotations

import struct

import numpy as np

from ..loader.table import Layer, PacketTable
from .fragments import Fragments

TCP, UDP = 6, 17


def fill_assembled(table: PacketTable, fragments: Fragments, start: int, stop: int) -> None:
    """Give fragments from `start` on that complete a datagram the columns of its TCP or UDP header.

    Such a packet gets Layer.ASSEMBLED; its offsets `transport` and `payload` stay unset, as the header is not in it.
    """
    pieces = np.flatnonzero(table["layers"][start:stop] & np.uint16(Layer.FRAGMENT)) + start
    if len(pieces):
        fragments.datagram(int(pieces[-1]))  # looks at all of them in one go
    for index in pieces.tolist():
        datagram = fragments.datagram(index)
        if datagram is not None and datagram.completed_by == index:
            _fill(table, index, datagram.pieces[0].key[0][-1], datagram.payload())


def _fill(table: PacketTable, index: int, protocol: int, header: bytes) -> None:
    if protocol == UDP and len(header) >= 8:
        source, destination = struct.unpack_from(">HH", header)
        length = len(header) - 8
    elif protocol == TCP and len(header) >= 20:
        source, destination, sequence, acknowledgment, flags, window = struct.unpack_from(">HHIIHH", header)
        length = max(len(header) - (flags >> 12) * 4, 0)
        table["sequence"][index], table["acknowledgment"][index] = sequence, acknowledgment
        table["window"][index], table["tcp_flags"][index] = window, flags & 0x0FFF
    else:
        return
    table["source_port"][index], table["destination_port"][index] = source, destination
    table["payload_length"][index] = length
    table["ip_protocol"][index] = protocol
    table["layers"][index] |= np.uint16(Layer.ASSEMBLED)
