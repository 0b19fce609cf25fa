"""numpy columns as Arrow arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..capture import Capture

MICRO = 1000
TIME = pa.timestamp("us", tz="UTC")
TEXTS = pa.dictionary(pa.int32(), pa.string())


def coded(codes: NDArray[Any], texts: Sequence[str]) -> Any:
    """Texts by code; negative codes are null."""
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string()))


def addresses(capture: Capture, indexes: NDArray[Any]) -> Any:
    """Texts of addresses."""
    used, dense = np.unique(indexes, return_inverse=True)
    texts = [capture.addresses.text(index) if index >= 0 else "" for index in used.tolist()]
    return coded(np.where(indexes >= 0, dense, -1), texts)


def moments(nanoseconds: NDArray[np.int64]) -> Any:
    """Times in UTC; files that Spark reads as well hold microseconds."""
    return pa.array(nanoseconds // MICRO).cast(TIME)


def numbers(values: NDArray[Any], there: NDArray[np.bool_] | None = None) -> Any:
    """Numbers, null where they are not `there`."""
    return pa.array(values, mask=None if there is None else ~there)


def seconds(nanoseconds: NDArray[np.int64], there: NDArray[np.bool_] | None = None) -> Any:
    """Durations in s."""
    return numbers(nanoseconds / 1e9, there)
