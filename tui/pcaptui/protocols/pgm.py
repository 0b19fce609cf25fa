"""PGM (RFC 3208)."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_TYPES = {0: "SPM", 1: "POLL", 2: "POLR", 4: "ODATA", 5: "RDATA", 8: "NAK", 9: "NNAK", 10: "NCF", 13: "ACK"}


@registry.ip_protocol(113)
def pgm(packet: Packet, data: bytes) -> None:
    packet.layers.append("pgm")
    packet.set("PGM", "")
    if len(data) < 16:
        raise Short
    packet.source_port, packet.destination_port = data[0] << 8 | data[1], data[2] << 8 | data[3]
    kind = data[4]
    if kind not in _TYPES:
        return
    if len(data) < 20:
        raise Short
    packet.info += f"{_TYPES[kind]:<5} sqn 0x{int.from_bytes(data[16:20]):x} gsi {data[8:14].hex()}"
    if kind in (4, 5):
        packet.info += f" tsdulen {data[14] << 8 | data[15]}"
    elif kind == 1:
        if len(data) < 24:
            raise Short
        subtype = data[22] << 8 | data[23]
        packet.info += f" subtype { {0: 'General', 1: 'DLR'}.get(subtype, f'Unknown (0x{subtype:02x})') }"
    need = {0: 28, 8: 32, 9: 32, 10: 32}.get(kind, 20)
    if len(data) < need:
        raise Short
