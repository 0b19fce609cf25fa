"""What a radio said of an 802.11 frame, in words that are the same for all headers, and how long the frame took."""

from __future__ import annotations

from dataclasses import dataclass, field

from .branch import Branch, View, Walk
from .expert import expert
from .node import Node
from .words import bit_pattern

_KINDS = {"fhss": (1, "802.11 FHSS"), "b": (4, "802.11b (HR/DSSS)"), "a": (5, "802.11a (OFDM)"),
          "g": (6, "802.11g (ERP)"), "ht": (7, "802.11n (HT)"), "vht": (8, "802.11ac (VHT)"),
          "he": (11, "802.11ax (HE)")}  # fmt: skip
_BANDWIDTHS = {0: "20 MHz", 1: "40 MHz", 2: "20 MHz + 20 MHz lower", 3: "20 MHz + 20 MHz upper", 4: "80 MHz",
               11: "160 MHz"}  # fmt: skip
_CCK = (1.0, 2.0, 5.5, 11.0, 22.0, 33.0)
_BITS = (0.5, 1, 1.5, 2, 3, 4, 4.5, 5, 6, 20 / 3, 7.5, 25 / 3)
"""Data bits of a subcarrier in a symbol, by MCS of 802.11n, ac and ax (BPSK 1/2 to 1024-QAM 5/6)."""
DELIMITER = 4
"""Bytes in front of each frame of an A-MPDU, which is padded to four bytes."""
_TURBO, _CCK_FLAG, _OFDM, _LOW, _HIGH, _DYNAMIC, _GFSK = 0x10, 0x20, 0x40, 0x80, 0x100, 0x400, 0x800


@dataclass(slots=True)
class Radio:
    """Facts of one frame; None: not known. `rate` in Mb/s, `frequency` in MHz, `time` in microseconds."""

    kind: str = ""
    rate: float | None = None
    frequency: int | None = None
    channel_flags: int | None = None
    short_preamble: bool | None = None
    short_guard: bool | None = None
    signal: int | None = None
    noise: int | None = None
    signal_db: int | None = None
    noise_db: int | None = None
    time: int | None = None
    mcs: int | None = None
    bandwidth: int | None = None
    greenfield: bool | None = None
    fec: int | None = None
    stbc: int | None = None
    extension: int | None = None
    streams: int | None = None
    spaces: int | None = None
    aggregate: int | None = None
    aggregate_last: bool = False
    broken: bool = False


@dataclass(slots=True)
class Found:
    """What a header's fields say for the frame and for the radio layer."""

    radio: Radio = field(default_factory=Radio)
    flags: int = 0


