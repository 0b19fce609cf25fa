"""Extensions behind ICMP messages: multi-part objects (RFC 4884, 4950, 5837, 8335) and mobile IP's (RFC 5944)."""

from __future__ import annotations

from .branch import HEX, Branch
from .checksums import checksum
from .words import bit_pattern

_CLASSES = {1: "MPLS Label Stack Class", 2: "Interface Information Object", 3: "Interface Identification Object"}
_ROLES = {0: "IP interface upon which datagram arrived", 1: "sub-IP component of an IP interface upon which datagram"
          " arrived", 2: "IP interface through which datagram would be forwarded",
          3: "IP next-hop to which datagram would be forwarded"}  # fmt: skip
_IDENTIFIED = {1: "Name", 2: "Index", 3: "Address"}
_FAMILIES = {0: "Reserved", 1: "IPv4", 2: "IPv6", 3: "NSAP", 4: "HDLC (8-bit multidrop)", 5: "BBN 1822",
             6: "802 (includes all 802 media plus Ethernet)", 16389: "48-bit MAC Address",
             16390: "64-bit MAC Address"}  # fmt: skip
_MOBILE = {0: "One byte padding extension", 16: "Mobility Agent Advertisement Extension",
           19: "Prefix Lengths Extension", 24: "Challenge Extension"}  # fmt: skip
_AGENT = ("r", "Registration Required"), ("b", "Busy"), ("h", "Home Agent"), ("f", "Foreign Agent"), (
    "m", "Minimal Encapsulation"), ("g", "GRE"), ("v", "VJ Comp"), ("rt", "Reverse tunneling"), (
    "u", "UDP tunneling"), ("x", "Revocation support")  # fmt: skip
MAX_OBJECTS = 64


def multi_part(parent: Branch, at: int, end: int) -> None:
    """Version, checksum, and objects of RFC 4884 between `at` and `end`."""
    branch = parent.add("ICMP Multi-Part Extensions", "icmp.ext", None, at, end - at).within(at, end)
    version = branch.u8(at) >> 4
    branch.add(f"Version: {version}", "icmp.ext.version", version, at, 1)
    branch.bits("icmp.ext.res", "Reserved", at, 2, 0x0FFF, HEX)
    whole = branch.view.reported <= branch.end
    if branch.u16(at + 2):
        checksum(branch, "icmp.ext.checksum", at + 2, branch.raw(at, branch.end - at) if whole else None)
    else:
        branch.add("Checksum: [missing]", "icmp.ext.checksum", 0, at + 2, 2)
        branch.add("[Checksum Status: Not present]", "icmp.ext.checksum.status", 3, at + 2, 2)
    if version not in (1, 2):
        branch.blob("icmp.ext.data", "Data", at + 4, branch.end - at - 4)
        return
    place = at + 4
    for _ in range(MAX_OBJECTS):
        if place + 4 > branch.end:
            return
        place = _object(branch, place)
        if place < 0:
            return


def _object(parent: Branch, at: int) -> int:
    """One object; where the next one starts, -1: nowhere."""
    size, kind, sub = parent.u16(at), parent.u8(at + 2), parent.u8(at + 3)
    short = at + size > parent.end
    name = {1: "MPLS Stack Entry", 2: "Interface Information Object", 3: "Interface Identification Object"}.get(kind)
    if (kind == 1 and sub != 1) or (kind == 3 and sub not in _IDENTIFIED) or short:
        name = None
    words = name or f"Unknown object ({kind}/{sub})"
    branch = parent.add(words + (" (truncated)" if short else ""), "", None, at, max(4, min(size, parent.end - at)))
    below = branch.uint("icmp.ext.length", "Length", at, 2)
    branch.uint("icmp.ext.class", "Class", at + 2, 1, names=_CLASSES)
    if below < 4:
        branch.add(f"C-Type: {sub}", "icmp.ext.ctype", sub, at + 3, 1)
        return -1
    end = min(at + size, parent.end)
    branch = branch.within(at, end)
    if name is None:
        branch.add(f"C-Type: {sub}", "icmp.ext.ctype", sub, at + 3, 1)
        if end > at + 4:
            branch.blob("icmp.ext.data", "Data", at + 4, end - at - 4)
    elif kind == 1:
        branch.add(f"C-Type: {sub}", "icmp.ext.ctype", sub, at + 3, 1)
        _labels(branch, at + 4, end)
    elif kind == 2:
        _interface(branch, at, sub)
    else:
        words = f"{sub} (Identifies Interface By {_IDENTIFIED[sub]})"
        branch.add(f"C-Type: {words}", "icmp.ext.ctype", sub, at + 3, 1)
        _identification(branch, at + 4, end, sub)
    return at + size if not short else -1


def _labels(branch: Branch, at: int, end: int) -> None:
    for place in range(at, end - 3, 4):
        word = branch.u32(place)
        label, experimental, bottom, ttl = word >> 12, word >> 9 & 7, word >> 8 & 1, word & 255
        one = branch.add(f"Label: {label}, Exp: {experimental}, S: {bottom}, TTL: {ttl}", "", None, place, 4)
        three = word >> 8
        one.add(f"{bit_pattern(three, 0xFFFFF0, 24)} = Label: {label}", "icmp.mpls.label", label, place, 3)
        one.add(f"{bit_pattern(three, 0xE, 24)} = Experimental: {experimental}", "icmp.mpls.exp", experimental,
                place + 2, 1)  # fmt: skip
        one.add(f"{bit_pattern(three, 1, 24)} = Stack bit: {'Set' if bottom else 'Not set'}", "icmp.mpls.s",
                bool(bottom), place + 2, 1)  # fmt: skip
        one.uint("icmp.mpls.ttl", "Time to live", place + 3, 1)


