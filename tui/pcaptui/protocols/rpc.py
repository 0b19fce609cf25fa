"""ONC RPC (RFC 5531) over TCP and UDP, with the programs whose rows say more: port mapper, MOUNT, NFS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import nfs
from .packet import Conversation, Packet, Short
from .registry import REJECT, tcp_heuristic, tcp_port, udp_heuristic
from .tcpstream import messages
from .text import decode
from .xdr import Reader

MEMORY = 50_000
LARGEST = 10 << 20


@dataclass(frozen=True, slots=True)
class Program:
    """A program's name in the Protocol column, its procedures, and what their calls and replies add to the row."""

    name: str
    procedures: dict[int, str]
    call: Callable[[Reader, int, int], str]
    reply: Callable[[Reader, int, int], str]
    later: dict[int, dict[int, str]] | None = None  # procedures of other versions

    def procedure(self, version: int, number: int) -> str:
        table = (self.later or {}).get(version, self.procedures)
        return table.get(number, f"proc-{number}")


def _nothing(reader: Reader, version: int, procedure: int) -> str:
    return ""


def _mount_call(reader: Reader, version: int, procedure: int) -> str:
    return f" {decode(reader.opaque())}" if procedure in (1, 3) else ""


_MOUNT_ERRORS = {
    1: "ERR_PERM", 2: "ERR_NOENT", 5: "ERR_IO", 13: "ERR_ACCESS", 20: "ERR_NOTDIR", 22: "ERR_INVAL",
    63: "ERR_NAMETOOLONG", 10004: "ERR_NOTSUPP", 10006: "ERR_SERVERFAULT",
}  # fmt: skip


def _mount_reply(reader: Reader, version: int, procedure: int) -> str:
    if procedure != 1:
        return ""
    status = reader.u32()
    return f" Error:{_MOUNT_ERRORS.get(status, f'Unknown (0x{status:x})')}" if status else ""


def _portmap_call(reader: Reader, version: int, procedure: int) -> str:
    if version != 2 or procedure != 3:
        return ""
    program, wanted, protocol = reader.u32(), reader.u32(), reader.u32()
    known = PROGRAMS.get(program)
    name = f"{known.name}({program})" if known else f"Unknown({program})"
    transport = {6: "TCP", 17: "UDP"}.get(protocol, f"UNKNOWN ({protocol})")
    return f" {name} V:{wanted} {transport}"


def _portmap_reply(reader: Reader, version: int, procedure: int) -> str:
    if version != 2 or procedure != 3:
        return ""
    port = reader.u32()
    return f" Port:{port}" if port else " PROGRAM_NOT_AVAILABLE"


_BIND = {0: "NULL", 1: "SET", 2: "UNSET", 3: "GETADDR", 4: "DUMP", 5: "CALLIT", 6: "GETTIME", 7: "UADDR2TADDR",
         8: "TADDR2UADDR", 9: "GETVERSADDR", 10: "INDIRECT", 11: "GETADDRLIST", 12: "GETSTAT"}  # fmt: skip
PROGRAMS = {
    100000: Program("Portmap", {0: "NULL", 1: "SET", 2: "UNSET", 3: "GETPORT", 4: "DUMP", 5: "CALLIT"},
                    _portmap_call, _portmap_reply, {3: _BIND, 4: _BIND}),
    100003: Program("NFS", nfs.VERSION3, nfs.call, nfs.reply, {2: nfs.VERSION2, 4: {0: "NULL", 1: "COMPOUND"}}),
    100005: Program("MOUNT", {0: "NULL", 1: "MNT", 2: "DUMP", 3: "UMNT", 4: "UMNTALL", 5: "EXPORT", 6: "EXPORTALL"},
                    _mount_call, _mount_reply),
    100227: Program("NFSACL", {0: "NULL", 1: "GETACL", 2: "SETACL"}, _nothing, _nothing),
    100021: Program("NLM", {0: "NULL", 1: "TEST", 2: "LOCK", 3: "CANCEL", 4: "UNLOCK", 5: "GRANTED"},
                    _nothing, _nothing),
    100024: Program("STAT", {0: "NULL", 1: "STAT", 2: "MON", 3: "UNMON", 4: "UNMON_ALL", 6: "NOTIFY"},
                    _nothing, _nothing),
    100011: Program("RQUOTA", {0: "NULL", 1: "GETQUOTA", 2: "GETACTIVEQUOTA"}, _nothing, _nothing),
    100004: Program("YPSERV", {0: "NULL", 1: "DOMAIN", 2: "DOMAIN_NONACK", 3: "MATCH", 4: "FIRST", 5: "NEXT", 8: "ALL"},
                    _nothing, _nothing),
}  # fmt: skip