def ht_rate(index: int, wide: bool, short: bool) -> float:
    """802.11n's equal modulations (IEEE 802.11-2020, 19.5); 0: not one of them."""
    if index >= 32:
        return 0.0
    carriers = 108 if wide else 52
    return _BITS[index % 8] * carriers * (index // 8 + 1) / (3.6 if short else 4)


def vht_rate(mcs: int, width: int, streams: int, short: bool) -> float:
    carriers = {20: 52, 40: 108, 80: 234, 160: 468}.get(width, 0)
    return _BITS[mcs] * carriers * streams / (3.6 if short else 4) if mcs < 10 else 0.0


def he_rate(mcs: int, width: int, streams: int, guard: int) -> float:
    """A user of the whole width."""
    carriers = {20: 234, 40: 468, 80: 980, 160: 1960}[width]
    return _BITS[mcs] * carriers * streams / (12.8 + (0.8, 1.6, 3.2, 3.2)[guard]) if mcs < 12 else 0.0


def _kind(radio: Radio) -> str:
    if radio.kind or radio.channel_flags is None:
        return radio.kind
    flags = radio.channel_flags & (_TURBO | _CCK_FLAG | _OFDM | _LOW | _HIGH | _DYNAMIC | _GFSK)
    kinds = {_HIGH | _OFDM: "a", _HIGH | _OFDM | _TURBO: "a", _LOW | _CCK_FLAG: "b", _LOW | _OFDM: "g",
             _LOW | _DYNAMIC: "g", _LOW | _OFDM | _TURBO: "g", _LOW | _DYNAMIC | _TURBO: "g",
             _LOW | _GFSK: "fhss"}  # fmt: skip
    return kinds.get(flags, "")


def radio_layer(walk: Walk, view: View, radio: Radio, checksum: bool) -> None:
    """The layer between a radio's header and the frame; it has no bytes."""
    from .radiotap import channel_number

    walk.protocols.append("wlan_radio")
    node = Node("802.11 radio information", "wlan_radio", None, None, None)
    walk.nodes.append(node)
    branch = Branch(walk, view, node)
    kind = _kind(radio)
    if kind in ("", "g") and radio.rate in _CCK:
        kind = "b"
    if kind:
        number, words = _KINDS[kind]
        branch.add(f"PHY type: {words} ({number})", "wlan_radio.phy", number)
    _of_kind(branch, radio, kind)
    if radio.rate is not None:
        branch.add(f"Data rate: {radio.rate:.1f} Mb/s", "wlan_radio.data_rate", radio.rate)
    if radio.frequency:
        channel = channel_number(radio.frequency)
        if channel is not None:
            branch.add(f"Channel: {channel}", "wlan_radio.channel", channel)
        branch.add(f"Frequency: {radio.frequency}MHz", "wlan_radio.frequency", radio.frequency)
    _strength(branch, radio)
    if radio.time is not None:
        branch.add(f"TSF timestamp: {radio.time}", "wlan_radio.timestamp", radio.time)
    if radio.aggregate is not None:
        _aggregate(branch, radio)
    _duration(branch, radio, kind, view.reported - view.at)


def _aggregate(branch: Branch, radio: Radio) -> None:
    for mask, value, name, title in (
        (1, radio.aggregate_last, "last_part_of_an_ampdu", "Last part of an A-MPDU"),
        (2, radio.broken, "a_mpdu_delim_crc_error", "A-MPDU delimiter CRC error"),
    ):
        branch.add(f"{bit_pattern(mask * value, mask, 32)} = {title}: {value}", f"wlan_radio.{name}", value)
    branch.add(f"A-MPDU aggregate ID: {radio.aggregate}", "wlan_radio.a_mpdu_aggregate_id", radio.aggregate)


def _of_kind(branch: Branch, radio: Radio, kind: str) -> None:
    if kind == "b" and radio.short_preamble is not None:
        branch.add(f"Short preamble: {radio.short_preamble}", "wlan_radio.short_preamble", radio.short_preamble)
    elif kind == "a" and radio.channel_flags is not None:
        turbo = int(bool(radio.channel_flags & _TURBO))
        branch.add(f"Turbo type: {'Dynamic turbo (2)' if turbo else 'Non-turbo (0)'}", "wlan_radio.11a.turbo_type",
                   2 * turbo)  # fmt: skip
    elif kind == "g" and radio.channel_flags is not None:
        turbo = int(bool(radio.channel_flags & _TURBO))
        branch.add(f"Proprietary mode: {'Super G (1)' if turbo else 'None (0)'}", "wlan_radio.11g.mode", turbo)
    elif kind in ("ht", "vht"):
        _throughput(branch, radio, "11n" if kind == "ht" else "11ac")


def _throughput(branch: Branch, radio: Radio, standard: str) -> None:
    prefix = f"wlan_radio.{standard}"
    if standard == "11n" and radio.mcs is not None:
        branch.add(f"MCS index: {radio.mcs}", f"{prefix}.mcs_index", radio.mcs)
    if standard == "11ac" and radio.stbc is not None:
        branch.add(f"STBC: {bool(radio.stbc)}", f"{prefix}.stbc", bool(radio.stbc))
    if standard == "11ac" and radio.short_guard is not None:
        branch.add(f"Short GI: {radio.short_guard}", f"{prefix}.short_gi", radio.short_guard)
    if radio.bandwidth is not None:
        words = _BANDWIDTHS.get(radio.bandwidth, "Unknown")
        branch.add(f"Bandwidth: {words} ({radio.bandwidth})", f"{prefix}.bandwidth", radio.bandwidth)
    if standard == "11ac":
        _user(branch, radio)
        return
    if radio.short_guard is not None:
        branch.add(f"Short GI: {radio.short_guard}", f"{prefix}.short_gi", radio.short_guard)
    if radio.greenfield is not None:
        branch.add(f"Greenfield: {radio.greenfield}", f"{prefix}.greenfield", radio.greenfield)
    if radio.fec is not None:
        branch.add(f"FEC: {'LDPC' if radio.fec else 'BEC'} ({radio.fec})", f"{prefix}.fec", radio.fec)
    if radio.stbc is not None:
        branch.add(f"Number of STBC streams: {radio.stbc}", f"{prefix}.stbc_streams", radio.stbc)
    if radio.extension is not None:
        branch.add(f"Number of extension spatial streams: {radio.extension}", f"{prefix}.ness", radio.extension)


def _user(branch: Branch, radio: Radio) -> None:
    if radio.streams is None or radio.mcs is None:
        return
    below = branch.add(f"User 0: MCS {radio.mcs}", "wlan_radio.11ac.user")
    below.add(f"MCS index: {radio.mcs}", "wlan_radio.11ac.mcs", radio.mcs)
    below.add(f"Spatial streams: {radio.streams}", "wlan_radio.11ac.nss", radio.streams)
    below.add(f"Space-time streams: {radio.spaces}", "wlan_radio.11ac.nsts", radio.spaces)
    below.add(f"FEC: {'LDPC' if radio.fec else 'BEC'} ({radio.fec})", "wlan_radio.11ac.fec", radio.fec)


def _strength(branch: Branch, radio: Radio) -> None:
    for value, name, field_name, unit in (
        (radio.signal_db, "Signal strength (dB)", "signal_db", "dB"),
        (radio.signal, "Signal strength (dBm)", "signal_dbm", "dBm"),
        (radio.noise_db, "Noise level (dB)", "noise_db", "dB"),
        (radio.noise, "Noise level (dBm)", "noise_dbm", "dBm"),
    ):  # fmt: skip
        if value is not None:
            branch.add(f"{name}: {value} {unit}", f"wlan_radio.{field_name}", value)
    if radio.signal is not None and radio.noise is not None:
        ratio = radio.signal - radio.noise
        branch.add(f"Signal/noise ratio (dB): {ratio} dB", "wlan_radio.snr", ratio)


def _duration(branch: Branch, radio: Radio, kind: str, size: int) -> None:
    """Preamble and payload in microseconds, as IEEE 802.11-2020 has them (16.2, 17.4 and 19.4.3)."""
    assumed: list[tuple[str, str]] = []
    if kind == "b" and radio.rate:
        if radio.short_preamble is None:
            assumed.append(("short_preamble", "No preamble length information was available, assuming short preamble."))
        preamble = 192 if radio.short_preamble is False else 96
        lasting = preamble + int(-(-size * 8 // radio.rate))
    elif kind in ("a", "g") and radio.rate:
        preamble = 20
        symbols = -(-(16 + 8 * size + 6) // int(4 * radio.rate))
        lasting = preamble + 4 * symbols
    elif kind == "ht":
        if radio.aggregate is not None:
            size = size + DELIMITER + 3 & ~3
        made = _ht_duration(radio, size, assumed)
        if made is None:
            return
        preamble, lasting = made
    else:
        return
    below = branch.computed(f"Duration: {lasting}µs", "wlan_radio.duration", lasting)
    for name, words in assumed:
        expert(below, "Warning", "Assumption", words, f"wlan_radio.assumed.{name}")
    below.computed(f"Preamble: {preamble}µs", "wlan_radio.preamble", preamble)
    if radio.time is not None:
        below.computed(f"Start: {radio.time - lasting}µs", "wlan_radio.start_tsf", radio.time - lasting)
        below.computed(f"End: {radio.time}µs", "wlan_radio.end_tsf", radio.time)


def _ht_duration(radio: Radio, size: int, assumed: list[tuple[str, str]]) -> tuple[int, int] | None:
    if radio.mcs is None or radio.mcs >= 32 or radio.bandwidth is None or radio.short_guard is None:
        return None
    for value, name, words in (
        (radio.greenfield, "non_greenfield", "No plcp type information was available, assuming non greenfield."),
        (radio.stbc, "no_stbc", "No stbc information was available, assuming no stbc."),
        (radio.extension, "no_extension_streams",
         "No extension stream information was available, assuming no extension streams."),
        (radio.fec, "bcc_fec", "No fec type information was available, assuming bcc fec."),
    ):  # fmt: skip
        if value is None:
            assumed.append((name, words))
    streams = radio.mcs // 8 + 1 + (radio.stbc or 0)
    training = {1: 1, 2: 2, 3: 4, 4: 4}.get(streams, 4) + {0: 0, 1: 1, 2: 2, 3: 4}[radio.extension or 0]
    preamble = (24 if radio.greenfield else 32) + 4 * training
    rate = ht_rate(radio.mcs, radio.bandwidth == 1, False)
    encoders = 2 if rate > 300 else 1
    per = 2 if radio.stbc else 1
    symbols = per * -(-(8 * size + 16 + 6 * encoders) // int(round(4 * rate) * per))
    lasting = symbols * 36 // 10 if radio.short_guard else 4 * symbols
    return preamble, preamble + lasting
