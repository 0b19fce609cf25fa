"""SMB 1 messages ([MS-CIFS] section 2.2): command, file and error of each."""

from __future__ import annotations

from collections.abc import Callable

from . import ntlmssp, ntstatus
from .packet import Conversation, Packet, Short
from .text import decode

HEADER = 32
_COMMANDS = {
    0x00: "Create Directory", 0x01: "Delete Directory", 0x02: "Open", 0x03: "Create", 0x04: "Close", 0x05: "Flush",
    0x06: "Delete", 0x07: "Rename", 0x08: "Query Information", 0x09: "Set Information", 0x0A: "Read", 0x0B: "Write",
    0x0C: "Lock Byte Range", 0x0D: "Unlock Byte Range", 0x0E: "Create Temp", 0x0F: "Create New",
    0x10: "Check Directory", 0x11: "Process Exit", 0x12: "Seek", 0x13: "Lock And Read", 0x14: "Write And Unlock",
    0x1A: "Read Raw", 0x1D: "Write Raw", 0x22: "Set Information2", 0x23: "Query Information2", 0x24: "Locking AndX",
    0x25: "Trans", 0x26: "Trans Secondary", 0x27: "IOCTL", 0x2A: "Move", 0x2B: "Echo", 0x2C: "Write And Close",
    0x2D: "Open AndX", 0x2E: "Read AndX", 0x2F: "Write AndX", 0x31: "Close And Tree Disconnect", 0x32: "Trans2",
    0x33: "Trans2 Secondary", 0x34: "Find Close2", 0x70: "Tree Connect", 0x71: "Tree Disconnect",
    0x72: "Negotiate Protocol", 0x73: "Session Setup AndX", 0x74: "Logoff AndX", 0x75: "Tree Connect AndX",
    0x80: "Query Information Disk", 0x81: "Search", 0x82: "Find", 0x83: "Find Unique", 0x84: "Find Close",
    0xA0: "NT Trans", 0xA1: "NT Trans Secondary", 0xA2: "NT Create AndX", 0xA4: "NT Cancel", 0xA5: "NT Rename",
    0xC0: "Open Print File", 0xC1: "Write Print File", 0xC2: "Close Print File", 0xC3: "Get Print Queue",
}  # fmt: skip
_ANDX = {0x24, 0x2D, 0x2E, 0x2F, 0x73, 0x74, 0x75, 0xA2}
_TRANS2 = {
    0: "OPEN2", 1: "FIND_FIRST2", 2: "FIND_NEXT2", 3: "QUERY_FS_INFO", 4: "SET_FS_INFO", 5: "QUERY_PATH_INFO",
    6: "SET_PATH_INFO", 7: "QUERY_FILE_INFO", 8: "SET_FILE_INFO", 13: "CREATE_DIRECTORY", 14: "SESSION_SETUP",
    16: "GET_DFS_REFERRAL", 17: "REPORT_DFS_INCONSISTENCY",
}  # fmt: skip
_DOS = {
    (1, 1): "Bad function", (1, 2): "File not found", (1, 3): "Directory not found", (1, 5): "Access denied",
    (1, 6): "Bad file handle", (1, 18): "No more files found in file search", (1, 50): "Not supported",
    (1, 80): "File exists", (2, 2): "Bad password", (2, 5): "Invalid TID", (2, 6): "Invalid network name",
}  # fmt: skip
CHAIN = 10


def smb(packet: Packet, data: bytes, conversation: Conversation) -> None:
    if len(data) < HEADER:
        raise Short
    packet.layers.append("smb")
    command = data[4]
    response = bool(data[9] & 0x80)
    unicode = bool(data[11] & 0x80)
    packet.set("SMB", "")
    message = _Message(data, command, response, unicode, conversation)
    kind = "Response" if response else "Request"
    packet.info += f"{_COMMANDS.get(command, f'unknown-0x{command:02x}')} {kind}"
    packet.info += message.details(command, HEADER)
    at = HEADER
    for _ in range(CHAIN):
        if command not in _ANDX or at >= len(data) or data[at] < 2:
            break
        command, following = data[at + 1], int.from_bytes(data[at + 3 : at + 5], "little")
        if command == 0xFF or following <= at or following >= len(data):
            break
        at = following
        packet.info += f"; {_COMMANDS.get(command, f'unknown-0x{command:02x}')}{message.details(command, at)}"
    packet.info += _error(data, response)