_NAMES = {program.name for program in PROGRAMS.values()}


def _is_call(data: bytes, at: int) -> bool:
    return (
        len(data) >= at + 24
        and int.from_bytes(data[at + 4 : at + 8]) == 0
        and int.from_bytes(data[at + 8 : at + 12]) == 2
        and int.from_bytes(data[at + 12 : at + 16]) in PROGRAMS
    )


def looks_like_rpc(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> bool:
    """A record with a call of a known program in it."""
    return _is_call(data, 4) and 24 <= int.from_bytes(data[:4]) & 0x7FFFFFFF < LARGEST


@tcp_heuristic(looks_like_rpc)
@tcp_port(111)
def over_tcp(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    if "rpc" not in conversation.state and not looks_like_rpc(packet, data, conversation, direction):
        return REJECT
    calls = conversation.state.setdefault("rpc", {})
    return messages(packet, data, 4, _length, lambda packet, one: _message(packet, one[4:], calls))


def _length(data: bytes, at: int) -> int:
    return 4 + (int.from_bytes(data[at : at + 4]) & 0x7FFFFFFF)


@udp_heuristic
def over_udp(packet: Packet, data: bytes) -> bool:
    is_call = _is_call(data, 0)
    if not is_call and (len(data) < 12 or data[4:8] != b"\0\0\0\1"):
        return False
    conversation = packet.services.udp_conversation(packet) if packet.services else None
    calls: dict[bytes, Any] = conversation.state.setdefault("rpc", {}) if conversation else {}
    if not is_call and data[:4] not in calls:
        return False
    _message(packet, data, calls)
    return True


def _message(packet: Packet, data: bytes, calls: dict[bytes, Any]) -> None:
    if len(data) < 8:
        raise Short
    packet.layers.append("rpc")
    if int.from_bytes(data[4:8]) == 0:
        _call(packet, data, calls)
    else:
        _reply(packet, data, calls)


def _show(packet: Packet, program: Program, text: str) -> None:
    before = packet.info[packet.fence :] if packet.protocol in _NAMES else ""
    packet.set(program.name, f"{before} ; {text}" if before else text)


def _call(packet: Packet, data: bytes, calls: dict[bytes, Any]) -> None:
    reader = Reader(data, 12)
    number, version, procedure = reader.u32(), reader.u32(), reader.u32()
    program = PROGRAMS.get(number)
    if program is None:
        packet.set("RPC", f"V{version} proc-{procedure} Call")
        return
    if len(calls) > MEMORY:
        calls.clear()
    calls.setdefault(data[:4], (packet.number, program, version, procedure, 0))
    _show(packet, program, f"V{version} {program.procedure(version, procedure)} Call")
    for _ in range(2):  # credentials, verifier
        reader.u32()
        reader.opaque()
    packet.info += program.call(reader, version, procedure)
    if reader.note and data[:4] in calls:
        calls[data[:4]] = (*calls[data[:4]][:4], reader.note)


def _reply(packet: Packet, data: bytes, calls: dict[bytes, Any]) -> None:
    known = calls.get(data[:4])
    if known is None:
        packet.set("RPC", "Continuation")
        return
    asked, program, version, procedure, note = known
    _show(packet, program, f"V{version} {program.procedure(version, procedure)} Reply (Call In {asked})")
    reader = Reader(data, 8)
    reader.note = note
    if reader.u32():
        return
    reader.u32()
    reader.opaque()
    if reader.u32() == 0:
        packet.info += program.reply(reader, version, procedure)
