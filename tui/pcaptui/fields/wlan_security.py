"""Security elements of 802.11: RSN and WPA, and the key data of EAPOL (IEEE 802.11-2020, 9.4.2.24 and 12.7.2)."""

from __future__ import annotations

from ..protocols.text import mac
from .branch import HEX, Branch
from .organisations import organisation
from .wlan_tag_layouts import RSN_CAPABILITIES, RSN_EXTENSION
from .wlan_words import AKMS, CIPHERS, KEY_DATA, WPA_AKMS, WPA_CIPHERS
from .words import DEC, bit_pattern, shift_of

IEEE, MICROSOFT = b"\x00\x0f\xac", b"\x00\x50\xf2"
SUITES = 64
"""Most suites of a list that are shown."""
_AKM = "Auth Key Management (AKM)"
_KEY_LENGTHS = 3


def suite_text(raw: bytes, words: dict[int, str], own: bytes) -> str:
    """A suite selector in words: '00:0f:ac (Ieee 802.11) AES (CCM)'."""
    word = words.get(raw[3], "Unknown") if raw[:3] == own else "Unknown"
    if raw[:3] != own:
        return f"{organisation(raw[:3])} {word if raw[:3] in (IEEE, MICROSOFT) else raw[3]}"
    return f"{organisation(raw[:3])} {word}"


def suite(branch: Branch, field: str, name: str, at: int, words: dict[int, str], own: bytes, *,
          plain: str = "", kind: str = "") -> str:  # fmt: skip
    """A suite selector: organisation and type. `plain`: the name in front of 'OUI' and 'type', where it differs;
    `kind`: the type's field, where it is no child of `field`."""
    raw = branch.raw(at, 4)
    text = suite_text(raw, words, own)
    below = branch.add(f"{name}: {text}", field, int.from_bytes(raw), at, 4)
    below.add(f"{plain or name} OUI: {organisation(raw[:3])}", f"{field}.oui", int.from_bytes(raw[:3]), at, 3)
    if raw[:3] == own:
        word = f"{words.get(raw[3], 'Unknown')} ({raw[3]})"
    else:
        word = str(raw[3])
    below.add(f"{plain or name} type: {word}", kind or f"{field}.type", raw[3], at + 3, 1)
    return text


