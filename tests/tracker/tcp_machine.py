"""The rules of numbering and TCP analysis once more, one segment at a time: what the whole columns are held against."""

from __future__ import annotations

from dataclasses import dataclass, field

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
MASK = 0xFFFFFFFF
MAX_UNACKED = 10_000


@dataclass
class Segment:
    """One TCP segment; `scale` is its window scale option, None without (without SYN it holds for the
    next segments). `source` and `destination` are (address,
    port). `time` in ns."""

    source: tuple[int, int]
    destination: tuple[int, int]
    flags: int = ACK
    sequence: int = 0
    ack: int = 0
    length: int = 0
    window: int = 1000
    time: int = 0
    scale: int | None = None
    quoted: bool = False


@dataclass
class Verdict:
    stream: int
    direction: int
    relative_sequence: int = 0
    relative_ack: int = 0
    shift: int = -1
    flags: set[str] = field(default_factory=set)
    duplicate: tuple[int, int] | None = None


@dataclass
class Direction:
    base: int | None = None
    seen: bool = False
    next: int = 0
    next_time: int = 0
    gapless: int = 0
    last_ack: int = 0
    last_time: int = 0
    window: int = 0
    window_size: int = 0
    repeats: int = 0
    origin: int = 0
    armed: bool = False
    beyond: bool = False
    kept_alive: bool = False
    probed: bool = False
    scale: int = -1
    unacked: list[int] = field(default_factory=list)


@dataclass
class Stream:
    number: int
    first_source: tuple[int, int]
    sides: list[Direction] = field(default_factory=lambda: [Direction(), Direction()])
    syn_time: int = 0
    round_trip: int = 0


def signed(value: int) -> int:
    value &= MASK
    return value - (1 << 32) if value >> 31 else value


class Machine:
    """Takes segments in capture order and tells each one's verdict."""

    def __init__(self) -> None:
        self.current: dict[frozenset[tuple[int, int]], Stream] = {}
        self.count = 0

    def take(self, number: int, segment: Segment) -> Verdict:
        """`number` is the packet's, from 1."""
        key = frozenset((segment.source, segment.destination))
        stream = self.current.get(key)
        reused = False
        if stream is not None and not segment.quoted and segment.flags & (SYN | ACK) == SYN:
            base = stream.sides[segment.source != stream.first_source].base
            reused = base is not None and base != segment.sequence
        if stream is None or reused:
            stream = self.current[key] = Stream(self.count, segment.source)
            self.count += 1
        direction = int(segment.source != stream.first_source)
        verdict = Verdict(stream.number, direction, segment.sequence, segment.ack)
        if reused:
            verdict.flags.add("reused_ports")
        if not segment.quoted:
            self.analyse(number, segment, stream, verdict)
        return verdict

    def analyse(self, number: int, s: Segment, stream: Stream, v: Verdict) -> None:
        own, peer = stream.sides[v.direction], stream.sides[1 - v.direction]
        relative(s, own, peer, v)
        size = scaling(s, own, peer, v)
        plain = not s.flags & (SYN | FIN | RST)
        end = (s.sequence + s.length + bool(s.flags & (SYN | FIN))) & MASK
        probe = s.length == 1 and s.sequence == own.next and peer.seen and peer.window == 0
        alive = False
        flags = v.flags
        if probe:
            flags.add("zero_window_probe")
        else:
            alive = s.length <= 1 and s.sequence == (own.next - 1) & MASK and plain
            self.acknowledgments(number, s, own, peer, v, plain, alive)
        if not own.seen or s.ack != own.last_ack:
            own.origin, own.repeats, own.armed, own.beyond = number, 0, True, False
        unseen(s, peer, flags)
        if (s.length or s.flags & (SYN | FIN)) and not alive:
            repetition(s, end, stream, own, peer, flags)
        if not probe:
            if not own.next or signed(end - own.next) > 0:
                own.next, own.next_time = end, s.time
            if len(own.unacked) < MAX_UNACKED and (s.sequence == own.gapless or not own.gapless):
                own.gapless = own.next
        if (s.length or s.flags & (SYN | FIN)) and len(own.unacked) < MAX_UNACKED:
            own.unacked.append(end)
        peer.unacked = [e for e in peer.unacked if signed(e - s.ack) > 0]
        own.seen, own.last_ack, own.last_time = True, s.ack, s.time
        own.window, own.window_size = s.window, size
        own.kept_alive, own.probed = alive, probe
        if s.flags & (SYN | ACK) == SYN:
            stream.syn_time = s.time
        elif s.flags & (SYN | ACK) == ACK and not stream.round_trip and stream.syn_time:
            stream.round_trip = s.time - stream.syn_time

    @staticmethod
    def acknowledgments(
        number: int, s: Segment, own: Direction, peer: Direction, v: Verdict, plain: bool, alive: bool
    ) -> None:
        flags = v.flags
        if s.window == 0 and plain:
            flags.add("zero_window")
        if own.next and signed(s.sequence - own.next) > 0 and not s.flags & RST:
            flags.add("lost_segment")
        if alive:
            flags.add("keep_alive")
        same = s.length == 0 and s.sequence == own.next and s.ack == own.last_ack and plain
        if same and s.window and s.window != own.window:
            flags.add("window_update")
        room = (peer.last_ack + peer.window_size - s.sequence - s.length) & MASK
        if s.length and plain and peer.scale != -1 and room == 0:
            flags.add("window_full")
        if not same or s.window != own.window:
            return
        if s.window and peer.kept_alive:
            flags.add("keep_alive_ack")
        elif not s.window and peer.probed:
            flags.add("zero_window_probe_ack")
        elif s.window:
            own.repeats += 1
            own.armed = False
            flags.add("duplicate_ack")
            v.duplicate = (own.origin, own.repeats)


