#!/usr/bin/env python3
"""Make the capture that the graphs of a TCP stream are best read on: an upload through a link that is too small.

The sender starts slowly, fills the queue before the link, loses segments there, sends them again and halves its
window (RFC 5681, 6675, simplified); the receiver acknowledges every second segment, and what is missing at once with
SACK (RFC 2018); for a moment its program does not read. usage: make_graphs.py [FOLDER]
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from making import CLIENT, MS, Capture, Sample, Talk, main, outside, request, response

STORE = outside("203.0.113.40")
MSS = 536
LINK = 125_000  # bytes a second through the narrow place
QUEUE = 10  # segments that wait before it, and no more
WAY = 20 * MS  # one way, without waiting
FIRST_WINDOW = 10  # segments (RFC 6928)
BUFFER = 24_000  # bytes of the receiver
PAUSE = (1_150 * MS, 1_300 * MS)  # its program does not read
SHIFT = 7


@dataclass
class Upload:
    """Sender, narrow link and receiver as events in time order; what passes the sender's card is captured."""

    talk: Talk
    data: bytes
    events: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    made: int = 0
    base: int = 0
    # The sender; segments are counted from 0.
    window: float = FIRST_WINDOW
    limit: float = float("inf")
    acknowledged: int = 0
    following: int = 0
    duplicates: int = 0
    recovering: int = -1
    arrived_beyond: set[int] = field(default_factory=set)
    sent_again: set[int] = field(default_factory=set)
    offered: int = BUFFER
    # The link and the receiver.
    free_at: int = 0
    waiting: list[int] = field(default_factory=list)
    expected: int = 0
    held: set[int] = field(default_factory=set)
    unread: int = 0
    owed: int = 0

    @property
    def count(self) -> int:
        return -(-len(self.data) // MSS)

    def at(self, time: int, act: Callable[[], None]) -> None:
        self.made += 1
        heapq.heappush(self.events, (time, self.made, act))

    def run(self) -> None:
        self.base = self.talk.sent[0]
        self.fill()
        while self.events:
            self.talk.now, _, act = heapq.heappop(self.events)
            act()
        self.talk.sent[0] = self.talk.heard[1] = self.base + len(self.data)

    # The sender.

    def fill(self) -> None:
        """Send what window and receiver allow, the holes first."""
        while self.flying < int(self.window):
            if self.recovering >= 0 and (hole := self.hole()) is not None:
                self.sent_again.add(hole)
                self.send(hole)
            elif self.following < self.count and (self.following + 1 - self.acknowledged) * MSS <= self.offered:
                self.following += 1
                self.send(self.following - 1)
            else:
                return

    @property
    def flying(self) -> int:
        """Segments on their way, as far as the sender can tell."""
        if self.recovering < 0:
            return self.following - self.acknowledged
        lost = {number for number in range(self.acknowledged, self.recovering) if self.is_lost(number)}
        under_way = set(range(self.acknowledged, self.following)) - self.arrived_beyond - (lost - self.sent_again)
        return len(under_way)

    def is_lost(self, number: int) -> bool:
        """Three later ones have arrived."""
        return number not in self.arrived_beyond and sum(later > number for later in self.arrived_beyond) >= 3

    def hole(self) -> int | None:
        missing = (number for number in range(self.acknowledged, self.recovering) if self.is_lost(number))
        return next((number for number in missing if number not in self.sent_again), None)

    def send(self, number: int) -> None:
        piece = self.data[number * MSS : (number + 1) * MSS]
        flags = "PA" if number == self.count - 1 else "A"
        self.talk.segment(0, flags, piece, seq=self.base + number * MSS, lost=True)
        self.talk.now += 9
        self.enter_link(number, len(piece) + 54)

    def hear(self, upto: int, blocks: list[tuple[int, int]], window: int) -> None:
        """An acknowledgment arrives: everything below segment `upto`, and the blocks beyond."""
        edges = [edge for first, end in blocks for edge in (self.edge(first), self.edge(end))]
        options: list[tuple[str, object]] = [("NOP", None), ("NOP", None), ("SAck", tuple(edges))] if edges else []
        self.talk.heard[1] = self.edge(upto)
        self.talk.segment(1, "A", window=window >> SHIFT, options=options)
        self.offered = window
        for first, end in blocks:
            self.arrived_beyond.update(range(first, end))
        if upto > self.acknowledged:
            self.advance(upto)
        elif blocks:
            self.duplicates += 1
            if self.duplicates == 3 and self.recovering < 0:
                self.recovering = self.following
                self.limit = max(self.window / 2, 2.0)
                self.window = self.limit
        self.talk.now += 31
        self.fill()

    def advance(self, upto: int) -> None:
        for _ in range(upto - self.acknowledged):
            if self.recovering < 0:
                self.window += 1 if self.window < self.limit else 1 / self.window
        self.acknowledged = upto
        self.duplicates = 0
        self.arrived_beyond = {number for number in self.arrived_beyond if number >= upto}
        if self.recovering >= 0 and upto >= self.recovering:
            self.recovering = -1
            self.sent_again.clear()

    def edge(self, number: int) -> int:
        return self.base + min(number * MSS, len(self.data))

    # The link and the receiver.

    def enter_link(self, number: int, size: int) -> None:
        """Through the narrow place, or lost where too many wait already."""
        now = self.talk.now
        self.waiting = [leaves for leaves in self.waiting if leaves > now]
        if len(self.waiting) > QUEUE:
            return
        self.free_at = max(self.free_at, now) + size * 1_000_000 // LINK
        self.waiting.append(self.free_at)
        arrives = self.free_at + WAY
        self.at(arrives, lambda: self.receive(number, arrives))

    def receive(self, number: int, now: int) -> None:
        late = number != self.expected
        if number >= self.expected:
            self.held.add(number)
        while self.expected in self.held:
            self.held.remove(self.expected)
            self.expected += 1
            self.unread = self.unread + MSS if PAUSE[0] <= now < PAUSE[1] else 0
        self.owed += 1
        if late or self.held or self.owed >= 2 or self.expected == self.count:
            self.owed = 0
            self.answer(number, now)

    def answer(self, number: int, now: int) -> None:
        """An acknowledgment, with the block that the segment belongs to first."""
        runs: list[tuple[int, int]] = []
        for held in sorted(self.held):
            if runs and runs[-1][1] == held:
                runs[-1] = (runs[-1][0], held + 1)
            else:
                runs.append((held, held + 1))
        runs.sort(key=lambda run: not run[0] <= number < run[1])
        upto, blocks, window = self.expected, runs[:3], BUFFER - self.unread
        self.at(now + WAY, lambda: self.hear(upto, blocks, window))


def upload() -> Capture:
    capture = Capture()
    talk = Talk(capture, CLIENT, STORE, (50400, 80), 0, rtt=2 * WAY, windows=(1026, BUFFER >> SHIFT))
    talk.mss = MSS
    talk.connect(offered=BUFFER)
    talk.now += 420
    lines = b"".join(b"%06d,%05d,%04d\n" % (n, n * 7_919 % 100_000, n * n % 10_000) for n in range(11_500))
    body = request("PUT", "store.example.com", "/measurements.csv", lines, Content_Type="text/csv")
    Upload(talk, body).run()
    talk.send(1, response("201 Created", b"kept\n", "text/plain"), 6_200)
    talk.close()
    return capture


SAMPLES = (
    Sample("upload-narrow-link", "An upload through a narrow link: slow start, losses, SACK; for the graphs", upload),
)

if __name__ == "__main__":
    main(SAMPLES)
