"""IGMP (RFC 1112, 2236, 3376)."""

from __future__ import annotations

from ..protocols.text import ipv4
from .branch import HEX, Branch, View, Walk
from .checksums import checksum
from .registry import ip_protocol

_TYPES = {0x11: "Membership Query", 0x12: "Membership Report", 0x13: "DVMRP Protocol", 0x14: "PIMv1 Protocol",
          0x16: "Membership Report", 0x17: "Leave Group", 0x1E: "Multicast Traceroute Response",
          0x1F: "Multicast Traceroute Query or Request", 0x22: "Membership Report"}  # fmt: skip
_RECORDS = {1: "Mode Is Include", 2: "Mode Is Exclude", 3: "Change To Include Mode", 4: "Change To Exclude Mode",
            5: "Allow New Sources", 6: "Block Old Sources"}  # fmt: skip
SUPPRESS = "SUPPRESS router side processing"
PROCESS = "Do not suppress router side processing"
MAX_RECORDS = 4096


@ip_protocol(2)
def igmp(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "igmp", "Internet Group Management Protocol", len(view))
    kind = branch.u8(at)
    if kind == 0x22:
        _version(branch, 3, at)
        _report(branch, at)
    elif kind == 0x11:
        size = view.reported - at
        version = 3 if size >= 12 else 2 if branch.u8(at + 1) else 1
        _version(branch, version, at)
        _query(branch, at, version)
    elif kind in (0x12, 0x16, 0x17):
        version = 1 if kind == 0x12 else 2
        _version(branch, version, at)
        _simple(branch, at, version)
    else:
        _type(branch, at)
        if len(view) > 1:
            branch.blob("igmp.data", "Data", at + 1, len(view) - 1)


def _version(branch: Branch, version: int, at: int) -> None:
    branch.computed(f"IGMP Version: {version}", "igmp.version", version)
    _type(branch, at)


def _type(branch: Branch, at: int) -> None:
    branch.uint("igmp.type", "Type", at, 1, HEX, _TYPES)


def _checksum(branch: Branch, at: int) -> None:
    view = branch.view
    whole = view.end >= view.reported and not branch.walk.fragmented
    checksum(branch, "igmp.checksum", at + 2, view.bytes if whole else None)


def _simple(branch: Branch, at: int, version: int) -> None:
    if version == 1:
        branch.blob("igmp.reserved", "Reserved", at + 1, 1)
    else:
        _response_time(branch, at)
    _checksum(branch, at)
    branch.ipv4("igmp.maddr", "Multicast Address", at + 4)


def _response_time(branch: Branch, at: int, long: bool = False) -> None:
    """Tenths of a second; version 3 writes long times as mantissa and exponent (RFC 3376, 4.1.1)."""
    code = branch.u8(at + 1)
    tenths = (code & 15 | 16) << (code >> 4 & 7) + 3 if long and code & 0x80 else code
    branch.add(f"Max Resp Time: {tenths / 10:.1f} sec (0x{code:02x})", "igmp.max_resp", tenths, at + 1, 1)


def _query(branch: Branch, at: int, version: int) -> None:
    if version == 1:
        branch.blob("igmp.reserved", "Reserved", at + 1, 1)
    else:
        _response_time(branch, at, version == 3)
    _checksum(branch, at)
    branch.ipv4("igmp.maddr", "Multicast Address", at + 4)
    if version < 3:
        return
    branch.flag("igmp.s", "S", at + 8, 1, 0x08, SUPPRESS, PROCESS)
    branch.bits("igmp.qrv", "QRV", at + 8, 1, 0x07)
    code = branch.u8(at + 9)
    interval = (code & 15 | 16) << (code >> 4 & 7) + 3 if code & 0x80 else code
    branch.add(f"QQIC: {interval}", "igmp.qqic", interval, at + 9, 1)
    count = branch.uint("igmp.num_src", "Num Src", at + 10, 2)
    _sources(branch, at + 12, count)


def _sources(branch: Branch, at: int, count: int) -> None:
    for number in range(count):
        branch.ipv4("igmp.saddr", "Source Address", at + 4 * number)


def _report(branch: Branch, at: int) -> None:
    branch.blob("igmp.reserved", "Reserved", at + 1, 1)
    _checksum(branch, at)
    branch.blob("igmp.reserved", "Reserved", at + 4, 2)
    count = branch.uint("igmp.num_grp_recs", "Num Group Records", at + 6, 2)
    place = at + 8
    for _ in range(min(count, MAX_RECORDS)):
        place = _record(branch, place)


def _record(parent: Branch, at: int) -> int:
    kind, extra, count = parent.u8(at), parent.u8(at + 1), parent.u16(at + 2)
    size = 8 + 4 * count + 4 * extra
    words = _RECORDS.get(kind, "")
    branch = parent.add(f"Group Record : {ipv4(parent.raw(at + 4, 4))}  {words}", "", None, at, size)
    branch.uint("igmp.record_type", "Record Type", at, 1, names=_RECORDS)
    branch.uint("igmp.aux_data_len", "Aux Data Len", at + 1, 1)
    branch.uint("igmp.num_src", "Num Src", at + 2, 2)
    branch.ipv4("igmp.maddr", "Multicast Address", at + 4)
    _sources(branch, at + 8, count)
    if extra:
        branch.blob("igmp.aux_data", "Aux Data", at + 8 + 4 * count, 4 * extra)
    return at + size
