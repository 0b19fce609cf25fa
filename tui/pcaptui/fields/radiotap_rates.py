"""Radiotap's fields of 802.11n, 802.11ac and 802.11ax: how fast a frame was sent (radiotap.org)."""

from __future__ import annotations

from . import radiotap_layouts as layouts
from .branch import HEX, Branch
from .records import Line, Record
from .wlan_radio import Found, he_rate, ht_rate, vht_rate
from .words import bit_pattern, shift_of

_KNOWN_MCS = ((1, 3), (4, 4), (8, 8), (0x10, 0x10), (0x20, 0x60), (0x40, 0x80))
"""Known bits, and the flags that they speak of."""


def _listed(layout: Record, value: int) -> str:
    return "".join(f", {line.name}" for line in layout.lines if value & line.mask)


def high_throughput(branch: Branch, at: int, found: Found) -> None:
    known, flags, index = branch.u8(at), branch.u8(at + 1), branch.u8(at + 2)
    below = branch.add("MCS information", "radiotap.mcs", None, at, 3)
    label = f"Known MCS information: 0x{known:02x}{_listed(layouts.MCS_KNOWN, known)}"
    layouts.MCS_KNOWN.bits(below.add(label, "radiotap.mcs.known", known, at, 1), at, 1)
    lines = {line.mask: line for line in layouts.MCS.lines}
    for bit, mask in _KNOWN_MCS[:-1]:
        if known & bit:
            line = lines[mask]
            value = (flags & mask) >> shift_of(mask)
            below.add(f"{bit_pattern(flags, mask, 8)} = {line.name}: {line.said(value, 1)}", line.field, value, at + 1,
                      1)  # fmt: skip
    if known & 2:
        below.uint("radiotap.mcs.index", "MCS index", at + 2, 1)
    radio = found.radio
    radio.kind = "ht"
    radio.mcs = index if known & 2 else None
    radio.bandwidth = flags & 3 if known & 1 else None
    radio.short_guard = bool(flags & 4) if known & 4 else None
    radio.greenfield = bool(flags & 8) if known & 8 else None
    radio.fec = flags >> 4 & 1 if known & 0x10 else None
    radio.stbc = flags >> 5 & 3 if known & 0x20 else None
    radio.extension = (flags >> 7 & 1) | (known >> 6 & 2) if known & 0x40 else None
    if known & 7 == 7 and index <= 76:
        rate = ht_rate(index, flags & 3 == 1, bool(flags & 4))
        if rate:
            radio.rate = rate
            made = branch.computed(f"Data Rate: {rate:.1f} Mb/s", "radiotap.datarate", rate)
            made.node.start, made.node.length = at, 3


_BANDWIDTHS = {0: 20, 1: 40, 2: 20, 3: 20, 4: 80, 5: 40, 6: 40, 7: 20, 8: 20, 9: 20, 10: 20, 11: 160, 12: 80, 13: 80}


def very_high(branch: Branch, at: int, found: Found) -> None:
    below = branch.add("VHT information", "radiotap.vht", None, at, 12)
    known, flags, width = branch.number(at, 2, True), branch.u8(at + 2), branch.u8(at + 3)
    line = below.add(f"Known VHT information: 0x{known:02x}", "radiotap.vht.known", known, at, 2)
    layouts.VHT_KNOWN.bits(line, at, 2)
    stbc, not_allowed, guard, disambiguation, beamformed, bandwidth = layouts.VHT.lines
    extra = Line("radiotap.vht", "10|.ldpc_extra|LDPC extra OFDM symbol|b")
    for bit, part in ((1, stbc), (2, not_allowed), (4, guard), (8, disambiguation), (0x10, extra), (0x20, beamformed)):
        if known & bit:
            value = (flags & part.mask) >> shift_of(part.mask)
            below.add(f"{bit_pattern(flags, part.mask, 8)} = {part.name}: {part.said(value, 1)}", part.field, value,
                      at + 2, 1)  # fmt: skip
    if known & 0x40:
        below.add(f"Bandwidth: {bandwidth.said(width & 31, 2)}", "radiotap.vht.bw", width & 31, at + 3, 1)
    radio = found.radio
    radio.kind, radio.bandwidth = "vht", width & 31 if known & 0x40 else None
    radio.stbc, radio.short_guard = flags & 1 if known & 1 else None, bool(flags & 4) if known & 4 else None
    for user in range(4):
        _user(below, at, user, flags, found)
    if known & 0x80:
        below.uint("radiotap.vht.gid", "Group Id", at + 9, 1)
    if known & 0x100:
        below.uint("radiotap.vht.paid", "Partial AID", at + 10, 2, little=True)


