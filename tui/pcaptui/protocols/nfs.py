"""NFS versions 2 (RFC 1094) and 3 (RFC 1813): what calls and replies add to the row."""

from __future__ import annotations

from zlib import crc32

from .packet import Short
from .text import decode
from .xdr import Reader

VERSION3 = {
    0: "NULL", 1: "GETATTR", 2: "SETATTR", 3: "LOOKUP", 4: "ACCESS", 5: "READLINK", 6: "READ", 7: "WRITE", 8: "CREATE",
    9: "MKDIR", 10: "SYMLINK", 11: "MKNOD", 12: "REMOVE", 13: "RMDIR", 14: "RENAME", 15: "LINK", 16: "READDIR",
    17: "READDIRPLUS", 18: "FSSTAT", 19: "FSINFO", 20: "PATHCONF", 21: "COMMIT",
}  # fmt: skip
VERSION2 = {
    0: "NULL", 1: "GETATTR", 2: "SETATTR", 3: "ROOT", 4: "LOOKUP", 5: "READLINK", 6: "READ", 7: "WRITECACHE",
    8: "WRITE", 9: "CREATE", 10: "REMOVE", 11: "RENAME", 12: "LINK", 13: "SYMLINK", 14: "MKDIR", 15: "RMDIR",
    16: "READDIR", 17: "STATFS",
}  # fmt: skip
_ERRORS = {
    1: "PERM", 2: "NOENT", 5: "IO", 6: "NXIO", 13: "ACCES", 17: "EXIST", 18: "XDEV", 19: "NODEV", 20: "NOTDIR",
    21: "ISDIR", 22: "INVAL", 27: "FBIG", 28: "NOSPC", 30: "ROFS", 31: "MLINK", 63: "NAMETOOLONG", 66: "NOTEMPTY",
    69: "DQUOT", 70: "STALE", 71: "REMOTE", 10001: "BADHANDLE", 10002: "NOT_SYNC", 10003: "BAD_COOKIE",
    10004: "NOTSUPP", 10005: "TOOSMALL", 10006: "SERVERFAULT", 10007: "BADTYPE", 10008: "JUKEBOX",
}  # fmt: skip
_TYPES = {
    1: "Regular File", 2: "Directory", 3: "Block Special Device", 4: "Character Special Device", 5: "Symbolic Link",
    6: "Socket", 7: "Named Pipe",
}  # fmt: skip
_ACCESS = ("RD", "LU", "MD", "XT", "DL", "XE")
_CREATE = {0: "UNCHECKED", 1: "GUARDED", 2: "EXCLUSIVE"}
_STABLE = {0: "UNSTABLE", 1: "DATA_SYNC", 2: "FILE_SYNC"}
ENTRIES = 500


def _handle(reader: Reader, version: int) -> str:
    raw = reader.raw(32) if version == 2 else reader.opaque()
    return f"0x{crc32(raw):08x}"


def _name(reader: Reader) -> str:
    return decode(reader.opaque())


def _dir(reader: Reader, version: int) -> str:
    return f"DH: {_handle(reader, version)}/{_name(reader)}"


def _access(bits: int) -> str:
    return " ".join(word for bit, word in enumerate(_ACCESS) if bits >> bit & 1)


def call(reader: Reader, version: int, procedure: int) -> str:
    name = (VERSION2 if version == 2 else VERSION3).get(procedure, "")
    if version not in (2, 3) or name in ("", "NULL", "ROOT", "WRITECACHE"):
        return ""
    if name in ("LOOKUP", "CREATE", "MKDIR", "MKNOD", "REMOVE", "RMDIR"):
        text = f", {_dir(reader, version)}"
        if name == "CREATE" and version == 3:
            mode = reader.u32()
            text += f" Mode: {_CREATE.get(mode, f'Unknown Mode: {mode}')}"
        return text
    if name == "RENAME":
        return f", From {_dir(reader, version)} To {_dir(reader, version)}"
    if name == "LINK":
        return f", From DH: {_handle(reader, version)} To {_dir(reader, version)}"
    if name == "SYMLINK":
        text = f", From {_dir(reader, version)}"
        if version == 3:
            _skip_attributes(reader)
        return f"{text} To {_name(reader)}"
    return f", FH: {_handle(reader, version)}" + _arguments(reader, version, name)


