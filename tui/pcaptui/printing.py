"""--print: what the command line asks for, by the printers of printing_*."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TextIO

from .asked import remark_on_absent
from .capture import Capture
from .errors import Damage, UsageError
from .options import STATISTICS, Options

Printer = Callable[[Capture, Options, TextIO], None]
_PRINTERS = {
    "packets": ("packets", "print_packets"),
    "tree": ("trees", "print_trees"),
    "hex": ("trees", "print_hex"),
    "summary": ("summary", "print_summary"),
    "streams": ("streams", "print_streams"),
    "findings": ("findings", "print_findings"),
    "follow": ("follow", "print_follow"),
    "statistic": ("statistics", "print_statistic"),
    "flow": ("flow", "print_flow"),
    "io": ("io", "print_io"),
}
"""The module printing_... and its function."""


def print_capture(options: Options, out: TextIO) -> list[Damage]:
    """Print what the options ask for and return the damaged places met. Raises CaptureError, UsageError."""
    capture = Capture(options.files, options.decode_as)
    try:
        printer = _parquet() if options.format == "parquet" else _printer(options.what or "packets")
        printer(capture, options, out)
        remark_on_absent(capture, options)
        return list(capture.damage)
    finally:
        capture.close()


def _parquet() -> Printer:
    try:
        from .parquet import write_parquet
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "pyarrow":
            raise
        raise UsageError("--format parquet needs pyarrow: pip install 'pcaptui[parquet]'") from error
    return write_parquet


def _printer(what: str) -> Printer:
    """Imported when it is asked for: some take half as long as a capture to open."""
    if what in STATISTICS:
        what = "statistic"
    module, name = _PRINTERS[what]
    printer: Printer = getattr(import_module(f".printing_{module}", __package__), name)
    return printer
