"""A ladder diagram (flow graph): hosts side by side, time downwards, an arrow a packet. All of it as columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..loader.table import Layer
from ..tracker.flags import Flag
from .answers import resent, unanswered
from .hosts import GROUP, NOBODY, OTHERS, Hosts, hosts_of

if TYPE_CHECKING:
    from ..capture import Capture

LONG, NOTABLE, TIMES = 1_000_000_000, 100_000_000, 10
"""A gap is told when it is longer than LONG ns, or than NOTABLE ns and TIMES the usual one."""
MANY = 32
"""With so many arrows, more than half of which follow long gaps, long gaps are usual."""
RST = 4
_BAD = (
    Flag.retransmission | Flag.fast_retransmission | Flag.spurious_retransmission | Flag.out_of_order
    | Flag.lost_segment | Flag.ack_lost_segment | Flag.duplicate_ack | Flag.zero_window | Flag.zero_window_probe
    | Flag.window_full | Flag.reused_ports
)  # fmt: skip

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Columns have one entry an arrow (n).

    packets: indexes, ascending; times: ns since 1970; hosts: its columns and each arrow's ends among them;
    source_ports, destination_ports: 0 where there are none; unanswered: asked, and nothing came back; again: index of
    the packet that carries the same once more, -1 without; lost: arrows that do not arrive, as far as the packets
    show; resets; wrong: arrows that something is wrong with; gaps: int64 (k,), the arrows in front of which time is
    told to have passed, ascending, and gap_rows: the rows where that stands.
    """

    packets: Ints
    times: Ints
    hosts: Hosts
    source_ports: NDArray[np.uint16]
    destination_ports: NDArray[np.uint16]
    unanswered: Bools
    again: Ints
    lost: Bools
    resets: Bools
    wrong: Bools
    gaps: Ints
    gap_rows: Ints

    def __len__(self) -> int:
        return len(self.packets)

    @property
    def row_count(self) -> int:
        """Arrows and gaps."""
        return len(self.packets) + len(self.gaps)

    def arrow_at(self, row: int) -> int | None:
        """The arrow that stands in a row, None for a gap."""
        before = int(np.searchsorted(self.gap_rows, row, "right"))
        if before and int(self.gap_rows[before - 1]) == row:
            return None
        return row - before

    def gap_at(self, row: int) -> float:
        """The seconds that a row tells of; the row must be a gap."""
        arrow = int(self.gaps[np.searchsorted(self.gap_rows, row)])
        return int(self.times[arrow] - self.times[arrow - 1]) / 1e9

    def row_of(self, arrow: int) -> int:
        """The row in which an arrow stands."""
        return arrow + int(np.searchsorted(self.gaps, arrow, "right"))

    def row_near(self, packet: int) -> int:
        """The row of a packet, or of the next arrow where it has none."""
        if not len(self.packets):
            return 0
        return self.row_of(min(int(np.searchsorted(self.packets, packet)), len(self.packets) - 1))

    def next_wrong(self, arrow: int, step: int) -> int | None:
        """The nearest arrow behind (step 1) or before (-1) this one that something is wrong with."""
        found = np.flatnonzero(self.wrong)
        found = found[found > arrow] if step > 0 else found[found < arrow][::-1]
        return int(found[0]) if len(found) else None

    def is_host(self, column: int) -> bool:
        """Whether a column is one host: the name at its head is its address."""
        return self.hosts.names[column] not in (GROUP, OTHERS, NOBODY)