def _error(data: bytes, response: bool) -> str:
    raw = data[5:9]
    if not response or raw == bytes(4):
        return ""
    if data[11] & 0x40:
        return f", Error: {ntstatus.name(int.from_bytes(raw, 'little'))}"
    pair = (raw[0], int.from_bytes(raw[2:4], "little"))
    return f", Error: {_DOS.get(pair, f'Unknown ({pair[1]})')}"


_Details = Callable[["_Message", int, int, int], str]


class _Message:
    """`words` and `bytes` of one command block are found at its offset (word count first)."""

    def __init__(self, data: bytes, command: int, response: bool, unicode: bool, conversation: Conversation) -> None:
        self.data = data
        self.response = response
        self.unicode = unicode
        self.requests = conversation.state.setdefault("smb", {})
        self.key = data[24:32]  # tree, process, user, multiplex

    def u16(self, at: int) -> int:
        return int.from_bytes(self.data[at : at + 2], "little")

    def u32(self, at: int) -> int:
        return int.from_bytes(self.data[at : at + 4], "little")

    def string(self, at: int, aligned: bool = True, unicode: bool | None = None) -> str:
        """A name that ends with NUL; Unicode ones begin at even offsets of the message."""
        if self.unicode if unicode is None else unicode:
            at += at & 1 if aligned else 0
            end = at
            while end + 2 <= len(self.data) and self.data[end : end + 2] != b"\0\0":
                end += 2
            return self.data[at:end].decode("utf-16-le", "replace")
        end = self.data.find(b"\0", at)
        return decode(self.data[at : end if end >= 0 else len(self.data)])

    def details(self, command: int, at: int) -> str:
        if at >= len(self.data):
            return ""
        words = self.data[at]
        body = at + 1 + 2 * words + 2
        side = _RESPONSES if self.response else _REQUESTS
        handler = side.get(command)
        return handler(self, at + 1, words, body) if handler else ""


def _path(label: str, skip: int = 1) -> _Details:
    def details(m: _Message, words: int, count: int, body: int) -> str:
        return f", {label}: {m.string(body + skip)}"

    return details


def _fid(at: int) -> _Details:
    def details(m: _Message, words: int, count: int, body: int) -> str:
        return f", FID: 0x{m.u16(words + at):04x}" if count * 2 >= at + 2 else ""

    return details


def _session_setup(m: _Message, words: int, count: int, body: int) -> str:
    raw = m.data[body:]
    found = raw.find(ntlmssp.SIGNATURE)
    if found >= 0:
        return ntlmssp.text(raw[found:])
    if m.response or count != 13:
        return ""
    at = body + m.u16(words + 14) + m.u16(words + 16)
    user = m.string(at)
    at += at & 1 if m.unicode else 0
    domain = m.string(at + (len(user) + 1) * (2 if m.unicode else 1))
    if not user and not domain:
        return ", User: anonymous"
    return f", User: {domain}\\{user}"


def _tree_connect(m: _Message, words: int, count: int, body: int) -> str:
    return f", Path: {m.string(body + m.u16(words + 6))}"


def _nt_create(m: _Message, words: int, count: int, body: int) -> str:
    size = m.u16(words + 5)
    at = body + (body & 1 if m.unicode else 0)
    raw = m.data[at : at + size]
    return f", Path: {raw.decode('utf-16-le', 'replace') if m.unicode else decode(raw)}".rstrip("\0")


def _nt_create_response(m: _Message, words: int, count: int, body: int) -> str:
    return f", FID: 0x{m.u16(words + 5):04x}"