def relative(s: Segment, own: Direction, peer: Direction, v: Verdict) -> None:
    if own.base is None:
        own.base = s.sequence if s.flags & SYN else (s.sequence - 1) & MASK
    elif s.flags & (SYN | ACK) == SYN | ACK and s.sequence != own.base:
        own.base = s.sequence
        v.flags.add("reused_ports")
    if s.flags & ACK:
        if peer.base is None:
            peer.base = (s.ack - 1) & MASK
        v.relative_ack = (s.ack - peer.base) & MASK
    v.relative_sequence = (s.sequence - own.base) & MASK


def scaling(s: Segment, own: Direction, peer: Direction, v: Verdict) -> int:
    """Takes the option in and returns the window in bytes."""
    if not s.flags & SYN:
        v.shift = own.scale
        if s.scale is not None:
            own.scale = min(s.scale, 14)
        return s.window << max(v.shift, 0)
    if s.scale is not None:
        own.scale = min(s.scale, 14)
    if own.scale == -1:
        own.scale = peer.scale = -2
    elif s.flags & ACK and peer.scale == -2:
        own.scale = -2
    return s.window


def unseen(s: Segment, peer: Direction, flags: set[str]) -> None:
    if not s.flags & ACK or not peer.gapless or signed(s.ack - peer.gapless) <= 0:
        return
    if peer.gapless != peer.next:
        flags.add("ack_lost_segment")
        peer.gapless = peer.next
    else:
        if peer.armed:
            flags.add("ack_lost_segment")
        peer.armed, peer.repeats, peer.beyond = False, 0, True


def repetition(s: Segment, end: int, stream: Stream, own: Direction, peer: Direction, flags: set[str]) -> None:
    back = own.next != 0 and signed(s.sequence - own.next) < 0
    if s.length and peer.last_ack and signed(s.sequence + s.length - peer.last_ack) <= 0:
        flags.update(("spurious_retransmission", "retransmission"))
        return
    if not back or (s.length > 1 and s.sequence == (own.next - 1) & MASK):
        return
    waited = s.time - peer.last_time
    if peer.seen and peer.last_ack == s.sequence and 0 <= waited < 20_000_000 and (peer.repeats >= 2 or peer.beyond):
        flags.update(("fast_retransmission", "retransmission"))
    elif 0 <= s.time - own.next_time < (stream.round_trip or 3_000_000) and end != own.next:
        flags.add("out_of_order")
    else:
        flags.add("retransmission")
