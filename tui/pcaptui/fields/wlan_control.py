"""802.11 control frames behind their first two bytes (IEEE 802.11-2020, 9.3.1)."""

from __future__ import annotations

from .branch import HEX, Branch
from .wlan_layouts import BLOCK_ACK_CONTROL, NDP_STATION, NDP_TOKEN, SEQUENCE_CONTROL
from .words import bit_pattern

EXTENSION = 6
TRIGGER, REPORT_POLL, ANNOUNCEMENT, WRAPPER, BLOCK_REQUEST, BLOCK_ACK, POLL, RTS, CTS, ACK, END, END_ACK = (
    2, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15)  # fmt: skip
COMPRESSED = 2
STATIONS = 512


def control(branch: Branch, at: int, subtype: int, flags: int) -> int:
    """The fields of one frame; where its last known byte ends."""
    from .wlan import address, duration

    if subtype == POLL:
        word = branch.number(at + 2, 2, True)
        value = word & 0x3FFF
        branch.add(f"{bit_pattern(word, 0x3FFF, 16)} = Association ID: {value}", "wlan.aid", value, at + 2, 2)
        for role, place in (("ra", 4), ("bssid", 4), ("ta", 10)):
            address(branch, role, at + place)
        return at + 16
    duration(branch, at + 2)
    address(branch, "ra", at + 4)
    if subtype in (CTS, ACK, WRAPPER):
        return at + 10
    if subtype in (END, END_ACK):
        address(branch, "bssid", at + 10)
        return at + 16
    if subtype in (TRIGGER, REPORT_POLL, ANNOUNCEMENT, BLOCK_REQUEST, BLOCK_ACK, RTS):
        address(branch, "ta", at + 10)
    else:
        return at + 10
    if subtype == REPORT_POLL:
        value = branch.u8(at + 16)
        branch.add(f"Feedback segment Retransmission Bitmap: 0x{value:02x}",
                   "wlan.beamform.feedback_seg_retrans_bitmap", value, at + 16, 1)  # fmt: skip
        return at + 17
    if subtype == ANNOUNCEMENT:
        return _announcement(branch, at + 16)
    if subtype in (BLOCK_REQUEST, BLOCK_ACK):
        return _block(branch, at + 16, subtype)
    return at + 16


def _announcement(branch: Branch, at: int) -> int:
    at = NDP_TOKEN.put(branch, at, at + 1)
    number = 0
    while at + 2 <= branch.end and number < STATIONS:
        below = branch.add(f"STA {number}", "", None, at, 2)
        NDP_STATION.bits(below, at, 2)
        at += 2
        number += 1
    return at


def _block(branch: Branch, at: int, subtype: int) -> int:
    kind = branch.number(at, 2, True) >> 1 & 15
    BLOCK_ACK_CONTROL.put(branch, at, at + 2)
    control_node = branch.node.children[-1]
    below = Branch(branch.walk, branch.view, control_node)
    if kind in (1, 2):
        below.bits("wlan.ba.basic.tidinfo", "TID for which a Basic BlockAck frame is requested", at, 2, 0xF000, HEX,
                   little=True)  # fmt: skip
    at += 2
    if kind not in (0, 1, 2):
        return at
    at = SEQUENCE_CONTROL.put(branch, at, at + 2)
    if subtype == BLOCK_ACK:
        size = min(128 if kind == 0 else 8 if branch.end - at < 32 else 32, max(0, branch.end - at))
        if size:
            _bitmap(branch, at, size)
            at += size
    return at


def _bitmap(branch: Branch, at: int, size: int) -> None:
    raw = branch.blob("wlan.ba.bm", "Block Ack Bitmap", at, size)
    below = Branch(branch.walk, branch.view, branch.node.children[-1])
    first = branch.number(at - 2, 2, True) >> 4
    for bit in range(8 * len(raw)):
        if not raw[bit >> 3] >> (bit & 7) & 1:
            missing = first + bit & 0xFFF
            below.add(f"Missing frame: {missing}", "wlan.ba.bm.missing_frame", missing, at + (bit >> 3), 1)
