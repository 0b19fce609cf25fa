"""Findings: what is wrong with a capture, or worth knowing, in sentences with their evidence."""

from .finding import Finding, Severity
from .run import find

__all__ = ["Finding", "Severity", "find"]
