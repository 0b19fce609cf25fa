"""SOCKS proxies (RFC 1928, RFC 1929 and SOCKS 4): connections through them take a stream number for what they carry.

Found by experiment: where a connection to port 1080 has been granted by a handshake that is to be seen, tshark takes
its next data for that of a connection between the same addresses whose port on the server's side is the port asked for.
That pair of endpoints gets a stream number if it has none yet, right behind the packet's own, though no packet ever has
it. Refusals (with SOCKS 5) count as grants; other methods than none and passwords, and requests that come in pieces, do
not count at all. Of the commands only CONNECT is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..loader.table import NONE16, Layer, PacketTable

PORT = 1080
MOST = 100_000
"""So many packets are looked at; connections after them are numbered as if they were no proxy's."""
_SYN = 2
_HALF = 1 << 31
_ASIDE = int(Layer.QUOTED | Layer.TCP_CUT | Layer.FRAGMENT)
_COLUMNS = ("packet", "source", "destination", "source_port", "destination_port")

Frame = Callable[[int], bytes]
Ports = NDArray[np.uint16]


@dataclass(slots=True)
class _Dialog:
    """A connection: what it waits for, the port asked for, the next sequence numbers by direction (client's first)."""

    waits: str = "greeting"
    port: int = 0
    next: list[int | None] = field(default_factory=lambda: [None, None])

    def repeats(self, side: int, sequence: int, size: int) -> bool:
        """Whether a segment was there before, which leaves the dialog as it is."""
        expected = self.next[side]
        if expected is not None and (sequence - expected) & 0xFFFFFFFF >= _HALF:
            return True
        self.next[side] = (sequence + size) & 0xFFFFFFFF
        return False

    def hear(self, from_server: bool, data: bytes) -> None:
        """Take one message in. A side that speaks out of turn is not heard, but at the start it ends the dialog."""
        if self.waits == "greeting":
            self._greet(from_server, data)
        elif self.waits == "request" and not from_server:
            self._ask(data)
        elif self.waits == "password" and not from_server:
            self.waits = "verdict"
        elif not from_server:
            return
        elif self.waits == "method":
            self.waits = {0: "request", 2: "password"}.get(data[1], "nothing") if len(data) > 1 else "nothing"
        elif self.waits == "verdict":
            self.waits = "request"
        elif self.waits == "reply":
            self.waits = "data"
        elif self.waits == "reply 4":
            self.waits = "data" if data[1:2] == b"\x5a" else "nothing"

    def _greet(self, from_server: bool, data: bytes) -> None:
        self.waits = "nothing"
        if from_server:
            return
        if data[0] == 5:
            self.waits = "method"
        elif data[0] == 4 and len(data) >= 8 and data[1] == 1:
            self.waits, self.port = "reply 4", data[2] << 8 | data[3]

    def _ask(self, data: bytes) -> None:
        kind = data[3] if len(data) > 4 and data[:2] == b"\5\1" else 0
        end = {1: 8, 3: 5 + data[4], 4: 20}.get(kind, 0) if kind else 0
        self.waits = "reply" if end and len(data) >= end + 2 else "nothing"
        self.port = int.from_bytes(data[end : end + 2], "big")


class Proxied:
    """Finds where such stream numbers are taken, part by part of the table."""

    def __init__(self, table: PacketTable, frame: Frame) -> None:
        self._table = table
        self._frame = frame
        self._dialogs: dict[tuple[int, int, int], _Dialog] = {}
        self._over = np.zeros(1 << 16, bool)  # by the client's port
        self._left = MOST

    def find(self, packets: NDArray[np.int64]) -> dict[str, NDArray[np.int64]] | None:
        """Columns of the pseudo headers behind some of these TCP packets: packet, source, destination (addresses),
        source_port, destination_port; None if there are none."""
        table = self._table
        source, destination = table["source_port"].take(packets), table["destination_port"].take(packets)
        mine = np.flatnonzero((source == PORT) | (destination == PORT))
        if not len(mine) or not self._left:
            return None
        found = [entry for entry in map(self._look, self._chosen(packets, mine, source, destination)) if entry]
        if not found:
            return None
        return {
            name: np.array(column, np.int64) for name, column in zip(_COLUMNS, zip(*found, strict=True), strict=True)
        }

    def _chosen(
        self, packets: NDArray[np.int64], mine: NDArray[np.intp], source: Ports, destination: Ports
    ) -> list[int]:
        table = self._table
        client = np.where(destination[mine] == PORT, source[mine], destination[mine])
        chosen = packets[mine]
        syn = table["tcp_flags"][chosen] & _SYN != 0
        wanted = syn | (table["payload_length"][chosen] > 0) & ~self._over[client]
        wanted &= table["layers"][chosen] & np.uint16(_ASIDE) == 0
        indexes: list[int] = chosen[wanted][: self._left].tolist()
        self._left -= len(indexes)
        return indexes

    def _look(self, index: int) -> tuple[int, ...] | None:
        """Take one packet in; the pseudo header behind it if it is the first to carry proxied data."""
        table = self._table
        source, destination, sport, dport = (int(table[name][index]) for name in _COLUMNS[1:])
        from_server = dport != PORT
        key = (destination, dport, source) if from_server else (source, sport, destination)
        client = key[1]
        sequence, size = int(table["sequence"][index]), int(table["payload_length"][index])
        dialog = self._dialogs.get(key)
        if int(table["tcp_flags"][index]) & _SYN:
            if dialog is not None and not from_server and dialog.next[0] != (sequence + 1) & 0xFFFFFFFF:
                del self._dialogs[key]
            self._over[client] = False
            return None
        if dialog is None:
            dialog = self._dialogs[key] = _Dialog()
        start = int(table["payload"][index])
        data = self._frame(index)[start : start + size] if start != NONE16 else b""
        if not data or dialog.waits == "nothing" or dialog.repeats(from_server, sequence, size):
            return None
        if dialog.waits != "data":
            dialog.hear(from_server, data)
            self._over[client] = dialog.waits == "nothing"
            return None
        dialog.waits = "nothing"
        self._over[client] = True
        ports = (dialog.port, dport) if from_server else (sport, dialog.port)
        return index, source, destination, *ports
