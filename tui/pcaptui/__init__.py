"""pcaptui: a packet browser for the terminal."""

from __future__ import annotations

from .version import __version__

__all__ = ["__version__"]
