"""FTP (RFC 959, 2428): commands, replies, and the addresses in them; lines of its data streams."""

from __future__ import annotations

import re
from ipaddress import ip_address

from ..protocols.text import decode
from .branch import Branch, View, Walk
from .context import Message
from .registry import stream
from .reply_names import FTP
from .tcp_ports import sender
from .text_lines import is_text, line_end, named, text_lines, visible
from .words import plural

LINES = 5000
_SIX = re.compile(rb"(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})")
_EXTENDED = re.compile(rb"\((.)\1\1(\d{1,5})\1\)")
_EPRT = re.compile(rb"(.)(\d)\1([0-9A-Fa-f.:]{2,45})\1(\d{1,5})\1")


@stream("ftp")
def ftp(walk: Walk, view: View, message: Message) -> None:
    if message.layer == "ftp-data":
        ftp_data(walk, view, message)
        return
    branch = walk.layer(view, "ftp", "File Transfer Protocol (FTP)")
    reply = message.from_server
    at = view.at
    for _ in range(LINES):
        if at >= view.end:
            break
        end, size = line_end(view.data, at, view.end)
        line = branch.add(visible(view.data[at : end + size]), "", None, at, end + size - at)
        if reply:
            _reply(line, at, end)
        else:
            _request(line, at, end)
        at = end + size


def _request(line: Branch, at: int, end: int) -> None:
    raw = line.data[at:end]
    command, _, _ = raw.partition(b" ")
    name = decode(command)
    if command:
        line.add(f"Request command: {name}", "ftp.request.command", name, at, len(command), 15)
    start = at + len(raw) - len(raw[len(command) :].lstrip(b" "))
    if start >= end:
        return
    named(line, "ftp.request.arg", "Request arg", start, end - start)
    if command.upper() == b"PORT":
        _six(line, start, end, "ftp.active.cip", "Active IP address", "ftp.active.port", "Active port")
    elif command.upper() == b"EPRT":
        _eprt(line, start, end)


def _reply(line: Branch, at: int, end: int) -> None:
    code = line.data[at : min(at + 3, end)]
    numbered = len(code) == 3 and code.isdigit()
    if numbered:
        number = int(code)
        words = f"{FTP.get(number, 'Unknown')} ({number})"
        line.add(f"Response code: {words}", "ftp.response.code", number, at, 3)
    start = at + 4 if numbered else at
    if start < end:
        named(line, "ftp.response.arg", "Response arg", start, end - start)
    if code == b"227":
        address = _six(line, start, end, "ftp.passive.ip", "Passive IP address", "ftp.passive.port", "Passive port")
        if address and address != sender(line.walk):
            line.computed("Passive IP NAT: True", "ftp.passive.nat", True)
    elif code == b"229":
        found = _EXTENDED.search(line.data, start, end)
        if found:
            port = int(found[2])
            source = sender(line.walk)
            six = ":" in source
            words = f"Extended passive {'IPv6' if six else 'IPv4'} address: {source}"
            line.computed(words, "ftp.epsv.ipv6" if six else "ftp.epsv.ip", source)
            line.add(f"Extended passive port: {port}", "ftp.epsv.port", port, found.start(2), len(found[2]))


def _six(line: Branch, at: int, end: int, ip: str, ip_name: str, port: str, port_name: str) -> str:
    """Four numbers of an address and two of a port."""
    found = _SIX.search(line.data, at, end)
    if found is None:
        return ""
    numbers = [int(number) & 0xFF for number in found.groups()]
    address = ".".join(str(number) for number in numbers[:4])
    start, middle = found.start(), found.start(5)
    line.add(f"{ip_name}: {address}", ip, address, start, middle - 1 - start)
    value = numbers[4] << 8 | numbers[5]
    line.add(f"{port_name}: {value}", port, value, middle, found.end() - middle)
    return address


def _eprt(line: Branch, at: int, end: int) -> None:
    found = _EPRT.match(line.data, at, end)
    if found is None:
        return
    family = int(found[2])
    words = {1: "IPv4", 2: "IPv6"}.get(family, "Unknown")
    line.add(f"Extended active address family: {words} ({family})", "ftp.eprt.af", family, found.start(2), 1)
    try:
        address = str(ip_address(decode(found[3])))
    except ValueError:
        return
    six = ":" in address
    name = f"Extended active {'IPv6' if six else 'IP'} address"
    field = "ftp.eprt.ipv6" if six else "ftp.eprt.ip"
    line.add(f"{name}: {address}", field, address, found.start(3), len(found[3]))
    port = int(found[4])
    line.add(f"Extended active port: {port}", "ftp.eprt.port", port, found.start(4), len(found[4]))


def ftp_data(walk: Walk, view: View, message: Message) -> None:
    """A piece of a data stream, and what the control connection said of it."""
    size = view.reported - view.at
    branch = walk.layer(view, "ftp-data", f"FTP Data ({plural(size, 'byte')} data)")
    method, command = message.facts.get("method"), message.facts.get("command")
    if isinstance(method, str) and method:
        branch.computed(f"Setup method: {method}", "ftp-data.setup-method", method)
    if isinstance(command, str) and command:
        branch.computed(f"Command: {command}", "ftp-data.command", command, name=7)
    number = message.facts.get("packet")
    if isinstance(number, int) and number > 0:
        branch.computed(f"Command frame: {number}", "ftp-data.command-frame", number, number)
    if is_text(view.bytes):
        text_lines(walk, view)
