"""Options with which DHCPv6 servers keep each other informed (RFC 8156 section 5.5)."""

from __future__ import annotations

from .cursor import Cursor
from .dhcpv6_options import options, reader
from .dhcpv6_words import BINDINGS, PARTNER_STATES

P = "dhcpv6.failover."
_Bits = tuple[tuple[str, str, int], ...]
CONNECT: _Bits = (("reserved", "Reserved", 0xFFFE), ("f", "Fixed PD Length (F)", 1))
DNS: _Bits = (
    ("reserved", "Reserved", 0xFFF0), ("u", "Using Requested FQDN (U)", 8), ("s", "Synthesized Name (S)", 4),
    ("r", "Rev Uptodate (R)", 2), ("f", "Fwd Uptodate (F)", 1),
)  # fmt: skip
SERVER: _Bits = (
    ("reserved", "Reserved", 0xF8), ("a", "Ack Startup (A)", 4), ("s", "Startup (S)", 2), ("c", "Communicated (C)", 1)
)  # fmt: skip


def _flags(value: Cursor, field: str, size: int, bits: _Bits) -> None:
    at = value.take(size)
    number = value.branch.number(at, size)
    words = "".join(f", {name}" for _, name, mask in bits if number & mask)
    line = value.branch.add(f"Flags: 0x{number:0{2 * size}x}{words}", f"{P}{field}", number, at, size)
    for key, name, mask in bits:
        line.flag(f"{P}{field}.{key}", name, at, size, mask, "True", "False")


@reader(114)
def _binding(value: Cursor, message: int, depth: int) -> None:
    value.uint(f"{P}binding_status", "Failover Binding Status", 1, names=BINDINGS)


@reader(115)
def _connect(value: Cursor, message: int, depth: int) -> None:
    _flags(value, "connect.flags", 2, CONNECT)


@reader(116)
def _removal(value: Cursor, message: int, depth: int) -> None:
    options(value, message, depth + 1)


@reader(119)
def _dns(value: Cursor, message: int, depth: int) -> None:
    _flags(value, "dns.flags", 2, DNS)


@reader(127)
def _version(value: Cursor, message: int, depth: int) -> None:
    value.uint(f"{P}protocol.major_version", "Protocol Major Version", 2)
    value.uint(f"{P}protocol.minor_version", "Protocol Minor Version", 2)


@reader(129)
def _reconfigure(value: Cursor, message: int, depth: int) -> None:
    value.uint(f"{P}reconfigure_time", "Reconfigure Time", 4)
    value.blob(f"{P}reconfigure_key", "Reconfigure Key")


@reader(131)
def _server(value: Cursor, message: int, depth: int) -> None:
    _flags(value, "server.flags", 1, SERVER)


@reader(132)
def _state(value: Cursor, message: int, depth: int) -> None:
    value.uint(f"{P}server_state", "Server State", 1, names=PARTNER_STATES)
