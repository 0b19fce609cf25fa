"""What is kept of a stream while it is dissected: its state, its rows so far, its messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..protocols.messages import Message
from ..protocols.packet import AppRow
from ..protocols.registry import StreamDissector
from .pdus import Flow
from .takes import Takes

SEGMENT = "[TCP segment of a reassembled PDU]"
ROWS = 100_000
"""So many rows of one stream are kept, the latest ones."""
MESSAGES = 50_000
"""So many messages of one stream are kept, the first ones."""
_NOTHING, _PIECE, _ROW, _DROPPED = range(4)
PIECE_ROW = AppRow(suffix=" " + SEGMENT)


@dataclass(slots=True)
class StreamConversation:
    """What the dissectors of a stream share (protocols.packet.Conversation)."""

    number: int
    state: dict[str, Any] = field(default_factory=dict)
    client_port: int = 0
    server_port: int = 0


class Scan:
    """A stream dissected from its packet number `first` (0: from its beginning) up to `done`."""

    def __init__(self, number: int, first: int) -> None:
        self.conversation = StreamConversation(number)
        self.flows = (Flow(), Flow())
        self.takes = (Takes(), Takes())
        self.dissector: StreamDissector | None = None
        self.first = first
        self.done = first
        self.codes = bytearray()
        self.rows: dict[int, AppRow] = {}
        self.messages: list[Message] = []
        self.begun = False
        self.matched = 0

    def keep(self, row: AppRow | None) -> None:
        if row is None:
            self.codes.append(_NOTHING)
        elif row is PIECE_ROW:
            self.codes.append(_PIECE)
        else:
            self.codes.append(_ROW)
            self.rows[self.done] = row
            if len(self.rows) > ROWS:
                self._forget()
        self.done += 1

    def _forget(self) -> None:
        for position in list(self.rows)[: ROWS // 2]:
            del self.rows[position]
            self.codes[position - self.first] = _DROPPED

    def row(self, position: int) -> tuple[bool, AppRow | None]:
        """(whether it is known, the row) of a packet of the stream."""
        if not self.first <= position < self.done:
            return False, None
        code = self.codes[position - self.first]
        if code == _ROW:
            return True, self.rows[position]
        return code != _DROPPED, PIECE_ROW if code == _PIECE else None
