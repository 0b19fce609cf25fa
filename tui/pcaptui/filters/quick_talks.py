"""What the two sides of TCP streams say to each other, segment after segment, as long as nothing is missing; and the
fields that trees' own builders make of it, without the layers around."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from ..capture import Capture
from ..fields.branch import View, Walk
from ..fields.context import Context
from ..fields.node import Dissection
from .block import Block, Mask, Numbers
from .candidates import candidates_of
from .joined import payloads
from .literals import Plain
from .speaking import spoken

Values = list[Plain]
Extractor = Callable[[Block], Iterator[tuple[int, Values]]]
_SYN, _ACK = 2, 16
_PRIVATE = 1024


@dataclass(slots=True)
class Segment:
    """Payload that a stream's dissector is given. `direction` is that of the table."""

    packet: int
    direction: int
    from_server: bool
    payload: bytes


Talk = Iterator[Segment]


@dataclass(slots=True)
class Told:
    """What was found: the packets that nobody need look at again, and the fields in them."""

    known: list[int] = field(default_factory=list)
    fields: dict[str, list[tuple[int, Values]]] = field(default_factory=lambda: defaultdict(list))


def talks(capture: Capture, ports: tuple[int, ...], silent: list[int]) -> Iterator[Talk]:
    """The talk in each stream between one of the ports and a client's own, up to the first segment that does not follow
    on its side. Packets between that no dissector is given are put into `silent`."""
    table = capture.table
    server = np.isin(table["source_port"], ports)
    client = np.isin(table["destination_port"], ports)
    loaded = (table["ip_protocol"] == 6) & (table["payload_length"] > 0) & (table["stream"] >= 0) & (server ^ client)
    some = np.flatnonzero(loaded)
    some = some[np.argsort(table["stream"][some], kind="stable")]
    block = Block(capture, some)
    foreign = np.where(server[some], table["destination_port"][some], table["source_port"][some])
    reach = block.column("payload").astype(np.int64) + block.column("payload_length")
    odd = block.odd | block.quoted | (reach > block.column("captured")) | (foreign < _PRIVATE)
    odd |= np.isin(foreign, _taken())
    columns = (
        block.column("stream"), block.column("direction") & 1, server[some], block.column("sequence"),
        block.column("payload_length"), block.column("relative_sequence"), odd, spoken(block),
    )  # fmt: skip
    bytes_of = payloads(block)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    yield from _by_stream(capture, zip(bytes_of, rows, strict=True), silent)


Row = tuple[tuple[int, bytes], tuple[int, int, bool, int, int, int, bool, bool]]


def _by_stream(capture: Capture, rows: Iterable[Row], silent: list[int]) -> Iterator[Talk]:
    latest = next(walker := iter(rows), None)
    while latest is not None:
        stream = latest[1][0]
        held: list[Row] = [latest]

        def mine(stream: int = stream, held: list[Row] = held) -> Iterator[Row]:
            while held and held[0][1][0] == stream:
                yield held[0]
                held[:] = [row for row in (next(walker, None),) if row is not None]

        group = mine()
        if _opened_rightly(capture, stream, latest[1][2] == (latest[1][1] == 0)):
            yield _talk(group, silent)
        for _ in group:
            pass
        latest = held[0] if held else None


def _opened_rightly(capture: Capture, stream: int, server_began: bool) -> bool:
    """Whether the stream's first packet does not contradict what ports say of who serves."""
    first = int(capture.tracker.packets("tcp", stream)[0])
    flags = int(capture.table["tcp_flags"][first])
    if not flags & _SYN:
        return True
    return server_began == (flags & _ACK != 0)


def _talk(rows: Iterator[Row], silent: list[int]) -> Talk:
    expected: dict[int, int] = {}
    for (packet, payload), (_, direction, server, sequence, length, relative, odd, given) in rows:
        if odd:
            return
        if not given:
            silent.append(packet)
            continue
        if sequence != expected.get(direction, sequence if relative == 1 else -1):
            return
        expected[direction] = (sequence + length) & 0xFFFFFFFF
        yield Segment(packet, direction, server, payload)


@cache
def _taken() -> Numbers:
    """Ports that have a dissector of their own."""
    from ..protocols import registry

    registry.load()
    return np.array(sorted(registry.tcp_ports), np.int64)


def built(build: Callable[[Walk, View], object], data: bytes, packet: int, names: frozenset[str]) -> dict[str, Values]:
    """The named fields of what a builder makes of some bytes."""
    from .trees import collect

    walk = Walk(Context(packet + 1, data, len(data), 0))
    walk.call(build, View(data, 0, len(data), len(data)))
    found = collect(Dissection(walk.nodes, walk.sources), data, names)
    return {name: [1 if one.value is None else one.value for one in these] for name, these in found.items()}


def quick_fields(
    protocol: str, names: frozenset[str], tell: Callable[[Capture, frozenset[str]], Told]
) -> dict[str, tuple[Extractor, Callable[[Block], Mask]]]:
    """Extractors of fields of a protocol; what `tell` does not know is left to trees."""

    def told(block: Block) -> tuple[dict[str, list[tuple[int, Values]]], Mask]:
        def make() -> tuple[dict[str, list[tuple[int, Values]]], Mask]:
            found = tell(block.capture, names)
            known = np.zeros(len(block.capture), bool)
            known[found.known] = True
            for these in found.fields.values():
                these.sort(key=lambda one: one[0])
            return found.fields, known

        return block.shared(f"quick talks {protocol}", make)  # type: ignore[no-any-return]

    def unsure(block: Block) -> Mask:
        left: Mask = candidates_of(protocol, block) & ~told(block)[1][block.packets]
        return left

    def extractor(name: str) -> Extractor:
        def extract(block: Block) -> Iterator[tuple[int, Values]]:
            first, last = int(block.packets[0]), int(block.packets[-1])
            yield from (one for one in told(block)[0].get(name, ()) if first <= one[0] <= last)

        return extract

    return {name: (extractor(name), unsure) for name in names}
