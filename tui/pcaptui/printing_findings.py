"""--print findings: what is wrong with the capture, or worth knowing, worst first."""

from __future__ import annotations

from typing import TextIO

from .capture import Capture
from .findings import Finding, find
from .options import Options
from .printing_words import json_text, tsv_cell
from .protocols.text import escape

FIELDS = ("rule", "severity", "title", "detail", "stream", "packets", "hosts")


def print_findings(capture: Capture, options: Options, out: TextIO) -> None:
    """One object, row or paragraph a finding: of those about the stream asked for, that name a packet that passes."""
    capture.load_all()
    secrets = options.show_secrets
    report = find(capture)
    if options.format == "tsv":
        out.write("\t".join(FIELDS) + "\n")
    passing = options.filter.run(capture) if options.filter is not None else None
    told = False
    for one in report.findings:
        if options.stream is not None and one.stream != f"{options.stream[0]}:{options.stream[1]}":
            continue
        if passing is not None and not any(passing[index] for index in one.packets):
            continue
        out.write(_LINES[options.format](one, secrets) + "\n")
        told = True
    if options.format == "text" and not told:
        among = " in what was asked for" if report.findings else ""
        out.write(f"Nothing found that is wrong or odd{among}\n")


def finding_object(one: Finding, show_secrets: bool = False) -> dict[str, object]:
    """As CONTRACT.md has it."""
    return {
        "rule": one.rule, "severity": one.severity.name, "title": one.told(one.title, show_secrets),
        "detail": one.told(one.detail, show_secrets), "stream": one.stream,
        "packets": [index + 1 for index in one.packets], "hosts": list(one.hosts),
    }  # fmt: skip


def _json(one: Finding, show_secrets: bool) -> str:
    return json_text(finding_object(one, show_secrets))


def _tsv(one: Finding, show_secrets: bool) -> str:
    return "\t".join(tsv_cell(value) for value in finding_object(one, show_secrets).values())


def _text(one: Finding, show_secrets: bool) -> str:
    numbers = ", ".join(str(index + 1) for index in one.packets[:8])
    more = f" and {len(one.packets) - 8} more" if len(one.packets) > 8 else ""
    where = f"packet{'' if len(one.packets) == 1 else 's'} {numbers}{more}" if one.packets else ""
    title = escape(one.told(one.title, show_secrets))
    detail = escape(one.told(one.detail, show_secrets))
    return f"{one.severity.letter} {title}\n    {detail}\n    {where}  ({one.rule})".rstrip()


_LINES = {"jsonl": _json, "tsv": _tsv, "text": _text}
