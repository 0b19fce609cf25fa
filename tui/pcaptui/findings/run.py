"""All rules over one capture."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..capture import Capture
from . import rules
from .case import Case, TooLong
from .finding import Finding, finding

BUDGET = 5.0
"""Seconds that one rule may take."""


@dataclass(slots=True)
class Report:
    """Findings, worst first, those of one severity by their first packet. `failed`: rule → why it broke off;
    `stopped`: rules whose time was over; `took`: seconds of each."""

    findings: list[Finding] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    took: dict[str, float] = field(default_factory=dict)


def find(
    capture: Capture,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    budget: float = BUDGET,
) -> Report:
    """Everything that the rules find in what is loaded. A rule that fails costs only its own findings."""
    rules.load()
    report = Report()
    if not len(capture):
        return report
    case = Case(capture, cancelled)
    try:
        for done, (name, rule) in enumerate(rules.rules.items()):
            if cancelled():
                break
            progress(done, len(rules.rules))
            _apply(case, name, rule, report, budget)
    finally:
        case.forget()
    # What sums up the rest of its kind stands below what it is the rest of.
    report.findings.sort(key=lambda one: (-one.severity, one.title.startswith("... and "), one.packets[:1], one.rule))
    return report


def _apply(case: Case, name: str, rule: rules.Rule, report: Report, budget: float) -> None:
    begun, before = time.monotonic(), len(report.findings)
    case.deadline = begun + budget
    case.left.clear()
    try:
        report.findings.extend(rule(case))
        report.findings.extend(_left(case, report.findings[before:]))
    except TooLong:
        report.stopped.append(name)
    except Exception as error:  # one rule's mistake must not cost the others' findings
        report.failed[name] = f"{type(error).__name__}: {error}"
    report.took[name] = time.monotonic() - begun


def _left(case: Case, told: list[Finding]) -> Iterator[Finding]:
    """What a rule found too much of to tell one by one."""
    for number, packets in case.left if told else ():
        last = told[-1]
        yield finding(
            last.rule, last.severity, f"... and {number} more of this kind",
            f"{number} more beside those that are told of one by one.", packets, lesson=last.lesson,
        )  # fmt: skip