def ladder(
    capture: Capture, packets: Ints, first: int = -1, progress: Callable[[float], None] = lambda part: None
) -> Ladder:
    """The ladder of these packets (indexes below the capture's length, ascending); the host with address index `first`
    stands at the left; without it the client, where all packets are of one stream. Looks at columns only. `progress`
    is told a part, 0..1."""
    table = capture.table
    if first < 0 and len(packets):
        stream = capture.stream_of(int(packets[0]))
        if stream is not None and bool((table["stream"][packets] == stream[1]).all()):
            first = client_of(capture, stream)
    times = table["time"][packets]
    plain = table["layers"][packets] & np.uint16(Layer.QUOTED) == 0
    analysis = table["analysis"][packets]
    progress(0.1)
    again, spurious = resent(capture, packets)
    progress(0.4)
    silent = unanswered(capture, packets, again)
    progress(0.75)
    tcp = plain & (table["ip_protocol"][packets] == 6)
    resets = tcp & (table["tcp_flags"][packets] & RST != 0)
    wrong = silent | resets | (again >= 0) | (analysis & np.uint32(_BAD) != 0) | ~plain
    gaps = notable_gaps(times)
    ports = [np.where(plain, table[name][packets], 0).astype(np.uint16)
             for name in ("source_port", "destination_port")]  # fmt: skip
    return Ladder(
        packets, times, hosts_of(capture, packets, first), ports[0], ports[1], silent, again,
        silent | (again >= 0) & ~spurious, resets, wrong, gaps, gaps + np.arange(len(gaps)),
    )  # fmt: skip


def notable_gaps(times: Ints) -> Ints:
    """The places before which so much time (ns) passes that it should be told."""
    gaps = np.diff(times)
    if not len(gaps):
        return np.zeros(0, np.int64)
    usual = float(np.median(gaps)) if len(gaps) > 2 else 0.0
    long = gaps > LONG
    if len(gaps) >= MANY and 2 * np.count_nonzero(long) > len(gaps):
        long = gaps > 3 * usual
    if usual:
        long |= (gaps > TIMES * usual) & (gaps > NOTABLE)
    return np.flatnonzero(long).astype(np.int64) + 1


# Which packets.


def conversation_packets(capture: Capture, kind: str, number: int) -> Ints:
    """The packets of a stream, and what answered it from elsewhere (DHCP, LLMNR)."""
    from ..exchanges import Exchanges

    packets = capture.stream_packets(kind, number)
    if kind != "udp" or not len(packets):
        return packets
    more = [index for each in Exchanges(capture, ahead=len(packets)).of_stream(kind, number) for index in each.packets]
    return np.union1d(packets, np.array(more, np.int64)) if more else packets


def client_of(capture: Capture, stream: tuple[str, int] | None) -> int:
    """The index of the address of a conversation's client, who stands at the left; -1 without conversation."""
    if stream is None:
        return -1
    packets = capture.stream_packets(*stream)
    packets = packets[capture.table["stream"][packets] == stream[1]]
    if not len(packets):
        return -1
    forward = int(capture.table["direction"][packets[0]]) == capture.tracker.client_direction(*stream)
    return int(capture.table["source" if forward else "destination"][packets[0]])


def dialogue_packets(capture: Capture, packet: int) -> Ints:
    """For a packet without stream: all of its protocol between its two addresses; of groups, what its sender says."""
    table, count = capture.table, len(capture)
    source, destination = table["source"][:count], table["destination"][:count]
    one, other = int(source[packet]), int(destination[packet])
    same = table["ethertype"][:count] == table["ethertype"][packet]
    same &= table["ip_protocol"][:count] == table["ip_protocol"][packet]
    if same.sum() and GROUP in hosts_of(capture, np.array([packet], np.int64)).names:
        same &= (source == one) | (destination == one)
    else:
        same &= (source == one) & (destination == other) | (source == other) & (destination == one)
    return np.flatnonzero(same).astype(np.int64)


def host_packets(capture: Capture, address: int, within: Ints | None = None) -> Ints:
    """The packets from or to an address (index), of `within` or all."""
    table, count = capture.table, len(capture)
    mine = (table["source"][:count] == address) | (table["destination"][:count] == address)
    if within is None:
        return np.flatnonzero(mine).astype(np.int64)
    chosen: Ints = within[mine[within]]
    return chosen
