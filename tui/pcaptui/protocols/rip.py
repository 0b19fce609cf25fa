"""RIP, versions 1 and 2 (RFC 1058, RFC 2453), and RIPng (RFC 2080)."""

from __future__ import annotations

from .apptext import take, u8
from .packet import Packet
from .registry import udp_port

COMMANDS = {1: "Request", 2: "Response", 3: "Traceon", 4: "Traceoff", 5: "Vendor specific (Sun)"}
NEXT_GENERATION = {1: "Request", 2: "Response"}
ENTRY = 20


@udp_port(520)
def rip(packet: Packet, data: bytes) -> None:
    packet.layers.append("rip")
    packet.set("RIP", "")
    command, version = data[0], u8(data, 1)
    name = COMMANDS.get(command) or f"Unknown command ({command})"
    packet.set(f"RIPv{version}" if version in (1, 2) else "RIP", name)
    _whole_entries(packet, data)


@udp_port(521)
def ripng(packet: Packet, data: bytes) -> None:
    packet.layers.append("ripng")
    packet.set("RIPng", "")
    command, version = data[0], u8(data, 1)
    name = NEXT_GENERATION.get(command) or f"Unknown ({command})"
    packet.set("RIPng", f" Command {name}, Version {version}")
    _whole_entries(packet, data)


def _whole_entries(packet: Packet, data: bytes) -> None:
    if data[4:6] == b"\xff\xff":  # authentication, whose trailer may have any length (RFC 4822)
        return
    size = len(data) + packet.missing
    take(data, 0, 4 + -(-max(size - 4, 0) // ENTRY) * ENTRY)