def _interface(branch: Branch, at: int, sub: int) -> None:
    """RFC 5837: the C-Type's bits say what follows."""
    names = [
        name for mask, name in ((8, "ifIndex"), (4, "IP Address"), (2, "Interface Name"), (1, "MTU")) if sub & mask
    ]
    role = f"Interface Role: {_ROLES[sub >> 6]}"
    below = branch.add(", ".join([f"C-Type: {sub}", role, *names]), "icmp.ext.ctype", sub, at + 3, 1)
    below.bits("icmp.int_info.role", "Interface Role", at + 3, 1, 0xC0, names=_ROLES)
    below.bits("icmp.int_info.reserved", "Reserved", at + 3, 1, 0x30)
    below.flag("icmp.int_info.ifindex", "ifIndex", at + 3, 1, 8, "True", "False")
    below.flag("icmp.int_info.ipaddr", "IP Address", at + 3, 1, 4, "Present", "Not Present")
    below.flag("icmp.int_info.name_present", "Interface Name", at + 3, 1, 2, "Present", "Not Present")
    below.flag("icmp.int_info.mtu_present", "MTU", at + 3, 1, 1, "Present", "Not Present")
    place = at + 4
    if sub & 8 and place + 4 <= branch.end:
        branch.uint("icmp.int_info.index", "Interface Index", place, 4)
        place += 4
    if sub & 4 and place + 4 <= branch.end:
        place = _address(branch, place)
    if sub & 2 and place < branch.end:
        size = branch.u8(place)
        one = branch.add("Interface Name Sub-Object", "", None, place, size)
        one.uint("icmp.int_info.name_length", "Name Length", place, 1)
        if size > 1:
            one.string("icmp.int_info.name", "Name", place + 1, min(size, 64) - 1)
        place += max(size, 1)
    if sub & 1 and place + 4 <= branch.end:
        branch.uint("icmp.int_info.mtu", "Maximum Transmission Unit", place, 4)


def _address(branch: Branch, at: int) -> int:
    family = branch.u16(at)
    size = {1: 4, 2: 16}.get(family, 0)
    one = branch.add("IP Address Sub-Object", "", None, at, 4 + size)
    one.uint("icmp.int_info.afi", "Address Family Identifier", at, 2, names=_FAMILIES)
    if family == 1:
        one.ipv4("icmp.int_info.ipv4", "Source", at + 4)
    elif family == 2:
        one.ipv6("icmp.int_info.ipv6", "Source", at + 4)
    return at + 4 + size


def _identification(branch: Branch, at: int, end: int, sub: int) -> None:
    if sub == 1:
        branch.string("icmp.int_ident.name", "Name", at, end - at)
    elif sub == 2:
        branch.uint("icmp.int_ident.index", "Interface Index", at, 4)
    else:
        family = branch.uint("icmp.int_ident.afi", "Address Family Identifier", at, 2, names=_FAMILIES)
        size = branch.uint("icmp.int_ident.addr_length", "Address Length", at + 2, 1)
        branch.blob("icmp.int_ident.reserved", "Reserved", at + 3, 1)
        if family == 1 and size == 4:
            branch.ipv4("icmp.int_ident.ipv4", "Address", at + 4)
        elif family == 2 and size == 16:
            branch.ipv6("icmp.int_ident.ipv6", "Address", at + 4)
        elif size:
            branch.blob("icmp.int_ident.address", "Address", at + 4, min(size, end - at - 4))


def mobile(parent: Branch, at: int, end: int) -> None:
    """What mobile IP's agents put behind a router advertisement."""
    place = at
    for _ in range(MAX_OBJECTS):
        if place >= end:
            return
        kind = parent.u8(place)
        size = 1 if kind == 0 else parent.u8(place + 1) + 2
        name = _MOBILE.get(kind, f"Unknown extension {kind}")
        one = parent.add(f"Ext: {name}", "", None, place, size)
        one.uint("icmp.mip.type", "Extension Type", place, 1, names=_MOBILE)
        if kind:
            one.uint("icmp.mip.length", "Length", place + 1, 1)
            _mobile(one.within(place, place + size), kind, place, size)
        place += size


def _mobile(one: Branch, kind: int, at: int, size: int) -> None:
    if kind == 16:
        one.uint("icmp.mip.seq", "Sequence Number", at + 2, 2)
        one.uint("icmp.mip.life", "Registration Lifetime", at + 4, 2)
        flags = one.u16(at + 6)
        masks = [0x8000 >> index for index in range(len(_AGENT))]
        words = [name for mask, (_, name) in zip(masks, _AGENT, strict=True) if flags & mask]
        below = one.add(", ".join([f"Flags: 0x{flags:04x}", *words]), "icmp.mip.flags", flags, at + 6, 2)
        for mask, (field, name) in zip(masks, _AGENT, strict=True):
            below.flag(f"icmp.mip.{field}", name, at + 6, 2, mask, "True", "False")
        below.bits("icmp.mip.reserved", "Reserved", at + 6, 2, 0x003F, HEX)
        for place in range(at + 8, at + size - 3, 4):
            one.ipv4("icmp.mip.coa", "Care-Of-Address", place)
    elif kind == 19:
        for place in range(at + 2, at + size):
            one.uint("icmp.mip.prefixlength", "Prefix Length", place, 1)
    elif kind == 24:
        one.blob("icmp.mip.challenge", "Challenge", at + 2, size - 2)
    elif size > 2:
        one.blob("icmp.mip.content", "Content", at + 2, size - 2)