def _skip_attributes(reader: Reader) -> None:
    """The optional attributes of a new object (RFC 1813 section 2.6, sattr3)."""
    for size in (4, 4, 4, 8):
        if reader.u32():
            reader.raw(size)
    for _ in range(2):
        if reader.u32() == 2:
            reader.raw(8)


def _arguments(reader: Reader, version: int, name: str) -> str:
    if name == "ACCESS":
        reader.note = reader.u32()
        return f", [Check: {_access(reader.note)}]"
    if version == 2:
        if name == "READ":
            return f" Offset: {reader.u32()} Count: {reader.u32()} TotalCount: {reader.u32()}"
        if name == "WRITE":
            return f" BeginOffset: {reader.u32()} Offset: {reader.u32()} TotalCount: {reader.u32()}"
        return ""
    if name in ("READ", "COMMIT"):
        return f" Offset: {reader.u64()} Len: {reader.u32()}"
    if name == "WRITE":
        offset, size, stable = reader.u64(), reader.u32(), reader.u32()
        return f" Offset: {offset} Len: {size} {_STABLE.get(stable, f'Stable: {stable}')}"
    return ""


def reply(reader: Reader, version: int, procedure: int) -> str:
    name = (VERSION2 if version == 2 else VERSION3).get(procedure, "")
    if version not in (2, 3) or name in ("", "NULL"):
        return ""
    status = reader.u32()
    if status:
        known = _ERRORS.get(status)
        return f" Error: NFS{version}ERR_{known}" if known else f" Error: Unknown error: {status}"
    try:
        return _result2(reader, name) if version == 2 else _result3(reader, name)
    except Short:
        return ""


def _result2(reader: Reader, name: str) -> str:
    if name in ("LOOKUP", "CREATE", "MKDIR"):
        return f", FH: {_handle(reader, 2)}"
    return f" Path: {_name(reader)}" if name == "READLINK" else ""


def _result3(reader: Reader, name: str) -> str:
    if name == "GETATTR":
        kind, mode, _, uid, gid = (reader.u32() for _ in range(5))
        known = _TYPES.get(kind, f"Unknown Type: 0x{kind:x}")
        return f" {known} mode: {mode & 0o7777:04o} uid: {uid} gid: {gid}"
    if name == "LOOKUP":
        return f", FH: {_handle(reader, 3)}"
    if name in ("ACCESS", "READLINK", "READ", "READDIR", "READDIRPLUS"):
        _attributes(reader)
    if name == "ACCESS":
        allowed = reader.u32()
        denied = _access(reader.note & ~allowed)
        return (f", [Access Denied: {denied}]" if denied else "") + f", [Allowed: {_access(allowed)}]"
    if name == "READLINK":
        return f" Path: {_name(reader)}"
    if name == "READ":
        return f" Len: {reader.u32()}"
    if name == "WRITE":
        if reader.u32():
            reader.raw(24)
        _attributes(reader)
        size, stable = reader.u32(), reader.u32()
        return f" Len: {size} {_STABLE.get(stable, f'Stable: {stable}')}"
    if name in ("READDIR", "READDIRPLUS"):
        reader.raw(8)
        return _entries(reader, name == "READDIRPLUS")
    return ""


def _attributes(reader: Reader) -> None:
    if reader.u32():
        reader.raw(84)


def _entries(reader: Reader, plus: bool) -> str:
    names = ""
    for _ in range(ENTRIES):
        if not reader.u32():
            break
        reader.raw(8)
        names += f" {_name(reader)}"
        reader.raw(8)
        if plus:
            _attributes(reader)
            if reader.u32():
                reader.opaque()
    return names
