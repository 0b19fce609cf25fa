"""One row a conversation, named as in Zeek's conn.log where it has the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..capture import Capture
from ..tracker.community import community_ids
from ..tracker.lifecycle import NEVER, Lives, State
from ..tracker.times import NONE
from .columns import TEXTS, TIME, addresses, coded, moments, numbers, seconds
from .zeek import SERVICES, STATES, services, tcp_states, udp_states

SCHEMA = pa.schema(
    [
        ("ts", TIME), ("id.orig_h", TEXTS), ("id.orig_p", pa.uint16()), ("id.resp_h", TEXTS),
        ("id.resp_p", pa.uint16()), ("proto", TEXTS), ("service", TEXTS), ("duration", pa.float64()),
        ("orig_bytes", pa.int64()), ("resp_bytes", pa.int64()), ("conn_state", TEXTS), ("orig_pkts", pa.int64()),
        ("resp_pkts", pa.int64()), ("community_id", pa.string()), ("capture", TEXTS), ("stream", pa.string()),
        ("state", TEXTS), ("closed_by", TEXTS), ("orig_frame_bytes", pa.int64()), ("resp_frame_bytes", pa.int64()),
        ("rtt", pa.float64()), ("connect", pa.float64()), ("attempts", pa.int32()), ("client_time", pa.float64()),
        ("wire_time", pa.float64()), ("server_time", pa.float64()), ("server_longest", pa.float64()),
        ("answers", pa.int64()), ("idle", pa.float64()), ("orig_retransmitted", pa.int64()),
        ("resp_retransmitted", pa.int64()), ("first_packet", pa.int64()), ("last_packet", pa.int64()),
    ]
)  # fmt: skip
_PROTOCOLS = {"tcp": 6, "udp": 17}
Wanted = Callable[[str, NDArray[np.int32]], NDArray[np.bool_]]


def stream_tables(capture: Capture, wanted: Wanted | None) -> Iterator[Any]:
    """A pyarrow.Table of TCP's conversations and one of UDP's. `wanted(kind, numbers)` says which are to be in it."""
    found = capture.conversations()
    for kind in _PROTOCOLS:
        lives, streams = found.lives(kind)
        chosen = np.ones(len(lives), bool) if wanted is None else wanted(kind, streams)
        if chosen.any():
            table = pa.Table.from_pydict(_columns(capture, found, kind, lives, streams), SCHEMA)
            yield table if chosen.all() else table.filter(pa.array(chosen))


def _columns(capture: Capture, found: Any, kind: str, lives: Lives, streams: NDArray[np.int32]) -> dict[str, Any]:
    table, times = capture.table, capture.table["time"]
    first, last = lives.first, lives.last
    forward = table["direction"][first] == lives.client
    ends = [np.where(forward == mine, table["source"][first], table["destination"][first]) for mine in (True, False)]
    ports = [np.where(forward == mine, table["source_port"][first], table["destination_port"][first])
             for mine in (True, False)]  # fmt: skip
    rows = np.arange(len(lives))
    client = lives.client.astype(np.int64)
    sent = _packets(capture, kind, lives, streams)
    payload, frames = ([column[rows, client], column[rows, 1 - client]] for column in (lives.payload, lives.bytes))
    states = tcp_states(lives) if kind == "tcp" else udp_states(lives)
    closer = np.where(lives.closer == NEVER, -1, (lives.closer != lives.client).astype(np.int64))
    made = {
        "ts": moments(times[first]), "id.orig_h": addresses(capture, ends[0]), "id.orig_p": pa.array(ports[0]),
        "id.resp_h": addresses(capture, ends[1]), "id.resp_p": pa.array(ports[1]),
        "proto": coded(np.zeros(len(lives), np.int32), [kind]),
        "service": coded(services(capture, kind, lives, streams), SERVICES),
        "duration": seconds(times[last] - times[first]), "orig_bytes": pa.array(payload[0]),
        "resp_bytes": pa.array(payload[1]), "conn_state": coded(states, STATES), "orig_pkts": pa.array(sent[0]),
        "resp_pkts": pa.array(sent[1]),
        "community_id": pa.array(community_ids(capture.addresses, _PROTOCOLS[kind], ends[0], ends[1], ports[0],
                                               ports[1])),
        "capture": coded(np.zeros(len(lives), np.int32), [capture.title]),
        "stream": pa.array([f"{kind}:{number}" for number in streams.tolist()]),
        "state": coded(lives.state.astype(np.int64), [state.name for state in sorted(State)]),
        "closed_by": coded(closer, ["client", "server"]), "orig_frame_bytes": pa.array(frames[0]),
        "resp_frame_bytes": pa.array(frames[1]), "rtt": _between(times, lives.syn, lives.syn_ack),
        "connect": _between(times, lives.syn, lives.ack),
        "attempts": numbers(lives.attempts, np.full(len(lives), kind == "tcp")),
        "first_packet": pa.array(first.astype(np.int64) + 1), "last_packet": pa.array(last.astype(np.int64) + 1),
    }  # fmt: skip
    return made | (_times(found, lives, client) if kind == "tcp" else _no_times(len(lives)))


def _packets(
    capture: Capture, kind: str, lives: Lives, streams: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Packets of the client and of the server."""
    packets, of = capture.tracker.members(_PROTOCOLS[kind])
    plain = capture.table["layers"][packets] & np.uint16(32) == 0
    packets, of = packets[plain], of[plain]
    place = np.searchsorted(streams, of)
    from_client = capture.table["direction"][packets] == lives.client[place]
    sent = np.bincount(place[from_client], minlength=len(lives)).astype(np.int64)
    return sent, lives.packets.astype(np.int64) - sent


def _between(times: NDArray[np.int64], begin: NDArray[np.int32], end: NDArray[np.int32]) -> Any:
    there = (begin != NEVER) & (end != NEVER) & (end >= begin)
    return seconds(np.where(there, times[np.maximum(end, 0)] - times[np.maximum(begin, 0)], 0), there)


def _times(found: Any, lives: Lives, client: NDArray[np.int64]) -> dict[str, Any]:
    """Where the time went, as tracker.times.Times tells it; bytes of payload each once, as Zeek counts them."""
    columns = found.times()
    fresh = columns.column("fresh")
    payload = lives.payload[np.arange(len(lives)), client], lives.payload[np.arange(len(lives)), 1 - client]
    again = columns.column("repeated")
    measured = columns.column("segments").sum(axis=1) > 0
    made: dict[str, Any] = {
        "orig_bytes": pa.array(np.where(measured, fresh[:, 0], payload[0])),
        "resp_bytes": pa.array(np.where(measured, fresh[:, 1], payload[1])),
        "orig_retransmitted": pa.array(again[:, 0]), "resp_retransmitted": pa.array(again[:, 1]),
        "answers": pa.array(columns.column("answers")),
    }  # fmt: skip
    for name, column in (("client_time", "client"), ("wire_time", "wire"), ("server_time", "server"),
                         ("server_longest", "server_longest"), ("idle", "idle")):  # fmt: skip
        values = columns.column(column)
        made[name] = seconds(values, values != NONE)
    return made


def _no_times(count: int) -> dict[str, Any]:
    names = ("client_time", "wire_time", "server_time", "server_longest", "idle", "answers", "orig_retransmitted",
             "resp_retransmitted")  # fmt: skip
    return {name: pa.nulls(count, SCHEMA.field(name).type) for name in names}
