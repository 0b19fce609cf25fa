"""802.11 action frames: category, action, and the fixed parameters of the common ones (IEEE 802.11-2020, 9.6)."""

from __future__ import annotations

from ..protocols.text import mac
from .branch import HEX, Branch
from .wlan_action_words import ACTIONS, HT_ACTIONS, MESH_ACTIONS, PUBLIC_ACTIONS, SELF_PROTECTED, VHT_ACTIONS
from .wlan_layouts import (
    BLOCK_ACK_PARAMETERS,
    BLOCK_ACK_TIMEOUT,
    DELETE_BLOCK_ACK,
    POWER_SAVE,
    SEQUENCE_CONTROL,
    TRANSITION_MODE,
)
from .wlan_words import CATEGORIES
from .words import name_of

SPECTRUM, QOS, DLS, BLOCK_ACK, PUBLIC, RADIO, FAST_TRANSITION, HT, SA_QUERY, PROTECTED_PUBLIC, WNM = range(11)
UNPROTECTED_WNM, TDLS, MESH, SELF, VHT, VENDOR_PROTECTED, VENDOR = 11, 12, 13, 15, 21, 126, 127
_CODES = {
    PUBLIC: ("wlan.fixed.publicact", "Public Action", PUBLIC_ACTIONS),
    HT: ("wlan.fixed.htact", "HT Action", HT_ACTIONS),
    PROTECTED_PUBLIC: ("wlan.fixed.publicact", "Public Action", PUBLIC_ACTIONS),
    MESH: ("wlan.fixed.mesh_action", "Mesh Action code", MESH_ACTIONS),
    SELF: ("wlan.fixed.selfprot_action", "Self-protected Action code", SELF_PROTECTED),
}  # fmt: skip


def action(branch: Branch, at: int) -> None:
    """The fixed parameters; elements behind them, where it is known that there are any."""
    from .wlan_management import tagged

    below = branch.add("Fixed parameters", "wlan.fixed.all", None, at, 2)
    end = _fixed(below, at)
    if end is None:
        end = branch.view.reported
    below.node.length = max(0, min(end, branch.end) - at)
    tagged(branch, end)


def _fixed(branch: Branch, at: int) -> int | None:
    """Where the parameters end; None: nobody knows."""
    category, code = branch.u8(at), branch.u8(at + 1)
    branch.add(f"Category code: {CATEGORIES.get(category, 'Unknown')} ({category})", "wlan.fixed.category_code",
               category, at, 1)  # fmt: skip
    if category in (VENDOR, VENDOR_PROTECTED):
        return _vendor(branch, at + 1)
    if category == VHT:
        branch.uint("wlan.vht.action", "VHT Action", at + 1, 1, names=VHT_ACTIONS)
    elif category in _CODES:
        field, name, words = _CODES[category]
        branch.uint(field, name, at + 1, 1, HEX, words)
    elif category in ACTIONS:
        words = ACTIONS[category]
        word = name_of(words, code) or "Unknown"
        shown = f"0x{code:02x}" if category == BLOCK_ACK else f"0x{code:04x}" if category in (QOS, DLS) else str(code)
        branch.add(f"Action code: {word} ({shown})", "wlan.fixed.action_code", code, at + 1, 1)
    else:
        return None
    return _parameters(branch, at + 2, category, code)


def _vendor(branch: Branch, at: int) -> int | None:
    from .organisations import organisation

    raw = branch.raw(at, 3)
    branch.add(f"OUI: {organisation(raw)}", "wlan.tag.oui", int.from_bytes(raw), at, 3)
    return None


def _token(branch: Branch, at: int) -> int:
    branch.uint("wlan.fixed.dialog_token", "Dialog token", at, 1, HEX)
    return at + 1


