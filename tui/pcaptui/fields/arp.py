"""ARP and its kin (RFC 826, 903, 2390, 5227)."""

from __future__ import annotations

from ..protocols.text import ipv4, mac
from .branch import HEX, Branch, View, Walk
from .link_names import ETHERTYPES, HARDWARE
from .registry import ethertype
from .words import cut_hex

OPERATIONS = {
    0: "reserved", 1: "request", 2: "reply", 3: "reverse request", 4: "reverse reply", 5: "drarp request",
    6: "drarp reply", 7: "drarp error", 8: "inverse request", 9: "inverse reply", 10: "arp nak", 11: "mars request",
    12: "mars multi", 13: "mars mserv", 14: "mars join", 15: "mars leave", 16: "mars nak", 17: "mars unserv",
    18: "mars sjoin", 19: "mars sleave", 20: "mars grouplist request", 21: "mars grouplist reply",
    22: "mars redirect map", 23: "mapos unarp", 24: "experimental 1", 25: "experimental 2", 65535: "reserved",
}  # fmt: skip
REVERSE = ("reverse", "drarp")


@ethertype(0x0806, 0x8035)
def arp(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "arp", "Address Resolution Protocol", 8)
    hardware = branch.uint("arp.hw.type", "Hardware type", at, 2, names=HARDWARE)
    protocol = branch.uint("arp.proto.type", "Protocol type", at + 2, 2, HEX, ETHERTYPES)
    hlen = branch.uint("arp.hw.size", "Hardware size", at + 4, 1)
    plen = branch.uint("arp.proto.size", "Protocol size", at + 5, 1)
    size = 8 + 2 * (hlen + plen)
    branch.resize(size)
    if walk.claimed is None:
        walk.claimed = at + size
    operation = branch.uint("arp.opcode", "Opcode", at + 6, 2, names=OPERATIONS)
    first, second = at + 8, at + 8 + hlen + plen
    branch.raw(at, size)
    _title(branch, operation, first, second, hlen, plen)
    for who, name, place in (("src", "Sender", first), ("dst", "Target", second)):
        _hardware(branch, who, name, place, hlen, hardware)
        _protocol(branch, who, name, place + hlen, plen, protocol)


def _title(branch: Branch, operation: int, first: int, second: int, hlen: int, plen: int) -> None:
    """Announcements and probes (RFC 5227), told by equal or empty addresses."""
    words = OPERATIONS.get(operation, f"opcode 0x{operation:04x}")
    source, target = branch.raw(first + hlen, plen), branch.raw(second + hlen, plen)
    blank = not any(branch.raw(second, hlen))
    marks: list[tuple[str, str]] = []
    if operation in (1, 2) and plen and source == target:
        if operation == 1 and blank:
            words = "ARP Announcement"
            marks = [("Is gratuitous", "arp.isgratuitous"), ("Is announcement", "arp.isannouncement")]
        else:
            words += "/gratuitous ARP"
            marks = [("Is gratuitous", "arp.isgratuitous")]
    elif operation == 1 and blank and not any(source):
        words, marks = "ARP Probe", [("Is probe", "arp.isprobe")]
    kind = "Reverse " if operation in (3, 4) else "Dynamic Reverse " if operation in (5, 6, 7) else ""
    kind = "Inverse " if operation in (8, 9) else kind
    branch.label(f"{kind}Address Resolution Protocol ({words})" if kind != "Dynamic Reverse " else
                 f"Dynamic Reverse Address Resolution Protocol ({words})")  # fmt: skip
    for name, field in marks:
        branch.computed(f"{name}: True", field, True)


def _hardware(branch: Branch, who: str, name: str, at: int, size: int, kind: int) -> None:
    if not size:
        return
    raw = branch.raw(at, size)
    if size == 6 and kind in (1, 6):
        branch.add(f"{name} MAC address: {mac(raw)}", f"arp.{who}.hw_mac", mac(raw), at, size)
    else:
        branch.add(f"{name} hardware address: {cut_hex(raw)}", f"arp.{who}.hw", raw.hex(":"), at, size)


def _protocol(branch: Branch, who: str, name: str, at: int, size: int, kind: int) -> None:
    if not size:
        return
    raw = branch.raw(at, size)
    if size == 4 and kind == 0x0800:
        branch.add(f"{name} IP address: {ipv4(raw)}", f"arp.{who}.proto_ipv4", ipv4(raw), at, size)
    else:
        branch.add(f"{name} protocol address: {cut_hex(raw)}", f"arp.{who}.proto", raw.hex(":"), at, size)
