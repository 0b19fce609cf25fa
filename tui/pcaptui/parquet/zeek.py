"""States of connections as Zeek's conn.log has them (its documentation of conn_state), and services by first bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..loader.table import NONE16, Layer
from ..tracker.lifecycle import NEVER, Lives, State

STATES = ("OTH", "S0", "S1", "S2", "S3", "SF", "REJ", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR")
_AT = {name: place for place, name in enumerate(STATES)}
SERVICES = ("http", "ssl", "ssh", "dns", "dhcp", "ntp", "smtp", "ftp")
_SERVICE = {name: place for place, name in enumerate(SERVICES)}
_UDP_PORTS = {53: "dns", 5353: "dns", 5355: "dns", 67: "dhcp", 68: "dhcp", 123: "ntp"}
_HTTP = (b"GET ", b"POST", b"HEAD", b"PUT ", b"OPTI", b"DELE", b"PATC", b"CONN", b"PROP", b"HTTP")
Codes = NDArray[np.int8]


def tcp_states(lives: Lives) -> Codes:
    """Places in STATES of TCP conversations."""
    client = lives.client.astype(np.int64)
    rows = np.arange(len(lives))
    fin = lives.fin != NEVER
    by_client, by_server = fin[rows, client], fin[rows, 1 - client]
    syn, answered = lives.syn != NEVER, lives.syn_ack != NEVER
    closed_by_client = lives.closer == lives.client
    state = lives.state
    reset = state == State.reset
    rules = [
        (state == State.refused, "REJ"),
        (reset & closed_by_client & syn & ~answered, "RSTOS0"),
        (reset & closed_by_client, "RSTO"),
        (reset & ~syn & answered, "RSTRH"),
        (reset, "RSTR"),
        (state == State.closed, "SF"),
        (by_client & syn & ~answered & ~by_server, "SH"),
        (by_server & answered & ~syn & ~by_client, "SHR"),
        (by_client, "S2"),
        (by_server, "S3"),
        (state == State.unanswered, "S0"),
        (syn & answered, "S1"),
        (syn, "S0"),
    ]
    return np.select([mask for mask, _ in rules], [_AT[name] for _, name in rules], _AT["OTH"]).astype(np.int8)


def udp_states(lives: Lives) -> Codes:
    """SF where both sides sent, S0 where only the client did."""
    return np.where(lives.state == State.unanswered, _AT["S0"], _AT["SF"]).astype(np.int8)


def services(capture: Capture, kind: str, lives: Lives, numbers: NDArray[np.int32]) -> Codes:
    """Places in SERVICES, -1 where the first bytes (TCP) or the ports (UDP) tell none."""
    table = capture.table
    found = np.full(len(lives), -1, np.int8)
    if kind == "udp":
        for port, name in _UDP_PORTS.items():
            here = table["source_port"][lives.first] == port
            found[here | (table["destination_port"][lives.first] == port)] = _SERVICE[name]
        return found
    first = _first_loaded(capture, numbers)
    speaks = np.flatnonzero(first >= 0)
    packets = first[speaks]
    words = capture.words(packets, table["payload"][packets].astype(np.int64))
    begins = (words >> np.uint64(32)).astype(np.uint32)
    ports = [table[name][packets] for name in ("source_port", "destination_port")]
    greets = begins == int.from_bytes(b"220 ", "big")
    greets |= begins == int.from_bytes(b"220-", "big")
    told: list[tuple[NDArray[Any], str]] = [
        (np.isin(begins, [int.from_bytes(text, "big") for text in _HTTP]), "http"),
        ((words >> np.uint64(48) == 0x1603) & (words >> np.uint64(40) & np.uint64(255) <= 4), "ssl"),
        (begins == int.from_bytes(b"SSH-", "big"), "ssh"),
        (greets & np.isin(ports[0], (25, 465, 587)), "smtp"),
        (greets & (ports[0] == 21), "ftp"),
        ((ports[0] == 53) | (ports[1] == 53), "dns"),
    ]
    codes = np.select([mask for mask, _ in told], [_SERVICE[name] for _, name in told], -1)
    found[speaks] = codes
    return found


def _first_loaded(capture: Capture, numbers: NDArray[np.int32]) -> NDArray[np.int64]:
    """The first packet with payload of each stream, -1 where none has any."""
    table = capture.table
    loaded = (table["ip_protocol"] == 6) & (table["payload_length"] > 0) & (table["payload"] != NONE16)
    loaded &= (table["stream"] >= 0) & (table["layers"] & np.uint16(Layer.QUOTED) == 0)
    packets = np.flatnonzero(loaded)[::-1].astype(np.int64)
    found = np.full(len(numbers), -1, np.int64)
    place = np.searchsorted(numbers, table["stream"][packets])
    found[place] = packets  # the last one stays: the capture's first
    return found
