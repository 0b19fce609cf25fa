"""Link types of Juniper routers: a header with magic number, then the frame of the link that it names."""

from __future__ import annotations

from . import registry
from .ipv4 import raw_ip
from .packet import Packet, Short
from .ppp import ppp

_NAMES = {130: "MLPPP", 131: "MLFR", 132: "ES", 133: "GGSN", 134: "MFR", 135: "ATM2", 136: "Services", 137: "ATM1",
          178: "Ethernet", 179: "PPP", 180: "Frame-Relay", 181: "C-HDLC", 194: "VS", 200: "SRX", 204: "VN"}  # fmt: skip


@registry.link_type(*_NAMES)
def juniper(packet: Packet, data: bytes) -> None:
    packet.layers.append("juniper")
    packet.set(f"Juniper {_NAMES[packet.link_type]}", "")
    if len(data) < 4:
        raise Short
    if data[:3] != b"MGC":
        return
    size = 4
    if data[3] & 0x80:
        if len(data) < 6:
            raise Short
        size = 6 + (data[4] << 8 | data[5])
    if data[3] & 2:  # no link header: four bytes say what follows
        if len(data) < size + 4:
            raise Short
        payload(packet, data[size], data[size + 4 :])
        return
    if len(data) <= size:
        raise Short
    link(packet, data[size:])


def payload(packet: Packet, kind: int, data: bytes) -> None:
    if kind in (2, 6):
        raw_ip(packet, data)


def link(packet: Packet, data: bytes) -> None:
    if packet.link_type == 178:
        registry.link_types[1](packet, data)
    elif packet.link_type == 179:
        ppp(packet, data[2:] if data[:2] == b"\xff\x03" else data)
    elif packet.link_type == 180:
        registry.link_types[107](packet, data)
    elif packet.link_type == 181:
        registry.link_types[104](packet, data)
    elif data[0] >> 4 in (4, 6):
        raw_ip(packet, data)
    elif data[:3] == b"\xaa\xaa\x03":
        registry.link_types[100](packet, data)
