"""IEEE 802.11 frames: frame control, addresses, sequence, QoS and checksum (IEEE 802.11-2020, 9.2 and 9.3)."""

from __future__ import annotations

from ..protocols.packet import Short
from ..protocols.text import mac
from ..protocols.wlan import flag_text
from . import payload
from .branch import Branch, View, Walk
from .llc import llc
from .registry import link_type
from .wlan_control import EXTENSION, control
from .wlan_layouts import FLAGS
from .wlan_management import management
from .wlan_protected import protection
from .wlan_quality import ht_control, quality
from .wlan_words import SUBTYPES
from .words import bit_pattern

MANAGEMENT, CONTROL, DATA, OTHER = 0, 1, 2, 3
_TYPES = ("Management frame", "Control frame", "Data frame", "Extension frame")
SUBFRAMES = 64
"""Most subframes of an aggregate that are followed."""


@link_type(105)
def captured_frame(walk: Walk, view: View) -> None:
    frame(walk, view, walk.context.facts.get("fcs_length") == 4)


def frame(walk: Walk, view: View, checksum: bool, padded: bool = False) -> None:
    """One MAC frame. `checksum`: its last four bytes are one; `padded`: the header is padded to four bytes."""
    walk.call(lambda walk, view: _frame(walk, view, checksum, padded), view)


def _frame(walk: Walk, view: View, checksum: bool, padded: bool) -> None:
    at = view.at
    if at >= view.end:
        raise Short
    branch = walk.layer(view, "wlan", "IEEE 802.11")
    first, flags = branch.u8(at), branch.u8(at + 1)
    kind, subtype = first >> 2 & 3, first >> 4
    code = 16 * kind + subtype
    if kind == CONTROL and subtype == EXTENSION:
        code = 352 + (flags & 15) if flags & 15 in range(2, 11) else 352
    name = SUBTYPES.get(code, "Unrecognized (Reserved frame)")
    letters = flag_text(flags) + ("C" if checksum else "")
    branch.label(f"IEEE 802.11 {name}, Flags: {letters}" if code in SUBTYPES else f"IEEE 802.11 {name}")
    _frame_control(branch, at, code, SUBTYPES.get(code, "Unknown"))
    body = view.sub(at, view.reported - 4) if checksum and view.reported - at >= 14 else view
    if kind == CONTROL:
        size = control(branch.within(at, body.reported), at, subtype, flags)
        _checksum(branch, view, checksum)
        branch.resize(size - at)
    elif kind == MANAGEMENT:
        _management(walk, body, view, branch, (subtype, flags), checksum)
    elif kind == DATA:
        _data(walk, body, view, branch, (subtype, flags), (checksum, padded))


def _frame_control(branch: Branch, at: int, code: int, name: str) -> None:
    first, flags = branch.u8(at), branch.u8(at + 1)
    branch.add(f"Type/Subtype: {name} (0x{code:04x})", "wlan.fc.type_subtype", code, at, 1)
    word = branch.u16(at)
    below = branch.add(f"Frame Control Field: 0x{word:04x}", "wlan.fc", word, at, 2)
    below.bits("wlan.fc.version", "Version", at, 1, 0x03)
    kind = first >> 2 & 3
    below.add(f"{bit_pattern(first, 0x0C, 8)} = Type: {_TYPES[kind]} ({kind})", "wlan.fc.type", kind, at, 1)
    below.bits("wlan.fc.subtype", "Subtype", at, 1, 0xF0)
    if code >= 352:
        below.add(f"Control Frame Extension: {flags & 15}", "wlan.fc.extension", flags & 15, at + 1, 1)
    deeper = below.add(f"Flags: 0x{flags:02x}", "wlan.flags", flags, at + 1, 1)
    FLAGS.bits(deeper, at + 1, 1)


def duration(branch: Branch, at: int) -> None:
    word = branch.number(at, 2, True)
    value = word & 0x7FFF
    if word & 0x8000:
        branch.add(f"Duration: {word & 0x3FFF} microseconds", "wlan.duration", word & 0x3FFF, at, 2)
        return
    pattern = bit_pattern(word, 0x7FFF, 16)
    branch.add(f"{pattern} = Duration: {value} microseconds", "wlan.duration", value, at, 2)


def address(branch: Branch, role: str, at: int) -> None:
    name = {"ra": "Receiver address", "ta": "Transmitter address", "da": "Destination address",
            "sa": "Source address", "bssid": "BSS Id", "staa": "STA address"}[role]  # fmt: skip
    text = mac(branch.raw(at, 6))
    branch.add(f"{name}: {text}", f"wlan.{role}", text, at, 6)


