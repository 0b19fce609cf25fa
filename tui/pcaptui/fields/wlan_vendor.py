"""Vendor specific elements of 802.11: Microsoft's and the Wi-Fi Alliance's, and what some makers announce."""

from __future__ import annotations

from .branch import HEX, Branch
from .organisations import ORGANISATIONS, organisation
from .records import Record
from .wlan_ht import additional, capabilities
from .wlan_security import key_data, wpa
from .wlan_tag_layouts import ACCESS_POINT_QUALITY, ACCESS_QUALITY, ATHEROS_CAPABILITIES, BASIC_QUALITY
from .wlan_words import KEY_DATA, WFA_SUBTYPES, WFA_TYPES
from .wps import elements

MICROSOFT, ALLIANCE, IEEE, EPIGRAM, ATHEROS, CISCO = 0x0050F2, 0x506F9A, 0x000FAC, 0x00904C, 0x00037F, 0x004096
ARUBA, MARVELL, ROUTERBOARD = 0x000B86, 0x005043, 0x000C42
_QUALITY = {0: "Information Element", 1: "Parameter Element", 2: "TSPEC Element"}
_PARAMETERS = ("Best Effort", "Background", "Video", "Voice")
_DRAFT = {51: "HT Capabilities (802.11n D1.10)", 52: "HT Additional Capabilities (802.11n D1.00)"}
_ATHEROS = {1: "Advanced Capability", 3: "eXtended Range"}
_MARVELL = Record(
    "wlan.marvell",
    """
@1|.ie.subtype|Subtype|x
@1|.ie.version|Version|x
@1|.ie.proto_id|Path Selection Protocol|x|0 Hybrid Wireless Mesh Protocol
@1|.ie.metric_id|Path Selection Metric|x|0 Airtime Link Metric
@1|.ie.cap|Mesh Capabilities|x
""",
)
_KEY_TITLES = {1: "RSN GTK", 3: "MAC Address KDE", 4: "RSN PMKID", 9: "RSN IGTK"}
_AIRONET = {0: "DTPC", 1: "Unknown (1)", 3: "CCX version", 4: "Qos", 11: "Unknown (11)", 14: "QBSS V2 - CCA",
            20: "Client MFP"}  # fmt: skip


def vendor(branch: Branch, at: int, end: int, subtype: int) -> None:
    """The element behind its length. `subtype`: of the management frame, -1 where there is none."""
    if end - at < 3:
        branch.blob("wlan.tag.data", "Tag Data", at, end - at)
        return
    raw = branch.raw(at, 3)
    number = int.from_bytes(raw)
    branch.add(f"OUI: {organisation(raw)}", "wlan.tag.oui", number, at, 3)
    branch.suffix(f": {ORGANISATIONS.get(number) or raw.hex(':')}")
    at += 3
    if number == IEEE:
        if end > at:
            kind = branch.uint("wlan.tag.vendor.oui.type", "Vendor Specific OUI Type", at, 1)
            branch.suffix(f": {_KEY_TITLES.get(kind) or KEY_DATA.get(kind, 'Reserved')}")
            key_data(branch, at, end)
        return
    if end == at:
        return
    kind = branch.uint("wlan.tag.vendor.oui.type", "Vendor Specific OUI Type", at, 1)
    if number == MICROSOFT:
        _microsoft(branch, at, end, kind, subtype)
    elif number == ALLIANCE:
        _alliance(branch, at, end, kind)
    elif number == EPIGRAM:
        _epigram(branch, at, end, kind)
    elif number == ATHEROS:
        _atheros(branch, at, end, kind)
    elif number == MARVELL and end - at >= 6:
        branch.uint("wlan.marvell.ie.type", "Type", at, 1, HEX)
        at = _MARVELL.put(branch, at + 1, end)
        _rest(branch, at, end, "wlan.marvell.data", "Marvell IE data")
    elif number == CISCO:
        _aironet(branch, at, end, kind)
    else:
        _rest(branch, at, end)


