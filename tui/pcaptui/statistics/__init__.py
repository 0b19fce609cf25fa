"""Statistics: what a capture, or those of its packets that are chosen, comes to, as tables of columns."""

from .registry import NAMES, Statistic, find, load
from .table import Column, Table, Tables
from .view import View

__all__ = ["NAMES", "Column", "Statistic", "Table", "Tables", "View", "find", "load"]
