"""BOOTP and DHCP messages (RFC 951, RFC 2131)."""

from __future__ import annotations

from ..protocols.dhcp import COOKIE, MESSAGES
from . import dhcp_special, dhcp_vendor
from .branch import HEX, Branch, View, Walk
from .cursor import Cursor
from .dhcp_options import Options, P, fill
from .dhcp_words import OPERATIONS, OPTIONS
from .expert import expert
from .link_names import HARDWARE
from .registry import application

FIXED = 236
VENDOR_AREA = 64
ETHERNETS = (1, 6)
_MODULES = (dhcp_special, dhcp_vendor)  # their options register themselves


@application("dhcp")
def dhcp(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "dhcp", "Dynamic Host Configuration Protocol")
    kind = _peek_kind(view)
    if kind:
        branch.suffix(f" ({MESSAGES.get(kind) or f'Unknown Message Type (0x{kind:02x})'})")
    _fixed(branch, at)
    overload = _peek(view, 52)
    _names(branch, at, overload)
    if branch.raw(at + FIXED, 4) != COOKIE:
        branch.blob("dhcp.vendor_specific_options", "Bootp vendor specific options", at + FIXED, VENDOR_AREA)
        return
    branch.add("Magic cookie: DHCP", "dhcp.cookie", "99.130.83.99", at + FIXED, 4)
    options = Options(branch, _text(view, 60), overload)
    options.searches = [(start, size) for code, start, size in _scan(view) if code == 119]
    end = _options(options, branch, at + FIXED + 4, view.end, at)
    if end is None:
        expert(branch, "Error", "Protocol", "End option missing", "dhcp.end_option_missing")
    elif end < view.end:
        branch.blob("dhcp.option.padding", "Padding", end, view.end - end)


def _scan(view: View) -> list[tuple[int, int, int]]:
    """Codes, places and sizes of the values of the options that are whole."""
    found = []
    at = view.at + FIXED + 4
    data = view.data
    while at + 1 < view.end and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        size = data[at + 1]
        if at + 2 + size > view.end:
            break
        found.append((data[at], at + 2, size))
        at += 2 + size
    return found


def _peek(view: View, wanted: int) -> int:
    return next((view.data[at] for code, at, size in _scan(view) if code == wanted and size == 1), 0)


def _peek_kind(view: View) -> int:
    start = view.at + FIXED
    return _peek(view, 53) if view.data[start : start + 4] == COOKIE else 0


def _text(view: View, wanted: int) -> str:
    return next((view.data[at : at + size].decode("latin-1") for code, at, size in _scan(view) if code == wanted), "")


def _fixed(branch: Branch, at: int) -> None:
    branch.uint("dhcp.type", "Message type", at, 1, names=OPERATIONS)
    hardware = branch.uint("dhcp.hw.type", "Hardware type", at + 1, 1, HEX, HARDWARE)
    size = branch.uint("dhcp.hw.len", "Hardware address length", at + 2, 1)
    branch.uint("dhcp.hops", "Hops", at + 3, 1)
    branch.uint("dhcp.id", "Transaction ID", at + 4, 4, HEX)
    _seconds(branch, at + 8)
    flags = branch.u16(at + 10)
    words = ", Broadcast flag (Broadcast)" if flags & 0x8000 else " (Unicast)"
    below = branch.add(f"Bootp flags: 0x{flags:04x}{words}", "dhcp.flags", flags, at + 10, 2)
    below.flag("dhcp.flags.bc", "Broadcast flag", at + 10, 2, 0x8000, "Broadcast", "Unicast")
    below.bits("dhcp.flags.reserved", "Reserved flags", at + 10, 2, 0x7FFF, HEX)
    branch.ipv4("dhcp.ip.client", "Client IP address", at + 12)
    branch.ipv4("dhcp.ip.your", "Your (client) IP address", at + 16)
    branch.ipv4("dhcp.ip.server", "Next server IP address", at + 20)
    branch.ipv4("dhcp.ip.relay", "Relay agent IP address", at + 24)
    _hardware(branch, at + 28, hardware, size)


