"""What stands on an arrow: the packet's Info without the ports, in a long form and shorter ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..tracker.words import duration

_SEGMENT = re.compile(r"^((?:\[[^\]]*\] )*)\d+ → \d+ (\[[A-Z, <>a-z]*\])?(.*)$", re.DOTALL)
_PORTS = re.compile(r"^((?:\[[^\]]*\] )*)\d+ → \d+ ")
_STAMPS = re.compile(r" TS(?:val|ecr)=\d+")
_SHORT = re.compile(r" (?:Seq|Ack|Len)=\d+")
_PLACE = re.compile(r" Seq=\d+")
_MEASURES = re.compile(r" (?:Seq|Ack|Win|Len)=\d+")
_PREFIX = re.compile(r"\[TCP ([^\]]*)\] ")
_IDENTIFIER = re.compile(r" 0x[0-9a-f]{4}(?= |$)")
_STATUS = re.compile(r"^HTTP/\d(?:\.\d)? (\d+ .*?)(?:  \(.*)?$", re.DOTALL)
_REQUEST = re.compile(r"^([A-Z-]+ .*) HTTP/\d\.\d.*$", re.DOTALL)
_GOOD = 2
"""The form of a TCP segment that says what it should: flags, Seq, Ack and Len."""
_SAYS_ITSELF = frozenset({"TCP", "UDP", "HTTP", "DNS", "ARP", "ICMP", "ICMPv6", "DHCP", "DHCPv6", "MDNS", "LLMNR"})


class Told(Protocol):
    """What is needed of a packet's row; see dissect.rows.Row."""

    @property
    def protocol(self) -> str: ...
    @property
    def info(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Words:
    """`forms`: what an arrow says, the longest first, each saying less than the one before; the first `good` of them
    say all that an arrow should. `tail` is said at any rate: what became of the packet."""

    forms: tuple[str, ...]
    tail: str = ""
    good: int = 99


def words_of(row: Told, unanswered: bool = False, again: int = -1) -> Words:
    """The words of one packet's arrow; `again` is the index of the packet that carries the same once more."""
    tail = f"sent again in #{again + 1}" if again >= 0 else "unanswered" if unanswered else ""
    found = _SEGMENT.match(row.info) if row.protocol in ("TCP", "UDP", "MPTCP") else None
    forms = _of_segment(row.protocol, *found.groups("")) if found else _of_application(row)
    told = tuple(dict.fromkeys(form.strip() for form in forms if form.strip())) or (row.protocol,)
    good = told.index(forms[_GOOD].strip()) + 1 if found and len(forms) > _GOOD else len(told)
    return Words(told, tail, good)


def _of_segment(protocol: str, prefix: str, flags: str, rest: str) -> Sequence[str]:
    if not flags:
        return [f"{prefix}{protocol}{' ' + rest if rest else ''}"]
    short = "".join(_PREFIX.findall(prefix)[:1])
    front = f"[{short}] " if short else ""
    measures = "".join(_MEASURES.findall(rest))
    return [
        prefix + flags + _STAMPS.sub("", rest),
        front + flags + measures,
        front + flags + "".join(_SHORT.findall(rest)),
        front + flags + "".join(_PLACE.findall(rest)),
        front + flags,
        front.strip() or flags,
        short or flags[1:-1].replace(", ", ","),
    ]


def _of_application(row: Told) -> Sequence[str]:
    info = _PORTS.sub(r"\1", row.info)
    forms = [info]
    if row.protocol not in _SAYS_ITSELF and not info.casefold().startswith(row.protocol.casefold()[:3]):
        forms.insert(0, f"{row.protocol} {info}")
    prefix = "".join(f"[{name}] " for name in _PREFIX.findall(info)[:1])
    plain = _PREFIX.sub("", info)
    if row.protocol in ("DNS", "MDNS", "LLMNR"):
        forms.append(prefix + _IDENTIFIER.sub("", plain))
        for long, short in (("Standard query response", "Response"), ("Standard query", "Query")):
            if plain.startswith(long):
                forms.append(prefix + short + _IDENTIFIER.sub("", plain)[len(long) :])
                break
    for pattern in (_STATUS, _REQUEST):
        found = pattern.match(plain)
        if found:
            forms.append(prefix + found[1])
    return forms


def gap_words(seconds: float) -> str:
    """'… 4.9 s …'."""
    return f"… {duration(seconds)} …"
