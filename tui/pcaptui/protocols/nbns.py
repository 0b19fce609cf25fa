"""NetBIOS over UDP: the name service and the datagram service (RFC 1001, RFC 1002)."""

from __future__ import annotations

from . import browser
from .apptext import ipv4, take, u8, u16
from .dns_names import read_name
from .packet import Packet
from .registry import udp_port

OPCODES = {
    0: "Name query",
    5: "Registration",
    6: "Release",
    7: "Wait for acknowledgment",
    8: "Refresh",
    9: "Refresh (alternate opcode)",
    15: "Multi-homed registration",
}
RCODES = {
    1: "Request was invalidly formatted",
    2: "Server failure",
    3: "Requested name does not exist",
    4: "Request is not implemented",
    5: "Request was refused",
    6: "Name is owned by another node",
    7: "Name is in conflict",
}
NB, NBSTAT = 0x20, 0x21
TYPES = {NB: "NB", NBSTAT: "NBSTAT"}
DATAGRAMS = {
    0x10: "Direct_unique datagram", 0x11: "Direct_group datagram", 0x12: "Broadcast datagram", 0x13: "Datagram error",
    0x14: "Datagram query request", 0x15: "Datagram positive query response",
    0x16: "Datagram negative query response",
}  # fmt: skip
MAX_INFO = 4096
_ILLEGAL = "Illegal NetBIOS name (1st character not between A and Z in first-level encoding)"


@udp_port(137)
def nbns(packet: Packet, data: bytes) -> None:
    packet.layers.append("nbns")
    packet.set("NBNS", "")
    flags = u16(data, 2)
    response, opcode = bool(flags & 0x8000), flags >> 11 & 15
    packet.info += OPCODES.get(opcode) or f"Unknown operation ({opcode})"
    if response:
        packet.info += " response"
        if flags & 15:
            packet.info += ", " + RCODES.get(flags & 15, "Unknown error")
    counts = [u16(data, at) for at in (4, 6, 8, 10)]
    at = 12
    for _ in range(counts[0]):
        name, at = netbios_name(data, at)
        packet.info += f" {TYPES.get(u16(data, at), 'Unknown')} {name}"
        u16(data, at + 2)
        at += 4
        if len(packet.info) > MAX_INFO:
            return
    for index in range(sum(counts[1:])):
        at = _record(packet, data, at, index < counts[1])
        if len(packet.info) > MAX_INFO:
            return


def _record(packet: Packet, data: bytes, at: int, shown: bool) -> int:
    _, at = netbios_name(data, at)
    kind, size = u16(data, at), u16(data, at + 8)
    at += 10
    if shown:
        packet.info += f" {TYPES.get(kind, 'Unknown')}"
        if kind == NB and size:
            packet.info += f" {ipv4(take(data, at + 2, 4))}"
        elif kind == NBSTAT and size:
            take(data, at + 1, 18 * u8(data, at))
    take(data, at, size)
    return at + size


def netbios_name(data: bytes, at: int) -> tuple[str, int]:
    """A name in first-level encoding with its suffix, and the offset behind it. Raises Short."""
    encoded, at = read_name(data, at)
    label, _, scope = encoded.partition(".")
    name = decode_name(label)
    return (f"{name}.{scope}" if scope else name), at


def decode_name(label: str) -> str:
    letters = [ord(c) - 0x41 for c in label]
    if any(not 0 <= one < 26 for one in letters) or len(letters) != 32:
        return _ILLEGAL
    raw = bytes((a << 4 | b) & 0xFF for a, b in zip(letters[::2], letters[1::2], strict=True))
    text = raw[:15].rstrip(b" ")
    return "".join(chr(c) if 0x20 <= c < 0x7F else f"<{c:02x}>" for c in text) + f"<{raw[15]:02x}>"


@udp_port(138)
def datagrams(packet: Packet, data: bytes) -> None:
    packet.layers.append("nbdgm")
    kind = data[0]
    packet.set("NBDS", DATAGRAMS.get(kind) or f"Unknown message type (0x{kind:02X})")
    take(data, 0, 10)
    if kind in (0x10, 0x11, 0x12):
        take(data, 10, 4)
        _, at = netbios_name(data, 14)
        _, at = netbios_name(data, at)
        browser.mailslot(packet, data[at:])
