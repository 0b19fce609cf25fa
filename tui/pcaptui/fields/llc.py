"""IEEE 802.2 logical link control, with SNAP."""

from __future__ import annotations

from . import payload
from .branch import HEX, Branch, View, Walk
from .link_names import ETHERTYPES, SAPS
from .organisations import organisation
from .words import bit_pattern

SNAP, IP, IPX, STP, OSI, NETBIOS = 0xAA, 0x06, 0xE0, 0x42, 0xFE, 0xF0
_COMMANDS = {
    0x00: ("UI", "Unnumbered Information"), 0x20: ("UP", "Unnumbered Poll"), 0x40: ("DISC", "Disconnect"),
    0x60: ("UA", "Unnumbered Acknowledge"), 0x0C: ("DM", "Disconnect mode"), 0x6C: ("SABME",
    "Set Asynchronous Balanced Mode Extended"), 0x2C: ("SABM", "Set Asynchronous Balanced Mode"),
    0x84: ("FRMR", "Frame reject"), 0xAC: ("XID", "Exchange identification"), 0xE0: ("TEST", "Test"),
}  # fmt: skip
_SUPERVISORY = {0x0: ("RR", "Receiver ready"), 0x4: ("RNR", "Receiver not ready"), 0x8: ("REJ", "Reject"),
                0xC: ("SREJ", "Selective reject")}  # fmt: skip
_CISCO = {0x0102: "DRIP", 0x0104: "PAgP", 0x0105: "MLS Hello", 0x010B: "PVSTP+", 0x010C: "VLAN Bridge",
          0x0111: "UDLD", 0x2000: "CDP", 0x2001: "CGMP", 0x2003: "VTP", 0x2004: "DTP",
          0x200A: "STP Uplink Fast"}  # fmt: skip


def llc(walk: Walk, view: View) -> None:
    """The header, and the layer that the SAPs or SNAP's protocol announce."""
    at = view.at
    if view.data[at : min(at + 2, view.end)] == b"\xff\xff":
        payload.carried(walk, view, "ethertype", 0x8137)
        return
    branch = walk.layer(view, "llc", "Logical-Link Control", 3)
    destination, source = branch.u8(at), branch.u8(at + 1)
    _sap(branch, "llc.dsap", "DSAP", at, "IG Bit", ("Group", "Individual"), "ig")
    _sap(branch, "llc.ssap", "SSAP", at + 1, "CR Bit", ("Response", "Command"), "cr")
    size, is_information = _control(branch, at + 2, bool(source & 1))
    after = at + 2 + size
    branch.resize(after - at)
    if destination == SNAP and source & 0xFE == SNAP and is_information:
        _snap(walk, view, branch, after)
        return
    rest = view.sub(after)
    if is_information and destination == IP:
        payload.next_ethertype(walk, rest, 0x0800)
    else:
        payload.carried(walk, rest, "llc", destination)


def _sap(branch: Branch, field: str, name: str, at: int, bit: str, words: tuple[str, str], suffix: str) -> None:
    value = branch.u8(at)
    word = SAPS.get(value & 0xFE, "Unknown")
    below = branch.add(
        f"{name}: {SAPS.get(value, word) if suffix == 'ig' else word} (0x{value:02x})", field, value, at, 1
    )
    below.add(f"{bit_pattern(value, 0xFE, 8)} = SAP: {word}", f"{field}.sap", value >> 1, at, 1)
    below.flag(f"{field}.{suffix}", bit, at, 1, 1, *words)


def _control(branch: Branch, at: int, is_response: bool) -> tuple[int, bool]:
    """The control field's length, and whether information follows."""
    first = branch.u8(at)
    final = "final" if is_response else "poll"
    if first & 3 == 3:
        short, long = _COMMANDS.get(first & 0xEC, ("Unknown", "Unknown"))
        mark = (", F" if is_response else ", P") if first & 0x10 else ""
        below = branch.add(f"Control field: U{mark}, func={short} (0x{first:02x})", "llc.control", first, at, 1)
        which, name = ("resp", "Response") if is_response else ("cmd", "Command")
        modifier = first & 0xEC
        below.add(f"{bit_pattern(first, 0xEC, 8)} = {name}: {long} (0x{modifier >> 2:02x})",
                  f"llc.control.u_modifier_{which}", modifier >> 2, at, 1)  # fmt: skip
        if first & 0x10:
            below.flag(f"llc.control.{final[0]}", final.capitalize(), at, 1, 0x10)
        below.add(f"{bit_pattern(first, 3, 8)} = Frame type: Unnumbered frame (0x3)", "llc.control.ftype", 3, at, 1)
        return 1, first & 0xEF == 0x03 or modifier == 0xAC
    word = branch.number(at, 2, little=True)
    mark = (", F" if is_response else ", P") if word & 0x100 else ""
    received = word >> 9 & 0x7F
    if first & 1:
        short, long = _SUPERVISORY[first & 0xC]
        below = branch.add(f"Control field: S{mark}, func={short}, N(R)={received} (0x{word:04x})", "llc.control", word,
                           at, 2)  # fmt: skip
        below.bits("llc.control.n_r", "N(R)", at, 2, 0xFE00, little=True)
        if word & 0x100:
            below.flag(f"llc.control.{final[0]}", final.capitalize(), at, 2, 0x100, little=True)
        below.add(f"{bit_pattern(word, 0xC, 16)} = Supervisory frame type: {long} (0x{(first & 0xC) >> 2:x})",
                  "llc.control.s_ftype", (first & 0xC) >> 2, at, 2)  # fmt: skip
        below.add(f"{bit_pattern(word, 3, 16)} = Frame type: Supervisory frame (0x0001)", "llc.control.ftype", 1, at, 2)
        return 2, False
    sent = word >> 1 & 0x7F
    below = branch.add(f"Control field: I{mark}, N(R)={received}, N(S)={sent} (0x{word:04x})", "llc.control", word,
                       at, 2)  # fmt: skip
    below.bits("llc.control.n_r", "N(R)", at, 2, 0xFE00, little=True)
    below.bits("llc.control.n_s", "N(S)", at, 2, 0x00FE, little=True)
    if word & 0x100:
        below.flag(f"llc.control.{final[0]}", final.capitalize(), at, 2, 0x100, little=True)
    below.add(f"{bit_pattern(word, 1, 16)} = Frame type: Information frame (0x0000)", "llc.control.ftype", 0, at, 2)
    return 2, True


def _snap(walk: Walk, view: View, branch: Branch, at: int) -> None:
    """RFC 1042: organisation and protocol."""
    branch.resize(at + 5 - view.at)
    oui, kind = branch.number(at, 3), branch.u16(at + 3)
    branch.add(f"Organization Code: {organisation(branch.raw(at, 3))}", "llc.oui", oui, at, 3)
    rest = view.sub(at + 5)
    if oui in (0x000000, 0x0000F8):
        branch.uint("llc.type", "Type", at + 3, 2, HEX, ETHERTYPES)
        payload.next_ethertype(walk, rest, kind)
        return
    if oui == 0x00000C:
        branch.uint("llc.cisco_pid", "PID", at + 3, 2, HEX, _CISCO)
    elif oui == 0x080007:
        branch.uint("llc.type", "Type", at + 3, 2, HEX, ETHERTYPES)
    else:
        branch.uint("llc.pid", "Protocol ID", at + 3, 2, HEX)
    payload.carried(walk, rest, "snap", oui << 16 | kind)