def suites(branch: Branch, field: str, name: str, at: int, end: int, words: dict[int, str], own: bytes, *,
           count: str, plain: str = "", kind: str = "") -> int:  # fmt: skip
    """A count and so many suites; the place behind the last that is there."""
    number = branch.uint(f"{field}.count", count, at, 2, little=True)
    at += 2
    shown = min(number, (end - at) // 4, SUITES)
    if shown <= 0:
        return at
    listed = branch.add("", f"{field}.list", None, at, 4 * shown)
    found = [suite(listed, field, name, at + 4 * place, words, own, plain=plain, kind=kind) for place in range(shown)]
    listed.label(f"{name.removesuffix(' Suite') if plain else name} List {' '.join(found)}")
    return at + 4 * shown


def wpa(branch: Branch, at: int, end: int) -> None:
    """Microsoft's element: like RSN's, without what came later."""
    own, field = MICROSOFT, "wlan.wfa.ie.wpa"
    branch.uint(f"{field}.version", "WPA Version", at, 2, little=True)
    if end - at >= 6:
        suite(branch, f"{field}.mcs", "Multicast Cipher Suite", at + 2, WPA_CIPHERS, own)
    at += 6
    if end - at >= 2:
        at = suites(branch, f"{field}.ucs", "Unicast Cipher Suite", at, end, WPA_CIPHERS, own,
                    count="Unicast Cipher Suite Count")  # fmt: skip
    if end - at >= 2:
        suites(branch, f"{field}.akms", f"{_AKM} Suite", at, end, WPA_AKMS, own, count=f"{_AKM} Suite Count",
               plain=_AKM, kind=f"{field}.type")  # fmt: skip


def rsn(branch: Branch, at: int, end: int, field: str = "wlan.rsn") -> int:
    """Everything behind the version is optional, from the end."""
    if end - at < 2:
        return at
    branch.uint(f"{field}.version", "RSN Version", at, 2, little=True)
    at += 2
    if end - at >= 4:
        suite(branch, f"{field}.gcs", "Group Cipher Suite", at, CIPHERS, IEEE)
        at += 4
    if end - at >= 2:
        at = suites(branch, f"{field}.pcs", "Pairwise Cipher Suite", at, end, CIPHERS, IEEE,
                    count="Pairwise Cipher Suite Count")  # fmt: skip
    if end - at >= 2:
        at = suites(branch, f"{field}.akms", f"{_AKM} Suite", at, end, AKMS, IEEE, count=f"{_AKM} Suite Count",
                    plain=_AKM)  # fmt: skip
    if end - at >= 2:
        at = RSN_CAPABILITIES.put(branch, at, end)
    if end - at >= 2:
        at = _identifiers(branch, at, end)
    if end - at >= 4:
        suite(branch, f"{field}.gmcs", "Group Management Cipher Suite", at, CIPHERS, IEEE)
        at += 4
    return at


def _identifiers(branch: Branch, at: int, end: int) -> int:
    count = branch.uint("wlan.rsn.pmkid.count", "PMKID Count", at, 2, little=True)
    at += 2
    shown = min(count, (end - at) // 16, SUITES)
    below = branch.add("PMKID List", "wlan.rsn.pmkid.list", None, at, 16 * shown)
    for _ in range(shown):
        below.blob("wlan.pmkid.akms", "PMKID", at, 16)
        at += 16
    return at


def rsn_extension(branch: Branch, at: int, end: int) -> None:
    size = end - at
    branch.suffix(f" ({size} octet{'' if size == 1 else 's'})")
    _, *first = RSN_EXTENSION.lines
    for octet, lines in enumerate((first[:4], first[4:]), 1):
        place = at + octet - 1
        if place >= end:
            return
        value = branch.u8(place)
        below = branch.add(f"RSNX: 0x{value:02x} (octet {octet})", "wlan.rsnx", value, place, 1)
        for line in lines:
            part = (value & line.mask) >> shift_of(line.mask)
            text = f"{bit_pattern(value, line.mask, 8)} = {line.name}: {line.said(part, 1)}"
            below.add(text, line.field, part, place, 1)


def key_data(branch: Branch, at: int, end: int) -> None:
    """A key data encapsulation behind its organisation, from the type on."""
    kind = branch.u8(at)
    line = f"Data Type: {KEY_DATA.get(kind, 'Reserved')} ({kind})"
    branch.add(line, "wlan.rsn.ie.kde.data_type", kind, at, 1)
    at += 1
    if kind == 1 and end - at >= 2:
        branch.bits("wlan.rsn.ie.gtk_kde.key_id", "Key ID", at, 1, 0x03, HEX)
        branch.flag("wlan.rsn.ie.gtk_kde.tx", "Tx", at, 1, 0x04,
                    "Temporal key used for both transmission and reception",
                    "Temporal key used only for reception")  # fmt: skip
        branch.bits("wlan.rsn.ie.gtk_kde.res1", "Reserved", at, 1, 0xF8, HEX)
        branch.uint("wlan.rsn.ie.gtk_kde.res2", "Reserved", at + 1, 1, HEX)
        branch.blob("wlan.rsn.ie.gtk_kde.gtk", "GTK", at + 2, end - at - 2)
    elif kind == 3 and end - at >= 6:
        text = mac(branch.raw(at, 6))
        branch.add(f"MAC Address: {text}", "wlan.rsn.ie.mac_address_kde.mac_address", text, at, 6)
    elif kind == 4:
        branch.blob("wlan.rsn.ie.pmkid", "PMKID", at, end - at)
    elif kind == 9 and end - at >= 8:
        branch.uint("wlan.rsn.ie.igtk.kde.keyid", "KeyId", at, 2, DEC, little=True)
        branch.uint("wlan.rsn.ie.igtk.kde.ipn", "IPN", at + 2, 6, DEC, little=True)
        branch.blob("wlan.rsn.ie.igtk.kde.igtk", "IGTK", at + 8, end - at - 8)
    elif end > at:
        branch.blob("wlan.rsn.ie.unknown", "RSN Unknown", at, end - at)
