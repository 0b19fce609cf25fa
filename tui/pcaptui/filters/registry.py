"""Names of fields and protocols: their types and what they mean. Read from names.txt when first asked.

Letters of types there: p protocol, b boolean, u8..u64 and i8..i64 numbers of so many bits, 4 and 6 IPv4 and IPv6
addresses, e MAC address, 8 EUI-64, g GUID, o object identifier, s string, y bytes, n no value, f packet number,
t absolute and r relative time, d floating point, c character.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from .descriptions import describe
from .types import FieldInfo, Type

_TYPES = {
    "p": Type.PROTOCOL, "b": Type.BOOLEAN, "4": Type.IPV4, "6": Type.IPV6, "e": Type.ETHER, "8": Type.EUI64,
    "g": Type.GUID, "o": Type.OID, "s": Type.STRING, "y": Type.BYTES, "n": Type.NONE, "f": Type.FRAME,
    "t": Type.ABSOLUTE, "r": Type.RELATIVE, "d": Type.FLOAT, "c": Type.CHARACTER, "u": Type.UNSIGNED,
    "i": Type.SIGNED,
}  # fmt: skip
_ALIASES = {"bootp": "dhcp", "ssl": "tls"}
"""Older names of protocols, which still work."""
_OWN = {
    "communityid": "s", "stream.state": "s", "stream.closed_by": "s", "stream.packets": "u32", "stream.number": "u32",
    "stream.duration": "r", "stream.client": "s", "stream.server": "s", "phase": "s",
    "finding": "s", "finding.severity": "s",
}  # fmt: skip
_SCAPY = re.compile(r"scapy\.[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)?", re.ASCII)


@cache
def _kinds() -> dict[str, str]:
    """Letter of the type of every name."""
    kinds: dict[str, str] = {}
    prefix = ""
    for line in (files(__package__) / "names.txt").read_text("utf-8").splitlines():
        if line.startswith("@"):
            prefix = line[1:]
        elif not line.startswith("#"):
            letter, *names = line.split()
            for name in names:
                kinds[f"{prefix}.{name}" if prefix else name] = letter
    kinds.update(_OWN)
    return kinds


def _info(name: str, kind: str) -> FieldInfo:
    kind_type = _TYPES[kind[0]]
    bits = int(kind[1:]) if len(kind) > 1 else {Type.FRAME: 32, Type.CHARACTER: 8}.get(kind_type, 0)
    return FieldInfo(name, kind_type, bits, describe(name))


@cache
def _find(name: str) -> FieldInfo | None:
    kind = _kinds().get(name)
    if kind is not None:
        return _info(name, kind)
    if _SCAPY.fullmatch(name):
        return FieldInfo(name, Type.BYTES if name.count(".") == 2 else Type.PROTOCOL, 0, "scapy's own field")
    return None


def find(name: str) -> FieldInfo | None:
    """What is known of a name, None if it is neither a field nor a protocol. Older names lead to the present ones."""
    if len(name) > 200:
        return None
    prefix, dot, rest = name.partition(".")
    return _find(_ALIASES.get(prefix, prefix) + dot + rest)


def similar(name: str) -> str:
    """The field or protocol that was probably meant, "" if none is near."""
    if len(name) > 60:
        return ""
    kinds = _kinds()
    prefix, dot, _ = name.partition(".")
    if dot:
        near = [known for known in kinds if known.startswith(f"{prefix}.")]
        found = difflib.get_close_matches(name, near, 1, 0.75)
        if not found and not near:
            protocols = [known for known in kinds if "." not in known and abs(len(known) - len(prefix)) < 3]
            for better in difflib.get_close_matches(prefix, protocols, 3, 0.6):
                if better + name[len(prefix) :] in kinds:
                    return better + name[len(prefix) :]
    else:
        found = difflib.get_close_matches(name, [known for known in kinds if "." not in known], 1, 0.7)
    return found[0] if found else ""


def completions(start: str) -> Iterator[FieldInfo]:
    """Fields and protocols whose names begin so, in order."""
    for name in sorted(known for known in _kinds() if known.startswith(start)):
        found = _find(name)
        if found is not None:
            yield found
