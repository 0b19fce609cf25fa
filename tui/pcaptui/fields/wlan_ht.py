"""HT and VHT elements of 802.11 (IEEE 802.11-2020, 9.4.2.55 to 9.4.2.56, 9.4.2.157 and 9.4.2.158)."""

from __future__ import annotations

from . import wlan_tag_layouts as layouts
from .branch import Branch
from .records import Record
from .words import bit_pattern

_LENGTHS = {0: "8191[Bytes]", 1: "16383[Bytes]", 2: "32767[Bytes]", 3: "65535[Bytes]"}
_PROPRIETARY = "wlan.vs."


def capabilities(branch: Branch, at: int, end: int, vendor: bool = False) -> int:
    """26 bytes; `vendor`: in the draft's clothes."""
    at = _named(layouts.HT_CAPABILITIES, branch, at, end, vendor)
    at = _a_mpdu(branch, at, end, vendor)
    at = mcs_set(branch, at, end, vendor)
    at = _named(layouts.HT_EXTENDED, branch, at, end, vendor)
    at = _named(layouts.BEAM_FORMING, branch, at, end, vendor)
    return _named(layouts.ANTENNA_SELECTION, branch, at, end, vendor)


def _named(layout: Record, branch: Branch, at: int, end: int, vendor: bool) -> int:
    """A record, its first line under the vendor's name."""
    count = len(branch.node.children)
    after = layout.put(branch, at, end)
    if vendor:
        node = branch.node.children[count]
        node.field = node.field.replace("wlan.", _PROPRIETARY, 1)
        name, _, value = node.label.partition(": ")
        node.label = f"{name} (VS): {value}"
    return after


def _a_mpdu(branch: Branch, at: int, end: int, vendor: bool) -> int:
    count = len(branch.node.children)
    after = _named(layouts.A_MPDU, branch, at, end, vendor)
    line = branch.node.children[count].children[0]
    value = branch.u8(at) & 3
    line.label = f"{bit_pattern(value, 3, 8)} = Maximum Rx A-MPDU Length: 0x{value:x} ({_LENGTHS[value]})"
    return after


def mcs_set(branch: Branch, at: int, end: int, vendor: bool = False, words: str = "MCS Set") -> int:
    """Sixteen bytes of rates."""
    if end - at < 16:
        return end
    name = "Rx Supported Modulation and Coding Scheme Set"
    label, field = (f"{name} (VS): {words}", "wlan.vs.ht.mcsset") if vendor else (f"{name}: {words}", "wlan.ht.mcsset")
    below = branch.add(label, field, None, at, 16)
    streams = _streams(branch.raw(at, 10))
    deeper = below.add(f"Rx Modulation and Coding Scheme (One bit per modulation): {streams}",
                       "wlan.ht.mcsset.rxbitmask", None, at, 10)  # fmt: skip
    layouts.MCS_SET.bits(deeper, at, 4)
    layouts.MCS_SET_2.bits(deeper, at + 4, 4)
    layouts.MCS_SET_3.bits(deeper, at + 6, 4)
    layouts.MCS_SET_RATE.bits(below, at + 10, 2)
    layouts.MCS_SET_SENT.bits(below, at + 12, 2)
    for node in below.node.children[-4:]:
        node.length = 1
    _sent_streams(below, at + 12, streams)
    return at + 16


def _streams(raw: bytes) -> str:
    """How many spatial streams the bits for MCS 0 to 31 allow."""
    count = max((place + 1 for place in range(4) if raw[place]), default=0)
    return {0: "Reserved:8", 1: "1 spatial stream"}.get(count, f"{count} spatial streams")


def _sent_streams(branch: Branch, at: int, received: str) -> None:
    word = branch.number(at, 2, True)
    value = word >> 2 & 3
    text = "TX MCS Set Not Defined" if not word & 1 else received if not word & 2 else _maximum(value)
    branch.node.children[
        -2
    ].label = f"{bit_pattern(word, 0x0C, 16)} = Maximum Number of Tx Spatial Streams Supported: 0x{value:x}, {text}"


def _maximum(value: int) -> str:
    return "1 spatial stream" if value == 0 else f"{value + 1} spatial streams"


def information(branch: Branch, at: int, end: int) -> None:
    at = layouts.HT_INFORMATION.put(branch, at, end)
    mcs_set(branch, at, end, words="Basic MCS Set")


def additional(branch: Branch, at: int, end: int) -> None:
    """The draft's further capabilities."""
    at = layouts.HT_ADDITIONAL.put(branch, at, end)
    for layout, size, digits in (
        (layouts.HT_ADDITIONAL_1, 1, 2), (layouts.HT_ADDITIONAL_2, 2, 4), (layouts.HT_ADDITIONAL_3, 2, 4),
    ):  # fmt: skip
        value = branch.number(at, size, True)
        below = branch.add(
            f"HT Additional Capabilities: 0x{value:0{digits}x}", "wlan.hta.capabilities", value, at, size
        )
        _in_two_bytes(layout, below, at, size)
        at += size
    mcs_set(branch, at, end, True)


def _in_two_bytes(layout: Record, branch: Branch, at: int, size: int) -> None:
    layout.bits(branch, at, 2)
    for node in branch.node.children:
        node.length = size


def very_high_capabilities(branch: Branch, at: int, end: int) -> None:
    at = layouts.VHT_CAPABILITIES.put(branch, at, end)
    below = branch.add("VHT Supported MCS Set", "wlan.vht.mcsset", None, at, end - at)
    for layout, size in ((layouts.VHT_RECEIVE_MAP, 0), (layouts.VHT_RECEIVE_RATE, 2), (layouts.VHT_SEND_MAP, 0),
                         (layouts.VHT_SEND_RATE, 2)):  # fmt: skip
        if size:
            layout.bits(below, at, size)
            at += size
        else:
            at = layout.put(below, at, end)


def very_high_operation(branch: Branch, at: int, end: int) -> None:
    below = branch.add("VHT Operation Info", "wlan.vht.op", None, at, 3)
    at = layouts.VHT_OPERATION.put(below, at, end)
    layouts.VHT_BASIC_MAP.put(branch, at, end)


def extended(branch: Branch, at: int, end: int) -> None:
    """Bits of extended capabilities, octet by octet; the eighth and ninth are shown together."""
    octet = 1
    while at < end and octet <= 13:
        size = 2 if octet == 8 and end - at >= 2 else 1
        value = branch.number(at, size, True)
        where = "octets 8 & 9" if size == 2 else f"octet {octet}"
        below = branch.add(f"Extended Capabilities: 0x{value:0{2 * size}x} ({where})", "wlan.extcap", value, at, size)
        layout = getattr(layouts, f"EXTENDED_{octet if octet < 9 else octet - 1}", None)
        if isinstance(layout, Record) and (octet != 8 or size == 2):
            layout.bits(below, at, size)
        at += size
        octet += size