def sequence(branch: Branch, at: int) -> None:
    branch.bits("wlan.frag", "Fragment number", at, 2, 0x000F, little=True)
    branch.bits("wlan.seq", "Sequence number", at, 2, 0xFFF0, little=True)


def _checksum(branch: Branch, view: View, checksum: bool) -> None:
    """The last four bytes; tshark does not verify them unless asked to."""
    at = view.reported - 4
    if not checksum or at < view.at + 2:
        return
    if at + 4 <= view.end:
        value = branch.number(at, 4, True)
        branch.add(f"Frame check sequence: 0x{value:08x} [unverified]", "wlan.fcs", value, at, 4)
        branch.computed("FCS Status: Unverified", "wlan.fcs.status", 2)


def _management(walk: Walk, body: View, view: View, branch: Branch, control: tuple[int, int], checksum: bool) -> None:
    subtype, flags = control
    at = view.at
    duration(branch, at + 2)
    for role, place in (("ra", 4), ("da", 4), ("ta", 10), ("sa", 10), ("bssid", 16)):
        address(branch, role, at + place)
    sequence(branch, at + 22)
    _checksum(branch, view, checksum)
    size = 24
    if flags & 0x80:
        ht_control(branch, at + 24)
        size = 28
    branch.resize(size)
    if flags & 0x40:
        after, end = protection(branch, body, at + size)
        branch.resize(size)
        payload.data(walk, body.sub(after, end))
    elif flags & 0x04 or branch.u8(at + 22) & 15:
        payload.data(walk, body.sub(at + size))
    else:
        management(walk, body.sub(at + size), subtype)


def _roles(flags: int, aggregate: bool) -> list[tuple[str, int]]:
    """Which addresses stand where (IEEE 802.11-2020, table 9-30)."""
    kind = flags & 3
    ends = {0: (("da", 4), ("sa", 10)), 1: (("da", 16), ("sa", 10)), 2: (("da", 4), ("sa", 16)),
            3: (("da", 16), ("sa", 24))}[kind]  # fmt: skip
    roles = [("ra", 4), ("ta", 10), *(end for end in ends if not aggregate or end[1] < 16)]
    if kind == 3:
        return roles
    bssid = {0: 16, 1: 4, 2: 10}[kind]
    roles.append(("bssid", bssid))
    if kind:
        roles.append(("staa", 10 if kind == 1 else 4))
    return roles


def _data(walk: Walk, body: View, view: View, branch: Branch, control: tuple[int, int],
          options: tuple[bool, bool]) -> None:  # fmt: skip
    subtype, flags = control
    at = view.at
    size = 30 if flags & 3 == 3 else 24
    quality_at = at + size
    word = branch.number(quality_at, 2, True) if subtype & 8 and quality_at + 2 <= view.end else 0
    duration(branch, at + 2)
    for role, place in _roles(flags, bool(word & 0x80)):
        address(branch, role, at + place)
    sequence(branch, at + 22)
    _checksum(branch, view, options[0])
    if subtype & 8:
        quality(branch, quality_at, flags, subtype)
        size += 2
        if flags & 0x80:
            ht_control(branch, at + size)
            size += 4
    branch.resize(size)
    start = at + (size + 3 & ~3 if options[1] else size)
    if subtype & 4:
        return
    end = body.reported
    if flags & 0x40:
        start, end = protection(branch, body, start)
        branch.resize(start - at)
    rest = body.sub(start, end)
    if flags & 0x40 or flags & 0x04 or branch.u8(at + 22) & 15:
        payload.data(walk, rest)
    elif word & 0x80:
        walk.call(_aggregate, rest)
    elif len(rest):
        walk.call(llc, rest)


def _aggregate(walk: Walk, view: View) -> None:
    """An A-MSDU: frames with a header of Ethernet's kind, each padded to four bytes (IEEE 802.11-2020, 9.3.2.2.2)."""
    branch = walk.layer(view, "wlan_aggregate", "IEEE 802.11 Aggregate MSDU")
    at = view.at
    for number in range(1, SUBFRAMES + 1):
        if view.reported - at < 14:
            return
        length = branch.number(at + 12, 2)
        padding = -(14 + length) % 4
        size = 14 + length + padding
        below = branch.add(f"A-MSDU Subframe #{number}", "wlan_aggregate.a_mdsu.subframe", None, at, size)
        address(below, "da", at)
        address(below, "sa", at + 6)
        below.add(f"A-MSDU Length: {length}", "wlan_aggregate.a_mdsu.length", length, at + 12, 2)
        after = at + 14 + length
        with walk.inside(below):
            inner = view.sub(at + 14, after)
            if len(inner):
                walk.call(llc, inner)
        if padding and after + padding <= view.end:
            below.add(f"Padding: {branch.raw(after, padding).hex()}", "", None, after, padding)
        at = after + padding
