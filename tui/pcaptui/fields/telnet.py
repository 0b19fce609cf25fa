"""Telnet (RFC 854): commands, options with their negotiation, and lines of data."""

from __future__ import annotations

from collections.abc import Callable

from ..protocols.text import decode
from .branch import Branch, View, Walk
from .context import Message
from .registry import stream
from .telnet_names import AUTH_TYPES, COMMANDS, FLOW, OPTIONS
from .text_lines import line_end, named

IAC, SB, SE, WILL, DONT = 255, 250, 240, 251, 254
PIECES = 20_000
_BAUD = {1: "Client", 101: "Server"}


@stream("telnet")
def telnet(walk: Walk, view: View, message: Message) -> None:
    branch = walk.layer(view, "telnet", "Telnet")
    at = view.at
    for _ in range(PIECES):
        if at >= view.end:
            return
        end = _next_command(view.data, at, view.end)
        _lines(branch, at, end)
        if end >= view.end:
            return
        at = _command(branch, end, view.end)


def _next_command(data: bytes, at: int, end: int) -> int:
    """Where the next IAC is that does not stand for itself."""
    for _ in range(PIECES):
        at = data.find(b"\xff", at, end)
        if at < 0:
            return end
        if data[at + 1 : min(at + 2, end)] != b"\xff":
            return at
        at += 2
    return end


def _lines(branch: Branch, at: int, end: int) -> None:
    for _ in range(PIECES):
        if at >= end:
            return
        stop, size = _line(branch.data, at, end)
        named(branch, "telnet.data", "Data", at, stop + size - at, _plain(branch.data[at : stop + size]))
        at = stop + size


def _line(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A line ends with CR LF, CR NUL or LF; a bare CR is part of it."""
    start = at
    for _ in range(PIECES):
        stop, size = line_end(data, start, end)
        if size != 1 or data[stop : stop + 1] == b"\n":
            return stop, size
        if data[stop + 1 : min(stop + 2, end)] == b"\0":
            return stop, 2
        start = stop + 1
    return end, 0


def _plain(raw: bytes) -> str:
    return decode(raw.replace(b"\r\0", b"\r").replace(b"\xff\xff", b"\xff"))


def _command(branch: Branch, at: int, end: int) -> int:
    """The command whose IAC stands at `at`; where it ends."""
    code = branch.u8(at + 1)
    name = COMMANDS.get(code, "<unknown option>")
    if WILL <= code <= DONT:
        option = branch.u8(at + 2)
        words = OPTIONS.get(option, "<unknown option>")
        line = branch.add(f"{name} {words}", "", None, at, 3)
        _code(line, at + 1, code, name)
        line.add(f"Subcommand: {words}", "telnet.subcmd", option, at + 2, 1)
        return at + 3
    if code == SB:
        return _suboption(branch, at, end)
    line = branch.add(name, "", None, at, 2)
    _code(line, at + 1, code, name)
    return at + 2


def _code(line: Branch, at: int, code: int, name: str) -> None:
    line.add(f"Command: {name} ({code})", "telnet.cmd", code, at, 1)


def _suboption(branch: Branch, at: int, end: int) -> int:
    option = branch.u8(at + 2)
    stop = _next_command(branch.data, at + 3, end)
    words = OPTIONS.get(option, "<unknown option>")
    line = branch.add(f"Suboption {words}", "", None, at, stop - at)
    _code(line, at + 1, SB, COMMANDS[SB])
    below = line.add(f"Subcommand: {words}", "telnet.subcmd", option, at + 2, 1)
    if stop > at + 3:
        _SUBOPTIONS.get(option, _unknown)(below, at + 3, stop)
    return stop


def _unknown(line: Branch, at: int, end: int) -> None:
    line.blob("telnet.option_data", "Option data", at, end - at)


def _string(line: Branch, at: int, end: int) -> None:
    """'IS text' or 'SEND' of RFC 1091 and its like."""
    what = line.u8(at)
    name = line.node.label.partition(": ")[2]
    if what == 0:
        line.add(f"Here's my {name}", "telnet.subcmd", 0, at, 1)
        if at + 1 < end:
            named(line, "telnet.string_subopt.value", "Value", at + 1, end - at - 1)
    elif what == 1:
        line.add(f"Send your {name}", "telnet.subcmd", 1, at, 1)
    else:
        _unknown(line, at, end)


def _window(line: Branch, at: int, end: int) -> None:
    if end - at != 4:
        _unknown(line, at, end)
        return
    line.uint("telnet.naws_subopt.width", "Width", at, 2)
    line.uint("telnet.naws_subopt.height", "Height", at + 2, 2)


def _flow(line: Branch, at: int, end: int) -> None:
    line.uint("telnet.rfc_subopt.cmd", "Command", at, 1, names=FLOW)


def _port_control(line: Branch, at: int, end: int) -> None:
    """RFC 2217; only the speed is looked at."""
    who = _BAUD.get(line.u8(at))
    if who is None or end - at != 5:
        _unknown(line, at, end)
        return
    rate = line.u32(at + 1)
    line.add(f"Baud Rate: {who} Baud Rate: {rate}", "telnet.comport_subopt.baud_rate", rate, at, 5)


def _authentication(line: Branch, at: int, end: int) -> None:
    """RFC 2941: pairs of a type and how it is used."""
    command = line.uint("telnet.auth.cmd", "Auth Cmd", at, 1, names={0: "IS", 1: "SEND", 2: "REPLY", 3: "NAME"})
    at += 1
    if command == 3:
        if at < end:
            named(line, "telnet.auth.name", "Name", at, end - at)
        return
    while at + 1 < end:
        _pair(line, at)
        at += 2
        if command != 1:
            break
    if at < end:
        _unknown(line, at, end)


def _pair(line: Branch, at: int) -> None:
    line.uint("telnet.auth.type", "Auth Type", at, 1, names=AUTH_TYPES)
    encrypt = {0: "Off", 1: "Telnet Options", 2: "After Exchange", 4: "Reserved"}
    line.bits("telnet.auth.mod.enc", "Encrypt", at + 1, 1, 0x14, names=encrypt)
    line.flag("telnet.auth.mod.cred_fwd", "Cred Fwd", at + 1, 1, 0x08, "Client WILL forward auth creds",
              "Client will NOT forward auth creds")  # fmt: skip
    line.flag("telnet.auth.mod.how", "How", at + 1, 1, 0x02, "Mutual authentication", "One Way authentication")
    line.flag("telnet.auth.mod.who", "Who", at + 1, 1, 0x01, "Mask server to client", "Mask client to server")


_SUBOPTIONS: dict[int, Callable[[Branch, int, int], None]] = {
    24: _string, 11: _string, 35: _string, 31: _window, 33: _flow, 44: _port_control, 37: _authentication,
}  # fmt: skip
