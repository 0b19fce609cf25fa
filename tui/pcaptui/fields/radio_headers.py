"""Older headers in front of 802.11 frames: PPI, Prism and AVS."""

from __future__ import annotations

from ..protocols.packet import Malformed
from . import payload
from .branch import HEX, Branch, View, Walk
from .radiotap import channel_text
from .records import Record
from .registry import link_type
from .wlan import frame
from .wlan_radio import Radio, radio_layer
from .words import bit_pattern

PPI_FIELDS = {2: "802.11-Common", 3: "802.11n MAC Extensions", 4: "802.11n MAC+PHY Extensions", 5: "Spectrum-Map",
              6: "Process-Info", 7: "Capture-Info", 8: "Aggregation Extension", 9: "802.3 Extension"}  # fmt: skip
_COMMON = Record("ppi.80211-common", """
1|.flags.fcs|FCS present flag|bp
2|.flags.tsft|TSFT flag|b|milliseconds|microseconds
4|.flags.fcs-invalid|FCS validity|b|Invalid|Valid
8|.flags.phy-err|PHY error flag|b|PHY error|No errors
""")  # fmt: skip
_CHANNEL = Record("ppi.80211-common.chan.flags", """
10|.turbo|Turbo|b
20|.cck|Complementary Code Keying (CCK)|b
40|.ofdm|Orthogonal Frequency-Division Multiplexing (OFDM)|b
80|.2ghz|2 GHz spectrum|b
100|.5ghz|5 GHz spectrum|b
200|.passive|Passive|b
400|.dynamic|Dynamic CCK-OFDM|b
800|.gfsk|Gaussian Frequency Shift Keying (GFSK)|b
""")  # fmt: skip
_AVS = Record("wlancap", """
@4|.length|Header length|d
@8|.mactime|MAC timestamp|d
@8|.hosttime|Host timestamp|d
@4|.phytype|PHY type|d|0 Unknown|1 FHSS 802.11 '97|2 DSSS 802.11 '97|3 IR Baseband|4 DSSS 802.11b|5 PBCC 802.11b\
|6 OFDM 802.11g|7 PBCC 802.11g|8 OFDM 802.11a
""", little=False)  # fmt: skip
_AVS_REST = Record("wlancap", """
@4|.antenna|Antenna|d
@4|.priority|Priority|d
@4|.ssi_type|SSI Type|d|0 None|1 Normalized RSSI|2 dBm|3 Raw RSSI
""", little=False)  # fmt: skip
_AVS_END = Record("wlancap", """
@4|.preamble|Preamble|d|0 Unknown|1 Short|2 Long
@4|.encoding|Encoding Type|d|0 Unknown|1 CCK|2 PBCC|3 OFDM|4 DSS-OFDM|5 BPSK|6 QPSK|7 16QAM|8 64QAM
""", little=False)  # fmt: skip
_AVS_KINDS = {1: "fhss", 4: "b", 5: "b", 6: "g", 7: "g", 8: "a"}
DBM = 2
_AVS_STRENGTHS = {1: ("normrssi", "Normalized RSSI {}"), DBM: ("dbm", "SSI {} (dBm)"), 3: ("rawrssi", "Raw RSSI {}")}
MOST = 64


@link_type(192)
def ppi(walk: Walk, view: View) -> None:
    """Per-Packet Information: fields of type and length, then a frame of the link type that the header names."""
    at = view.at
    branch = walk.layer(view, "ppi", "PPI")
    size, inner = branch.number(at + 2, 2, True), branch.number(at + 4, 4, True)
    branch.label(f"PPI version {branch.u8(at)}, {size} bytes")
    branch.uint("ppi.version", "Version", at, 1)
    flags = branch.u8(at + 1)
    below = branch.add(f"Flags: 0x{flags:02x}", "ppi.flags", flags, at + 1, 1)
    below.flag("ppi.flags.alignment", "Alignment", at + 1, 1, 1, "32-bit aligned", "Not aligned")
    below.bits("ppi.flags.reserved", "Reserved", at + 1, 1, 0xFE, HEX)
    branch.uint("ppi.length", "Header length", at + 2, 2, little=True)
    branch.uint("ppi.dlt", "DLT", at + 4, 4, little=True)
    if size < 8:
        raise Malformed
    branch.resize(size)
    radio, checksum = _fields(branch.within(at, at + size), at + 8, at + size, flags)
    rest = view.sub(at + size)
    if inner == 105:
        radio_layer(walk, rest, radio, checksum)
        frame(walk, rest, checksum)
    elif inner != 192:
        payload.next_link_type(walk, rest, inner)


def _fields(branch: Branch, at: int, end: int, flags: int) -> tuple[Radio, bool]:
    radio, checksum = Radio(), False
    for _ in range(MOST):
        if end - at < 4:
            break
        kind, size = branch.number(at, 2, True), branch.number(at + 2, 2, True)
        name = PPI_FIELDS.get(kind, "Unknown")
        below = branch.add(name, "", None, at, 4 + size)
        below.add(f"Field type: {name} ({kind})", "ppi.field_type", kind, at, 2)
        below.uint("ppi.field_len", "Field length", at + 2, 2, little=True)
        if kind == 2 and size == 20:
            checksum = _common(below, at + 4, radio)
        at += 4 + size
        if flags & 1:
            at += -size % 4
    return radio, checksum


