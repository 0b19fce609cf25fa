"""One row a packet, from columns: what would have to be dissected packet by packet (protocol, info) is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..capture import Capture
from ..loader.table import Layer
from ..tracker.community import community_ids
from ..tracker.flags import Flag
from ..tracker.phases import Phase
from .columns import TEXTS, TIME, addresses, coded, moments, numbers, seconds

ROWS = 1 << 17
"""Rows of a row group."""
_FLAGS = [flag.name or "" for flag in Flag]
_PROTOCOLS = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 41: "ipv6", 47: "gre", 50: "esp", 51: "ah", 58: "icmp6",
              89: "ospf", 132: "sctp"}  # fmt: skip
SCHEMA = pa.schema(
    [
        ("number", pa.int64()), ("ts", TIME), ("time", pa.float64()), ("time_epoch_ns", pa.int64()), ("src", TEXTS),
        ("dst", TEXTS), ("src_port", pa.uint16()), ("dst_port", pa.uint16()), ("proto", TEXTS),
        ("length", pa.int64()), ("captured", pa.int64()), ("payload_length", pa.int64()), ("stream", TEXTS),
        ("from_client", pa.bool_()), ("phase", TEXTS), ("tcp_flags", pa.uint16()), ("seq", pa.uint32()),
        ("ack", pa.uint32()), ("window", pa.uint16()), ("analysis", pa.list_(pa.string())), ("community_id", TEXTS),
        ("capture", TEXTS),
    ]
)  # fmt: skip


class _Streams:
    """Names and Community IDs of all streams, and each packet's place among them, -1 without one."""

    def __init__(self, capture: Capture) -> None:
        table = capture.table
        self.place = np.full(len(table), -1, np.int64)
        self.names: list[str] = []
        self.ids: list[str] = []
        self.client = np.zeros(0, np.uint8)
        found = capture.conversations()
        for kind, protocol in (("tcp", 6), ("udp", 17)):
            lives, streams = found.lives(kind)
            packets, of = capture.tracker.members(protocol)
            plain = table["layers"][packets] & np.uint16(Layer.QUOTED) == 0
            packets, of = packets[plain], of[plain]
            self.place[packets] = np.searchsorted(streams, of) + len(self.names)
            source, destination = (table[name][lives.first] for name in ("source", "destination"))
            ports = [table[name][lives.first] for name in ("source_port", "destination_port")]
            self.names += [f"{kind}:{number}" for number in streams.tolist()]
            self.ids += community_ids(capture.addresses, protocol, source, destination, ports[0], ports[1])
            self.client = np.append(self.client, lives.client)
        self.phases = found.phases()


def packet_tables(capture: Capture, chosen: NDArray[np.int64] | None) -> Iterator[Any]:
    """Tables of at most ROWS packets each."""
    streams = _Streams(capture)
    packets = np.arange(len(capture)) if chosen is None else chosen
    for begin in range(0, len(packets), ROWS):
        yield pa.Table.from_pydict(_columns(capture, streams, packets[begin : begin + ROWS]), SCHEMA)


def _columns(capture: Capture, streams: _Streams, packets: NDArray[np.int64]) -> dict[str, Any]:
    whole = capture.table
    table = {name: whole[name][packets] for name in (
        "time", "source", "destination", "source_port", "destination_port", "ip_protocol", "length", "captured",
        "payload_length", "layers", "direction", "tcp_flags", "sequence", "acknowledgment", "window", "analysis",
    )}  # fmt: skip
    timed = table["layers"] & np.uint16(Layer.UNTIMED) == 0
    plain = table["layers"] & np.uint16(Layer.QUOTED) == 0
    place = streams.place[packets]
    known = place >= 0
    tcp = (table["ip_protocol"] == 6) & plain & known
    ported = known | (np.isin(table["ip_protocol"], (6, 17, 132)) & plain & (table["source_port"] > 0))
    names, codes = _used(streams, place)
    phases = streams.phases[packets].astype(np.int64)
    protocols, kinds = np.unique(table["ip_protocol"], return_inverse=True)
    begin = int(whole["time"][0]) if len(whole) else 0
    return {
        "number": pa.array(packets + 1),
        "ts": moments(table["time"]),
        "time": seconds(table["time"] - begin, timed),
        "time_epoch_ns": numbers(table["time"], timed),
        "src": addresses(capture, table["source"]),
        "dst": addresses(capture, table["destination"]),
        "src_port": numbers(table["source_port"], ported),
        "dst_port": numbers(table["destination_port"], ported),
        "proto": coded(np.where(table["ip_protocol"] == 255, -1, kinds),
                       [_PROTOCOLS.get(number, str(number)) for number in protocols.tolist()]),
        "length": pa.array(table["length"].astype(np.int64)),
        "captured": pa.array(table["captured"].astype(np.int64)),
        "payload_length": numbers(table["payload_length"].astype(np.int64), known),
        "stream": coded(codes, names[0]),
        "from_client": numbers(table["direction"] == streams.client[np.maximum(place, 0)], known)
        if len(streams.client)
        else pa.nulls(len(packets), pa.bool_()),
        "phase": coded(phases - 1, [phase.name for phase in Phase if phase is not Phase.none]),
        "tcp_flags": numbers(table["tcp_flags"], tcp),
        "seq": numbers(table["sequence"], tcp),
        "ack": numbers(table["acknowledgment"], tcp),
        "window": numbers(table["window"], tcp),
        "analysis": _analysis(table["analysis"]),
        "community_id": coded(codes, names[1]),
        "capture": coded(np.zeros(len(packets), np.int32), [capture.title]),
    }  # fmt: skip


def _used(streams: _Streams, place: NDArray[np.int64]) -> tuple[tuple[list[str], list[str]], NDArray[np.int64]]:
    """Names and ids of the streams that occur, and codes."""
    used, dense = np.unique(place, return_inverse=True)
    some = [index for index in used.tolist() if index >= 0]
    shift = len(used) - len(some)
    return ([streams.names[index] for index in some], [streams.ids[index] for index in some]), dense - shift


def _analysis(bits: NDArray[np.uint32]) -> Any:
    """Lists of the names of what the analysis found."""
    marked = np.flatnonzero(bits)
    held = (bits[marked, None] & np.array([int(flag) for flag in Flag], np.uint32)) != 0
    sizes = np.zeros(len(bits) + 1, np.int32)
    sizes[marked + 1] = held.sum(axis=1)
    values = pa.DictionaryArray.from_arrays(pa.array(np.nonzero(held)[1].astype(np.int32)), pa.array(_FLAGS))
    return pa.ListArray.from_arrays(pa.array(np.cumsum(sizes, dtype=np.int32)), values.dictionary_decode())
