"""What stands before and behind encrypted 802.11 payload: WEP, TKIP and CCMP (IEEE 802.11-2020, 12.3 and 12.5)."""

from __future__ import annotations

from .branch import Branch, View

EXTENDED = 0x20


def protection(branch: Branch, view: View, at: int) -> tuple[int, int]:
    """The parameters of the cipher, guessed from their bytes; where the encrypted bytes begin and end."""
    raw = branch.raw(at, 4)
    end = view.reported
    if not raw[3] & EXTENDED:
        _wep(branch, view, at, raw)
        return at + 4, max(at + 4, end - 4)
    below_tkip = raw[1] == (raw[0] | 0x20) & 0x7F
    high = branch.number(at + 4, 4, True)
    if below_tkip:
        name, text = "TKIP", f"0x{high:08X}{raw[0]:02X}{raw[2]:02X}"
    else:
        name, text = "CCMP", f"0x{high:08X}{raw[1]:02X}{raw[0]:02X}"
    below = branch.add(f"{name} parameters", "", None, at, 8)
    field = f"wlan.{name.lower()}.extiv"
    below.add(f"{name} Ext. Initialization Vector: {text}", field, text, at, 8)
    below.add(f"Key Index: {raw[3] >> 6}", "wlan.wep.key", raw[3] >> 6, at + 3, 1)
    return at + 8, end


def _wep(branch: Branch, view: View, at: int, raw: bytes) -> None:
    below = branch.add("WEP parameters", "", None, at, 4)
    vector = int.from_bytes(raw[:3])
    below.add(f"Initialization Vector: 0x{vector:06x}", "wlan.wep.iv", vector, at, 3)
    below.add(f"Key Index: {raw[3] >> 6}", "wlan.wep.key", raw[3] >> 6, at + 3, 1)
    last = view.reported - 4
    if last >= at + 4 and last + 4 <= view.end:
        value = branch.number(last, 4)
        below.add(f"WEP ICV: 0x{value:08x} (not verified)", "wlan.wep.icv", value, last, 4)
