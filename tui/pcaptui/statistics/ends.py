"""Conversations and endpoints: packets and bytes of pairs of hosts, and of hosts, layer by layer."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..loader.table import Layer
from .headers import KINDS, TITLES, Headers, Layers
from .pairs import Ends, Pairs, ends, pairs
from .table import Column, Table, Tables, Texts
from .view import View

_ADDRESS_FIELDS = {"eth": "eth.addr", "ipv4": "ip.addr", "ipv6": "ipv6.addr"}


def conversations(view: View) -> Tables:
    """A table a layer, "conversations-eth" to "conversations-udp", made when it is asked for."""
    return _tables(view, "conversations", "conversations", _conversation_table)


def endpoints(view: View) -> Tables:
    """The same of endpoints, "endpoints-eth" to "endpoints-udp"."""
    return _tables(view, "endpoints", "endpoints", _endpoint_table)


def layer_of(capture: Capture, packet: int) -> int:
    """Which of the tables, from 0, a packet (its index) is in by its highest layer; Ethernet's if by none."""
    table: Any = capture.table
    layers, protocol = int(table["layers"][packet]), int(table["ip_protocol"][packet])
    kind = {6: "tcp", 17: "udp"}.get(protocol, "") if table["stream"][packet] >= 0 and not layers & Layer.QUOTED else ""
    kind = kind or {0x0800: "ipv4", 0x86DD: "ipv6"}.get(int(table["ethertype"][packet]), "eth")
    return KINDS.index(kind)


def summed(view: View) -> Callable[[str], tuple[Headers, Pairs]]:
    """The headers of one of KINDS and their conversations, made once."""
    layers = Layers(view)

    @cache
    def make(kind: str) -> tuple[Headers, Pairs]:
        view.go_on(0.0)
        headers = layers.of(kind)
        view.go_on(0.6)
        return headers, pairs(view, headers)

    return make


_Make = Callable[[str, Callable[[str], tuple[Headers, Pairs]]], Table]


def _tables(view: View, name: str, word: str, make: _Make) -> Tables:
    sums = summed(view)
    return Tables(*((f"{name}-{kind}", f"{TITLES[kind]} {word}", partial(make, kind, sums)) for kind in KINDS))


def _conversation_table(kind: str, sums: Callable[[str], tuple[Headers, Pairs]]) -> Table:
    headers, found = sums(kind)
    count = len(found.a)
    ported = headers.stream is not None
    text_a, text_b = (Texts(count, _text(headers, side), side) for side in (found.a, found.b))
    columns: list[tuple[Column, NDArray[np.generic] | Texts]] = [(Column("address_a", "Address A"), text_a)]
    if ported:
        columns.append((Column("port_a", "Port A", "number"), found.port_a))
    columns.append((Column("address_b", "Address B"), text_b))
    if ported:
        columns.append((Column("port_b", "Port B", "number"), found.port_b))
    columns += [
        (Column("packets", "Packets", "count"), found.packets.sum(axis=1)),
        (Column("bytes", "Bytes", "bytes"), found.bytes.sum(axis=1)),
    ]
    if ported:
        columns.append((Column("stream", "Stream", "number"), found.stream))
    columns += [
        (Column("packets_a_b", "Packets A → B", "count"), found.packets[:, 0]),
        (Column("bytes_a_b", "Bytes A → B", "bytes"), found.bytes[:, 0]),
        (Column("packets_b_a", "Packets B → A", "count"), found.packets[:, 1]),
        (Column("bytes_b_a", "Bytes B → A", "bytes"), found.bytes[:, 1]),
        (Column("start", "Rel. start", "moment"), found.start),
        (Column("duration", "Duration", "seconds"), found.duration),
        (Column("bits_a_b", "Bits/s A → B", "rate"), _bits(found.bytes[:, 0], found.duration)),
        (Column("bits_b_a", "Bits/s B → A", "rate"), _bits(found.bytes[:, 1], found.duration)),
    ]
    return Table(
        f"conversations-{kind}", f"{TITLES[kind]} conversations", [one for one, _ in columns],
        [values for _, values in columns], lambda row: conversation_filter(kind, headers, found, row), sort="bytes",
    )  # fmt: skip


def _endpoint_table(kind: str, sums: Callable[[str], tuple[Headers, Pairs]]) -> Table:
    headers, found = sums(kind)
    every = ends(found)
    columns: list[tuple[Column, NDArray[np.generic] | Texts]] = [
        (Column("address", "Address"), Texts(len(every.address), _text(headers, every.address), every.address))
    ]
    if headers.stream is not None:
        columns.append((Column("port", "Port", "number"), every.port))
    columns += [
        (Column("packets", "Packets", "count"), every.packets.sum(axis=1)),
        (Column("bytes", "Bytes", "bytes"), every.bytes.sum(axis=1)),
        (Column("packets_sent", "Packets sent", "count"), every.packets[:, 0]),
        (Column("bytes_sent", "Bytes sent", "bytes"), every.bytes[:, 0]),
        (Column("packets_received", "Packets received", "count"), every.packets[:, 1]),
        (Column("bytes_received", "Bytes received", "bytes"), every.bytes[:, 1]),
    ]
    return Table(
        f"endpoints-{kind}", f"{TITLES[kind]} endpoints", [one for one, _ in columns],
        [values for _, values in columns], lambda row: endpoint_filter(kind, headers, every, row), sort="bytes",
    )  # fmt: skip


def _text(headers: Headers, addresses: NDArray[np.int64]) -> Callable[[int], str]:
    return lambda row: headers.text(int(addresses[row]))


def _bits(sizes: NDArray[np.int64], duration: NDArray[np.float64]) -> NDArray[np.float64]:
    """A second; NaN where it took no time."""
    found: NDArray[np.float64] = np.full(len(sizes), np.nan)
    np.divide(8.0 * sizes, duration, out=found, where=duration > 0)
    return found


def conversation_filter(kind: str, headers: Headers, found: Pairs, row: int) -> str:
    """The display filter of a conversation's packets."""
    if headers.stream is not None:
        return f"{kind}.stream == {int(found.stream[row])}"
    a, b = headers.text(int(found.a[row])), headers.text(int(found.b[row]))
    name = _ADDRESS_FIELDS[kind]
    if a == b:
        name = name.removesuffix("addr")
        return f"{name}src == {a} and {name}dst == {a}"
    return f"{name} == {a} and {name} == {b}"


def endpoint_filter(kind: str, headers: Headers, every: Ends, row: int) -> str:
    """The display filter of an endpoint's packets."""
    address = headers.text(int(every.address[row]))
    if headers.stream is None:
        return f"{_ADDRESS_FIELDS[kind]} == {address}"
    base, port = "ipv6" if ":" in address else "ip", int(every.port[row])
    return " or ".join(f"({base}.{end} == {address} and {kind}.{end}port == {port})" for end in ("src", "dst"))
