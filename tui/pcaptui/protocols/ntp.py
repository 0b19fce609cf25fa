"""NTP (RFC 5905, and RFC 1305's control messages) and the private messages of ntpdc, mode 7."""

from __future__ import annotations

from .apptext import take, u8, u16
from .packet import Packet
from .registry import udp_port

MODES = (
    "reserved",
    "symmetric active",
    "symmetric passive",
    "client",
    "server",
    "broadcast",
    "control",
    "private",
)
_FIRST = """
    PEER_LIST PEER_LIST_SUM PEER_INFO PEER_STATS SYS_INFO SYS_STATS IO_STATS MEM_STATS LOOP_INFO TIMER_STATS CONFIG
    UNCONFIG SET_SYS_FLAG CLR_SYS_FLAG MONITOR NOMONITOR GET_RESTRICT RESADDFLAGS RESSUBFLAGS UNRESTRICT MON_GETLIST
    RESET_STATS RESET_PEER REREAD_KEYS DO_DIRTY_HACK DONT_DIRTY_HACK TRUSTKEY UNTRUSTKEY AUTHINFO TRAPS ADD_TRAP
    CLR_TRAP REQUEST_KEY CONTROL_KEY GET_CTLSTATS GET_LEAPINFO GET_CLOCKINFO SET_CLKFUDGE GET_KERNEL GET_CLKBUGINFO
"""
REQUESTS = dict(enumerate(_FIRST.split())) | {
    41: "SET_PRECISION",
    42: "MON_GETLIST_1",
    43: "HOSTNAME_ASSOCID",
    44: "IF_STATS",
    45: "IF_RELOAD",
}


@udp_port(123)
def ntp(packet: Packet, data: bytes) -> None:
    packet.layers.append("ntp")
    packet.set("NTP", "")
    version, mode = data[0] >> 3 & 7, data[0] & 7
    packet.info += f"NTP Version {version}" if 1 <= version <= 4 else "reserved"
    packet.info += f", {MODES[mode]}"
    if mode == 7:
        _private(packet, data)
    else:
        take(data, 0, 12 if mode == 6 else 48)


def _private(packet: Packet, data: bytes) -> None:
    answer = bool(data[0] & 0x80)
    name = REQUESTS.get(u8(data, 3), "Unknown")
    packet.info += f", {'Response' if answer else 'Request'}, {name}"
    items, size = u16(data, 4) & 0xFFF, u16(data, 6) & 0xFFF
    if answer:
        take(data, 8, items * size)
