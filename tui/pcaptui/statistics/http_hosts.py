"""HTTP by host that was asked for, and by server that was asked: requests, errors, bytes and response times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .conditions import both, equals, of_address
from .grouping import Ints, counts, spread, total
from .http_messages import HttpMessages, Request
from .table import Column, Table
from .view import View

T = TypeVar("T")
NO_HOST = "<no host>"
_NUMBERS = (
    Column("requests", "Requests", "count"),
    Column("answered", "Answered", "count"),
    Column("redirects", "3xx", "count"),
    Column("client_errors", "4xx", "count"),
    Column("server_errors", "5xx", "count"),
    Column("bytes", "Body bytes", "bytes"),
    Column("mean", "Mean", "seconds"),
    Column("median", "Median", "seconds"),
    Column("maximum", "Longest", "seconds"),
)


def hosts(view: View, messages: HttpMessages) -> Table:
    """A row a host name."""
    names, groups = grouped([request.host for request in messages.requests])
    columns = _numbers(groups, messages.requests, len(names))
    order = np.argsort(-columns[0], kind="stable")
    told = [names[place] for place in order.tolist()]
    values: list[Sequence[str] | NDArray[Any]] = [[name or NO_HOST for name in told]]
    values += [column[order] for column in columns]
    return Table("hosts", "HTTP hosts", (Column("host", "Host"), *_NUMBERS), values, lambda row: _host(told[row]),
                 sort="requests")  # fmt: skip


def servers(view: View, messages: HttpMessages) -> Table:
    """A tree: a server's address, and below it the hosts that it was asked for."""
    texts = [messages.address(request.server) for request in messages.requests]
    addresses, by_address = grouped(texts)
    pairs, by_pair = grouped([(text, request.host) for text, request in zip(texts, messages.requests, strict=True)])
    above = _numbers(by_address, messages.requests, len(addresses))
    below = _numbers(by_pair, messages.requests, len(pairs))
    inside: dict[str, list[int]] = {}
    for place, (address, _) in enumerate(pairs):
        inside.setdefault(address, []).append(place)
    rows: list[tuple[str, str | None]] = []
    parents: list[int] = []
    cells: list[list[float]] = []
    for place in np.argsort(-above[0], kind="stable").tolist():
        address = addresses[place]
        top = len(rows)
        rows.append((address, None))
        parents.append(-1)
        cells.append([float(column[place]) for column in above])
        for pair in sorted(inside[address], key=lambda pair: -int(below[0][pair])):
            rows.append(pairs[pair])
            parents.append(top)
            cells.append([float(column[pair]) for column in below])
    numbers = [np.array(column) for column in zip(*cells, strict=True)] if cells else [np.zeros(0)] * len(_NUMBERS)
    texts = [address if host is None else host or NO_HOST for address, host in rows]

    def condition(row: int) -> str:
        address, host = rows[row]
        return both("http.request", of_address(address, "dst"), "" if host is None else _host(host))

    return Table("servers", "HTTP servers", (Column("server", "Server, host"), *_NUMBERS), (texts, *numbers),
                 condition, np.array(parents, np.int64))  # fmt: skip


def _host(host: str) -> str:
    return equals("http.host", host) if host else "http.request and not http.host"


def grouped(keys: Sequence[T]) -> tuple[list[T], Ints]:
    """Different keys in the order of their first appearance, and for each key its place among them."""
    places: dict[T, int] = {}
    groups = np.fromiter((places.setdefault(key, len(places)) for key in keys), np.int64, len(keys))
    return list(places), groups


def _numbers(groups: Ints, requests: Sequence[Request], number: int) -> list[NDArray[Any]]:
    status = np.array([one.response.status if one.response else 0 for one in requests], np.int64)
    size = np.array([one.response.size if one.response else 0 for one in requests], np.int64)
    took = np.array([one.took for one in requests], np.float64)
    mean, _, median, most = spread(groups, took, number)
    by_family = [counts(groups[status // 100 == family], number) for family in (3, 4, 5)]
    return [counts(groups, number), counts(groups[status > 0], number), *by_family,
            total(groups, size, number), mean, median, most]  # fmt: skip
