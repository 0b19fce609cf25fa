"""SCTP (RFC 9260): common header and chunks."""

from __future__ import annotations

from collections.abc import Callable

from ..protocols.sctp import CHUNKS
from .branch import HEX, Branch, View, Walk
from .payload import data
from .registry import ip_protocol
from .sctp_parameters import causes, parameters
from .words import plural

HEADER = 12
MOST = 500
PAYLOADS = {
    0: "not specified", 1: "IUA", 2: "M2UA", 3: "M3UA", 4: "SUA", 5: "M2PA", 6: "V5UA", 7: "H.248/MEGACO",
    8: "BICC/Q.2150.3",
    9: "TALI", 10: "DUA", 11: "ASAP", 12: "ENRP", 13: "H.323", 14: "Q.IPC/Q.2150.3", 15: "SIMCO",
    18: "S1 Application Protocol (S1AP)",
    27: "X2AP", 46: "Diameter", 47: "Diameter DTLS", 60: "NGAP", 61: "XnAP",
}  # fmt: skip
_NAMES = {**CHUNKS, 65: "Unknown", 128: "ASCONF_ACK", 129: "PKTDROP", 130: "RE_CONFIG"}
_HMACS = {1: "SHA-1", 3: "SHA-256"}
_SKIP, _REPORT = 0x80, 0x40
Chunk = Callable[[Branch, int, int], str | None]


@ip_protocol(132)
def sctp(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "sctp", "Stream Control Transmission Protocol")
    source = branch.uint("sctp.srcport", "Source port", at, 2)
    target = branch.uint("sctp.dstport", "Destination port", at + 2, 2)
    branch.label(f"Stream Control Transmission Protocol, Src Port: {source} ({source}), Dst Port: {target} ({target})")
    branch.uint("sctp.verification_tag", "Verification tag", at + 4, 4, HEX)
    branch.computed("Association index: disabled (enable in preferences)", "sctp.assoc_index", 65535)
    branch.uint("sctp.checksum", "Checksum", at + 8, 4, HEX, unit=" [unverified]")
    branch.computed("Checksum Status: Unverified", "sctp.checksum.status", 2)
    carried = []
    end, at = view.end, at + HEADER
    for _ in range(MOST):
        if at >= end:
            break
        size = branch.u16(at + 2)
        payload = _chunk(branch, view, at, max(size, 4))
        if payload is not None:
            carried.append(payload)
        if size < 4:
            break
        at += size + 3 & ~3
    if carried:
        branch.resize(carried[0].at - view.at)
    for payload in carried:
        data(walk, payload)


def _chunk(branch: Branch, view: View, at: int, size: int) -> View | None:
    """A chunk of `size` bytes without its padding; what it carries for another protocol."""
    kind, flags = branch.u8(at), branch.u8(at + 1)
    name = _NAMES.get(kind, "RESERVED")
    padding = min(-size % 4, max(view.end - at - size, 0))
    below = branch.add(f"{name} chunk", "", None, at, size + padding)
    line = below.add(f"Chunk type: {_NAMES.get(kind, 'Unknown')} ({kind})", "sctp.chunk_type", kind, at, 1)
    line.flag("sctp.chunk_bit_1", "Bit", at, 1, _SKIP, "Skip chunk and continue processing of the packet",
              "Stop processing of the packet")  # fmt: skip
    line.flag("sctp.chunk_bit_2", "Bit", at, 1, _REPORT, "Do report", "Do not report")
    line = below.add(f"Chunk flags: 0x{flags:02x}", "sctp.chunk_flags", flags, at + 1, 1)
    _flags(line, kind, at + 1)
    below.uint("sctp.chunk_length", "Chunk length", at + 2, 2)
    inner = below.within(at, at + size)
    payload = None
    build = _BUILDERS.get(kind)
    if kind in (0, 64) and size >= (16 if kind == 0 else 20):
        payload = _data(inner, view, at, size, flags)
    elif build is not None:
        words = build(inner, at, size)
        below.suffix(words or "")
    elif kind not in CHUNKS:
        below.suffix(f" (Type: {kind}, value length: {plural(size - 4, 'byte')})")
        if size > 4:
            inner.blob("sctp.chunk_value", "Chunk value", at + 4, size - 4)
    if padding:
        below.blob("sctp.chunk_padding", "Chunk padding", at + size, padding)
    return payload


def _flags(line: Branch, kind: int, at: int) -> None:
    if kind == 0:
        line.flag("sctp.data_e_bit", "E-Bit", at, 1, 1, "Last segment", "Not the last segment")
        line.flag("sctp.data_b_bit", "B-Bit", at, 1, 2, "First segment", "Not the first segment")
        line.flag("sctp.data_u_bit", "U-Bit", at, 1, 4, "Unordered delivery", "Ordered delivery")
        line.flag("sctp.data_i_bit", "I-Bit", at, 1, 8, "Send SACK immediately", "Possibly delay SACK")
    elif kind == 3:
        line.bits("sctp.sack_nounce_sum", "Nounce sum", at, 1, 1)
    elif kind in (6, 14):
        field = "sctp.abort_t_bit" if kind == 6 else "sctp.shutdown_complete_t_bit"
        line.flag(field, "T-Bit", at, 1, 1, "Tag reflected", "Tag not reflected")