def _parameters(branch: Branch, at: int, category: int, code: int) -> int | None:
    from .wlan_management import reason, status

    if category == BLOCK_ACK:
        return _block_ack(branch, at, code)
    if category == SA_QUERY:
        branch.uint("wlan.fixed.transaction_id", "Transaction Id", at, 2, HEX, little=True)
        return at + 2
    if category == SPECTRUM:
        return at if code == 4 else _token(branch, at)
    if category == RADIO:
        return _radio(branch, at, code)
    if category == FAST_TRANSITION:
        return _fast_transition(branch, at, code)
    if category == WNM:
        return _network(branch, at, code)
    if category == HT:
        return _ht(branch, at, code)
    if category == VHT:
        return at
    if category == TDLS:
        return _direct(branch, at, code)
    if category == QOS:
        return status(branch, _token(branch, at)) if code == 1 else _token(branch, at) if code == 0 else at
    if category == PUBLIC and code == 0:
        return at
    if category == SELF and code == 3:
        return reason(branch, at) and None
    return None


def _block_ack(branch: Branch, at: int, code: int) -> int:
    from .wlan_management import reason, status

    if code == 2:
        at = DELETE_BLOCK_ACK.put(branch, at, at + 2)
        return reason(branch, at)
    at = _token(branch, at)
    if code == 1:
        at = status(branch, at)
    at = BLOCK_ACK_PARAMETERS.put(branch, at, at + 2)
    node, word = branch.node.children[-1], branch.number(at - 2, 2, True)
    node.label += "".join(f", {name}" for bit, name in ((1, "A-MSDUs"), (2, "Block Ack Policy")) if word & bit)
    at = BLOCK_ACK_TIMEOUT.put(branch, at, at + 2)
    return SEQUENCE_CONTROL.put(branch, at, at + 2) if code == 0 else at


def _radio(branch: Branch, at: int, code: int) -> int:
    branch.uint("wlan.rm.dialog_token", "Dialog token", at, 1)
    if code == 0:
        branch.uint("wlan.rm.repetitions", "Repetitions", at + 1, 2)
        return at + 3
    return at + 1


def _fast_transition(branch: Branch, at: int, code: int) -> int:
    from .wlan_management import status

    for field, name, place in (("sta_address", "STA Address", at), ("target_ap_address", "Target AP Address", at + 6)):
        text = mac(branch.raw(place, 6))
        branch.add(f"{name}: {text}", f"wlan.fixed.{field}", text, place, 6)
    return status(branch, at + 12) if code in (2, 4) else at + 12


def _network(branch: Branch, at: int, code: int) -> int | None:
    """BSS transition management (9.6.13.8 to 9.6.13.10); of the others the token."""
    if code not in (6, 7, 8):
        return None if code > 9 or code in (1, 3) else _token(branch, at) and None
    at = _token(branch, at)
    if code == 7:
        mode = branch.u8(at)
        TRANSITION_MODE.bits(branch, at, 1)
        branch.uint("wlan.fixed.disassoc_timer", "Disassociation Timer", at + 1, 2, little=True)
        branch.uint("wlan.fixed.validity_interval", "Validity Interval", at + 3, 1)
        return at + 4 if not mode & 0x18 else None
    if code == 6:
        branch.uint("wlan.fixed.bss_transition_query_reason", "BSS Transition Query Reason", at, 1)
        return at + 1
    value = branch.uint("wlan.fixed.bss_transition_status_code", "BSS Transition Status Code", at, 1)
    branch.uint("wlan.fixed.bss_termination_delay", "BSS Termination Delay", at + 1, 1)
    if value:
        return at + 2
    text = mac(branch.raw(at + 2, 6))
    branch.add(f"BSS Transition Target BSS: {text}", "wlan.fixed.bss_transition_target_bss", text, at + 2, 6)
    return at + 8


def _ht(branch: Branch, at: int, code: int) -> int | None:
    if code == 0:
        branch.uint(
            "wlan.fixed.chanwidth",
            "Supported Channel Width",
            at,
            1,
            HEX,
            {0: "20 MHz channel width only", 1: "Any channel width in the STA's Supported Channel Width Set"},
        )
        return at + 1
    if code == 1:
        return POWER_SAVE.put(branch, at, at + 1)
    return None


def _direct(branch: Branch, at: int, code: int) -> int:
    from .wlan_layouts import CAPABILITIES
    from .wlan_management import reason, status

    if code == 3:
        return reason(branch, at)
    if code in (1, 2):
        at = status(branch, at)
    at = _token(branch, at)
    return CAPABILITIES.put(branch, at, at + 2) if code in (0, 1) else at
