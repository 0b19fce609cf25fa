"""SNMP, versions 1, 2c and 3 (RFC 1157, RFC 3416, RFC 3412): the operation and the names it is about."""

from __future__ import annotations

from . import ber
from .packet import Malformed, Packet, Short
from .registry import udp_port

OPERATIONS = {
    0xA0: "get-request", 0xA1: "get-next-request", 0xA2: "get-response", 0xA3: "set-request", 0xA4: "trap",
    0xA5: "getBulkRequest", 0xA6: "informRequest", 0xA7: "snmpV2-trap", 0xA8: "report",
}  # fmt: skip
TRAP = 0xA4
_ROOTS = ("itu-t", "iso", "joint-iso-itu-t")


@udp_port(161, 162)
def snmp(packet: Packet, data: bytes) -> bool:
    size = ber.total_length(data, 0) if data[0] == 0x30 else 0
    if not 4 < size <= len(data) + packet.missing:
        return False
    start = size - len(data[:size]) if size > len(data) else 0
    message = ber.Value(0x30, _contents(data), size - start)
    parts = ber.children(data, message) if not start else _as_far(data, message)
    if not parts or parts[0].tag != 2:
        return False
    packet.layers.append("snmp")
    packet.protocol = "SNMP"
    version = ber.integer(data, parts[0])
    if version in (0, 1) and len(parts) > 2:
        _operation(packet, data, parts[2])
    elif version == 3 and len(parts) > 3:
        if parts[3].tag == 4:
            packet.set("SNMP", "encryptedPDU: privKey Unknown")
        else:
            scoped = ber.children(data, parts[3])
            if len(scoped) > 2:
                _operation(packet, data, scoped[2])
    if start:
        raise Short
    return True


def _contents(data: bytes) -> int:
    return 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)


def _as_far(data: bytes, message: ber.Value) -> list[ber.Value]:
    """The elements that were captured whole, and the last one cut."""
    found: list[ber.Value] = []
    at = message.start
    while ber.total_length(data, at) and len(found) < 4:
        end = at + ber.total_length(data, at)
        found.append(ber.Value(data[at], at + _contents(data[at:]), min(end, len(data))))
        at = end
    return found


def _operation(packet: Packet, data: bytes, operation: ber.Value) -> None:
    packet.set("SNMP", OPERATIONS.get(operation.tag, ""))
    fields = ber.children(data, operation)
    if not fields:
        raise Malformed
    if operation.tag == TRAP:
        packet.info += f" {_root(_arcs(data, fields[0]))}"
    for binding in ber.children(data, fields[-1]):
        for name in ber.children(data, binding)[:1]:
            packet.info += f" {_name(_arcs(data, name))}"


def _arcs(data: bytes, one: ber.Value) -> list[int]:
    return ber.object_identifier(data[one.start : one.end])


def _name(arcs: list[int]) -> str:
    return ".".join(map(str, arcs)) if arcs[:1] == [1] else _root(arcs)


def _root(arcs: list[int]) -> str:
    return ".".join([_ROOTS[arcs[0]], *map(str, arcs[1:])]) if arcs else ""
