"""Radiotap headers in front of 802.11 frames (radiotap.org): which fields are present, and the fields."""

from __future__ import annotations

from collections.abc import Callable

from ..protocols.packet import Malformed
from . import radiotap_layouts as layouts
from .branch import HEX, Branch, View, Walk
from .organisations import organisation
from .radiotap_rates import he, high_throughput, very_high
from .records import Record
from .registry import link_type
from .wlan import frame
from .wlan_radio import Found, radio_layer
from .words import bit_pattern

WORDS = 32
"""Most words of presence bits that are followed."""
SIZES = {0: (8, 8), 1: (1, 1), 2: (1, 1), 3: (2, 4), 4: (2, 2), 5: (1, 1), 6: (1, 1), 7: (2, 2), 8: (2, 2), 9: (2, 2),
         10: (1, 1), 11: (1, 1), 12: (1, 1), 13: (1, 1), 14: (2, 2), 15: (2, 2), 16: (1, 1), 17: (1, 1), 18: (4, 8),
         19: (1, 3), 20: (4, 8), 21: (2, 12), 22: (8, 12), 23: (2, 12), 24: (2, 12), 25: (2, 6), 26: (1, 1),
         27: (2, 4)}  # fmt: skip
"""Alignment and size by presence bit."""
MORE, SAME_SPACE, VENDOR_SPACE = 1 << 31, 1 << 29, 1 << 30


Field = Callable[[Branch, int, Found], None]


@link_type(127)
def radiotap(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "radiotap", "Radiotap Header")
    version, size = branch.u8(at), branch.number(at + 2, 2, True)
    branch.label(f"Radiotap Header v{version}, Length {size}")
    branch.uint("radiotap.version", "Header revision", at, 1)
    branch.uint("radiotap.pad", "Header pad", at + 1, 1)
    branch.uint("radiotap.length", "Header length", at + 2, 2, little=True)
    if size < 8:
        raise Malformed
    branch.resize(size)
    inside = branch.within(at, at + size)
    found = Found()
    _fields(inside, at, at + size, _present(inside, at + 4), found)
    rest = view.sub(at + size)
    radio_layer(walk, rest, found.radio, bool(found.flags & 0x10))
    frame(walk, rest, bool(found.flags & 0x10), bool(found.flags & 0x20))


def _present(branch: Branch, at: int) -> list[int]:
    """The words of presence bits, and a line for each."""
    words: list[int] = []
    while len(words) < WORDS:
        words.append(branch.number(at + 4 * len(words), 4, True))
        if not words[-1] & MORE:
            break
    below = branch.add("Present flags", "radiotap.present", None, at, 4 * len(words))
    for place, word in enumerate(words):
        line = below.add(f"Present flags word: 0x{word:08x}", "radiotap.present.word", word, at + 4 * place, 4)
        layouts.PRESENT.bits(line, at + 4 * place, 4)
    return words


def _fields(branch: Branch, start: int, end: int, words: list[int], found: Found) -> None:
    """Fields stand in the order of their bits, each aligned in the header."""
    at = start + 4 + 4 * len(words)
    known = True
    for word in words:
        for bit in range(29):
            if not word >> bit & 1:
                continue
            if not known or bit not in SIZES:
                return
            alignment, size = SIZES[bit]
            at += -(at - start) % alignment
            if at + size > end:
                return
            if bit in FIELDS:
                FIELDS[bit](branch, at, found)
            at += size
        if word & VENDOR_SPACE:
            at += -(at - start) % 2
            at = _vendor(branch, at, end)
        known = bool(word & SAME_SPACE)


