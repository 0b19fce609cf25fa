"""Fixed-size headers at many offsets of a byte array at once: one fancy index instead of one a field."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def gather(raw: NDArray[np.uint8], offsets: NDArray[np.int64], layout: np.dtype[Any]) -> NDArray[Any]:
    """The records of `layout` that begin at `offsets`, shape (n,), a copy.

    Every record must lie within `raw`. The array is seen as overlapping records, one starting at each byte.
    """
    width = layout.itemsize
    if len(offsets) == 0 or len(raw) < width:
        return np.zeros(0, layout)
    overlapping: NDArray[Any] = np.ndarray((len(raw) - width + 1,), f"V{width}", raw, strides=(1,))
    return overlapping[offsets].view(layout)
