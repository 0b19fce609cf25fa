"""HTTP by URI, and answers by content type."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from .conditions import both, equals
from .grouping import counts, spread, total
from .http_hosts import NO_HOST, grouped
from .http_messages import HttpMessages
from .table import Column, Table
from .view import View

NO_TYPE = "<none>"
_URIS = (
    Column("host", "Host"),
    Column("method", "Method"),
    Column("target", "URI"),
    Column("requests", "Requests", "count"),
    Column("answered", "Answered", "count"),
    Column("statuses", "Statuses"),
    Column("type", "Content type"),
    Column("bytes", "Body bytes", "bytes"),
    Column("mean", "Mean", "seconds"),
    Column("maximum", "Longest", "seconds"),
)
_TYPES = (
    Column("type", "Content type"),
    Column("responses", "Responses", "count"),
    Column("bytes", "Body bytes", "bytes"),
    Column("mean", "Mean bytes", "number"),
    Column("maximum", "Largest", "bytes"),
)


def uris(view: View, messages: HttpMessages) -> Table:
    """A row a host, method and request target."""
    requests = messages.requests
    keys, groups = grouped([(one.host, one.method, one.target) for one in requests])
    number = len(keys)
    mean, _, _, most = spread(groups, np.array([one.took for one in requests], np.float64), number)
    size = total(groups, np.array([one.response.size if one.response else 0 for one in requests], np.int64), number)
    asked = counts(groups, number)
    answered = counts(groups[np.array([one.response is not None for one in requests], bool)], number)
    statuses: dict[int, Counter[int]] = defaultdict(Counter)
    kinds: dict[int, str] = {}
    for group, one in zip(groups.tolist(), requests, strict=True):
        if one.response is not None:
            statuses[group][one.response.status] += 1
            kinds.setdefault(group, one.response.kind)
    order = np.argsort(-asked, kind="stable")
    places = order.tolist()
    values = (
        [keys[place][0] or NO_HOST for place in places], [keys[place][1] for place in places],
        [keys[place][2] for place in places], asked[order], answered[order],
        [_statuses(statuses[place]) for place in places], [kinds.get(place, "") for place in places],
        size[order], mean[order], most[order],
    )  # fmt: skip

    def condition(row: int) -> str:
        host, method, target = keys[places[row]]
        return both(equals("http.request.uri", target), equals("http.request.method", method),
                    equals("http.host", host) if host else "")  # fmt: skip

    return Table("uris", "HTTP requests by URI", _URIS, values, condition, sort="requests")


def _statuses(found: Counter[int]) -> str:
    if len(found) == 1:
        return str(next(iter(found)))
    return ", ".join(f"{status} {count}x" for status, count in found.most_common(5))


def content_types(view: View, messages: HttpMessages) -> Table:
    """A row a media type of responses, without its parameters."""
    responses = [response for _, response in messages.responses]
    names, groups = grouped([response.kind for response in responses])
    sizes = np.array([response.size for response in responses], np.int64)
    found = counts(groups, len(names))
    mean, _, _, most = spread(groups, sizes, len(names))
    order = np.argsort(-found, kind="stable")
    told = [names[place] for place in order.tolist()]
    values = ([name or NO_TYPE for name in told], found[order], total(groups, sizes, len(names))[order], mean[order],
              most[order])  # fmt: skip

    def condition(row: int) -> str:
        if not told[row]:
            return "http.response and not http.content_type"
        return both("http.response", equals("lower(http.content_type)", told[row]).replace(" == ", " contains "))

    return Table("types", "HTTP content types", _TYPES, values, condition, sort="responses")
