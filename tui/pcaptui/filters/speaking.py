"""Which packets an application speaks in, as far as columns and first bytes tell."""

from __future__ import annotations

import numpy as np

from ..tracker.flags import Flag
from .block import Block, Mask, Numbers

STRIDE = 1 << 17
"""Packets looked at in one go."""
METHODS = (b"GET ", b"POST", b"HEAD", b"PUT ", b"OPTI", b"DELE", b"PATC", b"CONN", b"TRAC", b"PROP", b"NOTI", b"M-SE",
            b"SUBS", b"UNSU", b"MKCO", b"COPY", b"MOVE", b"LOCK", b"UNLO", b"REPO", b"SEAR", b"RPC_")  # fmt: skip
TLS_PORTS = (443, 636, 989, 990, 992, 993, 994, 995, 5061, 614, 465)


def spoken(block: Block) -> Mask:
    """TCP payloads that tshark hands to an application's dissector (TCP_ANALYSIS: not those sent again)."""
    bits = block.column("analysis")
    left = Flag.spurious_retransmission | Flag.out_of_order | Flag.keep_alive | Flag.zero_window_probe
    again = (bits & np.uint32(int(Flag.retransmission)) != 0) & (bits & np.uint32(int(Flag.fast_retransmission)) == 0)
    found: Mask = block.tcp & (block.column("payload_length") > 0) & (bits & np.uint32(int(left)) == 0) & ~again
    return found


def at_ports(ports: tuple[int, ...], block: Block) -> Mask:
    here, there = block.column("source_port"), block.column("destination_port")
    found = np.zeros(len(block), bool)
    for port in ports:
        found |= (here == port) | (there == port)
    return found


def starts(words: tuple[bytes, ...], block: Block) -> Mask:
    """Whether the payload begins with one of some words of four bytes."""
    heads = block.number("payload", 0, 4)
    found = np.zeros(len(block), bool)
    for word in words:
        found |= heads == int.from_bytes(word, "big")
    return found


def streams_like(name: str, block: Block) -> Mask:
    """TCP packets of streams in which some segment begins as those of "http" or "tls" do, or as a wish to "connect"
    through a proxy of HTTP."""

    def look() -> Numbers:
        capture = block.capture
        found = np.zeros(max(1, capture.tracker.tcp_streams), bool)
        for at in range(0, len(capture), STRIDE):
            part = Block(capture, slice(at, min(at + STRIDE, len(capture))))
            loaded = part.tcp & (part.column("payload_length") > 0) & (part.column("stream") >= 0)
            if name == "http":
                like = starts((*METHODS, b"HTTP"), part)
            elif name == "connect":
                like = starts((b"CONN",), part)
            else:
                head = part.number("payload", 0, 2)
                like = ((head >= 0x1403) & (head <= 0x1703) & (head & 0xFF == 3)) | (at_ports(TLS_PORTS, part))
            found[part.column("stream")[loaded & like]] = True
        return found

    streams = block.shared(f"streams like {name}", look)
    mine: Mask = block.tcp & (block.column("stream") >= 0)
    found: Mask = mine & streams[np.maximum(block.column("stream"), 0) * mine]
    return found


def begun_otherwise(block: Block) -> Mask:
    """TCP packets of streams that have TLS somewhere, but are neither at its ports nor begin with it, nor are tunnels
    through a proxy of HTTP: after some STARTTLS, or by chance."""

    def look() -> Numbers:
        capture = block.capture
        table = capture.table
        like = streams_like("tls", Block(capture, slice(0, len(capture))))
        loaded = np.flatnonzero(like & (table["payload_length"] > 0))
        first = np.unique(table["stream"][loaded], return_index=True)[1]
        begin = Block(capture, np.sort(loaded[first]))
        head = begin.number("payload", 0, 2)
        rightly = np.isin(head, (0x1603, 0x1703)) | at_ports(TLS_PORTS, begin) | streams_like("connect", begin)
        found = np.zeros(max(1, capture.tracker.tcp_streams), bool)
        found[begin.column("stream")[~rightly]] = True
        return found

    streams = block.shared("streams begun otherwise", look)
    mine: Mask = block.tcp & (block.column("stream") >= 0)
    found: Mask = mine & streams[np.maximum(block.column("stream"), 0) * mine]
    return found & (block.column("payload_length") > 0)
