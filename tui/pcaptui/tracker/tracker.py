"""Tracker: from the packet table to streams and what happened in them."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..loader.addresses import AddressTable
from ..loader.records import Interface
from ..loader.table import Layer, PacketTable
from ..protocols.packet import TcpFacts
from .arrays import Growing, StreamOrder, sort_by_group
from .assembled import fill_assembled, payload_of
from .bases import find_bases
from .flags import Flag, names, payload_left_alone, prefixes
from .fragments import Fragments
from .highest import find_highest
from .lone import analyse_lone
from .numbering import TCP, UDP, UDP_LITE, Numbering, carries
from .options import Bytes, Reader, asking_scales
from .scale import find_scales
from .segments import ACK, FIN, SYN, Segments, chunks
from .sequence import Findings, analyse

_PROTOCOLS = {"tcp": TCP, "udp": UDP}
_KINDS = {TCP: "tcp", UDP: "udp", UDP_LITE: "udp"}
_CHUNK = 65_536
_MASK = 0xFFFFFFFF
_PATIENCE = 0.25
_SHARE = 4
_FEW = 8
_PASS = 3 << 17
"""So many packets are numbered at once while more are loaded: fewer at a time take longer."""


class Tracker:
    """Fills the table's columns stream, direction, relative_sequence, relative_acknowledgment, shift and analysis.

    A packet's verdicts rest on the packets before it only, so they never change when more packets come. Streams that
    got new packets are analysed from their start again, so call `update` when the table has grown much (`due`), not
    after every block.
    """

    def __init__(
        self,
        table: PacketTable,
        interfaces: Sequence[Interface],
        sources: Sequence[Bytes],
        addresses: AddressTable | None = None,
    ) -> None:
        """`addresses` takes those inside of fragmented tunnels; without it such packets are their carrier's."""
        self._table = table
        self._addresses = addresses
        self._interfaces = interfaces
        self._sources = sources
        self._numbering = {kind: Numbering(table, protocol, self._frame) for kind, protocol in _PROTOCOLS.items()}
        self._fragments = Fragments(table, self._frame, self._read)
        self._orders: dict[str, StreamOrder] = {}
        self._asked = 0
        self._repeat_packets = Growing(np.int64)
        self._repeat_numbers = Growing(np.uint32)
        self._repeat_origins = Growing(np.int64)
        self._finished = time.monotonic()
        self._took = 0.0
        self._numbered = 0
        self.tracked = 0
        """Packets below this index have all their columns."""

    @property
    def due(self) -> bool:
        """Whether an update is worth its while: nothing is tracked yet, the table has doubled, or time has passed."""
        if len(self._table) == self.tracked:
            return False
        waited = time.monotonic() - self._finished
        return len(self._table) >= 2 * self.tracked or waited > max(_PATIENCE, _SHARE * self._took)

    def update(self) -> None:
        """Bring the columns up to the table's count."""
        begun = time.monotonic()
        stop = len(self._table)
        self.number(stop)
        self._orders, self._asked = {}, 0
        self._analyse(self.tracked, stop)
        self.tracked = stop
        self._finished = time.monotonic()
        self._took = self._finished - begun

    def finish(self) -> None:
        """No more packets will come: let go of what would tell whose stream they are, 50 bytes a stream."""
        for numbering in self._numbering.values():
            numbering.finish()

    def prepare(self) -> None:
        """Do what can be done of an update before the rest is loaded: give streams their numbers. To be called between
        blocks; does nothing until there are enough packets for a quick pass."""
        if len(self._table) - self._numbered >= _PASS:
            self.number(len(self._table))

    def number(self, stop: int) -> None:
        """Fill the columns stream and direction of packets below `stop`, and those of datagrams put together."""
        fill_assembled(self._table, self._fragments, self._numbered, stop, self._addresses)
        for numbering in self._numbering.values():
            numbering.update(stop)
        self._numbered = stop

    @property
    def tcp_streams(self) -> int:
        """Numbers given to TCP streams, a few of which may have no packets (see socks.py)."""
        return self._numbering["tcp"].count

    @property
    def tcp_streams_seen(self) -> int:
        """TCP streams that have packets."""
        return self._numbering["tcp"].count - self._numbering["tcp"].unseen

    @property
    def udp_streams(self) -> int:
        return self._numbering["udp"].count

    def packets(self, kind: str, number: int) -> NDArray[np.int64]:
        """Indexes of a stream's packets in capture order; `kind` is "tcp" or "udp". Empty for an unknown stream."""
        if kind not in _PROTOCOLS:
            return np.zeros(0, np.int64)
        order = self._orders.get(kind)
        if order is None:
            self._asked += 1
            if self._asked <= _FEW:
                return self._scan(kind, number)
            order = self._orders[kind] = self._order(kind)
        return order.packets(number)

    def _scan(self, kind: str, number: int) -> NDArray[np.int64]:
        """The same by a look at all packets: quicker for a few streams than to put all of them in order."""
        if number < 0:
            return np.zeros(0, np.int64)
        found = np.flatnonzero(self._table["stream"][: self.tracked] == number)
        found = found[carries(self._table["ip_protocol"][found], _PROTOCOLS[kind])]
        outer = self._table.outer
        if kind == "udp" and len(outer):
            found = np.unique(np.concatenate([found, outer["packet"][outer["stream"] == number]]))
        return found

    def _order(self, kind: str) -> StreamOrder:
        packets, streams = self._members(_PROTOCOLS[kind], self.tracked)
        outer = self._table.outer
        if kind == "udp" and len(outer):
            tracked = np.flatnonzero(outer["stream"] >= 0)
            packets = np.concatenate([packets, outer["packet"][tracked]])
            streams = np.concatenate([streams, outer["stream"][tracked]])
        return StreamOrder(streams, packets, self._numbering[kind].count)

    def members(self, protocol: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Columns (packets, streams) of all packets of a transport protocol (6 or 17) that have a stream."""
        return self._members(protocol, self.tracked)

    def client_direction(self, kind: str, number: int) -> int:
        """The direction (0 or 1) in which the client sends: who sent the first SYN, or got the first SYN+ACK; else
        the end whose port is not a well-known one (below 1024) while the other's is; else who spoke first."""
        packets = self.packets(kind, number)
        if not len(packets):
            return 0
        table = self._table
        if kind == "tcp":
            handshake = table["tcp_flags"][packets] & (SYN | ACK)
            first = packets[np.flatnonzero(handshake & SYN)[:1]]
            if len(first):
                answers = int(table["tcp_flags"][first[0]]) & ACK != 0
                return int(table["direction"][first[0]]) ^ int(answers)
        ports = int(table["source_port"][packets[0]]), int(table["destination_port"][packets[0]])
        return int(ports[0] < 1024 <= ports[1])

    def tcp_facts(self, index: int) -> TcpFacts | None:
        """What the stream tells about packet `index`, None where it has no TCP stream (or is not tracked yet)."""
        table = self._table
        if index >= self.tracked or int(table["ip_protocol"][index]) != TCP or int(table["stream"][index]) < 0:
            return None
        bits = int(table["analysis"][index])
        relative = int(table["relative_acknowledgment"][index])
        return TcpFacts(
            stream=int(table["stream"][index]),
            relative_sequence=int(table["relative_sequence"][index]),
            relative_acknowledgment=relative,
            shift=int(table["shift"][index]),
            peer_base=(int(table["acknowledgment"][index]) - relative) & _MASK,
            prefixes=prefixes(bits, self.duplicate_of(index) if bits & Flag.duplicate_ack else None),
            dissect=not payload_left_alone(bits),
        )

    def analysis_names(self, index: int) -> list[str]:
        """The names of what the analysis found in packet `index`."""
        return names(int(self._table["analysis"][index])) if index < self.tracked else []

    def duplicate_of(self, index: int) -> tuple[int, int] | None:
        """For a duplicate ACK: (number, from 1, of the packet whose ACK it repeats; which repeat it is, from 1)."""
        place = int(np.searchsorted(self._repeat_packets.values, index))
        if place == len(self._repeat_packets) or self._repeat_packets.values[place] != index:
            return None
        return int(self._repeat_origins.values[place]) + 1, int(self._repeat_numbers.values[place])

    def related(self, index: int) -> list[int]:
        """Indexes of the packets that packet `index` repeats: of a duplicate ACK the first one, of a retransmission
        the latest earlier segment of its direction with the same sequence number, if it was captured."""
        if index >= self.tracked:
            return []
        bits = int(self._table["analysis"][index])
        if bits & Flag.duplicate_ack:
            repeated = self.duplicate_of(index)
            return [repeated[0] - 1] if repeated is not None else []
        if not bits & Flag.retransmission:
            return []
        table = self._table
        earlier = self.packets("tcp", int(table["stream"][index]))
        earlier = earlier[: np.searchsorted(earlier, index)]
        same = table["layers"][earlier] & np.uint16(Layer.QUOTED | Layer.TCP_CUT) == 0
        for name in ("direction", "sequence"):
            same &= table[name][earlier] == table[name][index]
        carries = (table["payload_length"][earlier] > 0) | (table["tcp_flags"][earlier] & (SYN | FIN) != 0)
        found: list[int] = earlier[same & carries][-1:].tolist()
        return found

    def stream_of(self, index: int) -> tuple[str, int] | None:
        """("tcp" or "udp", number) of the innermost header of packet `index` that has a stream."""
        table = self._table
        number = int(table["stream"][index])
        if number >= 0:
            return _KINDS[int(table["ip_protocol"][index])], number
        carriers = table.outer["stream"][table.outer.of(index)]
        return ("udp", int(carriers[-1])) if len(carriers) and carriers[-1] >= 0 else None

    def assembled_payload(self, index: int) -> bytes:
        """The transport payload of the datagram that packet `index` completes (Layer.ASSEMBLED), b"" if it does not."""
        datagram = self._fragments.datagram(index)
        if datagram is None or datagram.completed_by != index:
            return b""
        return payload_of(self._table, index, datagram.payload())

    def _frame(self, index: int) -> bytes:
        table = self._table
        start = table["offset"].item(index)
        source = self._sources[self._interfaces[table["interface"].item(index)].file]
        frame: bytes = source.raw[start : start + table["captured"].item(index)].tobytes()
        return frame

    def _read(self, packets: NDArray[np.int64], at: NDArray[np.int64], width: int) -> NDArray[np.uint8]:
        return Reader(self._table, self._interfaces, self._sources).read(packets, at, width)

    def _members(self, protocol: int, stop: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """All packets of a transport protocol that have a stream, and their streams."""
        streams = self._table["stream"][:stop]
        packets = np.flatnonzero(carries(self._table["ip_protocol"][:stop], protocol) & (streams >= 0))
        return packets, streams[packets]

    def _analyse(self, start: int, stop: int) -> None:
        """Analyse all streams that have packets from `start` on, and fill the columns of those packets."""
        packets, streams = self._members(TCP, stop)
        layers = self._table["layers"][packets]
        plain = layers & int(Layer.QUOTED | Layer.TCP_CUT) == 0
        if not plain.all():
            aside = packets[~plain & (packets >= start)]
            for relative, raw in (("relative_sequence", "sequence"), ("relative_acknowledgment", "acknowledgment")):
                self._table[relative][aside] = self._table[raw][aside]
            packets, streams = packets[plain], streams[plain]
        if start and len(packets):
            touched = np.zeros(self.tcp_streams, bool)
            touched[streams[packets >= start]] = True
            packets, streams = packets[touched[streams]], streams[touched[streams]]
        packets, streams = self._without_lone(packets, streams)
        found = [
            self._analyse_chunk(keys, start) for keys in chunks(sort_by_group(streams, packets), _CHUNK) if len(keys)
        ]
        if found:
            repeats = np.concatenate(found, axis=1)
            order = np.argsort(repeats[0])
            self._repeat_packets.extend(repeats[0][order])
            self._repeat_numbers.extend(repeats[1][order].astype(np.uint32))
            self._repeat_origins.extend(repeats[2][order])

    def _without_lone(
        self, packets: NDArray[np.int64], streams: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Leave out streams of one segment, which need no sorting: analyse them here."""
        numbering = self._numbering["tcp"]
        left = (np.bincount(streams, minlength=numbering.count) != 1).take(streams)
        lone = np.flatnonzero(~left)
        if not len(lone):
            return packets, streams
        for begin in range(0, len(lone), _CHUNK):
            part = lone[begin : begin + _CHUNK]
            done = analyse_lone(self._table, packets.take(part), numbering.reused.take(streams.take(part)))
            left[part] = ~done
        others = np.flatnonzero(left)
        return packets.take(others), streams.take(others)

    def _analyse_chunk(self, keys: NDArray[np.int64], start: int) -> NDArray[np.int64]:
        """Analyse some whole streams; return new duplicate ACKs: (packet, number, packet repeated), shape (3, n)."""
        table = self._table
        seg = Segments(table, keys)
        bases = find_bases(seg)
        scales = find_scales(seg, *asking_scales(seg, table, self._interfaces, self._sources))
        found = analyse(seg, bases, scales, find_highest(seg, bases.initial))
        opening = seg.heads[self._numbering["tcp"].reused[seg.streams]]
        found.flags[opening] |= np.uint32(Flag.reused_ports)
        fresh = slice(None) if not start else np.flatnonzero(seg.packets >= start)
        target = seg.packets[fresh]
        table["relative_sequence"][target] = (seg.sequence - bases.own)[fresh]
        relative = np.where(seg.has_ack, seg.ack - bases.other, seg.ack)
        table["relative_acknowledgment"][target] = relative[fresh]
        table["shift"][target] = scales.own[fresh]
        table["analysis"][target] = found.flags[fresh]
        return _repeats(seg, found, start)


def _repeats(seg: Segments, found: Findings, start: int) -> NDArray[np.int64]:
    packets = seg.packets[found.repeat_places]
    columns = np.stack([packets, found.repeat_numbers, seg.packets[found.repeat_origins]])
    return columns[:, packets >= start]
