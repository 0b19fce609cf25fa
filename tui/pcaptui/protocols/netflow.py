"""Cisco NetFlow versions 1 to 9 and IPFIX (RFC 3954, RFC 7011): the header, and the templates a packet brings."""

from __future__ import annotations

from .apptext import take, u16, u32
from .packet import Packet
from .registry import udp_port

IPFIX = 10
OBSERVATION = {9: 16, IPFIX: 12}
_TEMPLATE_SETS = {0: "Data-Template", 1: "Options-Template", 2: "Data-Template", 3: "Options-Template"}
MAX_SETS = 500


@udp_port(2055, 4739, 9996)
def netflow(packet: Packet, data: bytes) -> bool:
    version = u16(data, 0)
    if not (1 <= version <= 9 or version == IPFIX):
        return False
    packet.layers.append("cflow")
    count = u16(data, 2)
    if version == IPFIX:
        packet.set("CFLOW", f"IPFIX flow ({count:4d} bytes) Obs-Domain-ID={u32(data, 12):5d}")
        _sets(packet, data, 16)
    elif version == 9:
        plural = "" if count == 1 else "s"
        packet.set("CFLOW", f"total: {count} (v9) record{plural} Obs-Domain-ID={u32(data, 16):5d}")
        _sets(packet, data, 20)
    else:
        packet.set("CFLOW", f"total: {count} (v{version}) flow{'' if count == 1 else 's'}")
    return True


def _sets(packet: Packet, data: bytes, at: int) -> None:
    for _ in range(MAX_SETS):
        if at + 4 > len(data):
            return
        kind, size = u16(data, at), u16(data, at + 2)
        if size < 4:
            return
        take(data, at, size)
        if kind in _TEMPLATE_SETS:
            numbers = _templates(data[at + 4 : at + size], "Options" in _TEMPLATE_SETS[kind], kind == 1)
            packet.info += f" [{_TEMPLATE_SETS[kind]}:{','.join(map(str, numbers))}]"
        elif kind > 255:
            packet.info += f" [Data:{kind}]"
        at += size


def _templates(data: bytes, options: bool, version_9: bool) -> list[int]:
    numbers: list[int] = []
    at = 0
    while at + 4 <= len(data):
        number, fields = u16(data, at), u16(data, at + 2)
        if not number:
            break
        numbers.append(number)
        at += 4
        if options and version_9:
            at += 2 + fields + (u16(data, at) if at + 2 <= len(data) else 0)
            continue
        at += 2 if options else 0
        for _ in range(fields):
            if at + 2 > len(data):
                return numbers
            at += 8 if data[at] & 0x80 else 4
    return numbers
