"""--print streams: one row a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from .capture import Capture
from .dissect.rows import Rows
from .exchanges import Exchange, Exchanges
from .options import Options
from .printing_words import json_text, tsv_cell
from .tracker.community import community_id
from .tracker.conversations import Conversation, Conversations, Span
from .tracker.times import IDLE, Side, Times
from .tracker.words import duration, sentence, size, spent

FIELDS = (
    "stream",
    "protocol",
    "client",
    "server",
    "packets",
    "bytes",
    "start",
    "duration",
    "state",
    "closed_by",
    "rtt",
    "phases",
    "exchanges",
    "anomalies",
    "summary",
    "times",
    "community_id",
)
_PROTOCOLS = {"tcp": 6, "udp": 17}
LOOK = 8
"""So many packets with payload are looked at for the name of a stream's protocol."""


def print_streams(capture: Capture, options: Options, out: TextIO) -> None:
    """Print all conversations, or the one that --stream names."""
    capture.load_all()
    found = capture.conversations()
    if options.stream is not None:
        found = found.alone(*options.stream)
    rows = Rows(capture)
    exchanges = Exchanges(capture, rows)
    phases = None if options.format == "text" or options.stream is not None else found.phases()
    if options.format == "tsv":
        out.write("\t".join(FIELDS) + "\n")
    passing = _passing(capture, options)
    for conversation in found.all():
        if passing is not None and (conversation.kind, conversation.number) not in passing:
            continue
        name = protocol_of(capture, rows, found, conversation)
        tied = _exchanges(exchanges, conversation)
        if options.format == "text":
            out.write(_text(conversation, name, _told(conversation, tied)) + "\n")
            continue
        facts = stream_object(conversation, name, found.spans(conversation.kind, conversation.number, phases), tied)
        if options.format == "jsonl":
            out.write(json_text(facts) + "\n")
        else:
            out.write("\t".join(_cell(value) for value in facts.values()) + "\n")


def _exchanges(exchanges: Exchanges, conversation: Conversation) -> Sequence[Exchange]:
    if not any(conversation.payload):
        return ()
    return exchanges.of_stream(conversation.kind, conversation.number)


def _told(conversation: Conversation, exchanges: Sequence[Exchange]) -> str:
    return sentence(conversation, [(exchange.summary, exchange.time) for exchange in exchanges])


def _passing(capture: Capture, options: Options) -> set[tuple[str, int]] | None:
    """The streams of packets that pass the filter, None without one."""
    if options.filter is None:
        return None
    streams = (capture.stream_of(index) for index in np.flatnonzero(options.filter.run(capture)).tolist())
    return {stream for stream in streams if stream is not None}


def protocol_of(capture: Capture, rows: Rows, found: Conversations, conversation: Conversation) -> str:
    """What the rows of the stream's first packets with payload are called; TCP or UDP where nobody knows more."""
    transport = conversation.kind.upper()
    if not any(conversation.payload):
        return transport
    packets = found.packets(conversation.kind, conversation.number)
    loaded: NDArray[np.int64] = packets[capture.table["payload_length"][packets] > 0]
    known = transport
    for index in loaded[:LOOK].tolist():
        protocol = rows.row(index).protocol
        if protocol.startswith(("TLS", "SSL")):
            known = protocol  # the client's hello is called after an older version than the one agreed on
        elif protocol != transport:
            return protocol if known == transport else known
    return known


def stream_object(
    conversation: Conversation, protocol: str, spans: list[Span], exchanges: Sequence[Exchange] = ()
) -> dict[str, Any]:
    """One conversation as CONTRACT.md's object."""
    return {
        "stream": conversation.name,
        "protocol": protocol,
        "client": endpoint(conversation.client, conversation.client_port),
        "server": endpoint(conversation.server, conversation.server_port),
        "packets": conversation.packets,
        "bytes": sum(conversation.bytes),
        "start": round(conversation.start, 9),
        "duration": round(conversation.duration, 9),
        "state": conversation.state.name,
        "closed_by": conversation.closed_by,
        "rtt": None if conversation.rtt is None else round(conversation.rtt, 9),
        "phases": [
            {
                "phase": span.phase.name,
                "packets": [index + 1 for index in span.packets],
                "start": round(span.start, 9),
                "duration": round(span.duration, 9),
            }
            for span in spans
        ],
        "exchanges": [exchange_object(exchange) for exchange in exchanges],
        "anomalies": conversation.anomalies,
        "summary": _told(conversation, exchanges),
        "times": None if conversation.times is None else times_object(conversation.times),
        "community_id": community_id(
            _PROTOCOLS[conversation.kind],
            (conversation.client, conversation.client_port),
            (conversation.server, conversation.server_port),
        ),
    }


