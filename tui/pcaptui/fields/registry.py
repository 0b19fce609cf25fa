"""Which tree builder comes next: by link type, ethertype, IP protocol, or by the name that the row dissectors gave.

A builder is `(walk, view) -> None`: it puts its layer into the walk and calls the next. Modules of this package
register their builders with the decorators below; `load()` imports them all once.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any, TypeVar

from .branch import View, Walk
from .context import Message

Builder = Callable[[Walk, View], object]
StreamBuilder = Callable[[Walk, View, Message], object]
"""For an application over TCP: gets the bytes that the stream's dissector took in one go (one or several messages)."""

link_types: dict[int, Builder] = {}
ethertypes: dict[int, Builder] = {}
ip_protocols: dict[int, Builder] = {}
applications: dict[str, Builder] = {}
"""By the row dissectors' name of the layer ("dns", "dhcp", "ntp"), for whatever carries it but TCP."""
streams: dict[str, StreamBuilder] = {}
"""By the name of the protocol over TCP ("http", "tls")."""

F = TypeVar("F", bound=Callable[..., object])


def _into(table: dict[Any, Any]) -> Callable[..., Callable[[F], F]]:
    def register(*keys: int | str) -> Callable[[F], F]:
        def take(function: F) -> F:
            for key in keys:
                table[key] = function
            return function

        return take

    return register


link_type = _into(link_types)
ethertype = _into(ethertypes)
ip_protocol = _into(ip_protocols)
application = _into(applications)
stream = _into(streams)

_NOT_BUILDERS = {"branch", "context", "node", "registry", "tree", "words"}
_loaded = False
broken: dict[str, str] = {}
"""Modules that could not be loaded, and why: their protocols are shown by scapy or as data, all others as ever."""


def load() -> None:
    """Import every module of this package, so that all have registered."""
    global _loaded
    if _loaded:
        return
    _loaded = True
    package = importlib.import_module(__package__)
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        if module in _NOT_BUILDERS:
            continue
        try:
            importlib.import_module(f"{__package__}.{module}")
        except Exception as error:
            broken[module] = f"{type(error).__name__}: {error}"