def _read_andx(m: _Message, words: int, count: int, body: int) -> str:
    offset = m.u32(words + 6)
    return f", FID: 0x{m.u16(words + 4):04x}, {m.u16(words + 10)} bytes at offset {offset}"


def _read_andx_response(m: _Message, words: int, count: int, body: int) -> str:
    fid = m.requests.get(m.key, "")
    return f"{fid}, {m.u16(words + 10)} bytes"


def _write_andx(m: _Message, words: int, count: int, body: int) -> str:
    return f", FID: 0x{m.u16(words + 4):04x}, {m.u16(words + 20)} bytes at offset {m.u32(words + 6)}"


def _write(m: _Message, words: int, count: int, body: int) -> str:
    """WRITE of the core protocol."""
    return f", FID: 0x{m.u16(words):04x}, {m.u16(words + 2)} bytes at offset {m.u32(words + 4)}"


def _close_response(m: _Message, words: int, count: int, body: int) -> str:
    return str(m.requests.pop(m.key, ""))


def _close(m: _Message, words: int, count: int, body: int) -> str:
    text = f", FID: 0x{m.u16(words):04x}"
    m.requests[m.key] = text
    return text


def _trans2(m: _Message, words: int, count: int, body: int) -> str:
    if count < 15:
        return ""
    kind = m.u16(words + 28)
    text = f", {_TRANS2.get(kind, f'Unknown ({kind})')}"
    m.requests[m.key] = text
    at = m.u16(words + 20)
    if kind == 1:
        text += f", Pattern: {m.string(at + 12)}"
    elif kind == 3:
        text += f", {_FS_LEVELS.get(m.u16(at), f'Unknown ({m.u16(at)})')}"
    elif kind == 5:
        text += f", {_PATH_LEVELS.get(m.u16(at), f'Unknown ({m.u16(at)})')}, Path: {m.string(at + 6)}"
    elif kind == 7:
        text += f", FID: 0x{m.u16(at):04x}, {_PATH_LEVELS.get(m.u16(at + 2), f'Unknown ({m.u16(at + 2)})')}"
    return text


def _trans2_response(m: _Message, words: int, count: int, body: int) -> str:
    return str(m.requests.pop(m.key, "<unknown>"))


_FS_LEVELS = {
    1: "Info Allocation", 2: "Info Volume", 0x101: "Query FS Label Info", 0x102: "Query FS Volume Info",
    0x103: "Query FS Size Info", 0x104: "Query FS Device Info", 0x105: "Query FS Attribute Info",
    1003: "Query FS Size Info", 1005: "Query FS Attribute Info", 1007: "Query Full FS Size Info",
}  # fmt: skip
_PATH_LEVELS = {
    1: "Info Standard", 2: "Info Query EA Size", 0x101: "Query File Basic Info", 0x102: "Query File Standard Info",
    0x103: "Query File EA Info", 0x104: "Query File Name Info", 0x107: "Query File All Info",
    0x108: "Query File Alt Name Info", 0x109: "Query File Stream Info", 1004: "Query File Basic Info",
    1005: "Query File Standard Info", 1018: "Query File All Info", 1022: "Query File Stream Info",
}  # fmt: skip
_REQUESTS: dict[int, _Details] = {
    0x00: _path("Directory"), 0x01: _path("Directory"), 0x04: _close, 0x06: _path("Path"),
    0x08: _path("Path"), 0x0B: _write, 0x10: _path("Directory"), 0x2D: _path("Path", 0), 0x2E: _read_andx,
    0x2F: _write_andx, 0x32: _trans2, 0x73: _session_setup, 0x75: _tree_connect, 0x81: _path("File"),
    0xA2: _nt_create,
}  # fmt: skip
_RESPONSES: dict[int, _Details] = {
    0x04: _close_response, 0x2D: _fid(4), 0x2E: _read_andx_response, 0x32: _trans2_response, 0x73: _session_setup,
    0xA2: _nt_create_response,
}  # fmt: skip