def _user(branch: Branch, at: int, user: int, flags: int, found: Found) -> None:
    place = at + 4 + user
    value = branch.u8(place)
    streams, mcs = value & 15, value >> 4
    if not streams:
        return
    spaces = 2 * streams if flags & 1 else streams
    coding = branch.u8(at + 8) >> user & 1
    below = branch.add(f"User {user}: MCS {mcs}", "radiotap.vht.user", None, place, 1)
    below.add(f"{bit_pattern(value, 0xF0, 8)} = MCS index {user}: {mcs}", f"radiotap.vht.mcs.{user}", mcs, place, 1)
    below.add(f"{bit_pattern(value, 0x0F, 8)} = Spatial streams {user}: {streams}", f"radiotap.vht.nss.{user}", streams,
              place, 1)  # fmt: skip
    below.add(f"Space-time streams {user}: {spaces}", f"radiotap.vht.nsts.{user}", spaces, place, 1)
    text = f"{bit_pattern(branch.u8(at + 8), 1 << user, 8)} = Coding {user}: {'LDPC' if coding else 'BCC'} ({coding})"
    below.add(text, f"radiotap.vht.coding.{user}", coding, at + 8, 1)
    radio = found.radio
    width = _BANDWIDTHS.get(radio.bandwidth or 0, 20)
    rate = vht_rate(mcs, width, streams, bool(radio.short_guard))
    if user == 0:
        radio.mcs, radio.streams, radio.spaces, radio.fec = mcs, streams, spaces, coding
    if rate and radio.bandwidth is not None and radio.short_guard is not None:
        if user == 0:
            radio.rate = rate
        below.computed(f"Data Rate: {rate:.1f} Mb/s", f"radiotap.vht.datarate.{user}", rate)


_NAMES_3 = ("HE_SU", "HE_EXT_SU", "HE_MU", "HE_TRIG")


def he(branch: Branch, at: int, found: Found) -> None:
    """Six words; what the first two say to be unknown is so marked in the others."""
    below = branch.add("HE information", "radiotap.he", None, at, 12)
    first, second = branch.number(at, 2, True), branch.number(at + 2, 2, True)
    words = "".join(f", {line.name}" for line in layouts.HE_1.lines[2:] if first & line.mask)
    _word(below, layouts.HE_1, at, f", PPDU Format: {_NAMES_3[first & 3]}{words}", {})
    words = "".join(f", {line.name}" for line in layouts.HE_2.lines[2:-3] if second & line.mask)
    _word(below, layouts.HE_2, at + 2, words, {})
    known = {0x3F: first & 4, 0x40: first & 8, 0x80: first & 16, 0xF00: first & 32, 0x1000: first & 64,
             0x2000: first & 128, 0x4000: first & 256, 0x8000: first & 512}  # fmt: skip
    third = branch.number(at + 4, 2, True)
    _word(below, layouts.HE_3, at + 4, f", Coding: {'LDPC' if third & 0x2000 else 'BCC'}" if first & 128 else "", known)
    _reuse(below, at + 6, first)
    known = {0xF: first & 0x4000, 0x30: second & 2, 0xC0: second & 2, 0x700: second & 4, 0x3000: second & 8,
             0x4000: second & 16, 0x8000: second & 32}  # fmt: skip
    _word(below, layouts.HE_5, at + 8, _said(layouts.HE_5, branch.number(at + 8, 2, True), known, 4), known)
    known = {0x10: first & 0x8000, 0x7F00: second & 64, 0x8000: second & 128}
    sixth = branch.number(at + 10, 2, True)
    nsts, period = layouts.HE_6.lines[1], layouts.HE_6.lines[-1]
    words = f", NSTS: {nsts.words[sixth & 15]}" + (
        f", {period.name}: {period.words[sixth >> 15]}" if second & 128 else ""
    )
    _word(below, layouts.HE_6, at + 10, words, known)
    _remember(found, first, third, branch.number(at + 8, 2, True), sixth)


