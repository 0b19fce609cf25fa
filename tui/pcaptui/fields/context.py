"""What a packet's surroundings know of it, as plain data: made beside the capture, read where the tree is built.

A context crosses a process border and may describe any packet; nothing here is checked against the frame's bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Interval:
    """A message's bytes in one packet of its stream. `number` is the packet's (from 1); `start` counts in the
    message."""

    number: int
    start: int
    length: int


@dataclass(slots=True)
class Message:
    """Payload bytes of this segment that one call of the stream's dissector took, or is waiting for.

    `start` and `length` count in the segment's payload. `protocol` is the module of the row dissector that took it
    ("http", "tls"), `layer` the first layer that it named there (rlogin in rservices, tls in an HTTP tunnel).
    Where the message spans segments and this packet completes it, `data` is the whole of it and `pieces` say where it
    came from; where it lies in this segment alone, `data` is None. `waits`: it goes on behind this packet;
    `completed_by` is then the number of the packet that completes it, 0: not known, or nobody.

    `sizes`: of the messages of known length that the row dissector cut the bytes into, (0,) for all in one.

    `direction` 0 is that of the stream's first packet; `from_server` says whether the server sent it (by the SYN, else
    by the ports). `facts` are what the conversation knew just before the message was dissected: the numbers, booleans
    and texts of the state that the row dissectors share, under their keys ("http.method": of the latest request,
    "http.connect", "imap.starttls", "mqtt.version" ...), and those that objects in there hold, as "tls.version",
    "tls.ciphered" (a tuple), "smtp.reading", "pop.asked".
    """

    start: int
    length: int
    protocol: str
    data: bytes | None = None
    pieces: list[Interval] = field(default_factory=list)
    completed_by: int = 0
    direction: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    layer: str = ""
    from_server: bool = False
    waits: bool = False
    sizes: tuple[int, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.waits


@dataclass(slots=True)
class TcpContext:
    """What the stream tells about a segment. Numbers of packets count from 1, 0: none; times in ns, None: unknown.

    `own_base` and `other_base` are the raw sequence numbers that count as 0 in either direction. `analysis` holds bits
    of tracker.Flag. `offset` is where the header stands in the frame, -1: not there (its datagram came in fragments).
    A header that an ICMP error quotes has a stream's number, and no analysis. `examined`: the analysis has something to
    say, be it only that nothing is under way. `completeness` is what it was before this packet, as in one pass.
    """

    stream: int
    sequence: int
    acknowledgment: int
    offset: int = -1
    quoted: bool = False
    own_base: int = 0
    other_base: int = 0
    shift: int = -1
    analysis: int = 0
    duplicate_of: tuple[int, int] | None = None
    completeness: int = 0
    closed_first: bool = True
    """No FIN of the other side came before this side's first."""
    since_first: int | None = None
    since_previous: int | None = None
    examined: bool = False
    acks_frame: int = 0
    ack_rtt: int | None = None
    initial_rtt: int | None = None
    bytes_in_flight: int | None = None
    push_bytes: int | None = None
    rto: int | None = None
    rto_frame: int = 0
    reused: int = 0
    messages: list[Message] = field(default_factory=list)


@dataclass(slots=True)
class UdpContext:
    """The stream of a UDP header; times in ns. `offset` is where the header stands in the frame, -1: not there, or not
    known."""

    stream: int
    offset: int = -1
    since_first: int | None = None
    since_previous: int | None = None


@dataclass(slots=True)
class Datagram:
    """An IP datagram in fragments. `data` is its payload where this packet completes it."""

    pieces: list[Interval]
    completed_by: int = 0
    data: bytes | None = None
    overlaps: bool = False


@dataclass(slots=True)
class Link:
    """Another packet that this one belongs with. `kind` is the protocol's name ("dns", "http", "icmp"), `role` says
    what the *other* packet is: "request", "response", "previous_request" ... `time` is the ns between them."""

    kind: str
    role: str
    number: int
    time: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Context:
    """One packet. `frame` is as captured, `length` that on the wire, times are ns (since 1970 for `time`).

    `layers` names the layers that the row dissectors met, outermost first ("eth", "ip", "udp", "dns"). Lists of
    transport contexts are outermost first (tunnels), empty where there is no stream. `with_scapy`: layers that nobody
    here knows are left to scapy; `hurry`: not where it would have to be loaded first. `marked`, `ignored`, `reference`:
    what the person has made of the packet.
    """

    number: int
    frame: bytes
    length: int
    link_type: int
    time: int = 0
    timed: bool = True
    digits: int = 9
    since_first: int = 0
    since_previous: int = 0
    since_shown: int = 0
    section: int | None = None
    interface: int | None = None
    interface_name: str = ""
    interface_description: str = ""
    comments: list[str] = field(default_factory=list)
    layers: tuple[str, ...] = ()
    tcp: TcpContext | None = None
    udp: list[UdpContext] = field(default_factory=list)
    datagram: Datagram | None = None
    links: list[Link] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    with_scapy: bool = True
    hurry: bool = False
    marked: bool = False
    ignored: bool = False
    reference: bool = False

    def linked(self, kind: str, role: str) -> Link | None:
        """The first link of a kind and role."""
        return next((link for link in self.links if link.kind == kind and link.role == role), None)
