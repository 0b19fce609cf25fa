"""Memory that was freed goes back to the system."""

from __future__ import annotations


def give_back() -> None:
    """Return what was freed: the C library keeps it otherwise, tens of MB after work on a million packets."""
    try:
        import ctypes

        ctypes.CDLL(None).malloc_trim(0)
    except (ImportError, OSError, AttributeError):
        return  # no such call in this C library
