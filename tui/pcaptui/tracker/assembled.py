"""Transport headers of fragmented datagrams: they count where the last missing fragment arrives."""

from __future__ import annotations

import struct

import numpy as np

from ..loader.addresses import AddressTable
from ..loader.decoders import BY_UDP_PORT
from ..loader.inner import fill_inner
from ..loader.table import Layer, PacketTable
from .fragments import Datagram, Fragments

TCP, UDP = 6, 17


def fill_assembled(
    table: PacketTable, fragments: Fragments, start: int, stop: int, addresses: AddressTable | None = None
) -> None:
    """Give fragments from `start` on that complete a datagram the columns of its TCP or UDP header, or, if that is
    a tunnel and `addresses` are given, of the innermost header inside.

    Such a packet gets Layer.ASSEMBLED; its offsets `transport` and `payload` stay unset, as the header is not in it.
    """
    pieces = np.flatnonzero(table["layers"][start:stop] & np.uint16(Layer.FRAGMENT)) + start
    if len(pieces):
        fragments.datagram(int(pieces[-1]))  # looks at all of them in one go
    for index in pieces.tolist():
        datagram = fragments.datagram(index)
        if datagram is not None and datagram.completed_by == index:
            _fill(table, index, datagram, addresses)


def _fill(table: PacketTable, index: int, datagram: Datagram, addresses: AddressTable | None) -> None:
    protocol, size = datagram.pieces[0].key[0][-1], datagram.size
    if protocol not in (TCP, UDP):
        return
    header = datagram.head(20)
    if protocol == UDP and len(header) >= 8:
        source, destination = struct.unpack_from(">HH", header)
        tunnel = BY_UDP_PORT[source] or BY_UDP_PORT[destination]
        if tunnel and addresses is not None and fill_inner(table, index, datagram.payload(), addresses):
            table["layers"][index] |= np.uint16(Layer.ASSEMBLED)
            return
        length = size - 8
    elif protocol == TCP and len(header) >= 20:
        source, destination, sequence, acknowledgment, flags, window = struct.unpack_from(">HHIIHH", header)
        length = max(size - (flags >> 12) * 4, 0)
        table["sequence"][index], table["acknowledgment"][index] = sequence, acknowledgment
        table["window"][index], table["tcp_flags"][index] = window, flags & 0x0FFF
    else:
        return
    table["source_port"][index], table["destination_port"][index] = source, destination
    table["payload_length"][index] = length
    table["ip_protocol"][index] = protocol
    table["layers"][index] |= np.uint16(Layer.ASSEMBLED)


def payload_of(table: PacketTable, index: int, datagram: bytes) -> bytes:
    """What follows the transport header that the table tells of packet `index`, in the datagram that it completes: the
    datagram's own header, or one inside a tunnel, known by its ports and numbers. b"" where it is not found."""
    ports = struct.pack(">HH", int(table["source_port"][index]), int(table["destination_port"][index]))
    length = int(table["payload_length"][index])
    if int(table["ip_protocol"][index]) == UDP:
        start = 0 if datagram.startswith(ports) else datagram.find(ports + struct.pack(">H", (length + 8) & 0xFFFF))
        size = 8
    else:
        numbers = struct.pack(">II", int(table["sequence"][index]), int(table["acknowledgment"][index]))
        start = datagram.find(ports + numbers)
        size = (datagram[start + 12] >> 4) * 4 if 0 <= start < len(datagram) - 12 else 20
    return datagram[start + size : start + size + length] if start >= 0 else b""
