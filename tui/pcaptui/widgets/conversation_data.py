"""The conversations of a capture as whole columns, so that a million of them are sorted and filtered at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..capture import Capture
from ..dissect.rows import Rows
from ..printing_streams import protocol_of
from ..tracker.conversations import Conversation, Conversations
from ..tracker.flags import Flag
from ..tracker.lifecycle import NEVER, State

KINDS = ("tcp", "udp")
_PROTOCOL_NUMBERS = {"tcp": 6, "udp": 17}
BILLION = 1_000_000_000
MEASURED = ("client_think", "server_think", "idle", "resent")
QUIET_FLAGS = Flag.keep_alive_ack | Flag.window_update | Flag.zero_window_probe_ack
"""Found by the analysis, but nothing that went wrong."""
TROUBLE = int(sum(flag for flag in Flag if flag not in QUIET_FLAGS))

STATE_WORDS = {
    State.unknown: "began before the capture, still open",
    State.opening: "half-open, opening",
    State.open: "open",
    State.closing: "half-closed, closing",
    State.closed: "closed",
    State.reset: "reset",
    State.refused: "refused",
    State.unanswered: "unanswered, no answer",
}
_CHUNK = 200_000
"""Addresses whose texts are held at once while filtering."""


@dataclass(slots=True)
class ConversationColumns:
    """n conversations, TCP's first, by number. kind: 0 TCP, 1 UDP; client, server: address indexes; sent, received:
    bytes of frames from the client and from the server; start (since the capture's first packet), duration: ns; rtt:
    s, NaN where unknown; trouble: packets with a finding; bits: all findings (Flag) of a conversation together;
    client_think, server_think, idle: the longest, s, and resent: the part of segments with payload that are
    retransmissions, all NaN where there is none."""

    kind: NDArray[np.uint8]
    number: NDArray[np.int32]
    client: NDArray[np.int64]
    client_port: NDArray[np.int64]
    server: NDArray[np.int64]
    server_port: NDArray[np.int64]
    packets: NDArray[np.int64]
    sent: NDArray[np.int64]
    received: NDArray[np.int64]
    start: NDArray[np.int64]
    duration: NDArray[np.int64]
    state: NDArray[np.uint8]
    rtt: NDArray[np.float64]
    trouble: NDArray[np.int64]
    bits: NDArray[np.uint32]
    client_think: NDArray[np.float64]
    server_think: NDArray[np.float64]
    idle: NDArray[np.float64]
    resent: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.number)


class ConversationSource(Protocol):
    """What the table asks; see CaptureConversations."""

    @property
    def columns(self) -> ConversationColumns: ...

    def conversation(self, place: int) -> Conversation: ...

    def protocol(self, place: int) -> str: ...

    def address_ranks(self) -> NDArray[np.int64]: ...

    def address_texts(self, indexes: Sequence[int]) -> Sequence[str]: ...


@dataclass(slots=True)
class CaptureConversations:
    """The conversations of what is loaded by now. Making one reads whole columns: do it in a thread."""

    capture: Capture
    found: Conversations = field(init=False)
    columns: ConversationColumns = field(init=False)
    _rows: Rows = field(init=False)

    def __post_init__(self) -> None:
        capture = self.capture
        self.found = capture.conversations()
        parts = [_columns(capture, self.found, kind) for kind in KINDS]
        self.columns = ConversationColumns(
            *(np.concatenate([getattr(part, name) for part in parts]) for name in ConversationColumns.__slots__)
        )
        for kind in KINDS:
            self.found.packets(kind, 0)  # sorts all packets by stream: here, not when the first row is drawn
        self._rows = Rows(capture, budget=2000)

    def conversation(self, place: int) -> Conversation:
        columns = self.columns
        found = self.found.find(KINDS[columns.kind[place]], int(columns.number[place]))
        assert found is not None
        return found

    def protocol(self, place: int) -> str:
        """Dissects a few packets."""
        return protocol_of(self.capture, self._rows, self.found, self.conversation(place))

    def address_ranks(self) -> NDArray[np.int64]:
        return self.capture.addresses.ranks()

    def address_texts(self, indexes: Sequence[int]) -> Sequence[str]:
        text = self.capture.addresses.text
        return [text(index) for index in indexes]


def _columns(capture: Capture, found: Conversations, kind: str) -> ConversationColumns:
    table = capture.table
    lives, numbers = found.lives(kind)
    count = len(lives)
    first, last = lives.first.astype(np.int64), lives.last.astype(np.int64)
    forward = table["direction"][first] == lives.client
    ends = {
        name: table[name][first].astype(np.int64)
        for name in ("source", "destination", "source_port", "destination_port")
    }
    every, client = np.arange(count), lives.client.astype(np.int64)
    times = table["time"]
    begin = int(times[0]) if len(capture) else 0
    known = (lives.syn != NEVER) & (lives.syn_ack != NEVER) & (lives.syn_ack >= lives.syn)
    asked, answered = np.maximum(lives.syn, 0), np.maximum(lives.syn_ack, 0)
    rtt = np.where(known, (times[answered] - times[asked]) / BILLION, np.nan) if count else np.zeros(0)
    trouble, bits = _trouble(capture, kind, numbers)
    return ConversationColumns(
        kind=np.full(count, KINDS.index(kind), np.uint8),
        number=numbers,
        client=np.where(forward, ends["source"], ends["destination"]),
        client_port=np.where(forward, ends["source_port"], ends["destination_port"]),
        server=np.where(forward, ends["destination"], ends["source"]),
        server_port=np.where(forward, ends["destination_port"], ends["source_port"]),
        packets=lives.packets.astype(np.int64),
        sent=lives.bytes[every, client],
        received=lives.bytes[every, 1 - client],
        start=times[first] - begin,
        duration=times[last] - times[first],
        state=lives.state,
        rtt=rtt,
        trouble=trouble,
        bits=bits,
        **_measured(found, kind, count),
    )


def _measured(found: Conversations, kind: str, count: int) -> dict[str, NDArray[np.float64]]:
    if kind != "tcp":
        return {name: np.full(count, np.nan) for name in MEASURED}
    times = found.times()
    again, segments = (times.column(name).sum(axis=1) for name in ("repeated", "segments"))
    waits = {"client_think": "client_longest", "server_think": "server_longest", "idle": "idle_longest"}
    known = {name: times.column(column) / BILLION for name, column in waits.items()}
    known["resent"] = again / np.maximum(segments, 1)
    return {name: np.where(values > 0, values, np.nan) for name, values in known.items()}


def _trouble(capture: Capture, kind: str, numbers: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Packets with a finding, and all findings, of each conversation."""
    bits = np.zeros(len(numbers), np.uint32)
    if kind != "tcp" or not len(numbers):
        return np.zeros(len(numbers), np.int64), bits
    packets, streams = capture.tracker.members(_PROTOCOL_NUMBERS[kind])
    findings = capture.table["analysis"][packets] & np.uint32(TROUBLE)
    bad = np.flatnonzero(findings)
    places = np.minimum(np.searchsorted(numbers, streams[bad]), len(numbers) - 1)
    np.bitwise_or.at(bits, places, findings[bad])
    return np.bincount(places, minlength=len(numbers)), bits


# Order and choice.


def sort_columns(source: ConversationSource, key: str, names: Sequence[str | None] = ()) -> list[NDArray[np.generic]]:
    """What to sort by, the weightiest first. `names`: the protocols' names by place, where all are known."""
    columns = source.columns
    if key == "stream":
        return [columns.kind, columns.number]
    if key == "protocol":
        if len(names) == len(columns) and all(name is not None for name in names):
            return [np.array([name or "" for name in names]), columns.number]
        return [columns.kind, columns.server_port]  # the ports tell nearly the same, and cost nothing
    if key in ("client", "server"):
        return [source.address_ranks()[getattr(columns, key)], getattr(columns, f"{key}_port")]
    column: NDArray[np.generic] = getattr(columns, key)
    return [column]


def ordered(keys: Sequence[NDArray[np.generic]], descending: bool) -> NDArray[np.int64]:
    """All places in order; those that are alike keep their own, those without a value (NaN) come last either way."""
    count = len(keys[0])
    order = np.arange(count)
    for key in reversed(keys):
        column = key[order]
        if descending:
            step = count - 1 - np.argsort(column[::-1], kind="stable")[::-1]
        else:
            step = np.argsort(column, kind="stable")
        order = order[step]
    if keys[0].dtype.kind == "f" and descending:
        missing = np.isnan(keys[0][order].astype(np.float64))
        order = np.concatenate([order[~missing], order[missing]])
    return order


def chosen(source: ConversationSource, text: str, names: Sequence[str | None] = ()) -> NDArray[np.bool_]:
    """Which conversations have every word of `text` in an address, port, protocol, state, finding or number."""
    columns = source.columns
    mask = np.ones(len(columns), bool)
    for word in text.lower().split():
        mask &= _has(source, word, names)
    return mask


def _has(source: ConversationSource, word: str, names: Sequence[str | None]) -> NDArray[np.bool_]:
    columns = source.columns
    kind, _, number = word.partition(":")
    if kind in KINDS:
        found: NDArray[np.bool_] = columns.kind == KINDS.index(kind)
        if number:
            wanted = int(number) if number.isdecimal() and len(number) < 10 else -1
            found &= columns.number == wanted
            return found
        return found | _named(names, word, len(columns))
    found = _named(names, word, len(columns))
    states = [state for state, words in STATE_WORDS.items() if any(part.startswith(word) for part in words.split())]
    if states:
        found |= np.isin(columns.state, states)
    bits = sum(int(flag) for flag in Flag if word in str(flag.name) and int(flag) & TROUBLE) if len(word) > 2 else 0
    if bits:
        found |= columns.bits & np.uint32(bits) != 0
    if word.isdecimal() and len(word) < 10:
        value = int(word)
        found |= (columns.client_port == value) | (columns.server_port == value) | (columns.number == value)
    if set(word) <= set("0123456789abcdef.:[]"):
        for end in ("client", "server"):
            found |= _at_address(source, end, word)
    return found


def _named(names: Sequence[str | None], word: str, count: int) -> NDArray[np.bool_]:
    if not names:
        return np.zeros(count, bool)
    return np.fromiter((name is not None and word in name.lower() for name in names), bool, count)


def _at_address(source: ConversationSource, end: str, word: str) -> NDArray[np.bool_]:
    """`word` is a part of an address, or an address with a port behind it."""
    columns = source.columns
    addresses: NDArray[np.int64] = getattr(columns, end)
    address, port = word, ""
    if word.startswith("[") or ("." in word and ":" in word):
        address, _, port = word.rpartition(":") if word[-1] != "]" else (word, "", "")
        address = address.strip("[]")
    used, places = np.unique(addresses, return_inverse=True)
    hits = np.zeros(len(used), bool)
    for start in range(0, len(used), _CHUNK):
        texts = source.address_texts(used[start : start + _CHUNK].tolist())
        hits[start : start + len(texts)] = [address in text for text in texts]
    found: NDArray[np.bool_] = hits[places]
    if port.isdecimal() and len(port) < 6:
        found &= getattr(columns, f"{end}_port") == int(port)
    return found