def _common(branch: Branch, at: int, radio: Radio) -> bool:
    """What every radio knows; whether the frame ends in its checksum."""
    radio.time = branch.uint("ppi.80211-common.tsft", "TSFT", at, 8, little=True)
    flags = branch.number(at + 8, 2, True)
    _COMMON.bits(branch.add(f"Flags: 0x{flags:04x}", "ppi.80211-common.flags", flags, at + 8, 2), at + 8, 2)
    radio.rate = branch.number(at + 10, 2, True) / 2
    branch.add(f"Rate: {radio.rate:.1f} Mbps", "ppi.80211-common.rate", branch.number(at + 10, 2, True), at + 10, 2)
    frequency, channel = branch.number(at + 12, 2, True), branch.number(at + 14, 2, True)
    radio.frequency, radio.channel_flags = frequency, channel
    branch.add(f"Channel frequency: {frequency} [{channel_text(frequency)}]", "ppi.80211-common.chan.freq", frequency,
               at + 12, 2)  # fmt: skip
    below = branch.add(f"Channel flags: 0x{channel:04x}", "ppi.80211-common.chan.flags", channel, at + 14, 2)
    _CHANNEL.bits(below, at + 14, 2)
    branch.uint("ppi.80211-common.fhss.hopset", "FHSS hopset", at + 16, 1, HEX)
    branch.uint("ppi.80211-common.fhss.pattern", "FHSS pattern", at + 17, 1, HEX)
    radio.signal, radio.noise = (int.from_bytes(branch.raw(at + place, 1), signed=True) for place in (18, 19))
    for name, value, place in (("signal", radio.signal, 18), ("noise", radio.noise, 19)):
        branch.add(f"dBm antenna {name}: {value}", f"ppi.80211-common.dbm.ant{name}", value, at + place, 1)
    return bool(flags & 1)


@link_type(119)
def prism(walk: Walk, view: View) -> None:
    """A Prism header, or AVS's under the same link type."""
    at = view.at
    if view.data[at : min(at + 2, view.end)] == b"\x80\x21":
        avs(walk, view)
        return
    branch = walk.layer(view, "prism", "Prism capture header")
    size = branch.number(at + 4, 4, True)
    little = size <= 0xFFFF
    if not little:
        size = branch.number(at + 4, 4)
    code = branch.number(at, 4, little)
    branch.add(f"Message Code: 0x{code:08x}", "prism.msgcode", code, at, 4)
    branch.uint("prism.msglen", "Message Length", at + 4, 4, little=little)
    branch.string("prism.devname", "Device Name", at + 8, 16)
    _behind(walk, view, branch, size, 8)


@link_type(163)
def avs(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "wlancap", "AVS WLAN Capture header")
    size = branch.number(at + 4, 4)
    radio = Radio(time=branch.number(at + 8, 8))
    magic = branch.u32(at)
    pattern = bit_pattern(magic, 0xFFFFFFF0, 32)
    branch.add(f"{pattern} = Header magic: 0x{magic >> 4:07x}", "wlancap.magic", magic >> 4, at, 4)
    branch.bits("wlancap.version", "Header revision", at, 4, 0xF)
    place = _AVS.put(branch, at + 4, view.end)
    radio.kind = _AVS_KINDS.get(branch.u32(place - 4), "")
    channel, rate = branch.u32(place), branch.u32(place + 4)
    name, field = ("Channel", "channel") if channel < 256 else ("Channel frequency", "channel_frequency")
    branch.uint(f"wlancap.{field}", name, place, 4)
    radio.rate = rate / 10 if rate else None
    branch.add(f"Data Rate: {rate / 10:.1f} Mb/s", "wlancap.data_rate", rate, place + 4, 4)
    if 1 <= channel <= 14 and radio.kind in ("b", "g"):
        radio.frequency = 2484 if channel == 14 else 2407 + 5 * channel
    place = _AVS_REST.put(branch, place + 8, view.end)
    _strengths(branch, place, radio)
    _AVS_END.put(branch, place + 8, view.end)
    preamble = branch.u32(place + 8)
    radio.short_preamble = preamble == 1 if preamble in (1, 2) else None
    _behind(walk, view, branch, size, 64, radio)


def _strengths(branch: Branch, at: int, radio: Radio) -> None:
    """Signal and noise, in the unit that the field before says."""
    kind = branch.u32(at - 4)
    if kind not in _AVS_STRENGTHS:
        return
    prefix, name = _AVS_STRENGTHS[kind]
    for place, what in ((at, "Signal"), (at + 4, "Noise")):
        value = int.from_bytes(branch.raw(place, 4), signed=kind == DBM)
        branch.add(f"{name.format(what)}: {value}", f"wlancap.{prefix}_ant{what.lower()}", value, place, 4)
    if kind == DBM:
        radio.signal, radio.noise = (int.from_bytes(branch.raw(place, 4), signed=True) for place in (at, at + 4))


def _behind(walk: Walk, view: View, branch: Branch, size: int, least: int, radio: Radio | None = None) -> None:
    if size < least or size > view.reported - view.at:
        raise Malformed
    branch.resize(size)
    rest = view.sub(view.at + size)
    radio_layer(walk, rest, radio or Radio(), False)
    frame(walk, rest, False)
