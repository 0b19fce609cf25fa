"""AH, ESP and IPComp (RFC 4302, 4303, 3173)."""

from __future__ import annotations

from . import registry
from .ipv4 import by_protocol
from .ipv6 import extensions
from .packet import Packet, Short


@registry.ip_protocol(51)
def ah(packet: Packet, data: bytes) -> None:
    packet.layers.append("ah")
    if len(data) < 8:
        packet.set("AH", "")
        raise Short
    packet.set("AH", f"AH (SPI=0x{int.from_bytes(data[4:8]):08x})")
    size = (data[1] + 2) * 4
    if len(data) < size:
        raise Short
    if len(packet.ip_source) == 16:
        extensions(packet, data[0], data[size:])
    else:
        by_protocol(packet, data[0], data[size:])


@registry.ip_protocol(50)
def esp(packet: Packet, data: bytes) -> None:
    packet.layers.append("esp")
    packet.set("ESP", "")
    if len(data) < 4:
        raise Short
    packet.info += f"ESP (SPI=0x{int.from_bytes(data[:4]):08x})"
    if len(data) < 8:
        raise Short


@registry.ip_protocol(108)
def ipcomp(packet: Packet, data: bytes) -> None:
    packet.layers.append("ipcomp")
    packet.set("IPComp", "")
    if len(data) < 4:
        raise Short
    index = data[2] << 8 | data[3]
    packet.info += f"IPComp (CPI={ {1: 'OUI', 2: 'DEFLATE', 3: 'LZS'}.get(index, f'0x{index:04x}') })"
