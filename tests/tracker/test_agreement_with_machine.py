"""Whole columns against one segment at a time, over random conversations full of trouble."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tcp_machine import ACK, FIN, RST, SYN, Machine, Segment, Verdict
from tcp_tables import Bench

from pcaptui.tracker import Tracker

BASES = (0, 1, 1000, 0x7FFF_FFF0, 0xFFFF_FF00, 0xFFFF_FFFF)


class Talk:
    """Makes up segments of a few conversations: mostly orderly, with a share of every kind of trouble."""

    def __init__(self, seed: int, trouble: float, pairs: int) -> None:
        self.random = random.Random(seed)
        self.trouble = trouble
        self.pairs = [((n, 1000 + n), (n + self.random.randrange(2), 80)) for n in range(pairs)]
        self.next: dict[tuple[int, int], int] = {}
        self.clock = self.random.choice((0, 10**18))
        self.windows: dict[tuple[int, int], int] = {}
        self.last: dict[tuple[int, int], Segment] = {}

    def segments(self, count: int) -> list[Segment]:
        return [self.segment() for _ in range(count)]

    def odd(self) -> bool:
        return self.random.random() < self.trouble

    def segment(self) -> Segment:
        r = self.random
        pair = r.choice(self.pairs)
        number = r.randrange(2)
        own, peer = (self.pairs.index(pair), number), (self.pairs.index(pair), 1 - number)
        if own not in self.next:
            self.next[own] = r.choice(BASES) if r.random() < 0.5 else r.randrange(1 << 32)
        self.clock += r.choice((0, 1, 1_000_000, 2_999_999, 3_000_000, 19_999_999, 20_000_000, 300_000_000))
        if self.odd() and r.random() < 0.1:
            self.clock = max(self.clock - r.randrange(50_000_000), 0)
        if own in self.last and self.odd() and r.random() < 0.4:
            again = self.last[own]
            return Segment(**{**again.__dict__, "time": self.clock})
        length = r.choice((0, 0, 0, 1, 10, 100, 1460))
        flags = ACK
        if self.odd():
            flags = r.choice((SYN, SYN | ACK, FIN | ACK, RST, RST | ACK, 0, SYN | FIN, ACK, ACK))
        if flags & SYN and r.random() < 0.7:
            length = 0
        sequence = self.next[own]
        if self.odd():
            sequence += r.choice((-3000, -1460, -100, -10, -1, -1, 1, 10, 100, 1460, -(1 << 31), 1 << 30, 1 << 31))
        if flags & SYN and r.random() < 0.5:
            sequence = r.choice(BASES)
        sequence &= 0xFFFF_FFFF
        ack = self.next.get(peer, 0)
        if self.odd():
            ack += r.choice((-1460, -100, -1, 1, 100, 1460, 0))
        if self.odd() and own in self.last:
            ack = self.last[own].ack
        window = self.windows.get(own, 1000)
        if self.odd():
            window = self.windows[own] = r.choice((0, 0, 10, 100, 1000, 1460))
        end = (sequence + length + bool(flags & (SYN | FIN))) & 0xFFFF_FFFF
        if not self.odd() or r.random() < 0.3:
            self.next[own] = end
        asks = flags & SYN or r.random() < 0.1 * self.trouble
        scale = r.choice((None, 0, 2, 7, 14, 200)) if asks else None
        made = Segment(
            pair[number], pair[1 - number], flags, sequence, ack & 0xFFFF_FFFF, length, window, self.clock,
            scale, r.random() < 0.02 * self.trouble,
        )  # fmt: skip
        if self.odd() and r.random() < 0.3 and own in self.next and peer in self.last:
            full = self.last[peer]
            made.length = (full.ack + full.window - made.sequence) & 0xFFFF_FFFF
            made.length = made.length if made.length < 100_000 else 0
        self.last[own] = made
        return made


def tracked(tracker: Tracker, index: int, table: object) -> Verdict:
    row = {name: int(table[name][index]) for name in COLUMNS}  # type: ignore[index]
    return Verdict(*row.values(), set(tracker.analysis_names(index)), tracker.duplicate_of(index))


COLUMNS = ("stream", "direction", "relative_sequence", "relative_acknowledgment", "shift")


def compare(bench: Bench, segments: list[Segment]) -> None:
    machine = Machine()
    for index, segment in enumerate(segments):
        expected = machine.take(index + 1, segment)
        assert tracked(bench.tracker, index, bench.table) == expected, f"packet {index + 1}: {segment}"
    assert bench.tracker.tcp_streams == machine.count


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 1 << 32),
    trouble=st.sampled_from((0.02, 0.1, 0.3, 0.6)),
    pairs=st.integers(1, 6),
    size=st.integers(1, 300),
)
def test_columns_agree_with_the_machine(seed: int, trouble: float, pairs: int, size: int) -> None:
    segments = Talk(seed, trouble, pairs).segments(size)
    bench = Bench()
    bench.track(segments)
    compare(bench, segments)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1 << 32),
    trouble=st.sampled_from((0.02, 0.3, 0.6)),
    blocks=st.lists(st.integers(1, 80), min_size=2, max_size=6),
)
def test_growing_blocks_give_what_one_go_gives(seed: int, trouble: float, blocks: list[int]) -> None:
    segments = Talk(seed, trouble, 4).segments(sum(blocks))
    bench = Bench()
    start = 0
    for size in blocks:
        bench.track(segments[start : start + size])
        start += size
    compare(bench, segments)


@pytest.mark.parametrize("trouble", [0.0, 0.01, 0.2])
def test_long_conversations_agree_with_the_machine(trouble: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcaptui.tracker.tracker._CHUNK", 700)
    monkeypatch.setattr("pcaptui.tracker.numbering._BLOCK", 900)
    segments = Talk(7, trouble, 3).segments(4000)
    bench = Bench()
    bench.track(segments)
    compare(bench, segments)


def test_unacknowledged_segments_are_kept_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pcaptui.tracker.backlog.LIMIT", 20)
    monkeypatch.setattr("tcp_machine.MAX_UNACKED", 20)
    client, server = (1, 1000), (2, 80)
    chooser = random.Random(3)
    segments: list[Segment] = []
    sequence, acked, told = 5000, 5000, 0
    for _ in range(1500):
        if chooser.random() < 0.06:
            acked = chooser.choice((acked, sequence, acked + 10 * chooser.randrange(30)))
            acked = min(acked, sequence + 20)
            told += 1
            segments.append(Segment(server, client, ACK, 1, acked, 0, 1000 + told % 3, len(segments) * 10**6))
        else:
            segments.append(Segment(client, server, ACK, sequence, 1, 10, 1000, len(segments) * 10**6))
            sequence += 10
    bench = Bench()
    bench.track(segments)
    compare(bench, segments)
    assert np.count_nonzero(bench.table["analysis"]) > 0


def test_lone_segments_agree_with_the_machine_and_keep_their_verdicts() -> None:
    kinds = itertools.product(
        (SYN, SYN | ACK, ACK, 0, RST, FIN | ACK), (0, 1, 0xFFFF_FFFF), (0, 1, 77), (0, 1, 9), (0, 10), (None, 7)
    )
    first = [
        Segment((1, port), (2, 80), flags, sequence, ack, length, window, port, scale)
        for port, (flags, sequence, ack, length, window, scale) in enumerate(kinds)
    ]
    second = [
        Segment(s.destination, s.source, ACK, s.ack, (s.sequence + 1) & 0xFFFF_FFFF, 1, 5, s.time + 5000) for s in first
    ]
    bench = Bench()
    bench.track(first)
    bench.track(second)
    compare(bench, first + second)
