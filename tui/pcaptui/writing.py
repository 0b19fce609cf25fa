"""-w, --write: the packets that the command line asks for, into a file of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .capture import Capture
from .errors import Damage, UsageError
from .options import Options
from .printing import remark_on_stream, wanted
from .saving import SaveError, save


def write_packets(options: Options) -> tuple[str, Sequence[Damage]]:
    """Write them, and answer with a line about it and the damaged places of the capture.

    Raises CaptureError; UsageError where the file cannot be written or cannot hold these packets.
    """
    assert options.write is not None
    capture = Capture(options.files, options.decode_as)
    try:
        capture.load_all()
        packets = np.fromiter(wanted(capture, options), np.int64)
        remark_on_stream(capture, options)
        count = _saved(capture, packets, options.write)
        of_all = "" if count == len(capture) else f" of {len(capture):,}"
        return f"{count:,}{of_all} packet{'' if len(capture) == 1 else 's'} written to {options.write}", capture.damage
    finally:
        capture.close()


def _saved(capture: Capture, packets: NDArray[np.int64], path: str) -> int:
    try:
        return save(capture, packets, path)
    except SaveError as error:
        raise UsageError(f"--write: {error}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"--write: {path}: {reason.lower()}") from None
