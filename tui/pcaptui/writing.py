"""-w, --write: the packets that the command line asks for, into a file of their own."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .asked import remark_on_absent, wanted
from .capture import Capture
from .errors import Damage, UsageError
from .options import Options
from .saving import SaveError, pieces, save


def write_packets(options: Options) -> tuple[str, Sequence[Damage]]:
    """Write them, and answer with a line about it and the damaged places of the capture.

    Raises CaptureError; UsageError where the file cannot be written or cannot hold these packets.
    """
    assert options.write is not None
    capture = Capture(options.files, options.decode_as)
    try:
        capture.load_all()
        packets = np.fromiter(wanted(capture, options), np.int64)
        remark_on_absent(capture, options)
        count = _saved(capture, packets, options.write)
        of_all = "" if count == len(capture) else f" of {len(capture):,}"
        return (
            f"{count:,}{of_all} packet{'' if len(capture) == 1 else 's'} written to {_name(options.write)}",
            capture.damage,
        )
    finally:
        capture.close()


def _saved(capture: Capture, packets: NDArray[np.int64], path: str) -> int:
    try:
        if path == "-":
            return _piped(capture, packets)
        return save(capture, packets, path)
    except SaveError as error:
        raise UsageError(f"--write: {error}") from None
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"--write: {_name(path)}: {reason.lower()}") from None


def _piped(capture: Capture, packets: NDArray[np.int64]) -> int:
    """To standard output, as pcapng: `-w - | tcpdump -r -`."""
    if sys.stdout is None or sys.stdout.isatty():
        raise UsageError("--write - is not for terminals: redirect it (> FILE) or pipe it into a command")
    for piece in pieces(capture, packets):
        sys.stdout.buffer.write(piece)
    sys.stdout.flush()
    return len(packets)


def _name(path: str) -> str:
    return "standard output" if path == "-" else path
