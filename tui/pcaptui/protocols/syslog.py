"""Syslog over UDP (RFC 3164, RFC 5424): facility and severity, then the message as it is."""

from __future__ import annotations

from .packet import Malformed, Packet
from .registry import udp_port
from .text import decode

_NAMES = (
    "KERN USER MAIL DAEMON AUTH SYSLOG LPR NEWS UUCP CRON AUTHPRIV FTP NTP LOGAUDIT LOGALERT CRON LOCAL0 LOCAL1 LOCAL2 "
    "LOCAL3 LOCAL4 LOCAL5 LOCAL6 LOCAL7"
)
FACILITIES = _NAMES.split()
SEVERITIES = ("EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG")


@udp_port(514)
def syslog(packet: Packet, data: bytes) -> None:
    packet.layers.append("syslog")
    packet.set("Syslog", "")
    head = ""
    if data[:1] == b"<":
        at = 1
        while at < min(4, len(data)) and 0x30 <= data[at] <= 0x39:
            at += 1
        priority = int(data[1:at] or b"0")
        if data[at : at + 1] == b">":
            at += 1
        facility = FACILITIES[priority >> 3] if priority >> 3 < len(FACILITIES) else "UNKNOWN"
        head = f"{facility}.{SEVERITIES[priority & 7]}: "
        data = data[at:]
        if not data:
            raise Malformed
    packet.info += head + decode(data[:4096])