def _rest(branch: Branch, at: int, end: int, field: str = "wlan.tag.vendor.data",
          name: str = "Vendor Specific Data") -> None:  # fmt: skip
    if end > at:
        branch.blob(field, name, at, end - at)


def _microsoft(branch: Branch, at: int, end: int, kind: int, subtype: int) -> None:
    word = WFA_TYPES.get(kind)
    branch.suffix(f": {word or f'Unknown {kind}'}")
    branch.add(f"Type: {word or 'Unknown'} (0x{kind:02x})", "wlan.wfa.ie.type", kind, at, 1)
    at += 1
    if kind == 1:
        wpa(branch, at, end)
    elif kind == 2 and end > at:
        _quality(branch, at, end, subtype)
    elif kind == 4:
        elements(branch, at, end)
    else:
        _rest(branch, at, end)


def _quality(branch: Branch, at: int, end: int, subtype: int) -> None:
    """WMM: what the access categories get."""
    kind = branch.uint("wlan.wfa.ie.wme.subtype", "WME Subtype", at, 1, names=_QUALITY)
    branch.suffix(f": {_QUALITY.get(kind, 'Unknown')}")
    branch.uint("wlan.wfa.ie.wme.version", "WME Version", at + 1, 1)
    if kind not in (0, 1):
        _rest(branch, at + 2, end)
        return
    value = branch.u8(at + 2)
    below = branch.add(f"WME QoS Info: 0x{value:02x}", "wlan.wfa.ie.wme.qos_info", value, at + 2, 1)
    (BASIC_QUALITY if subtype in (0, 2, 4) else ACCESS_POINT_QUALITY).bits(below, at + 2, 1)
    at += 3
    if kind != 1:
        return
    branch.blob("wlan.wfa.ie.wme.reserved", "Reserved", at, 1)
    at += 1
    while end - at >= 4:
        _category(branch, at)
        at += 4


def _category(branch: Branch, at: int) -> None:
    first, window, limit = branch.u8(at), branch.u8(at + 1), branch.number(at + 2, 2, True)
    index, least, most = first >> 5 & 3, window & 15, window >> 4
    windows = (1 << least) - 1, (1 << most) - 1
    below = branch.add(
        f"Ac Parameters ACI {index} ({_PARAMETERS[index]}), ACM {'yes' if first & 16 else 'no'}, AIFSN {first & 15}, "
        f"ECWmin/max {least}/{most} (CWmin/max {windows[0]}/{windows[1]}), TXOP {limit}",
        "wlan.wfa.ie.wme.acp", None, at, 4,
    )  # fmt: skip
    deeper = below.add(f"ACI / AIFSN Field: 0x{first:02x}", "wlan.wfa.ie.wme.acp.aci_aifsn", first, at, 1)
    ACCESS_QUALITY.bits(deeper, at, 1)
    deeper = below.add(f"ECW: 0x{window:02x}", "wlan.wfa.ie.wme.acp.ecw", window, at + 1, 1)
    deeper.bits("wlan.wfa.ie.wme.acp.ecw.max", "ECW Max", at + 1, 1, 0xF0)
    deeper.bits("wlan.wfa.ie.wme.acp.ecw.min", "ECW Min", at + 1, 1, 0x0F)
    deeper.add(f"CW Max: {windows[1]}", "wlan.wfa.ie.wme.acp.cw.max", windows[1], at + 1, 1)
    deeper.add(f"CW Min: {windows[0]}", "wlan.wfa.ie.wme.acp.cw.min", windows[0], at + 1, 1)
    below.uint("wlan.wfa.ie.wme.acp.txop_limit", "TXOP Limit", at + 2, 2, little=True)


