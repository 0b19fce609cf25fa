"""TCP (RFC 9293): the header, what the stream tells about it, and the way to the application."""

from __future__ import annotations

from ..protocols.packet import Short
from .branch import HEX, Branch, View, Walk
from .checksum import partial_checksum
from .context import TcpContext
from .expert import expert
from .registry import ip_protocol
from .tcp_analysis import analysis, timestamps
from .tcp_options import options
from .tcp_payload import payload
from .words import bit_pattern

PROTOCOL = 6
LEAST = 20
FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
_BITS = (
    (0xE00, "res", "Reserved", 0), (0x100, "ae", "Accurate ECN", 0), (0x080, "cwr", "Congestion Window Reduced", 1),
    (0x040, "ece", "ECN-Echo", 1), (0x020, "urg", "Urgent", 1), (0x010, "ack", "Acknowledgment", 1),
    (0x008, "push", "Push", 1), (0x004, "reset", "Reset", 1), (0x002, "syn", "Syn", 1), (0x001, "fin", "Fin", 1),
)  # fmt: skip
_WORDS = (
    (FIN, "FIN"), (SYN, "SYN"), (RST, "RST"), (PSH, "PSH"), (ACK, "ACK"), (URG, "URG"), (0x40, "ECE"), (0x80, "CWR"),
    (0x100, "AE"), (0xE00, "Reserved"),
)  # fmt: skip
_LETTERS = "RRRACEUAPRSF"
_COMPLETE = {
    1: "Incomplete, SYN_SENT", 3: "Incomplete, CLIENT_ESTABLISHED", 7: "Incomplete, ESTABLISHED",
    15: "Incomplete, DATA", 23: "Complete, NO_DATA", 39: "Complete, NO_DATA", 55: "Complete, NO_DATA",
    31: "Complete, WITH_DATA", 47: "Complete, WITH_DATA", 63: "Complete, WITH_DATA",
}  # fmt: skip
_SHORT = (
    "Short segment. Segment/fragment does not contain a full TCP header (might be NMAP or someone else deliberately "
    "sending unusual packets)"
)


@ip_protocol(PROTOCOL)
def tcp(walk: Walk, view: View) -> None:
    """The header of a segment; `view` ends where the segment does, on the wire and as captured."""
    _Header(walk, view).build()


def context_of(walk: Walk, view: View) -> TcpContext | None:
    """The facts of the header at the view's start: a frame with several TCP headers has those of one of them."""
    context = walk.context.tcp
    if context is None:
        return None
    if view.source is None:
        return context if context.offset == view.at else None
    return context if context.offset < 0 else None


