"""Exchanges: which packet answers which, packet to packet, and the time it took."""

from .exchange import Exchange
from .exchanges import Exchanges

__all__ = ["Exchange", "Exchanges"]