def _alliance(branch: Branch, at: int, end: int, kind: int) -> None:
    word = WFA_SUBTYPES.get(kind)
    branch.suffix(f": {word or 'Unknown'}")
    branch.add(f"WFA Subtype: {word or 'Unknown'} ({kind})", "wlan.tag.oui.wfa_subtype", kind, at, 1)
    _rest(branch, at + 1, end)


def _epigram(branch: Branch, at: int, end: int, kind: int) -> None:
    branch.uint("wlan.vs.pren.type", "802.11n (Pre) Type", at, 1, names=_DRAFT)
    branch.suffix(f": {_DRAFT.get(kind, 'Unknown')}")
    if kind == 51 and end - at > 26:
        capabilities(branch, at + 1, end, True)
    elif kind == 52 and end - at > 21:
        additional(branch, at + 1, end)
    else:
        _rest(branch, at + 1, end, "wlan.vs.pren.unknown_data", "802.11n (Pre) Unknown Data")


def _atheros(branch: Branch, at: int, end: int, kind: int) -> None:
    if end - at < 3:
        _rest(branch, at + 1, end)
        return
    word = _ATHEROS.get(kind, "Unknown")
    branch.suffix(f": {word}")
    branch.add(f"Type: {word} (0x{kind:02x})", "wlan.atheros.ie.type", kind, at, 1)
    branch.uint("wlan.atheros.ie.subtype", "Subtype", at + 1, 1, HEX)
    branch.uint("wlan.atheros.ie.version", "Version", at + 2, 1, HEX)
    at += 3
    if kind == 1 and end - at >= 3:
        _atheros_bits(branch, "wlan.atheros.ie.advcap.cap", "Capabilities", at)
        branch.uint("wlan.atheros.ie.advcap.defkey", "Default key index", at + 1, 2, HEX, little=True)
        at += 3
    elif kind == 3 and end - at >= 17:
        branch.uint("wlan.atheros.ie.xr.info", "Info", at, 1, HEX)
        branch.mac("wlan.atheros.ie.xr.base_bssid", "Base BSS Id", at + 1)
        branch.mac("wlan.atheros.ie.xr.xr_bssid", "XR BSS Id", at + 7)
        interval = branch.number(at + 13, 2, True)
        branch.add(f"XR Beacon Interval: {interval * 1024 / 1e6:f} [Seconds]", "wlan.atheros.ie.xr.xr_beacon", interval,
                   at + 13, 2)  # fmt: skip
        _atheros_bits(branch, "wlan.atheros.ie.xr.base_cap", "Base capabilities", at + 15)
        _atheros_bits(branch, "wlan.atheros.ie.xr.xr_cap", "XR capabilities", at + 16)
        at += 17
    _rest(branch, at, end, "wlan.atheros.data", "Atheros IE data")


def _atheros_bits(branch: Branch, field: str, name: str, at: int) -> None:
    value = branch.u8(at)
    below = branch.add(f"{name}: 0x{value:02x}", field, value, at, 1)
    ATHEROS_CAPABILITIES.bits(below, at, 1)


def _aironet(branch: Branch, at: int, end: int, kind: int) -> None:
    word = _AIRONET.get(kind, "Unknown")
    branch.suffix(f": Aironet {word}")
    branch.add(f"Aironet IE type: {word} ({kind})", "wlan.aironet.type", kind, at, 1)
    at += 1
    if kind == 0 and end > at:
        value = int.from_bytes(branch.raw(at, 1), signed=True)
        branch.add(f"Aironet IE CCX DTCP: {value}dBm", "wlan.aironet.dtpc", value, at, 1)
        branch.suffix(f" {value}dBm")
        _rest(branch, at + 1, end, "wlan.aironet.dtpc_unknown", "Aironet IE CCX DTCP Unknown")
    elif kind == 3 and end > at:
        version = branch.uint("wlan.aironet.version", "Aironet IE CCX version", at, 1)
        branch.suffix(f" = {version}")
    else:
        _rest(branch, at, end, "wlan.aironet.data", "Aironet IE data")
