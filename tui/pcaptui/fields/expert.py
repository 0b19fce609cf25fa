"""Remarks on a field: what is odd or wrong about it, and how much."""

from __future__ import annotations

from .branch import Branch


def expert(branch: Branch, severity: str, group: str, text: str, field: str = "") -> None:
    """'[Expert Info (Warning/Malformed): ...]' below a field. `severity`: Chat, Note, Warning, Error, Comment."""
    remark = branch.computed(f"Expert Info ({severity}/{group}): {text}", "_ws.expert")
    remark.computed(text, field or "_ws.expert.message")
    remark.computed(f"Severity level: {severity}", "_ws.expert.severity")
    remark.computed(f"Group: {group}", "_ws.expert.group")