def _said(layout: Record, value: int, known: dict[int, int], count: int) -> str:
    words = ""
    for line in layout.lines[1 : 1 + count]:
        if known.get(line.mask, 1):
            words += f", {line.name}: {line.words.get((value & line.mask) >> shift_of(line.mask), '')}"
    return words


def _word(branch: Branch, layout: Record, at: int, words: str, known: dict[int, int]) -> None:
    head, *lines = layout.lines
    value = branch.number(at, 2, True)
    below = branch.add(f"{head.name}: 0x{value:04x}{words}", head.field, value, at, 2)
    layout.little = True
    for line in lines:
        shift = shift_of(line.mask)
        part = (value & line.mask) >> shift
        digits = ((line.mask >> shift).bit_length() + 3) // 4
        pattern = bit_pattern(value, line.mask, 16)
        if known.get(line.mask, 1):
            below.add(f"{pattern} = {line.name}: {line.said(part, digits)}", line.field, part, at, 2)
        else:
            below.add(f"{pattern} = {line.name} unknown: 0x{part:0{digits}x}", f"{line.field}_unknown", part, at, 2)


def _reuse(branch: Branch, at: int, first: int) -> None:
    """The fourth word's meaning depends on the format."""
    value = branch.number(at, 2, True)
    below = branch.add(f"HE Data 4: 0x{value:04x}", "radiotap.he.data_4", value, at, 2)
    prefix = "radiotap.he.data_4"
    known = bool(first & 0x400)
    kind = first & 3
    if kind in (0, 1):
        _part(below, at, 0xF, f"{prefix}.spatial_reuse", "Spatial Reuse", known)
        below.bits(f"{prefix}.reserved_d4_fff0", "Reserved", at, 2, 0xFFF0, HEX, little=True)
    elif kind == 3:
        for place in range(4):
            _part(below, at, 0xF << 4 * place, f"{prefix}.spatial_reuse_{place + 1}", f"Spatial Reuse {place + 1}",
                  bool(first & 0x400 << place))  # fmt: skip
    else:
        _part(below, at, 0xF, f"{prefix}.spatial_reuse", "Spatial Reuse", known)
        below.bits(f"{prefix}.sta_id_user", "STA-ID of user data captured for", at, 2, 0x7FF0, HEX, little=True)
        below.bits(f"{prefix}.reserved_d4_b15", "Reserved", at, 2, 0x8000, HEX, little=True)


def _part(branch: Branch, at: int, mask: int, field: str, name: str, known: bool) -> None:
    if known:
        branch.bits(field, name, at, 2, mask, HEX, little=True)
    else:
        branch.bits(f"{field}_unknown", f"{name} unknown", at, 2, mask, HEX, little=True)


def _remember(found: Found, first: int, third: int, fifth: int, sixth: int) -> None:
    radio = found.radio
    radio.kind = "he"
    if not first & 32:
        return
    streams = sixth & 15
    width = {0: 20, 1: 40, 2: 80, 3: 160}.get(fifth & 15)
    rate = he_rate(third >> 8 & 15, width, streams, fifth >> 4 & 3) if width and streams else 0.0
    if rate:
        radio.rate = rate