def _data(below: Branch, view: View, at: int, size: int, flags: int) -> View | None:
    tsn = below.uint("sctp.data_tsn_raw", "Transmission sequence number (absolute)", at + 4, 4)
    stream = below.uint("sctp.data_sid", "Stream identifier", at + 8, 2, HEX)
    number = below.uint("sctp.data_ssn", "Stream sequence number", at + 10, 2)
    protocol = below.u32(at + 12)
    word = PAYLOADS.get(protocol, "Unknown")
    below.add(f"Payload protocol identifier: {word} ({protocol})", "sctp.data_payload_proto_id", protocol, at + 12, 4)
    part = {3: "complete", 2: "first", 1: "last", 0: "middle"}[flags & 3]
    order = "unordered" if flags & 4 else "ordered"
    below.suffix(
        f" ({order}, {part} segment, TSN: {tsn}, SID: {stream}, SSN: {number}, PPID: {protocol}, "
        f"payload length: {plural(size - 16, 'byte')})"
    )
    return view.sub(at + 16, at + size) if flags & 3 == 3 else None


def _init(below: Branch, at: int, size: int) -> str:
    prefix = "sctp.init" if below.u8(at) == 1 else "sctp.initack"
    below.uint(f"{prefix}_initiate_tag", "Initiate tag", at + 4, 4, HEX)
    below.uint(f"{prefix}_credit", "Advertised receiver window credit (a_rwnd)", at + 8, 4)
    sent = below.uint(f"{prefix}_nr_out_streams", "Number of outbound streams", at + 12, 2)
    received = below.uint(f"{prefix}_nr_in_streams", "Number of inbound streams", at + 14, 2)
    below.suffix(f" (Outbound streams: {sent}, inbound streams: {received})")
    below.uint(f"{prefix}_initial_tsn", "Initial TSN", at + 16, 4)
    parameters(below, at + 20, at + size)
    return ""


def _sack(below: Branch, at: int, size: int) -> str:
    last = below.uint("sctp.sack_cumulative_tsn_ack_raw", "Cumulative TSN ACK (absolute)", at + 4, 4)
    credit = below.uint("sctp.sack_a_rwnd", "Advertised receiver window credit (a_rwnd)", at + 8, 4)
    gaps = below.uint("sctp.sack_number_of_gap_blocks", "Number of gap acknowledgement blocks", at + 12, 2)
    twice = below.uint("sctp.sack_number_of_duplicated_tsns", "Number of duplicated TSNs", at + 14, 2)
    below.suffix(f" (Cumulative TSN: {last}, a_rwnd: {credit}, gaps: {gaps}, duplicate TSNs: {twice})")
    here, end, between = at + 16, at + size, 0
    for _ in range(min(gaps, MOST)):
        if here + 4 > end:
            break
        first, final = below.u16(here), below.u16(here + 2)
        ends = (last + first) & 0xFFFFFFFF, (last + final) & 0xFFFFFFFF
        block = below.add(f"Gap Acknowledgement for TSN {ends[0]} to {ends[1]}", "", None, here, 4)
        line = block.add(f"Start: {first}", "sctp.sack_gap_block_start", first, here, 2)
        line.add(f"[Start TSN: {ends[0]}]", "sctp.sack_gap_block_start_tsn", ends[0], here, 2)
        line = block.add(f"End: {final}", "sctp.sack_gap_block_end", final, here + 2, 2)
        line.add(f"[End TSN: {ends[1]}]", "sctp.sack_gap_block_end_tsn", ends[1], here + 2, 2)
        between += max(final - first + 1, 0)
        here += 4
    if gaps:
        text = f"Number of TSNs in gap acknowledgement blocks: {between}"
        below.computed(text, "sctp.sack_number_of_tsns_gap_acked", between)
    for _ in range(min(twice, MOST)):
        if here + 4 > end:
            break
        below.uint("sctp.sack_duplicate_tsn", "Duplicate TSN", here, 4)
        here += 4
    return ""


def _heartbeat(below: Branch, at: int, size: int) -> str:
    below.suffix(f" (Information: {plural(size - 4, 'byte')})")
    parameters(below, at + 4, at + size)
    return ""


def _errors(below: Branch, at: int, size: int) -> str:
    causes(below, at + 4, at + size)
    return ""


def _cookie(below: Branch, at: int, size: int) -> str:
    if size > 4:
        below.blob("sctp.cookie", "Cookie", at + 4, size - 4)
    return f" (Cookie length: {plural(size - 4, 'byte')})"


def _authentication(below: Branch, at: int, size: int) -> str:
    below.uint("sctp.shared_key_id", "Shared key identifier", at + 4, 2)
    kind = below.u16(at + 6)
    below.add(f"HMAC identifier: {_HMACS.get(kind, 'Unknown')} ({kind})", "sctp.hmac_id", kind, at + 6, 2)
    if size > 8:
        below.blob("sctp.hmac", "HMAC", at + 8, size - 8)
    return ""


def _number(field: str, name: str, words: str) -> Chunk:
    """A chunk of one sequence number, and how it is told in the chunk's own line."""

    def build(below: Branch, at: int, size: int) -> str:
        return words.format(below.uint(field, name, at + 4, 4))

    return build


_BUILDERS: dict[int, Chunk] = {
    1: _init,
    2: _init,
    3: _sack,
    4: _heartbeat,
    5: _heartbeat,
    6: _errors,
    7: _number("sctp.shutdown_cumulative_tsn_ack", "Cumulative TSN Ack", " (Cumulative TSN ack: {})"),
    9: _errors,
    10: _cookie,
    12: _number("sctp.ecne_lowest_tsn", "Lowest TSN", " (Lowest TSN: {})"),
    13: _number("sctp.cwr_lowest_tsn", "Lowest TSN", " (Lowest TSN: {})"),
    15: _authentication,
    192: _number("sctp.forward_tsn_tsn", "New cumulative TSN", "(Cumulative TSN: {})"),
}
