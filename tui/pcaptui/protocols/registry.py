"""Which dissector comes next: by link type, ethertype, IP protocol, port, or by looking at the bytes.

Modules of this package register themselves with the decorators below; `load()` imports them all once. A row
dissector is `(packet, data) -> None`, data being the bytes of its layer as far as captured. An application dissector
over TCP is a `StreamDissector`: `(packet, data, conversation, direction) -> int` with the bytes it used up.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import TypeVar

from .packet import Conversation, Packet

RowDissector = Callable[[Packet, bytes], object]
"""What it returns counts only over IP: False there means that this is not its protocol after all."""
UdpDissector = Callable[[Packet, bytes], bool | None]
"""Answers False (and has touched nothing) if the payload is not its protocol, whatever the port."""
Heuristic = Callable[[Packet, bytes], bool]
"""Looks at a payload nobody claimed by port; dissects it and answers True, or answers False and touches nothing."""
StreamDissector = Callable[[Packet, bytes, Conversation, int], int]
"""Dissects payload of one direction of a stream from a message boundary on, sets packet.protocol and packet.info,
and returns the number of bytes used up. Less than len(data): the rest waits for the next segment and comes again with
it in front (`NEED_MORE` is no bytes at all)."""
StreamHeuristic = Callable[[Packet, bytes, Conversation, int], bool]
"""Whether this stream is mine, asked with its first payload."""

NEED_MORE = 0
REJECT = -1
"""Answer of a StreamDissector: not my protocol, let others look at it."""

link_types: dict[int, RowDissector] = {}
ethertypes: dict[int, RowDissector] = {}
ip_protocols: dict[int, RowDissector] = {}
gre_protocols: dict[int, RowDissector] = {}
"""By GRE's protocol field, where that is no ethertype or differs from one."""
udp_ports: dict[int, UdpDissector] = {}
udp_heuristics: list[Heuristic] = []
tcp_ports: dict[int, StreamDissector] = {}
tcp_heuristics: list[tuple[StreamHeuristic, StreamDissector]] = []

F = TypeVar("F", bound=Callable[..., object])


def link_type(*numbers: int) -> Callable[[F], F]:
    """Register a row dissector for link types (the numbers of pcap's LINKTYPE list)."""
    return _into(link_types, numbers)


def ethertype(*numbers: int) -> Callable[[F], F]:
    return _into(ethertypes, numbers)


def ip_protocol(*numbers: int) -> Callable[[F], F]:
    return _into(ip_protocols, numbers)


def udp_port(*numbers: int) -> Callable[[F], F]:
    return _into(udp_ports, numbers)


def tcp_port(*numbers: int) -> Callable[[F], F]:
    return _into(tcp_ports, numbers)


def udp_heuristic(function: Heuristic) -> Heuristic:
    udp_heuristics.append(function)
    return function


def tcp_heuristic(test: StreamHeuristic) -> Callable[[F], F]:
    """Register a stream dissector for streams whose first payload passes `test`."""

    def register(function: F) -> F:
        tcp_heuristics.append((test, function))  # type: ignore[arg-type]
        return function

    return register


def _into(table: Mapping[int, Callable[..., object]], numbers: tuple[int, ...]) -> Callable[[F], F]:
    def register(function: F) -> F:
        for number in numbers:
            table[number] = function  # type: ignore[index]
        return function

    return register


_loaded = False


def loaded() -> bool:
    return _loaded


def load() -> None:
    """Import every module of this package, so that all have registered."""
    global _loaded
    if _loaded:
        return
    _loaded = True
    package = importlib.import_module(__package__)
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{__package__}.{module}")
