"""The rules of findings: each a function from a Case to findings, registered by name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable

from .case import Case
from .finding import Finding

Rule = Callable[[Case], Iterable[Finding]]
rules: dict[str, Rule] = {}
_NOT_RULES = {"case", "finding", "lessons", "rules", "run", "words"}


def rule(name: str) -> Callable[[Rule], Rule]:
    """Register a rule. Its findings may have other names that begin so."""

    def take(function: Rule) -> Rule:
        rules[name] = function
        return function

    return take


def load() -> None:
    """Import every module of this package, so that all rules are registered."""
    package = importlib.import_module(__package__)
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        if module not in _NOT_RULES:
            importlib.import_module(f"{__package__}.{module}")