def _vendor(branch: Branch, at: int, end: int) -> int:
    if at + 6 > end:
        return end
    raw, space, size = branch.raw(at, 3), branch.u8(at + 3), branch.number(at + 4, 2, True)
    below = branch.add(f"Vendor namespace: {raw.hex(':')}-{space}", "radiotap.vendor_namespace",
                       branch.raw(at, 6).hex(":"), at, 6 + size)  # fmt: skip
    below.add(f"Vendor OUI: {organisation(raw)}", "radiotap.vendor_oui", int.from_bytes(raw), at, 3)
    below.uint("radiotap.vendor_subns", "Vendor sub namespace", at + 3, 1)
    below.uint("radiotap.vendor_data_len", "Vendor data length", at + 4, 2, little=True)
    if size:
        below.add("Vendor data", "radiotap.vendor_data", None, at + 6, size)
    return at + 6 + size


def _time(branch: Branch, at: int, found: Found) -> None:
    found.radio.time = branch.uint("radiotap.mactime", "MAC timestamp", at, 8, little=True)


def _flags(branch: Branch, at: int, found: Found) -> None:
    found.flags = branch.u8(at)
    found.radio.short_preamble = bool(found.flags & 2)
    found.radio.short_guard = bool(found.flags & 0x80)
    layouts.FLAGS.put(branch, at, at + 1)


def _rate(branch: Branch, at: int, found: Found) -> None:
    value = branch.u8(at) / 2
    if branch.u8(at):
        found.radio.rate = value
    branch.add(f"Data Rate: {value:.1f} Mb/s", "radiotap.datarate", value, at, 1)


def _channel(branch: Branch, at: int, found: Found) -> None:
    frequency, flags = branch.number(at, 2, True), branch.number(at + 2, 2, True)
    found.radio.frequency, found.radio.channel_flags = frequency, flags
    branch.add(f"Channel frequency: {frequency} [{channel_text(frequency)}]", "radiotap.channel.freq", frequency, at, 2)
    _set_bits(branch, layouts.CHANNEL, f"Channel flags: 0x{flags:04x}", "radiotap.channel.flags", at + 2, 2)


def _set_bits(branch: Branch, layout: Record, label: str, name: str, at: int, size: int) -> None:
    """A word of bits, its line naming those that are set."""
    value = branch.number(at, size, True)
    words = "".join(f", {line.name}" for line in layout.lines if value & line.mask)
    layout.bits(branch.add(label + words, name, value, at, size), at, size)


def channel_text(frequency: int) -> str:
    """The band and the channel's number."""
    number = channel_number(frequency)
    if number is None:
        return "unknown channel"
    return f"{'BG' if frequency < 3000 else 'A'} {number}"


def channel_number(frequency: int) -> int | None:
    """IEEE 802.11-2020, annex E."""
    if frequency == 2484:
        return 14
    if 2412 <= frequency <= 2472 and frequency % 5 == 2:
        return (frequency - 2407) // 5
    if 4910 <= frequency <= 4980 and frequency % 5 == 0:
        return (frequency - 4000) // 5
    if 5000 <= frequency <= 5950 and frequency % 5 == 0:
        return (frequency - 5000) // 5
    if 5955 <= frequency <= 7115 and frequency % 5 == 0:
        return (frequency - 5950) // 5
    return None


def _signed(name: str, title: str, radio: str, unit: str = " dBm") -> Field:
    def put(branch: Branch, at: int, found: Found) -> None:
        value = int.from_bytes(branch.raw(at, 1), signed=True)
        if radio:
            setattr(found.radio, radio, value)
        branch.add(f"{title}: {value}{unit}", name, value, at, 1)

    return put


def _plain(name: str, title: str, size: int, radio: str = "", unit: str = "") -> Field:
    def put(branch: Branch, at: int, found: Found) -> None:
        value = branch.uint(name, title, at, size, unit=unit, little=True)
        if radio:
            setattr(found.radio, radio, value)

    return put


def _hopping(branch: Branch, at: int, found: Found) -> None:
    branch.uint("radiotap.fhss.hopset", "FHSS Hop Set", at, 1)
    branch.uint("radiotap.fhss.pattern", "FHSS Pattern", at + 1, 1)


def _put(layout: Record) -> Field:
    def put(branch: Branch, at: int, found: Found) -> None:
        layout.put(branch, at, branch.end)

    return put


