"""Layers that only scapy knows, with scapy's own names."""

from __future__ import annotations

from .branch import View, Walk


def scapy_layers(walk: Walk, view: View, kind: str, key: int | tuple[int, int]) -> bool:
    """Put scapy's layers of these bytes into the walk; False (and nothing done) where scapy knows none."""
    return False
