"""Elements of 802.11 management frames: number, length, contents (IEEE 802.11-2020, 9.4.2)."""

from __future__ import annotations

from collections.abc import Callable

from ..protocols.text import mac
from . import wlan_ht as ht
from . import wlan_tag_layouts as layouts
from .branch import HEX, Branch
from .expert import expert
from .records import Record
from .wlan_security import rsn, rsn_extension
from .wlan_vendor import vendor
from .wlan_words import ENVIRONMENTS, EXTENDED_TAGS, RATES, TAGS
from .words import plain

Element = Callable[[Branch, int, int], object]
MOST = 512
"""Most elements of a frame that are shown."""
VENDOR, EXTENSION = 221, 255
UNDECODED = frozenset((
    *range(17, 32), 49, 58, 73, *range(77, 83), *range(86, 90), *range(94, 98), 99, 100, 103, 109, 112, 115, 116,
    *range(121, 125), 128, 129, *range(134, 137), 139, 141, 142, 149, 155, 156, *range(164, 167), 170, 171,
    *range(174, 177), *range(178, 184), *range(186, 190), 197, 198, 200, *range(202, 207), 218, 219, 227, 228,
    *range(237, 240), *range(241, 244), *range(245, 255),
))  # fmt: skip
"""Elements of which tshark says so; found by experiment."""


def tags(branch: Branch, at: int, end: int | None = None, subtype: int = -1) -> None:
    """All elements up to `end`; the last may reach behind it."""
    end = branch.view.reported if end is None else end
    for _ in range(MOST):
        if end - at < 2:
            if end > at:
                expert_cut(branch.add("Tag", "wlan.tag", None, at, end - at))
            return
        at = tag(branch, at, end, subtype)


def expert_cut(branch: Branch) -> None:
    expert(branch, "Error", "Malformed", "Tag is longer than its frame", "wlan.tag.length.bad")


def tag(branch: Branch, at: int, end: int, subtype: int) -> int:
    """One element; where the next one begins."""
    number, size = branch.u8(at), branch.u8(at + 1)
    inner = branch.u8(at + 2) if number == EXTENSION and size else -1
    name = TAGS.get(number, f"Unknown ({number})")
    title = f"Ext Tag: {EXTENDED_TAGS.get(inner, 'Reserved')}" if inner >= 0 else f"Tag: {name}"
    below = branch.add(title, "wlan.tag", None, at, 2 + size)
    shown = f"{name} ({number})" if number in TAGS else name
    below.add(f"Tag Number: {shown}", "wlan.tag.number", number, at, 1)
    line = below.uint("wlan.tag.length", "Tag length", at + 1, 1)
    after = at + 2 + line
    if after > end:
        expert(Branch(branch.walk, branch.view, below.node.children[-1]), "Error", "Malformed",
               "Tag Length is longer than remaining payload", "wlan.tag.length.bad")  # fmt: skip
        return end
    start = at + 2
    inside = below.within(start, after)
    if number == VENDOR:
        vendor(inside, start, after, subtype)
    elif inner >= 0:
        _extended(inside, start, after, inner)
    elif number in ELEMENTS:
        ELEMENTS[number](inside, start, after)
    else:
        if number in UNDECODED:
            below.suffix(": Undecoded")
        inside.blob("wlan.tag.data", "Tag Data", start, size)
    return after


def _extended(branch: Branch, at: int, end: int, number: int) -> None:
    branch.node.label = plain(f"Ext Tag: {EXTENDED_TAGS.get(number, 'Reserved')}")
    branch.uint("wlan.ext_tag.number", "Ext Tag Number", at, 1, names=EXTENDED_TAGS)
    if end > at + 1:
        branch.blob("wlan.ext_tag.data", "Ext Tag Data", at + 1, end - at - 1)


def _ssid(branch: Branch, at: int, end: int) -> None:
    raw = branch.raw(at, end - at)
    words = quoted(raw)
    if words is None:
        branch.suffix(": Undecoded")
        branch.blob("wlan.tag.data", "Tag Data", at, end - at)
        return
    branch.suffix(f": {words if raw else 'Wildcard SSID'}")
    shown = words if raw else "<MISSING>"
    branch.add(f"SSID: {shown}", "wlan.ssid", raw.hex(":"), at, end - at)


