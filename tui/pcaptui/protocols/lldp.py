"""LLDP (IEEE 802.1AB)."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short
from .text import decode, ipv4, ipv6

MAX_TLVS = 256
_CHASSIS = {1: "CC", 2: "IA", 3: "PC", 6: "IN", 7: "LA"}
_PORT = {1: "IA", 2: "PC", 5: "IN", 6: "AC", 7: "LA"}


@registry.ethertype(0x88CC)
def lldp(packet: Packet, data: bytes) -> None:
    """The three mandatory fields lead; a frame that lacks one says so and nothing else."""
    packet.layers.append("lldp")
    packet.set("LLDP", "")
    rest = data
    for wanted, name in ((1, "Chassis ID"), (2, "Port ID"), (3, "Time-to-Live")):
        if len(rest) < 2:
            raise Short
        kind, size = rest[0] >> 1, (rest[0] & 1) << 8 | rest[1]
        if kind != wanted:
            packet.set("LLDP", f"Invalid {name} TLV")
            return
        value = rest[2 : 2 + size]
        words = seconds(value, size) if wanted == 3 else identity(value, size, wanted)
        if words is None:
            packet.set("LLDP", f"Invalid {name} TLV")
            return
        packet.info += f"{words} "
        rest = rest[2 + size :]
    optional(packet, rest)


def optional(packet: Packet, data: bytes) -> None:
    for _ in range(MAX_TLVS):
        if not data:
            return
        if len(data) < 2:
            raise Short
        kind, size = data[0] >> 1, (data[0] & 1) << 8 | data[1]
        value = data[2 : 2 + size]
        if kind == 0:
            return
        if len(value) < size:
            raise Short
        if kind == 5:
            packet.info += f"SysN={decode(value)} "
        elif kind == 6:
            packet.info += f"SysD={decode(value)} "
        data = data[2 + size :]


def seconds(value: bytes, size: int) -> str | None:
    if size != 2:
        return None
    if len(value) < 2:
        raise Short
    return str(value[0] << 8 | value[1])


def identity(value: bytes, size: int, kind: int) -> str | None:
    """A chassis or port id: its kind in two letters and the id. None where its length is wrong for its kind."""
    if size < 2 or size > 256:
        return None
    if len(value) < size:
        raise Short
    subtype, body = value[0], value[1:]
    if subtype == (4 if kind == 1 else 3):
        return f"MA/{body.hex(':')}" if size == 7 else None
    if subtype == (5 if kind == 1 else 4):
        return f"NA/{network(body)}"
    letters = (_CHASSIS if kind == 1 else _PORT).get(subtype)
    if letters is None:
        return "Rs/Reserved"
    return f"{letters}/{body.hex() if letters == 'PC' else decode(body.split(bytes(1))[0])}"


def network(body: bytes) -> str:
    if body[0] == 1 and len(body) == 5:
        return ipv4(body[1:5])
    if body[0] == 2 and len(body) == 17:
        return ipv6(body[1:17])
    return body[1:].hex()