class _Header:
    def __init__(self, walk: Walk, view: View) -> None:
        self.walk = walk
        self.view = view
        self.context = context_of(walk, view)
        self.analysed = self.context is not None and not self.context.quoted

    def build(self) -> None:
        walk, view, at = self.walk, self.view, self.view.at
        branch = self.branch = walk.layer(view, "tcp", "Transmission Control Protocol", LEAST)
        self.ports = (
            branch.uint("tcp.srcport", "Source Port", at, 2), branch.uint("tcp.dstport", "Destination Port", at + 2, 2)
        )  # fmt: skip
        self.words = f"Transmission Control Protocol, Src Port: {self.ports[0]}, Dst Port: {self.ports[1]}"
        branch.label(self.words)
        size, self.flags = (branch.u8(at + 12) >> 4) * 4, branch.u16(at + 12) & 0xFFF
        self._stream()
        room = view.reported - at
        whole = LEAST <= size <= room or size < LEAST <= room
        self.length = max(room - size, 0)
        if whole and not walk.fragmented:
            branch.computed(f"TCP Segment Len: {self.length}", "tcp.len", self.length)
        elif not whole:
            remark = branch.add(_SHORT, "tcp.short_segment", None, at, 0)
            expert(remark, "Warning", "Malformed", _SHORT, "tcp.short_segment")
        self._numbers(whole and size >= LEAST)
        self._size(size)
        if size < LEAST:
            return
        branch.resize(min(size, room))
        self._flags()
        self._window()
        self._rest(size)
        if whole:
            payload(walk, branch, view.sub(at + size), self.ports, self.context if self.analysed else None, self.flags)

    def _stream(self) -> None:
        if self.context is None:
            return
        self.branch.computed(f"Stream index: {self.context.stream}", "tcp.stream", self.context.stream)
        if self.analysed:
            state = self.context.completeness
            words = _COMPLETE.get(state, "Incomplete")
            self.branch.computed(f"Conversation completeness: {words} ({state})", "tcp.completeness", state)

    def _numbers(self, whole: bool) -> None:
        branch, at = self.branch, self.view.at
        raw, raw_ack = branch.u32(at + 4), branch.u32(at + 8)
        acks = bool(self.flags & ACK)
        sequence, ack, hint, ack_hint = raw, raw_ack, "", ""
        if self.context is not None and self.analysed:
            sequence, ack = self.context.sequence, self.context.acknowledgment
            hint, ack_hint = "    (relative sequence number)", "    (relative ack number)" if acks else ""
        self.words += f", Seq: {sequence}" + (f", Ack: {ack}" if acks else "")
        if whole and not self.walk.fragmented:
            self.words += f", Len: {self.length}"
        branch.label(self.words)
        branch.add(f"Sequence Number: {sequence}{hint}", "tcp.seq", sequence, at + 4, 4)
        branch.uint("tcp.seq_raw", "Sequence Number (raw)", at + 4, 4)
        if whole and not self.walk.fragmented:
            following = (sequence + self.length + (1 if self.flags & (SYN | FIN) else 0)) & 0xFFFFFFFF
            branch.computed(f"Next Sequence Number: {following}{hint}", "tcp.nxtseq", following)
        if (branch.u8(at + 12) >> 4) * 4 < LEAST:
            return
        number = branch.add(f"Acknowledgment Number: {ack}{ack_hint}", "tcp.ack", ack, at + 8, 4)
        if not acks and raw_ack and self.analysed:
            text = "The acknowledgment number field is nonzero while the ACK flag is not set"
            expert(number, "Note", "Protocol", text, "tcp.ack.nonzero")
        if self.flags & (SYN | ACK) == SYN | ACK and self.analysed and ack > 1:
            expert(number, "Note", "Sequence", "TCP SYN-ACK accepting TFO data", "tcp.analysis.tfo_ack")
        branch.uint("tcp.ack_raw", "Acknowledgment number (raw)", at + 8, 4)

    def _size(self, size: int) -> None:
        branch, at = self.branch, self.view.at
        pattern = bit_pattern(branch.u8(at + 12), 0xF0, 8)
        words = f"{pattern} = Header Length: {size} bytes ({size // 4})"
        header = branch.add(words, "tcp.hdr_len", size, at + 12, 1)
        if size < LEAST:
            text = f"Bogus TCP header length ({size}, must be at least {LEAST})"
            expert(header, "Error", "Protocol", text, "tcp.bogus_header_length")

    def _flags(self) -> None:
        flags, at = self.flags, self.view.at
        words = ", ".join(word for bit, word in _WORDS if flags & bit) or "<None>"
        below = self.branch.add(f"Flags: 0x{flags:03x} ({words})", "tcp.flags", flags, at + 12, 2)
        for mask, field, name, byte in _BITS:
            value = bool(flags & mask)
            said = f"{bit_pattern(flags, mask, 12)} = {name}: {'Set' if value else 'Not set'}"
            bit = below.add(said, f"tcp.flags.{field}", value, at + 12 + byte, 1)
            if value:
                self._remark(bit, mask)
        letters = "".join(letter if flags >> (11 - place) & 1 else "·" for place, letter in enumerate(_LETTERS))
        text = below.add(f"[TCP Flags: {letters}]", "tcp.flags.str", letters, at + 12, 2)
        if flags & FIN and self.context is not None and self.analysed:
            passive = not self.context.closed_first
            said = f"This frame {'undergoes' if passive else 'initiates'} the connection closing"
            expert(text, "Note", "Sequence", said, f"tcp.connection.fin_{'passive' if passive else 'active'}")

    def _remark(self, bit: Branch, mask: int) -> None:
        if mask == SYN and self.flags & ACK:
            text = f"Connection establish acknowledge (SYN+ACK): server port {self.ports[0]}"
            expert(bit, "Chat", "Sequence", text, "tcp.connection.synack")
        elif mask == SYN:
            text = f"Connection establish request (SYN): server port {self.ports[1]}"
            expert(bit, "Chat", "Sequence", text, "tcp.connection.syn")
        elif mask == FIN:
            expert(bit, "Chat", "Sequence", "Connection finish (FIN)", "tcp.connection.fin")
        elif mask == RST:
            expert(bit, "Warning", "Sequence", "Connection reset (RST)", "tcp.connection.rst")

    def _window(self) -> None:
        branch, at = self.branch, self.view.at + 14
        raw = branch.uint("tcp.window_size_value", "Window", at, 2)
        if self.context is None or not self.analysed:
            return
        shift = -1 if self.flags & SYN else self.context.shift
        size = raw << max(shift, 0)
        branch.add(f"[Calculated window size: {size}]", "tcp.window_size", size, at, 2)
        if not self.flags & SYN:
            factor = 1 << shift if shift >= 0 else shift
            words = {-1: " (unknown)", -2: " (no window scaling used)"}.get(shift, "")
            branch.add(f"[Window size scaling factor: {factor}{words}]", "tcp.window_size_scalefactor", factor, at, 2)

    def _rest(self, size: int) -> None:
        """Checksum, urgent pointer, options, and what the stream tells."""
        branch, at, view = self.branch, self.view.at, self.view
        value = branch.uint("tcp.checksum", "Checksum", at + 16, 2, HEX, unit=" [unverified]")
        branch.computed("Checksum Status: Unverified", "tcp.checksum.status", 2)
        if value and value == partial_checksum(self.walk, view, PROTOCOL):
            branch.computed("Sum of the pseudo header alone: the sender's network card was to compute the checksum")
        branch.uint("tcp.urgent_pointer", "Urgent Pointer", at + 18, 2)
        context = self.context if self.analysed else None
        broken: Short | None = None
        if size > LEAST:
            try:
                options(branch, view, at + LEAST, at + size, self.flags, context)
            except Short as error:
                broken = error
        if context is not None:
            timestamps(branch, context)
            analysis(branch, context)
        if broken is not None:
            raise broken
