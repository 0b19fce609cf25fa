"""Syslog over UDP (RFC 3164, RFC 5424): facility, level, and the parts of the message that can be told apart."""

from __future__ import annotations

import re
from datetime import datetime

from ..protocols.syslog import FACILITIES, SEVERITIES
from ..protocols.text import decode
from .branch import Branch, View, Walk
from .registry import application
from .words import BILLION, moment

_MEANINGS = (
    "kernel messages|random user-level messages|mail system|system daemons|security/authorization messages|"
    "messages generated internally by syslogd|line printer subsystem|network news subsystem|UUCP subsystem|"
    "clock daemon (BSD, Linux)|security/authorization messages (private)|ftp daemon|ntp subsystem|log audit|log alert|"
    "clock daemon (Solaris)"
).split("|") + ["reserved for local use"] * 8
FACILITY_WORDS = {i: f"{name} - {text}" for i, (name, text) in enumerate(zip(FACILITIES, _MEANINGS, strict=True))}
_LEVELS = (
    "system is unusable|action must be taken immediately|critical conditions|error conditions|warning conditions|"
    "normal but significant condition|informational|debug-level messages"
).split("|")
LEVEL_WORDS = {i: f"{name} - {text}" for i, (name, text) in enumerate(zip(SEVERITIES, _LEVELS, strict=True))}
_PRIORITY = re.compile(rb"<(\d{0,3})>?")
_OLD = re.compile(rb"([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (\S+) ([^\s:\[]+)(.*)", re.S)
_NEW = re.compile(rb"(\d+) (\S+) (\S+) (\S+) (\S+) (.*)", re.S)


@application("syslog")
def syslog(walk: Walk, view: View) -> None:
    at, raw = view.at, view.bytes
    branch = walk.layer(view, "syslog", "Syslog message: (unknown)")
    found = _PRIORITY.match(raw)
    head = "(unknown)"
    if found:
        priority, size = int(found[1] or b"0"), found.end()
        facility, level = priority >> 3, priority & 7
        name = FACILITIES[facility] if facility < len(FACILITIES) else "UNKNOWN"
        head = f"{name}.{SEVERITIES[level]}"
        bits = f"{priority & 0xFF:08b}"
        words = f"{FACILITY_WORDS.get(facility, 'Unknown')} ({facility})"
        branch.add(f"{bits[:4]} {bits[4]}... = Facility: {words}", "syslog.facility", facility, at, size)
        words = f"{LEVEL_WORDS[level]} ({level})"
        branch.add(f".... .{bits[5:]} = Level: {words}", "syslog.level", level, at, size)
        at, raw = at + size, raw[size:]
    text = decode(raw)
    branch.label(f"Syslog message: {head}: {text}")
    branch.string("syslog.msg", "Message", at, len(raw))
    _parts(Branch(walk, view, branch.node.children[-1]), at, raw)


def _parts(line: Branch, at: int, raw: bytes) -> None:
    old, new = _OLD.match(raw), _NEW.match(raw)
    if old:
        _part(line, at, old, 1, "timestamp_rfc3164", "Syslog timestamp (RFC3164)")
        _part(line, at, old, 2, "hostname", "Syslog hostname")
        _part(line, at, old, 3, "procid", "Syslog process id")
        _part(line, at, old, 4, "msgid", "Syslog message id")
    elif new:
        version = int(new[1][:9])
        line.add(f"Syslog version: {version}", "syslog.version", version, at, len(new[1]))
        when = _moment(decode(new[2]))
        line.add(f"Syslog timestamp: {when}", "syslog.timestamp", when, at + new.start(2), len(new[2]))
        _part(line, at, new, 3, "hostname", "Syslog hostname")
        _part(line, at, new, 4, "appname", "Syslog app name")
        _part(line, at, new, 5, "procid", "Syslog process id")
        _part(line, at, new, 6, "msgid", "Syslog message id")


def _part(line: Branch, at: int, found: re.Match[bytes], group: int, field: str, name: str) -> None:
    text = decode(found[group])
    if text:
        line.add(f"{name}: {text}", f"syslog.{field}", text, at + found.start(group), len(found[group]))


def _moment(text: str) -> str:
    """RFC 3339's time as others are written; as it stands where it is none."""
    try:
        when = datetime.fromisoformat(text)
        return moment(int(when.timestamp()) * BILLION + when.microsecond * 1000, utc=True)
    except (ValueError, OverflowError, OSError):
        return text
