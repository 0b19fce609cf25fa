"""Statistics by name: each a function from a view to its tables, imported when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .table import Table
from .view import View

Make = Callable[[View], Sequence[Table]]


@dataclass(frozen=True, slots=True)
class Statistic:
    """`name` is that of `--print`; `key` its key in the menu; the module's `tables(view)` makes it, or the function
    of that module that is called `name`."""

    name: str
    key: str
    title: str
    about: str
    module: str


_ALL = (
    Statistic("properties", "c", "Capture properties", "file, format, times, rates, interfaces", "properties"),
    Statistic("hierarchy", "h", "Protocol hierarchy", "which protocols, and how much of each", "hierarchy"),
    Statistic("conversations", "v", "Conversations", "pairs of hosts, by layer: packets, bytes, times", "ends"),
    Statistic("endpoints", "e", "Endpoints", "hosts, by layer: packets and bytes each way", "ends"),
    Statistic("lengths", "l", "Packet lengths", "how long packets are", "lengths"),
    Statistic("talkers", "t", "Top talkers", "who sent most, and to whom", "talkers"),
    Statistic("expert", "x", "Expert summary", "what the analysis remarks on, a row a kind", "expert"),
    Statistic("dns", "d", "DNS", "names, types, codes, response times, what was not answered", "dns"),
    Statistic("http", "w", "HTTP", "requests by host, status codes, times, chains of redirects", "http"),
    Statistic("tls", "s", "TLS", "versions, servers, ciphers, certificates", "tls"),
)

NAMES = tuple(each.name for each in _ALL)


def load() -> Sequence[Statistic]:
    """All statistics, in the order of the menu."""
    return _ALL


def find(name: str) -> tuple[Statistic, Make]:
    """A statistic and the function that makes it. Raises KeyError for names that are none."""
    statistic = next((each for each in _ALL if each.name == name), None)
    if statistic is None:
        raise KeyError(name)
    module = importlib.import_module(f".{statistic.module}", __package__)
    make: Make = getattr(module, statistic.name, None) or module.tables
    return statistic, make
