"""One packet on its way through the row dissectors, and what they may ask about its conversation.

A row dissector gets a `Packet` and the bytes of its own layer, sets the columns as far as it understands them, hands
the rest to the next one through the registry. Columns are set as the bytes are read, so that a layer that breaks off
leaves what stood there before, as tshark's rows do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class Short(Exception):
    """A layer's bytes end before its fields do. The driver adds [Packet size limited ...] or [Malformed Packet]."""


class Silent(Exception):
    """Stop here; Info says why already."""


class Malformed(Exception):
    """A layer's fields contradict each other."""


class Conversation(Protocol):
    """What a dissector may know of, and keep about, the conversation that its packet belongs to.

    `state` is a scratch pad that lives as long as the conversation; packets come in order. Direction 0 is that of
    the stream's first packet.
    """

    number: int
    state: dict[str, Any]
    client_port: int
    server_port: int


UNTIL_FIN = -1
"""As `Packet.want`: the message ends where the sender's direction of the stream does."""


@dataclass(slots=True)
class TcpFacts:
    """What only the conversation tells about a TCP segment: TCP_ANALYSIS's relative numbers and verdicts.

    `shift` is the window scale (-1 unknown, -2 no scaling). `peer_base` makes SACK edges relative. `prefixes` are
    texts like '[TCP Retransmission] ', leftmost first. `dissect` is False where tshark leaves the payload alone
    (retransmissions, out-of-order, keep-alives).
    """

    stream: int
    relative_sequence: int
    relative_acknowledgment: int
    shift: int
    peer_base: int = 0
    prefixes: str = ""
    dissect: bool = True


@dataclass(slots=True)
class AppRow:
    """What an application dissector made of one segment's payload within its stream.

    `protocol` and `info` are None where the TCP row stays; `info` is otherwise the whole text after the prefixes.
    `suffix` goes behind the TCP row's own Info (' [TCP segment of a reassembled PDU]').
    """

    protocol: str | None = None
    info: str | None = None
    suffix: str = ""
    layers: tuple[str, ...] = ()
    provisional: bool = False  # made without the stream's beginning: do not keep it


class Services(Protocol):
    """What the packet's surroundings answer; the row source implements it, tests use a stand-in."""

    def tcp(self, packet: Packet) -> TcpFacts | None:
        """Facts of this packet's (innermost) TCP header, None where there is no stream."""

    def tcp_payload(self, packet: Packet, payload: bytes) -> AppRow | None:
        """The application's row for this segment, its stream dissected up to here; None: nobody dissects it."""

    def udp_conversation(self, packet: Packet) -> Conversation | None:
        """The conversation of this packet's UDP header."""

    def echo_peer(self, packet: Packet, identifier: int, sequence: int, reply: bool) -> int | None:
        """For an ICMP echo (network addresses stand in `packet`): number of the other packet of the pair. tshark reads
        in one pass, so its rows have only a reply's request, the latest before it with the addresses turned round."""

    def fragments(self, packet: Packet) -> tuple[int, bytes | None] | None:
        """For an IP fragment: (number of the packet that completes its datagram, the whole datagram's payload if
        that is this packet); None if the datagram stays incomplete."""


@dataclass(slots=True)
class Packet:
    """The row being made. `data` is the captured frame; `length` its length on the wire.

    `layers` collects the names of the layers met, outermost first ("eth", "ip", "tcp", "http"): the colour of the
    row and `frame.protocols` come from it. `ip_source`, `ip_destination` are the raw bytes of the innermost addresses.
    `cut` tells a dissector that the frame was captured only in part.
    """

    number: int
    data: bytes
    length: int
    link_type: int
    time: int = 0
    services: Services | None = None
    source: str = ""
    destination: str = ""
    protocol: str = ""
    info: str = ""
    layers: list[str] = field(default_factory=list)
    ip_source: bytes = b""
    ip_destination: bytes = b""
    source_port: int = 0
    destination_port: int = 0
    depth: int = 0
    surplus: int = -1  # captured bytes behind the outermost network packet, known only in a frame that was cut
    missing: int = 0  # bytes at the end of the current layer that were on the wire but not captured
    fence: int = 0  # Info up to here stays when an upper layer sets its own text
    state: dict[str, Any] = field(default_factory=dict)
    # Between the stream engine (dissect/streams.py) and a StreamDissector, see there:
    want: int = 0  # so many bytes more are needed; 0: the next segment, whatever it brings; UNTIL_FIN
    held: Any = None  # what the dissector keeps of the message it is in the middle of
    reassemble: bool = True  # False: there will be no more bytes of this message, take what is there
    # For messages.say: where it leaves them (None: nobody listens), the stream's direction, the message's first packet.
    messages: list[Any] | None = None
    direction: int = 0
    begun: int = 0
    cuts: list[int] = field(default_factory=list)  # sizes of the messages that the stream's bytes were cut into
    # What the user asked for (--decode-as): UDP ports and their dissectors (None: data); the TCP port chosen by that.
    asked: Mapping[int, Any] = field(default_factory=dict)
    matched: int = 0
    unfinished: Any = None  # the message to report should the one that waits for more never be complete

    @property
    def cut(self) -> bool:
        return len(self.data) < self.length

    def set(self, protocol: str, info: str) -> None:
        """Set Protocol and replace Info, keeping what is fenced in front of it."""
        self.protocol = protocol
        self.info = self.info[: self.fence] + info
