"""What a selected field, packet or run of bytes makes as a filter, and the ways to join it to the one in force."""

from __future__ import annotations

import ipaddress
import re

from ..fields.node import Node
from ..filters.registry import find
from ..filters.seen import quoted
from ..filters.types import Type

JOINS = {
    "a": ("apply", "{new}"), "n": ("not", "!({new})"), "&": ("and", "({old}) && ({new})"),
    "|": ("or", "({old}) || ({new})"), "-": ("and not", "({old}) && !({new})"), "p": ("into the bar", "{new}"),
}  # fmt: skip
"""How a test becomes a filter, by the key that says so."""


def of_node(node: Node) -> str:
    """The test that the field has this value; "" for a line that is no field."""
    name = node.field
    info = find(name) if name else None
    if info is None:
        return ""
    if info.type in (Type.PROTOCOL, Type.NONE) or node.value is None:
        return name
    value = node.value
    if info.type is Type.BOOLEAN:
        return f"{name} == {int(value not in (0, '0', False, 'False'))}"
    if info.type is Type.STRING:
        return f"{name} == {quoted(str(value))}"
    if info.type in (Type.ABSOLUTE,):
        return f'{name} == "{value}"'
    if info.type is Type.BYTES:
        text = str(value)
        return f"{name} == {text}" if 0 < len(text) <= 200 and ":" in text else name
    if isinstance(value, (int, float)):
        return f"{name} == {value}"
    return f"{name} == {value}"


def is_protocol(test: str) -> bool:
    """Whether a test asks for nothing but a protocol."""
    info = find(test)
    return info is not None and info.type is Type.PROTOCOL


def of_bytes(data: bytes, start: int) -> str:
    """The test that the frame has these bytes at this place."""
    part = data[:64]
    if not part:
        return ""
    return f"frame[{start}:{len(part)}] == {part.hex(':') if len(part) > 1 else f'{part[0]:#04x}'}"


def of_cells(
    source: str, destination: str, ports: tuple[int, int] | None, kind: str, length: int, time: str
) -> list[tuple[str, str]]:  # fmt: skip
    """(words, filter) of the cells of a row, one by one; `time` is in seconds, "" for a packet without one."""
    found = []
    for words, address, end in (("from", source, "src"), ("to", destination, "dst")):
        field = _address_field(address)
        if field:
            found.append((f"{words} {address}", f"{field.partition('.')[0]}.{end} == {address}"))
    for port in dict.fromkeys(ports or ()):
        found.append((f"port {port}", f"{kind}.port == {port}"))
    found.append((f"length {length}", f"frame.len == {length}"))
    if time:
        found.append((f"time {time} and later", f"frame.time_relative >= {time}"))
    return found


def of_row(source: str, destination: str, protocol: str, stream: tuple[str, int] | None) -> list[tuple[str, str]]:
    """(words, filter) of what a row of the list offers."""
    found: list[tuple[str, str]] = []
    for words, address in (("source", source), ("destination", destination)):
        field = _address_field(address)
        if field:
            found.append((f"{words} {address}", f"{field} == {address}"))
    if stream is not None:
        found.append((f"conversation {stream[0]}:{stream[1]}", f"{stream[0]}.stream == {stream[1]}"))
    name = protocol.lower().split("v")[0] if protocol.startswith("TLS") else protocol.lower()
    if find(name) is not None:
        found.append((f"protocol {protocol}", name))
    return found


def _address_field(address: str) -> str:
    if re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", address):
        return "eth.addr"
    try:
        return "ip.addr" if ipaddress.ip_address(address).version == 4 else "ipv6.addr"
    except ValueError:
        return ""


def joined(join: str, old: str, new: str) -> str:
    """Two filters in one; without an old one the new one alone, negated where the join says so."""
    pattern = JOINS[join][1]
    if not old.strip():
        return f"!({new})" if "!" in pattern else new
    return pattern.format(old=old, new=new)
