"""ICMP errors: which packet an error speaks of."""

from __future__ import annotations

import numpy as np

from ..capture import Capture
from ..loader.table import NONE16, Layer
from .tie import Ints, words


def errors(capture: Capture) -> tuple[Ints, Ints]:
    """(errors, the packets they quote): the latest packet before the error with the header quoted: addresses,
    protocol, the transport's first four bytes (ports, for ICMP type and code) or the echo's numbers, and for IPv4 the
    identification; where no packet has that, as behind a router that rewrites it, without it."""
    table = capture.table.still(len(capture))
    quoting = table["layers"] & int(Layer.QUOTED) != 0
    if not quoting.any():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    wanted = np.flatnonzero(quoting)
    sources = np.unique(table["source"][wanted])
    candidate = quoting | np.isin(table["source"], sources)
    packets = np.flatnonzero(candidate & (table["network"] != NONE16) & (table["source"] >= 0)).astype(np.int64)
    quotes = quoting[packets]
    keys = [table[name][packets].astype(np.int64) for name in ("source", "destination", "ip_protocol")]
    keys.append(_heads(capture, packets))
    exact = _latest([*keys, _identification(capture, packets)], quotes)
    loose = _latest(keys, quotes)
    found = np.where(exact >= 0, exact, loose)
    known = found >= 0
    return packets[known], packets[found[known]]


def _heads(capture: Capture, packets: Ints) -> Ints:
    """Ports, or an echo's identifier and sequence number."""
    table = capture.table
    ports: Ints = table["source_port"][packets].astype(np.int64) << 16 | table["destination_port"][packets]
    transport = table["transport"][packets]
    echo = np.isin(table["ip_protocol"][packets], (1, 58)) & (transport != NONE16)
    if echo.any():
        ports[echo] = words(capture.gather(packets[echo], transport[echo].astype(np.int64), 8), 4, 4)
    return ports


def _identification(capture: Capture, packets: Ints) -> Ints:
    """The IPv4 identification, or the TCP sequence number under IPv6; else 0."""
    table = capture.table
    head = capture.gather(packets, table["network"][packets].astype(np.int64), 6)
    tcp = (table["ip_protocol"][packets] == 6) & (head[:, 0] >> 4 == 6)
    number = np.where(head[:, 0] >> 4 == 4, words(head, 4, 2), 0)
    return np.where(tcp, table["sequence"][packets].astype(np.int64), number)


def _latest(keys: list[Ints], quotes: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ints:
    """For each quote the place of the latest plain packet before it with equal keys; -1 elsewhere."""
    count = len(quotes)
    order = np.lexsort((np.arange(count), *keys))
    new = np.zeros(count, bool)
    new[:1] = True
    for key in keys:
        ordered = key[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    quoting = quotes[order]
    places = np.arange(count)
    latest = np.maximum.accumulate(np.where(quoting, -1, places))
    latest = np.where(latest >= np.maximum.accumulate(np.where(new, places, 0)), latest, -1)
    found = np.full(count, -1, np.int64)
    known = quoting & (latest >= 0)
    found[order[known]] = order[latest[known]]
    return found