def _seconds(branch: Branch, at: int) -> None:
    """Some clients write this little-endian."""
    value = branch.u16(at)
    if value > 255 and not value & 0xFF:
        value >>= 8
        below = branch.add(f"Seconds elapsed: {value}", "dhcp.secs", value, at, 2)
        expert(below, "Note", "Protocol", "Seconds elapsed appears to be encoded as little-endian", "dhcp.secs_le")
    else:
        branch.uint("dhcp.secs", "Seconds elapsed", at, 2)


def _hardware(branch: Branch, at: int, hardware: int, size: int) -> None:
    if not 0 < size <= 16:
        below = branch.add("Client address not given", "", None, at, 16)
        expert(below, "Note", "Protocol", "Client address not given", "dhcp.client_address_not_given")
        return
    if hardware in ETHERNETS and size == 6:
        branch.mac("dhcp.hw.mac_addr", "Client MAC address", at)
    else:
        text = branch.raw(at, 16)[:size].hex()
        branch.add(f"Client hardware address: {text}", "dhcp.hw.addr", branch.raw(at, size).hex(":"), at, 16)
    if size < 16:
        branch.blob("dhcp.hw.addr_padding", "Client hardware address padding", at + size, 16 - size)


def _names(branch: Branch, at: int, overload: int) -> None:
    for start, size, mask, field, name, lower in (
        (at + 44, 64, 2, "dhcp.server", "Server host name", "Server name option"),
        (at + 108, 128, 1, "dhcp.file", "Boot file name", "Boot file name option"),
    ):
        raw = branch.raw(start, size)
        if overload & mask:
            key = "server_name" if mask == 2 else "boot_filename"
            text = f"{lower} overloaded by DHCP"
            below = branch.add(text, "", None, start, size)
            expert(below, "Note", "Protocol", text, f"dhcp.{key}_overloaded_by_dhcp")
        elif raw[0]:
            branch.string(field, name, start, size, "ascii")
        else:
            branch.add(f"{name} not given", field, "", start, size)


def _options(options: Options, branch: Branch, at: int, end: int, base: int) -> int | None:
    """The options from `at` on; where they ended, None: there is no end option."""
    while at < end:
        code = branch.u8(at)
        if code == 255:
            one = branch.add("Option: (255) End", f"{P}type", code, at, 1)
            one.uint(f"{P}end", "Option End", at, 1)
            return at + 1
        if code == 0:
            stop = at
            while stop < end and branch.data[stop] == 0:
                stop += 1
            one = branch.add("Option: (0) Padding", f"{P}type", code, at, 1)
            one.blob(f"{P}padding", "Padding", at, stop - at)
            at = stop
            continue
        at = _option(options, branch, code, at, end, base)
    return None


def _option(options: Options, branch: Branch, code: int, at: int, end: int, base: int) -> int:
    size = branch.u8(at + 1)
    label = f"Option: ({code}) {OPTIONS[code]}"
    if code == 53 and size == 1 and at + 2 < branch.end:
        kind = branch.u8(at + 2)
        label += f" ({MESSAGES.get(kind) or f'Unknown Message Type (0x{kind:02x})'})"
    one = branch.add(label, f"{P}type", code, at, 2 + size)
    one.uint(f"{P}length", "Length", at + 1, 1)
    one.raw(at + 2, size)
    fill(options, code, Cursor(one, at + 2, at + 2 + size))
    if code == 52 and options.overload:
        held, options.overload = options.overload, 0
        for mask, title, start, length in ((2, "Server host name option overload", base + 44, 64),
                                           (1, "Boot file name option overload", base + 108, 128)):  # fmt: skip
            if held & mask:
                _options(options, one.add(title, "", None, start, length), start, start + length, base)
    return at + 2 + size
