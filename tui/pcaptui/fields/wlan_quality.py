"""QoS control and HT control of 802.11 headers (IEEE 802.11-2020, 9.2.4.5 and 9.2.4.6)."""

from __future__ import annotations

from .branch import HEX, Branch
from .expert import expert
from .wlan_layouts import (
    HT_CONTROL_REST,
    LINK_ADAPTATION,
    LINK_ADAPTATION_ANTENNA,
)
from .words import bit_pattern

PRIORITIES = ("Best Effort (Best Effort)", "Background (Background)", "Spare (Background)",
              "Excellent Effort (Best Effort)", "Controlled Load (Video)", "Video (Video)", "Voice (Voice)",
              "Network Control (Voice)")  # fmt: skip
_ACKS = {0: "Normal Ack", 1: "No Ack", 2: "No explicit acknowledgment", 3: "Block Ack"}
_CATEGORIES = {0: "Best Effort", 1: "Background", 2: "Video", 3: "Voice"}
_CONTROLS = {0: ("Triggered response scheduling", 26), 1: ("Operating mode", 12),
             2: ("HE link adaptation", 26), 3: ("Buffer status report", 26),
             4: ("UL power headroom", 8), 5: ("Bandwidth query report", 10),
             6: ("Command and status", 8), 7: ("EHT operating mode", 6),
             8: ("Single response scheduling", 10), 9: ("AP assistance request", 20)}  # fmt: skip


def quality(branch: Branch, at: int, flags: int, subtype: int) -> None:
    """What bits 8 to 15 mean depends on who sends, and on bit 4."""
    word = branch.number(at, 2, True)
    below = branch.add(f"Qos Control: 0x{word:04x}", "wlan.qos", word, at, 2)
    below.bits("wlan.qos.tid", "TID", at, 2, 0x000F, little=True)
    priority = word & 7
    pattern = bit_pattern(word, 7, 16)
    made = below.add(f"[{pattern} = Priority: {PRIORITIES[priority]} ({priority})]", "wlan.qos.priority", priority, at,
                     2)  # fmt: skip
    made.node.start, made.node.length = at, 2
    from_access_point = flags & 3 == 2
    if from_access_point:
        below.flag("wlan.qos.eosp", "EOSP", at, 2, 0x10, "End of service period", "Service period", True)
    else:
        below.flag("wlan.qos.bit4", "QoS bit 4", at, 2, 0x10, "Bits 8-15 of QoS Control field are Queue Size",
                   "Bits 8-15 of QoS Control field are TXOP Duration Requested", True)  # fmt: skip
    below.bits("wlan.qos.ack", "Ack Policy", at, 2, 0x60, HEX, _ACKS, little=True)
    if not subtype & 4:
        below.flag("wlan.qos.amsdupresent", "Payload Type", at, 2, 0x80, "A-MSDU", "MSDU", True)
    high = word >> 8
    if from_access_point and subtype & 2:
        below.bits("wlan.qos.txop_limit", "TXOP Limit", at, 2, 0xFF00, little=True)
    elif from_access_point:
        _buffer_state(below, at, word)
    elif word & 0x10:
        text = {255: "unspecified or unknown", 254: "more than 64768 octets"}.get(high, f"{256 * high} bytes")
        _high(below, at, word, "wlan.qos.queue_size", f"Queue Size: {high} ({text})")
    else:
        text = f"{32 * high} microseconds" if high else "no TXOP requested"
        _high(below, at, word, "wlan.qos.txop_dur_req", f"TXOP Duration Requested: {high} ({text})")


def _high(branch: Branch, at: int, word: int, field: str, text: str) -> Branch:
    return branch.add(f"{bit_pattern(word, 0xFF00, 16)} = {text}", field, word >> 8, at, 2)


def _buffer_state(branch: Branch, at: int, word: int) -> None:
    below = _high(branch, at, word, "wlan.qos.ps_buf_state", f"QAP PS Buffer State: 0x{word >> 8:02x}")
    if below.flag("wlan.qos.buf_state_indicated", "Buffer State Indicated", at, 2, 0x200, "Yes", "No", True):
        below.bits("wlan.qos.highest_pri_buf_ac", "Highest-Priority Buffered AC", at, 2, 0xC00, names=_CATEGORIES,
                   little=True)  # fmt: skip
        load = word >> 12
        octets = f"{4096 * load} octets" if load else "no buffered traffic"
        text = f"{bit_pattern(word, 0xF000, 16)} = QAP Buffered Load: {load} ({octets})"
        below.add(text, "wlan.qos.qap_buf_load", load, at, 2)


def ht_control(branch: Branch, at: int) -> None:
    """The HT, VHT or HE variant, told by the lowest bits."""
    word = branch.number(at, 4, True)
    below = branch.add(f"HT Control (+HTC): 0x{word:08x}", "wlan.htc", word, at, 4)
    if not below.flag("wlan.htc.vht", "VHT", at, 4, 1, "True", "False", True):
        _ht(below, at)
        return
    if below.flag("wlan.htc.he", "HE", at, 4, 2, "True", "False", True):
        _he(below, at, word >> 2)


def _ht(branch: Branch, at: int) -> None:
    whole = branch.number(at, 2, True)
    pattern = bit_pattern(branch.number(at, 4, True), 0xFFFE, 32)
    below = branch.add(f"{pattern} = Link Adaptation Control (LAC): 0x{whole >> 1:04x}", "wlan.htc.lac", whole >> 1, at,
                       4)  # fmt: skip
    layout = LINK_ADAPTATION_ANTENNA if whole >> 2 & 15 == 14 else LINK_ADAPTATION
    layout.bits(below, at, 2)
    HT_CONTROL_REST.bits(branch, at, 4)


def _he(branch: Branch, at: int, rest: int) -> None:
    """A-Control: subfields of four bits of number and as many of information as the number says."""
    below = branch.add(f"Aggregate Control: 0x{rest:08x}", "", None, at, 4)
    left = 30
    for _ in range(8):
        if left < 4:
            break
        number = rest & 15
        name, size = _CONTROLS.get(number, (f"Reserved ({number})", 0))
        line = below.add(f"Control ID: {number}: {name}", "wlan.htc.he.a_control.ctrl_id", number, at, 4)
        if size == 0 or size + 4 > left:
            expert(line, "Error", "Protocol", "Invalid control word", "wlan.htc.he.a_control.ctrl_id.invalid")
            break
        rest >>= 4 + size
        left -= 4 + size
        if not rest:
            break
