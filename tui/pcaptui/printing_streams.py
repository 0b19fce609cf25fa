"""--print streams: one row a conversation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from .capture import Capture
from .dissect.rows import Rows
from .exchanges import Exchange, Exchanges
from .options import Options
from .printing import tsv_cell
from .tracker.conversations import Conversation, Conversations, Span
from .tracker.words import duration, sentence, size

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
)
LOOK = 8
"""So many packets with payload are looked at for the name of a stream's protocol."""


def print_streams(capture: Capture, options: Options, out: TextIO) -> None:
    """Print all conversations, or the one that --stream names."""
    capture.load_all()
    found = capture.conversations()
    phases = found.phases()
    rows = Rows(capture)
    exchanges = Exchanges(capture, rows)
    if options.format == "tsv":
        out.write("\t".join(FIELDS) + "\n")
    for conversation in found.all():
        if options.stream is not None and options.stream != (conversation.kind, conversation.number):
            continue
        name = protocol_of(capture, rows, found, conversation)
        spans = found.spans(conversation.kind, conversation.number, phases)
        tied = exchanges.of_stream(conversation.kind, conversation.number)
        facts = stream_object(conversation, name, spans, tied)
        if options.format == "jsonl":
            out.write(json.dumps(facts, ensure_ascii=False) + "\n")
        elif options.format == "tsv":
            out.write("\t".join(_cell(name, value) for name, value in facts.items()) + "\n")
        else:
            out.write(_text(conversation, name, facts["summary"]) + "\n")


def protocol_of(capture: Capture, rows: Rows, found: Conversations, conversation: Conversation) -> str:
    """What the rows of the stream's first packets with payload are called; TCP or UDP where nobody knows more."""
    transport = conversation.kind.upper()
    packets = found.packets(conversation.kind, conversation.number)
    loaded: NDArray[np.int64] = packets[capture.table["payload_length"][packets] > 0]
    for index in loaded[:LOOK].tolist():
        protocol = rows.row(index).protocol
        if protocol != transport:
            return protocol
    return transport


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
        "summary": sentence(conversation, [(exchange.summary, exchange.time) for exchange in exchanges]),
    }


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


def _cell(name: str, value: Any) -> str:
    return tsv_cell(json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value)


def _text(conversation: Conversation, protocol: str, told: str) -> str:
    ends = (
        f"{endpoint(conversation.client, conversation.client_port)} → "
        f"{endpoint(conversation.server, conversation.server_port)}"
    )
    amount = f"{conversation.packets:6} packets {size(sum(conversation.bytes)):>10}"
    return (
        f"{conversation.name:<8} {protocol:<8} {ends:<45} {amount}"
        f"  at {conversation.start:.6f} s for {duration(conversation.duration)}: {told}"
    )
