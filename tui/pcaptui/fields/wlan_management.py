"""Bodies of 802.11 management frames: fixed parameters, then tagged ones (IEEE 802.11-2020, 9.3.3 and 9.4.1)."""

from __future__ import annotations

from ..protocols.text import mac
from .branch import HEX, Branch, View, Walk
from .node import Node
from .wlan_actions import action
from .wlan_layouts import CAPABILITIES
from .wlan_tags import tags
from .wlan_words import AUTHENTICATION, REASONS, STATUSES
from .words import bit_pattern

_FIXED = {0: "cl", 1: "csa", 2: "clp", 3: "csa", 4: "", 5: "tbc", 8: "tbc", 9: "", 10: "r", 11: "Aqs", 12: "r"}
"""Fixed parameters by subtype: Authentication algorithm, seQuence, Status, Capabilities, Listen interval, current aP,
Association id, Timestamp, Beacon interval, Reason."""
AUTHENTICATE, ACTION, ACTION_NO_ACK = 11, 13, 14
EQUALS = 3
"""Simultaneous authentication of equals."""
_GROUPS = {19: ("256-bit random ECP group", 32, 64), 20: ("384-bit random ECP group", 48, 96),
           21: ("521-bit random ECP group", 66, 132)}  # fmt: skip
"""RFC 5903: name, bytes of a scalar and of a field element."""
_SIZES = {"t": 8, "p": 6}


def management(walk: Walk, view: View, subtype: int) -> None:
    """The body, a top-level node that is no protocol of its own in the frame's list."""
    at = view.at
    if subtype in (ACTION, ACTION_NO_ACK):
        action(_top(walk, view), at)
        return
    kinds = _FIXED.get(subtype)
    if kinds is None or not len(view):
        return
    branch = _top(walk, view)
    size = sum(_SIZES.get(kind, 2) for kind in kinds)
    if size:
        below = branch.add(f"Fixed parameters ({size} bytes)", "wlan.fixed.all", None, at, size)
        for kind in kinds:
            at = _fixed(below, kind, at)
        if subtype == AUTHENTICATE and branch.number(view.at, 2, True) == EQUALS:
            at = _equals(below, at, view)
    tagged(branch, at, subtype)


def _equals(branch: Branch, at: int, view: View) -> int:
    """IEEE 802.11-2020, 12.4.7.4 and 12.4.7.5; nothing is known of what stands behind a refusal."""
    order, refused = branch.number(view.at + 2, 2, True), branch.number(view.at + 4, 2, True)
    if refused or order not in (1, 2):
        return at
    branch.add(f"SAE Message Type: {'Commit' if order == 1 else 'Confirm'} ({order})", "wlan.fixed.sae_message_type",
               order, view.at + 2, 2)  # fmt: skip
    if order == 2:
        branch.uint("wlan.fixed.send_confirm", "Send-Confirm", at, 2, little=True)
        size = min(32, max(0, view.reported - at - 2))
        branch.blob("wlan.fixed.confirm", "Confirm", at + 2, size)
        at += 2 + size
    else:
        group = branch.number(at, 2, True)
        name, scalar, element = _GROUPS.get(group, ("Unknown", 0, 0))
        branch.add(f"Group Id: {name} ({group})", "wlan.fixed.finite_cyclic_group", group, at, 2)
        at += 2
        if scalar:
            branch.blob("wlan.fixed.scalar", "Scalar", at, scalar)
            branch.blob("wlan.fixed.finite_field_element", "Finite Field Element", at + scalar, element)
            at += scalar + element
    branch.label(f"Fixed parameters ({at - view.at} bytes)")
    branch.resize(at - view.at)
    return at


def _top(walk: Walk, view: View) -> Branch:
    node = Node("IEEE 802.11 Wireless Management", "wlan.mgt", None, view.at, len(view), source=view.source)
    walk.nodes.append(node)
    return Branch(walk, view, node)


def tagged(branch: Branch, at: int, subtype: int = -1) -> None:
    """All the elements that are left."""
    size = branch.view.reported - at
    if size <= 0:
        return
    below = branch.add(f"Tagged parameters ({size} bytes)", "wlan.tagged.all", None, at, size)
    tags(below, at, subtype=subtype)


def _fixed(branch: Branch, kind: str, at: int) -> int:
    if kind == "t":
        value = branch.number(at, 8, True)
        branch.add(f"Timestamp: {value}", "wlan.fixed.timestamp", value, at, 8)
        return at + 8
    if kind == "p":
        text = mac(branch.raw(at, 6))
        branch.add(f"Current AP: {text}", "wlan.fixed.current_ap", text, at, 6)
        return at + 6
    value = branch.number(at, 2, True)
    if kind == "c":
        CAPABILITIES.put(branch, at, at + 2)
    elif kind == "b":
        branch.add(f"Beacon Interval: {value * 1024 / 1e6:f} [Seconds]", "wlan.fixed.beacon", value, at, 2)
    elif kind == "l":
        branch.uint("wlan.fixed.listen_ival", "Listen Interval", at, 2, HEX, little=True)
    elif kind == "s":
        status(branch, at)
    elif kind == "a":
        text = f"{bit_pattern(value, 0x3FFF, 16)} = Association ID: 0x{value & 0x3FFF:04x}"
        branch.add(text, "wlan.fixed.aid", value & 0x3FFF, at, 2)
    elif kind == "r":
        reason(branch, at)
    elif kind == "A":
        branch.uint("wlan.fixed.auth.alg", "Authentication Algorithm", at, 2, names=AUTHENTICATION, little=True)
    elif kind == "q":
        branch.uint("wlan.fixed.auth_seq", "Authentication SEQ", at, 2, HEX, little=True)
    return at + 2


def status(branch: Branch, at: int) -> int:
    _code(branch, at, "wlan.fixed.status_code", "Status code", STATUSES)
    return at + 2


def reason(branch: Branch, at: int) -> int:
    _code(branch, at, "wlan.fixed.reason_code", "Reason code", REASONS)
    return at + 2


def _code(branch: Branch, at: int, field: str, name: str, words: dict[int, str]) -> None:
    """Some words are so long that the line is cut."""
    value = branch.number(at, 2, True)
    branch.add(f"{name}: {words.get(value, 'Unknown')} (0x{value:04x})", field, value, at, 2, name=len(name))
