"""SMB 2 and 3 messages ([MS-SMB2] section 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import dcerpc, ntlmssp, ntstatus
from .packet import Conversation, Packet
from .smb2_names import COMMANDS, FILE_INFO, FIND_INFO, FS_INFO, IOCTLS

HEADER = 64
CHAIN = 200
MEMORY = 20_000
_SESSION_SETUP, _TREE_CONNECT, _CREATE, _CLOSE, _READ, _WRITE, _IOCTL, _FIND, _GET_INFO, _SET_INFO = (
    1, 3, 5, 6, 8, 9, 11, 14, 16, 17
)  # fmt: skip


@dataclass(slots=True)
class _State:
    """What requests leave for their responses (by message id), and file names by file id."""

    requests: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[bytes, str] = field(default_factory=dict)
    last_file: bytes = b""


def smb2(packet: Packet, data: bytes, conversation: Conversation) -> None:
    """One NetBIOS message: a chain of SMB2 messages, or a sealed one."""
    state = conversation.state.setdefault("smb2", _State())
    packet.layers.append("smb2")
    if data[:1] == b"\xfd":
        packet.set("SMB2", "Encrypted SMB3")
        return
    if data[:1] == b"\xfc":
        packet.set("SMB2", "Compressed SMB3")
        return
    packet.set("SMB2", "")
    at = 0
    for turn in range(CHAIN):
        following = int.from_bytes(data[at + 20 : at + 24], "little")
        one = data[at : at + following] if following else data[at:]
        if len(one) < HEADER:
            break
        if turn:
            packet.info += ";"
        _message(packet, one, state, conversation)
        at += following
        if not following or at >= len(data):
            break


def _message(packet: Packet, data: bytes, state: _State, conversation: Conversation) -> None:
    status = int.from_bytes(data[8:12], "little")
    command = int.from_bytes(data[12:14], "little")
    response = bool(data[16] & 1)
    name = COMMANDS.get(command, f"Unknown (0x{command:02x})")
    packet.info += f"{name} {'Response' if response else 'Request'}"
    number = int.from_bytes(data[24:32], "little")
    if response:
        saved = state.requests.get(number, {})
        if status:
            packet.info += f", Error: {ntstatus.name(status)}"
        more = _RESPONSES.get(command)
        if more is not None:
            more(packet, data, state, saved, conversation, status)
        return
    saved = {"command": command}
    if len(state.requests) > MEMORY:
        state.requests.clear()
    state.requests[number] = saved
    details = _REQUESTS.get(command)
    if details is not None:
        details(packet, data, state, saved, conversation)


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _text(data: bytes, offset: int, size: int) -> str:
    return data[offset : offset + size].decode("utf-16-le", "replace")


def _file(data: bytes, at: int, state: _State) -> str:
    """' File: NAME' of the file id at `at`; an id of all ones means the file of the message before in the chain."""
    file_id = data[at : at + 16]
    if file_id == b"\xff" * 16:
        file_id = state.last_file
    name = state.files.get(file_id)
    return "" if name is None else f" File: {name}"


def _token(packet: Packet, data: bytes, offset: int, size: int) -> None:
    token = data[offset : offset + size]
    found = token.find(ntlmssp.SIGNATURE)
    if found >= 0:
        packet.info += ntlmssp.text(token[found:])


def _session_setup(
    packet: Packet, data: bytes, state: _State, saved: dict[str, Any], conversation: Conversation
) -> None:
    _token(packet, data, _u16(data, HEADER + 12), _u16(data, HEADER + 14))


def _session_setup_response(
    packet: Packet, data: bytes, state: _State, saved: dict[str, Any], conversation: Conversation, status: int
) -> None:
    _token(packet, data, _u16(data, HEADER + 4), _u16(data, HEADER + 6))


def _tree_connect(packet: Packet, data: bytes, state: _State, saved: dict[str, Any], _: Conversation) -> None:
    packet.info += f" Tree: {_text(data, _u16(data, HEADER + 4), _u16(data, HEADER + 6))}"


def _create(packet: Packet, data: bytes, state: _State, saved: dict[str, Any], _: Conversation) -> None:
    saved["name"] = _text(data, _u16(data, HEADER + 44), _u16(data, HEADER + 46))
    packet.info += f" File: {saved['name']}"


def _create_response(
    packet: Packet, data: bytes, state: _State, saved: dict[str, Any], _: Conversation, status: int
) -> None:
    if status:
        return
    file_id = data[HEADER + 64 : HEADER + 80]
    if "name" in saved:
        packet.info += f" File: {saved['name']}"
        if len(state.files) > MEMORY:
            state.files.clear()
        state.files[file_id] = saved["name"]
    state.last_file = file_id


def _with_file(at: int) -> Callable[..., None]:
    def details(packet: Packet, data: bytes, state: _State, saved: dict[str, Any], _: Conversation) -> None:
        packet.info += _file(data, at, state)

    return details


def _read(packet: Packet, data: bytes, state: _State, saved: dict[str, Any], _: Conversation) -> None:
    offset = int.from_bytes(data[HEADER + 8 : HEADER + 16], "little")
    packet.info += f" Len:{_u32(data, HEADER + 4)} Off:{offset}{_file(data, HEADER + 16, state)}"


def _read_response(
    packet: Packet, data: bytes, state: _State, saved: dict[str, Any], conversation: Conversation, status: int
) -> None:
    offset, size = data[HEADER + 2], _u32(data, HEADER + 4)
    dcerpc.in_pipe(packet, data[offset : offset + size], conversation)


def _write(packet: Packet, data: bytes, state: _State, saved: dict[str, Any], conversation: Conversation) -> None:
    offset, size = _u16(data, HEADER + 2), _u32(data, HEADER + 4)
    where = int.from_bytes(data[HEADER + 8 : HEADER + 16], "little")
    packet.info += f" Len:{size} Off:{where}{_file(data, HEADER + 16, state)}"
    dcerpc.in_pipe(packet, data[offset : offset + size], conversation)


def _ioctl(packet: Packet, data: bytes, state: _State, saved: dict[str, Any], conversation: Conversation) -> None:
    function = _u32(data, HEADER + 4)
    saved["function"] = function
    name = IOCTLS.get(function, f"Unknown (0x{function:08x})")
    packet.info += f" {name}"
    offset, size = _u32(data, HEADER + 24), _u32(data, HEADER + 28)
    if function == 0x00060194:
        packet.info += f", File: {_text(data, offset + 2, size - 2)}".rstrip("\0")
    elif function == 0x00110018:
        packet.info += f" Pipe: {_text(data, offset + 14, _u32(data, offset + 8))}"
    else:
        packet.info += _file(data, HEADER + 8, state)
    if function == 0x0011C017:
        dcerpc.in_pipe(packet, data[offset : offset + size], conversation)


def _ioctl_response(
    packet: Packet, data: bytes, state: _State, saved: dict[str, Any], conversation: Conversation, status: int
) -> None:
    if status not in (0, 0x80000005):
        return
    function = _u32(data, HEADER + 4)
    packet.info += f" {IOCTLS.get(function, f'Unknown (0x{function:08x})')}{_file(data, HEADER + 8, state)}"
    if function == 0x0011C017:
        offset, size = _u32(data, HEADER + 32), _u32(data, HEADER + 36)
        dcerpc.in_pipe(packet, data[offset : offset + size], conversation)


def _find(packet: Packet, data: bytes, state: _State, saved: dict[str, Any], _: Conversation) -> None:
    level = data[HEADER + 2]
    pattern = _text(data, _u16(data, HEADER + 24), _u16(data, HEADER + 26))
    saved["find"] = f" {FIND_INFO.get(level, 'unknown')} Pattern: {pattern}"
    packet.info += _file(data, HEADER + 8, state) + saved["find"]


def _find_response(
    packet: Packet, data: bytes, state: _State, saved: dict[str, Any], _: Conversation, status: int
) -> None:
    packet.info += saved.get("find", "")


def _info_level(kind: int, level: int) -> str:
    if kind == 1:
        return f" FILE_INFO/{FILE_INFO.get(level, 'unknown')}"
    if kind == 2:
        return f" FS_INFO/{FS_INFO.get(level, 'unknown')}"
    if kind == 3:
        return f" SEC_INFO/SMB2_SEC_INFO_{level:02x}"
    return " QUOTA_INFO" if kind == 4 else ""


def _get_info(packet: Packet, data: bytes, state: _State, saved: dict[str, Any], _: Conversation) -> None:
    packet.info += _info_level(data[HEADER + 2], data[HEADER + 3]) + _file(data, HEADER + 24, state)


def _set_info(packet: Packet, data: bytes, state: _State, saved: dict[str, Any], _: Conversation) -> None:
    packet.info += _info_level(data[HEADER + 2], data[HEADER + 3]) + _file(data, HEADER + 16, state)


_REQUESTS: dict[int, Callable[..., None]] = {
    _SESSION_SETUP: _session_setup, _TREE_CONNECT: _tree_connect, _CREATE: _create, _CLOSE: _with_file(HEADER + 8),
    _READ: _read, _WRITE: _write, _IOCTL: _ioctl, _FIND: _find, _GET_INFO: _get_info, _SET_INFO: _set_info,
    7: _with_file(HEADER + 8), 10: _with_file(HEADER + 8),
}  # fmt: skip
_RESPONSES: dict[int, Callable[..., None]] = {
    _SESSION_SETUP: _session_setup_response, _CREATE: _create_response, _READ: _read_response,
    _IOCTL: _ioctl_response, _FIND: _find_response,
}  # fmt: skip