def quoted(raw: bytes) -> str | None:
    """A name in quotation marks; None: it is no text."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return f'"{text}"' if text.isprintable() else None


def _rates(field: str, name: str) -> Element:
    def element(branch: Branch, at: int, end: int) -> None:
        words = ""
        for place in range(at, end):
            value = branch.u8(place)
            word = RATES.get(value)
            branch.add(f"{name}: {word or 'Unknown'} (0x{value:02x})", field, value, place, 1)
            words += f" {word or 'Unknown Rate'},"
        branch.suffix(f"{words} [Mbit/sec]")

    return element


def _channel(branch: Branch, at: int, end: int) -> None:
    value = branch.uint("wlan.ds.current_channel", "Current Channel", at, 1)
    branch.suffix(f": Current Channel: {value}")


def _traffic(branch: Branch, at: int, end: int) -> None:
    branch.suffix(f": DTIM {branch.u8(at)} of {branch.u8(at + 1)} bitmap")
    at = layouts.TIM.put(branch, at, end)
    if end > at:
        branch.blob("wlan.tim.partial_virtual_bitmap", "Partial Virtual Bitmap", at, end - at)
        _stations(branch, at, end)


def _stations(branch: Branch, at: int, end: int) -> None:
    """The association identifiers whose bits are set."""
    offset = 8 * (branch.u8(at - 1) & 0xFE)
    line = Branch(branch.walk, branch.view, branch.node.children[-1])
    for place in range(at, end):
        for bit in range(8):
            identifier = offset + 8 * (place - at) + bit
            if branch.u8(place) >> bit & 1 and identifier:
                line.add(f"Association ID: 0x{identifier:02x}", "wlan.tim.aid", identifier, place, 1)


def _country(branch: Branch, at: int, end: int) -> None:
    code = branch.raw(at, 2).decode("ascii", "replace")
    where = branch.u8(at + 2)
    words = ENVIRONMENTS.get(where, "Unknown")
    branch.suffix(f": Country Code {code}, Environment {words}")
    branch.add(f"Code: {code}", "wlan.country_info.code", code, at, 2)
    branch.add(f"Environment: {words} ({where})", "wlan.country_info.environment", where, at + 2, 1)
    at += 3
    while end - at >= 3:
        _channels(branch, at)
        at += 3
    if end > at:
        branch.blob("wlan.country_info.padding", "Padding", at, end - at)


def _channels(branch: Branch, at: int) -> None:
    first, count = branch.u8(at), branch.u8(at + 1)
    third = branch.u8(at + 2)
    if first <= 200:
        power = third - 256 if third > 127 else third
        names = (("First Channel Number", "fnm.fcn", first), ("Number of Channels", "fnm.nc", count),
                 ("Maximum Transmit Power Level", "fnm.mtpl", power))  # fmt: skip
        kind, unit = "fnm", " dBm"
    else:
        names = (("Operating Extension Identifier", "rrc.oei", first), ("Operating Class", "rrc.oc", count),
                 ("Coverage Class", "rrc.cc", third))  # fmt: skip
        kind, unit = "rrc", ""
    words = ", ".join(f"{name}: {value % 256}" for name, _, value in names) + unit
    below = branch.add(f"Country Info: {words}", f"wlan.country_info.{kind}", None, at, 3)
    for place, (name, field, value) in enumerate(names):
        text = f"{name}: {value}{unit if place == 2 else ''}"
        below.add(text, f"wlan.country_info.{field}", value, at + place, 1)


def _suffixed(layout: Record, wanted: int = 0) -> Element:
    def element(branch: Branch, at: int, end: int) -> None:
        at = layout.put(branch, at, end)
        if end > at and wanted:
            branch.blob("wlan.tag.data", "Tag Data", at, end - at)

    return element


def _power(branch: Branch, at: int, end: int) -> None:
    value = branch.uint("wlan.powercon.local", "Local Power Constraint", at, 1)
    branch.suffix(f": {value}")


def _sending(branch: Branch, at: int, end: int) -> None:
    least, most = (int.from_bytes(branch.raw(place, 1), signed=True) for place in (at, at + 1))
    layouts.SEND_POWER.put(branch, at, end)
    branch.suffix(f" Min: {least}, Max: {most}")


def _report(branch: Branch, at: int, end: int) -> None:
    power, margin = (int.from_bytes(branch.raw(place, 1), signed=True) for place in (at, at + 1))
    layouts.POWER_REPORT.put(branch, at, end)
    branch.suffix(f" Transmit Power: {power % 256}, Link Margin: {margin % 256}")


def _supported_channels(branch: Branch, at: int, end: int) -> None:
    number = 1
    while end - at >= 2:
        first, count = branch.u8(at), branch.u8(at + 1)
        text = f"Supported Channels Set #{number} First: {first}, Range: {count} "
        below = branch.add(text, "wlan.supchan", None, at, 2)
        below.uint("wlan.supchan.first", "First Supported Channel", at, 1)
        below.uint("wlan.supchan.range", "Supported Channel Range", at + 1, 1)
        at += 2
        number += 1


def _switch(branch: Branch, at: int, end: int) -> None:
    mode, channel, count = branch.u8(at), branch.u8(at + 1), branch.u8(at + 2)
    layouts.SWITCH.put(branch, at, end)
    branch.suffix(f" Mode: {mode}, Number: {channel} , Count: {count} ")


def _quiet(branch: Branch, at: int, end: int) -> None:
    layouts.QUIET.put(branch, at, end)
    count, period = branch.u8(at), branch.u8(at + 1)
    duration, offset = branch.number(at + 2, 2, True), branch.number(at + 4, 2, True)
    branch.suffix(f" Count: {count} Period: {period} Duration: {duration} Offset: {offset}")


def _load(branch: Branch, at: int, end: int) -> None:
    """802.11e's five bytes; four are a version of Cisco's."""
    size = end - at
    branch.suffix(" 802.11e CCA Version" if size == 5 else " Cisco QBSS Version 1 - non CCA" if size == 4 else "")
    if size not in (4, 5):
        branch.blob("wlan.tag.data", "Tag Data", at, size)
        return
    branch.add(f"QBSS Version: {size - 3}", "wlan.qbss.version", size - 3, at, size)
    stations, busy, admitted = branch.number(at, 2, True), branch.u8(at + 2), branch.number(at + 3, size - 3, True)
    if size == 4:
        branch.add(f"Station Count: {stations}", "wlan.qbss.scount", stations, at, 2)
        branch.add(f"Channel Utilization: {busy}", "wlan.qbss.cu", busy, at + 2, 1)
        branch.add(f"Available Admission Capacity: {admitted}", "wlan.qbss.adc", admitted, at + 3, 1)
        return
    branch.add(f"Station Count: {stations}", "wlan.qbss.scount", stations, at, 2)
    branch.add(f"Channel Utilization: {busy} ({100 * busy // 255}%)", "wlan.qbss.cu", busy, at + 2, 1)
    branch.add(f"Available Admission Capacity: {admitted} ({32 * admitted} us/s)", "wlan.qbss.adc", admitted, at + 3,
               2)  # fmt: skip


def _extended_capabilities(branch: Branch, at: int, end: int) -> None:
    size = end - at
    branch.suffix(f" ({size} octet{'' if size == 1 else 's'})")
    ht.extended(branch, at, end)


def _measurements(branch: Branch, at: int, end: int) -> None:
    for place, name in enumerate(("RM_1", "RM_2", "RM_3", "RM_4", "RM_5")):
        if at + place >= end:
            return
        value = branch.u8(at + place)
        below = branch.add(f"RM Capabilities: 0x{value:02x} (octet {place + 1})", "wlan.rmcap", value, at + place, 1)
        layout = getattr(layouts, name)
        layout.bits(below, at + place, 1)


def _challenge(branch: Branch, at: int, end: int) -> None:
    branch.blob("wlan.tag.challenge_text", "Challenge Text", at, end - at)


def _mesh(branch: Branch, at: int, end: int) -> None:
    text = branch.string("wlan.mesh.id", "Mesh ID", at, end - at)
    branch.suffix(f": {text}" if text else "")


def _window(branch: Branch, at: int, end: int) -> None:
    value = branch.uint("wlan.ibss.atim_windows", "Atim Windows", at, 2, HEX, little=True)
    branch.suffix(f": ATIM window 0x{value:X}")


def _requested(branch: Branch, at: int, end: int) -> None:
    for place in range(at, end):
        branch.uint("wlan.tag.request", "Requested Element ID", place, 1, names=TAGS)


def _second_channel(branch: Branch, at: int, end: int) -> None:
    names = {0: "No Secondary Channel", 1: "Above Primary Channel", 2: "Reserved", 3: "Below Primary Channel"}
    branch.uint("wlan.secchanoffset", "Secondary Channel Offset", at, 1, HEX, names)


def _envelope(branch: Branch, at: int, end: int) -> None:
    """Transmit power limits by width, in half decibels."""
    at = layouts.POWER_ENVELOPE.put(branch, at, end)
    for field, width in (("20", "20MHz"), ("40", "40MHz"), ("80", "80MHz"), ("160", "160MHz/80+80 MHz")):
        if at >= end:
            return
        value = int.from_bytes(branch.raw(at, 1), signed=True)
        text = f"Local Max Tx Pwr Constraint {width}: {value / 2:.1f} dBm"
        branch.add(text, f"wlan.vht.tpe.pwr_constr_{field}", value, at, 1)
        at += 1


def _wide_switch(branch: Branch, at: int, end: int) -> None:
    layouts.WIDE_SWITCH.put(branch, at, end)
    for node in branch.node.children[-2:]:
        node.label += f" ({node.value})"


def _integrity(branch: Branch, at: int, end: int) -> None:
    branch.uint("wlan.mmie.keyid", "KeyID", at, 2, little=True)
    branch.blob("wlan.mmie.ipn", "IPN", at + 2, 6)
    branch.blob("wlan.mmie.mic", "MIC", at + 8, end - at - 8)


def _contention_free(branch: Branch, at: int, end: int) -> None:
    layouts.CF.put(branch, at, end)
    values = branch.u8(at), branch.u8(at + 1), branch.number(at + 2, 2, True), branch.number(at + 4, 2, True)
    names = "CFP count", "CFP Period", "CFP Max Duration", "CFP Dur Remaining"
    branch.suffix("".join(f": {name} {value}" for name, value in zip(names, values, strict=True)))


def _classes(branch: Branch, at: int, end: int) -> None:
    branch.uint("wlan.supopeclass.current", "Current Operating Class", at, 1)
    if end > at + 1:
        listed = ", ".join(str(value) for value in branch.raw(at + 1, end - at - 1))
        branch.add(f"Alternate Operating Classes: {listed}", "wlan.supopeclass.alt", None, at + 1, end - at - 1)


def _channel_report(branch: Branch, at: int, end: int) -> None:
    value = branch.uint("wlan.ap_channel_report.operating_class", "Operating Class", at, 1)
    words = []
    for place in range(at + 1, end):
        words.append(str(branch.uint("wlan.ap_channel_report.channel_list", "Channel List", place, 1)))
    branch.suffix(f": Operating Class {value}, Channel List : {', '.join(words)}, ")


def _interworking(branch: Branch, at: int, end: int) -> None:
    count = len(layouts.INTERWORKING.lines) - 1
    Record.bits(_Part(layouts.INTERWORKING, count), branch, at, 1)
    if (end - at) in (7, 9):
        text = mac(branch.raw(end - 6, 6))
        branch.add(f"HESSID: {text}", "wlan.interworking.hessid", text, end - 6, 6)


class _Part(Record):
    """The first lines of a record."""

    def __init__(self, record: Record, count: int) -> None:
        super().__init__(record.prefix, "", record.little)
        self.__dict__["lines"] = record.lines[:count]


def _fast_transition(branch: Branch, at: int, end: int) -> None:
    word = branch.number(at, 2, True)
    below = branch.add(f"MIC Control: 0x{word:04x}", "wlan.ft.mic_control", word, at, 2)
    below.bits("wlan.ft.mic_control.reserved", "Reserved", at, 2, 0x00FF, HEX, little=True)
    below.bits("wlan.ft.mic_control.element_count", "Element Count", at, 2, 0xFF00, little=True)
    for field, name, place, size in (("mic", "MIC", at + 2, 16), ("anonce", "ANonce", at + 18, 32),
                                     ("snonce", "SNonce", at + 50, 32)):  # fmt: skip
        branch.blob(f"wlan.ft.{field}", name, place, size)
    at += 82
    while end - at >= 2:
        size = branch.u8(at + 1)
        branch.uint("wlan.ft.subelem.id", "Subelement ID", at, 1, names=_KEY_HOLDERS)
        branch.uint("wlan.ft.subelem.len", "Length", at + 1, 1)
        field, name = {1: ("r1kh_id", _KEY_HOLDERS[1]), 3: ("r0kh_id", _KEY_HOLDERS[3])}.get(
            branch.u8(at), ("data", "Data")
        )
        if size > end - at - 2:
            return
        branch.blob(f"wlan.ft.subelem.{field}", name, at + 2, size)
        at += 2 + size


def _neighbor(branch: Branch, at: int, end: int) -> None:
    """A neighbour report (9.4.2.36) with its subelements."""
    at = layouts.NEIGHBOR.put(branch, at, end)
    branch.node.children[-2].label += " (iterative measurements on that Channel Number)"
    while end - at >= 2:
        number, size = branch.u8(at), branch.u8(at + 1)
        if size > end - at - 2:
            return
        name = _SUBELEMENTS.get(number, "Unknown")
        below = branch.add(f"Subelement: {name}", "", None, at, 2 + size)
        below.uint("wlan.nreport.subelem.id", "ID", at, 1)
        below.uint("wlan.nreport.subelem.len", "Length", at + 1, 1)
        if number == 3 and size == 1:
            below.uint("wlan.nreport.subelem.bss_trn_can_pref", "Preference", at + 2, 1)
        elif size:
            below.blob("wlan.nreport.subelem.data", "Data", at + 2, size)
        at += 2 + size


_SUBELEMENTS = {1: "TSF Information", 2: "Condensed Country String", 3: "BSS Transition Candidate Preference",
                4: "BSS Termination Duration", 5: "Bearing", 6: "Wide Bandwidth Channel"}  # fmt: skip
_KEY_HOLDERS = {0: "Reserved", 1: "PMK-R1 key holder identifier (R1KH-ID)", 2: "GTK subelement",
                3: "PMK-R0 key holder identifier (R0KH-ID)", 4: "IGTK"}  # fmt: skip
_SUPPORTED = _rates("wlan.supported_rates", "Supported Rates")
_FURTHER = _rates("wlan.extended_supported_rates", "Extended Supported Rates")
ELEMENTS: dict[int, Element] = {
    0: _ssid, 1: _SUPPORTED, 2: _suffixed(layouts.HOPPING), 3: _channel, 4: _contention_free, 5: _traffic, 6: _window,
    7: _country, 10: _requested, 11: _load, 16: _challenge, 32: _power, 33: _sending, 35: _report,
    36: _supported_channels, 37: _switch, 40: _quiet, 42: _suffixed(layouts.ERP), 45: ht.capabilities,
    47: _suffixed(layouts.ERP), 48: rsn, 50: _FURTHER, 51: _channel_report, 52: _neighbor,
    54: _suffixed(layouts.MOBILITY), 55: _fast_transition, 56: _suffixed(layouts.TIMEOUT), 59: _classes,
    61: ht.information, 62: _second_channel, 70: _measurements, 72: _suffixed(layouts.COEXISTENCE),
    74: _suffixed(layouts.SCAN), 76: _integrity, 107: _interworking, 113: _suffixed(layouts.MESH_CONFIGURATION),
    114: _mesh, 127: _extended_capabilities, 191: ht.very_high_capabilities, 192: ht.very_high_operation,
    194: _wide_switch, 195: _envelope, 199: _suffixed(layouts.OPERATING_MODE), 244: rsn_extension,
}  # fmt: skip
"""By number: what the branch gets between two places."""
