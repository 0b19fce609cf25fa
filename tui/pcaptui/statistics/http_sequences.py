"""HTTP requests in sequence: each below the redirect, or the page, that led to it."""

from __future__ import annotations

from urllib.parse import urljoin

import numpy as np

from .http_messages import HttpMessages, Request
from .table import Column, Table
from .view import View

REDIRECT, REFERER = "redirect", "referer"
_COLUMNS = (
    Column("request", "Request"),
    Column("via", "Led here by"),
    Column("status", "Status", "number"),
    Column("type", "Content type"),
    Column("bytes", "Body bytes", "bytes"),
    Column("start", "Start", "moment"),
    Column("took", "Took", "seconds"),
    Column("packet", "Packet", "number"),
)


def sequences(view: View, messages: HttpMessages) -> Table:
    """A row a request, below the request of the same client that was answered with a redirect to it, else below the
    latest one for the page that its Referer names."""
    requests = messages.requests
    parents, via = _led(requests)
    below: dict[int, list[int]] = {}
    for number, parent in enumerate(parents):
        below.setdefault(parent, []).append(number)
    order: list[int] = []
    waiting = list(reversed(below.get(-1, [])))
    while waiting:
        number = waiting.pop()
        order.append(number)
        waiting += reversed(below.get(number, []))
    row_of = {number: row for row, number in enumerate(order)}
    above = [row_of[parents[number]] if parents[number] >= 0 else -1 for number in order]
    rows = [requests[number] for number in order]
    begin = int(view.capture.table["time"][0]) if view.loaded else 0
    values = (
        [f"{one.method} {one.uri}" for one in rows],
        [via[number] for number in order],
        np.array([one.response.status if one.response else np.nan for one in rows], np.float64),
        [one.response.kind if one.response else "" for one in rows],
        np.array([one.response.size if one.response else np.nan for one in rows], np.float64),
        np.array([(one.time - begin) / 1e9 for one in rows], np.float64),
        np.array([one.took for one in rows], np.float64),
        np.array([one.packet + 1 for one in rows], np.int64),
    )
    return Table("sequences", "HTTP requests in sequence", _COLUMNS, values, lambda row: _packets(rows[row]),
                 np.array(above, np.int64))  # fmt: skip


def _led(requests: list[Request]) -> tuple[list[int], list[str]]:
    """For each request the number of an earlier one that led to it, -1 without one, and how."""
    pointed: dict[tuple[int, str], list[int]] = {}
    asked: dict[tuple[int, str], int] = {}
    parents, via = [], []
    for number, one in enumerate(requests):
        place = one.uri.partition("#")[0]
        parent, how = -1, ""
        waiting = pointed.get((one.client, place), [])
        known = next((other for other in reversed(waiting) if requests[other].answered <= one.time), None)
        page = one.referer.partition("#")[0]
        if known is not None:
            parent, how = known, REDIRECT
        elif page and (one.client, page) in asked:
            parent, how = asked[one.client, page], REFERER
        parents.append(parent)
        via.append(how)
        asked[one.client, place] = number
        response = one.response
        if response is not None and response.location and response.status // 100 == 3:
            pointed.setdefault((one.client, _resolved(one)), []).append(number)
    return parents, via


def _resolved(one: Request) -> str:
    """Where a redirect leads to."""
    assert one.response is not None
    try:
        return urljoin(one.uri, one.response.location).partition("#")[0]
    except ValueError:
        return one.response.location


def _packets(one: Request) -> str:
    numbers = sorted({one.packet + 1, *([one.response.packet + 1] if one.response else [])})
    return (
        f"frame.number in {{{', '.join(map(str, numbers))}}}" if len(numbers) > 1 else f"frame.number == {numbers[0]}"
    )
