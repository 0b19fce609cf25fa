"""Decoders of the transport layer: TCP, UDP, SCTP, DCCP, and the headers that ICMP errors quote."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pcaptui.loader.decoders import BY_UDP_PORT, Next
from pcaptui.loader.frames import Frames, Index, layout, select
from pcaptui.loader.outer import note
from pcaptui.loader.table import Layer

_TCP = layout(
    24,
    source=(">u2", 0),
    destination=(">u2", 2),
    sequence=(">u4", 4),
    acknowledgment=(">u4", 8),
    flags=(">u2", 12),
    window=(">u2", 14),
    options=(">u4", 20),
)
_TIME_STAMP = 0x0101080A
"""How TCP options begin that are nothing but a time stamp, in a header of 32 bytes (RFC 7323 appendix A)."""
_UDP = layout(8, source=(">u2", 0), destination=(">u2", 2), length=(">u2", 4))
_OPTION = layout(2, type=("u1", 0), length=("u1", 1))
_ICMP = layout(8, type=("u1", 0))


def tcp(frames: Frames, which: Index) -> None:
    """RFC 9293 section 3.1.

    Found by experiment: 16 bytes make a stream; a header longer than its packet leaves no sequence analysis.
    """
    columns = frames.columns
    room = frames.room(which)
    header = frames.gather(which, _TCP)
    if (room < 16).any():
        _ports_only(frames, select(which, room < 16), header[room < 16], Layer.TCP_CUT | Layer.CUT)
        which, header = select(which, room >= 16), header[room >= 16]
    position = frames.position[which]
    columns["transport"][which] = position
    for name in ("sequence", "acknowledgment", "window"):
        columns[name][which] = header[name]
    columns["source_port"][which] = header["source"]
    columns["destination_port"][which] = header["destination"]
    flags = header["flags"]
    columns["tcp_flags"][which] = flags & 0x0FFF
    size = (flags >> 10).astype(np.int32) & 0x3C
    options = (size >= 24) & ((header["options"] != _TIME_STAMP) | (size != 32))
    longer = size > frames.end[which] - position
    if longer.any():
        frames.flag(select(which, longer), Layer.TCP_CUT)
        options &= ~longer
    if options.any():
        frames.flag(select(which, options), Layer.OPTIONS)
    _payload(frames, which, size)


def _ports_only(frames: Frames, which: Index, header: NDArray[Any], layers: int) -> None:
    """A header too short to be numbered: the ports if they are there, no transport offset."""
    frames.flag(which, layers)
    there = frames.room(which) >= 4
    frames.columns["source_port"][which] = np.where(there, header["source"], 0)
    frames.columns["destination_port"][which] = np.where(there, header["destination"], 0)


def _payload(frames: Frames, which: Index, size: NDArray[np.int32] | int) -> None:
    start = frames.position[which] + size
    inside = np.minimum(start, frames.captured[which])
    frames.columns["payload"][which] = inside
    frames.columns["payload_length"][which] = np.maximum(frames.end[which] - start, 0)
    frames.position[which] = inside


def udp(frames: Frames, which: Index) -> None:
    """RFC 768, and UDP-Lite (RFC 3828), whose length field covers something else.

    Found by experiment: a length below 8 makes no stream, except 0 over IPv6 (a jumbogram, RFC 2675 section 4).
    """
    columns = frames.columns
    room = frames.room(which)
    header = frames.gather(which, _UDP)
    length = header["length"].astype(np.int32)
    lite = columns["ip_protocol"][which] == 136
    whole = lite | (length == 0) & (frames.address_kind[which] == 6)
    good = (room >= 8) & (whole | (length >= 8))
    if not good.all():
        _ports_only(frames, select(which, ~good), header[~good], Layer.CUT)
        which, header, length, whole = select(which, good), header[good], length[good], whole[good]
    position = frames.position[which]
    columns["transport"][which] = position
    source, destination = header["source"].astype(np.uint16), header["destination"].astype(np.uint16)
    columns["source_port"][which] = source
    columns["destination_port"][which] = destination
    frames.shorten(which, np.where(whole, frames.end[which], position + length))
    _payload(frames, which, 8)
    decoder = BY_UDP_PORT[destination]
    decoder = np.where(decoder > 0, decoder, BY_UDP_PORT[source])
    if decoder.any():
        # A well-known port on the other side says what it is, as tshark asks the lower port first.
        lower = np.minimum(source, destination)
        tunnel = (decoder > 0) & ((lower >= 1024) | (lower == 0))
        carrying = select(which, tunnel)
        frames.next[carrying] = decoder[tunnel]
        note(frames, carrying, source[tunnel], destination[tunnel])


def sctp(frames: Frames, which: Index) -> None:
    """RFC 9260 section 3.1: ports first, 12 bytes of common header."""
    columns = frames.columns
    which, header = frames.keep(which, frames.gather(which, _UDP), good=frames.room(which) >= 12)
    columns["transport"][which] = frames.position[which]
    columns["source_port"][which] = header["source"]
    columns["destination_port"][which] = header["destination"]
    _payload(frames, which, 12)


def dccp(frames: Frames, which: Index) -> None:
    """RFC 4340 section 5.1: ports first; the data offset is in words."""
    columns = frames.columns
    which, header = frames.keep(which, frames.gather(which, _UDP), good=frames.room(which) >= 12)
    columns["transport"][which] = frames.position[which]
    columns["source_port"][which] = header["source"]
    columns["destination_port"][which] = header["destination"]
    _payload(frames, which, (header["length"] >> 8).astype(np.int32) * 4)


def other(frames: Frames, which: Index) -> None:
    """An IP protocol without ports."""
    frames.columns["transport"][which] = frames.position[which]
    frames.columns["payload_length"][which] = np.maximum(frames.end[which] - frames.position[which], 0)


def icmp(frames: Frames, which: Index) -> None:
    """RFC 792: types 3, 4, 5, 11, 12 quote the packet that they are about behind 8 bytes."""
    _errors(frames, which, (3, 4, 5, 11, 12), Next.IPV4)


def icmp6(frames: Frames, which: Index) -> None:
    """RFC 4443 section 2.1: the errors are types 1 to 4; a redirect (RFC 4861 section 4.5) may quote in an option."""
    kind = frames.gather(which, _ICMP)["type"]
    redirect = select(which, (kind == 137) & (frames.room(which) >= 48))
    _errors(frames, which, (1, 2, 3, 4), Next.IPV6)
    if len(redirect):
        _redirects(frames, redirect)


def _redirects(frames: Frames, which: NDArray[np.intp]) -> None:
    """Look for the Redirected Header option (4) among the first few; lengths are in units of 8 bytes."""
    frames.advance(which, 40, Next.NOTHING)
    for _ in range(8):
        option = frames.gather(which, _OPTION)
        there = (frames.room(which) >= 8) & (option["length"] > 0)
        quotes = select(which, there & (option["type"] == 4))
        frames.quoted[quotes] = True
        frames.advance(quotes, 8, Next.IPV6)
        more = there & (option["type"] != 4)
        which, length = select(which, more), option["length"][more]
        frames.advance(which, length.astype(np.int32) * 8, Next.NOTHING)


def _errors(frames: Frames, which: Index, types: tuple[int, ...], decoder: Next) -> None:
    other(frames, which)
    which, header = frames.keep(which, frames.gather(which, _ICMP), good=frames.room(which) >= 8)
    error = np.isin(header["type"], types)
    if error.any():
        quoting = select(which, error)
        frames.quoted[quoting] = True
        frames.advance(quoting, 8, decoder)