def _extended_channel(branch: Branch, at: int, found: Found) -> None:
    flags, frequency = branch.number(at, 4, True), branch.number(at + 4, 2, True)
    branch.uint("radiotap.xchannel.channel", "Channel number", at + 6, 1)
    branch.add(f"Channel frequency: {frequency}", "radiotap.xchannel.freq", frequency, at + 4, 2)
    found.radio.frequency = found.radio.frequency or frequency
    words = "".join(f", {line.name}" for line in layouts.EXTENDED_CHANNEL.lines if flags & line.mask)
    below = branch.add(f"Channel flags: 0x{flags:08x}{words}", "radiotap.xchannel.flags", flags, at, 4)
    layouts.EXTENDED_CHANNEL.bits(below, at, 3)
    for node in below.node.children:
        node.length = 4


def _aggregate(branch: Branch, at: int, found: Found) -> None:
    below = branch.add("A-MPDU status", "radiotap.ampdu", None, at, 8)
    layouts.AGGREGATE.put(below, at, at + 6)
    flags = branch.number(at + 4, 2, True)
    found.radio.aggregate = branch.number(at, 4, True)
    found.radio.aggregate_last = flags & 12 == 12
    found.radio.broken = bool(flags & 16)
    if flags & 0x20:
        below.uint("radiotap.ampdu.delim_crc", "A-MPDU subframe delimiter CRC", at + 6, 1, HEX)


def _timestamp(branch: Branch, at: int, found: Found) -> None:
    below = branch.add("timestamp information", "radiotap.timestamp", None, at, 12)
    value = branch.number(at, 8, True)
    below.add(f"timestamp: {value}", "radiotap.timestamp.ts", value, at, 8)
    flags = branch.u8(at + 11)
    if flags & 2:
        below.uint("radiotap.timestamp.accuracy", "accuracy", at + 8, 2, little=True)
    unit, sampling, *bits = layouts.TIMESTAMP.lines[2:]
    whole = branch.u8(at + 10)
    for line in (unit, sampling):
        value = (whole & line.mask) >> (0 if line.mask == 15 else 4)
        text = f"{bit_pattern(whole, line.mask, 8)} = {line.name}: {line.said(value, 1)}"
        below.add(text, line.field, value, at + 10, 1)
    for line in bits:
        below.flag(line.field, line.name, at + 11, 1, line.mask, *line.pair)


def _signal_field(branch: Branch, at: int, found: Found) -> None:
    below = branch.add("L-SIG", "radiotap.l_sig", None, at, 4)
    layouts.L_SIG.put(below, at, at + 4)


def _no_data(branch: Branch, at: int, found: Found) -> None:
    below = branch.add("0 Length PSDU", "radiotap.0_len_psdu", None, at, 1)
    layouts.NO_PSDU.put(below, at, at + 1)


FIELDS: dict[int, Field] = {
    0: _time, 1: _flags, 2: _rate, 3: _channel, 4: _hopping,
    5: _signed("radiotap.dbm_antsignal", "Antenna signal", "signal"),
    6: _signed("radiotap.dbm_antnoise", "Antenna noise", "noise"),
    7: _plain("radiotap.quality", "Signal Quality", 2), 8: _plain("radiotap.txattenuation", "TX attenuation", 2),
    9: _plain("radiotap.db_txattenuation", "dB TX attenuation", 2),
    10: _signed("radiotap.txpower", "Transmit power", ""), 11: _plain("radiotap.antenna", "Antenna", 1),
    12: _plain("radiotap.db_antsignal", "dB antenna signal", 1, "signal_db", " dB"),
    13: _plain("radiotap.db_antnoise", "dB antenna noise", 1, "noise_db", " dB"), 14: _put(layouts.RECEIVED),
    15: _put(layouts.SENT), 17: _plain("radiotap.data_retries", "data retries", 1), 18: _extended_channel,
    19: high_throughput, 20: _aggregate, 21: very_high, 22: _timestamp, 23: he, 26: _no_data, 27: _signal_field,
}  # fmt: skip
"""What puts a field on the branch, by presence bit."""