def times_object(times: Times) -> dict[str, Any]:
    """Where the time of a TCP conversation went, in s, as tracker.times tells it; packets are numbers from 1, goodput
    is in bytes a second. What was never sent is null."""
    client, server = times.sides
    return {
        "slow": times.slow,
        "connect": {"server": _rounded(times.connect_server), "client": _rounded(times.connect_client)},
        "client": {
            "first": _rounded(times.client_first),
            "total": _rounded(times.client),
            "longest": _rounded(times.client_longest),
        },
        "wire": {
            "total": _rounded(times.wire),
            "longest": _rounded(times.wire_longest),
            "packet": _number(times.wire_at),
        },
        "server": {
            "answers": times.answers,
            "total": _rounded(times.server),
            "longest": _rounded(times.server_longest),
            "packet": _number(times.server_at),
        },
        "transfer": {"client": _rounded(client.transfer), "server": _rounded(server.transfer)},
        "stalled": _rounded(times.stalled),
        "idle": {
            "threshold": IDLE,
            "count": times.idle_count,
            "total": _rounded(times.idle),
            "longest": _rounded(times.idle_longest),
            "packet": _number(times.idle_at),
        },
        "sent": {"client": _side(client), "server": _side(server)},
    }


def _side(side: Side) -> dict[str, Any] | None:
    if not side.segments and not side.closed_window and not side.still_closed:
        return None
    return {
        "segments": side.segments,
        "bytes": side.fresh,
        "goodput": None if side.goodput is None else round(side.goodput, 1),
        "in_flight": side.flight,
        "in_flight_packet": _number(side.flight_at),
        "rtt": None
        if not side.rtt_count
        else {
            "count": side.rtt_count,
            "min": _rounded(side.rtt_least),
            "mean": _rounded(side.rtt_mean),
            "max": _rounded(side.rtt_most),
        },
        "retransmitted": side.repeated,
        "retransmitted_bytes": side.repeated_bytes,
        "retransmission_rate": _rounded(side.repeat_rate),
        "zero_window": _rounded(side.closed_window),
        "zero_window_at_end": bool(side.still_closed),
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 9)


def _number(index: int | None) -> int | None:
    return None if index is None else index + 1


def exchange_object(exchange: Exchange) -> dict[str, Any]:
    """One exchange with packet numbers and its time in s; null where no answer was captured."""
    return {
        "request": exchange.request + 1,
        "response": None if exchange.response is None else exchange.response + 1,
        "summary": exchange.summary,
        "time": None if exchange.time is None else round(exchange.time, 9),
    }


def endpoint(address: str, port: int) -> str:
    """'10.0.0.1:80', '[fe80::1]:80'."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _cell(value: Any) -> str:
    return tsv_cell(json_text(value) if isinstance(value, list | dict) else value)


def _text(conversation: Conversation, protocol: str, told: str) -> str:
    ends = (
        f"{endpoint(conversation.client, conversation.client_port)} → "
        f"{endpoint(conversation.server, conversation.server_port)}"
    )
    amount = f"{conversation.packets:6} packets {size(sum(conversation.bytes)):>10}"
    spending = spent(conversation.times) if conversation.times is not None and any(conversation.payload) else ""
    told += f" ({spending})" if spending else ""
    return (
        f"{conversation.name:<8} {protocol:<8} {ends:<45} {amount}"
        f"  at {conversation.start:.6f} s for {duration(conversation.duration)}: {told}"
    )
