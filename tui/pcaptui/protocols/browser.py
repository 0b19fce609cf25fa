"""Announcements of Microsoft's browser service in SMB mailslots ([MS-BRWS], [MS-MAIL])."""

from __future__ import annotations

from .apptext import le16, le32, printable, take, u8, until_nul
from .packet import Packet

COMMANDS = {
    0x01: "Host Announcement", 0x02: "Request Announcement", 0x08: "Browser Election Request",
    0x09: "Get Backup List Request", 0x0A: "Get Backup List Response", 0x0B: "Become Backup Browser",
    0x0C: "Domain/Workgroup Announcement", 0x0D: "Master Announcement", 0x0E: "Reset Browser State Announcement",
    0x0F: "Local Master Announcement",
}  # fmt: skip
SERVERS = (
    "Workstation", "Server", "SQL Server", "Domain Controller", "Backup Controller", "Time Source", "Apple Server",
    "Novell Server", "Domain Member Server", "Print Queue Server", "Dialin Server", "Xenix Server", "NT Workstation",
    "Windows for Workgroups", "", "NT Server", "Potential Browser", "Backup Browser", "Master Browser",
    "Domain Master Browser", "OSF", "VMS", "Windows 95 or above", "DFS server", "", "", "", "", "", "",
    "Local List Only", "Domain Enum",
)  # fmt: skip
SMB_HEADER = 32
TRANSACTION = 0x25


def mailslot(packet: Packet, data: bytes) -> None:
    """An SMB transaction that writes into \\MAILSLOT\\BROWSE; anything else leaves the row as it is."""
    if data[:5] != b"\xffSMB\x25":
        return
    words = SMB_HEADER + 1
    count = u8(data, SMB_HEADER)
    at = words + 2 * count
    name = until_nul(data[at + 2 : at + 64])
    if name.upper() not in (b"\\MAILSLOT\\BROWSE", b"\\MAILSLOT\\LANMAN") or count < 14:
        return
    start = le16(data, words + 24)
    packet.layers.append("browser")
    packet.set("BROWSER", "")
    _announcement(packet, data[start:])


def _announcement(packet: Packet, data: bytes) -> None:
    command = u8(data, 0)
    packet.info += COMMANDS.get(command) or f"Unknown command (0x{command:02X})"
    if command in (0x01, 0x0C, 0x0F):
        packet.info += f" {printable(until_nul(take(data, 6, 16)))}"
        bits = le32(data, 24)
        packet.info += "".join(f", {name}" for bit, name in enumerate(SERVERS) if name and bits >> bit & 1)
    elif command == 0x02:
        packet.info += f" {printable(until_nul(data[2:]))}"
