"""RDP over UDP, the transport's own packets ([MS-RDPEUDP]): the flags of the header."""

from __future__ import annotations

from .apptext import u16
from .packet import Packet
from .registry import udp_port

FLAGS = (
    (0x0001, "SYN"),
    (0x0004, "ACK"),
    (0x0010, "FEC"),
    (0x0100, "AOA"),
    (0x0800, "CORRELATIONID"),
    (0x1000, "SYNEX"),
)


@udp_port(3389)
def rdpudp(packet: Packet, data: bytes) -> None:
    packet.layers.append("rdpudp")
    packet.set("RDPUDP", "")
    flags = u16(data, 6)
    if flags & 1:
        flags &= ~4  # tshark leaves the acknowledgment of a SYN out
    packet.info += ",".join(name for bit, name in FLAGS if flags & bit)
