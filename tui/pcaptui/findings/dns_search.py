"""Names whose own page sends the visitor to a search for that name: what resolvers do with names that are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from .case import LOOKED_AT, Case
from .dns_view import dns_view
from .finding import Finding, Severity, finding
from .rules import rule
from .said import rows_with

HEAD = 40
"""Bytes of an HTTP request that are looked through for a search."""
_SEARCH = re.compile(
    rb"GET (/[^ ]*search[^ ]*[?&][a-z]{1,8}=https?(?::|%3A)(?:/|%2F){2}([a-z0-9.-]{4,200})(?:/|%2F)?(?=[& ])[^ ]*) ",
    re.I,
)
_HOST = re.compile(rb"\r\nHost: ([^\r\n:]{1,200})", re.I)
_REFERER = re.compile(rb"\r\nReferer: https?://([^\r\n/:]{1,200})/?\r\n", re.I)
MOST = 20


@rule("dns-search-page")
def search_pages(case: Case) -> Iterator[Finding]:
    """A name was resolved, its page was opened, and that page led to another host's search for the name itself."""
    view = dns_view(case)
    if not len(view):
        return
    table, n = case.table, case.count
    chosen = (table["ip_protocol"][:n] == 6) & (table["destination_port"][:n] == 80) & case.plain
    packets = np.flatnonzero(chosen & (table["payload_length"][:n] > 60))[:LOOKED_AT].astype(np.int64)
    heads = case.capture.gather(packets, table["payload"][packets].astype(np.int64), HEAD)
    told: set[str] = set()
    for row in rows_with(heads, b"search"):
        case.go_on()
        index = packets.item(row)
        raw = case.capture.payload(index)[:2000]
        search = _SEARCH.match(raw)
        if search is None or len(told) >= MOST:
            continue
        host, referer = _HOST.search(raw), _REFERER.search(raw)
        name = search[2].decode("ascii").lower()
        if host is None or referer is None or referer[1].decode("latin-1").lower() != name or name in told:
            continue
        answers = [place for place in np.flatnonzero(view.reply & (view.answers > 0)).tolist()[:LOOKED_AT]
                   if view.packets[place] < index and view.question(place)[1] == name]  # fmt: skip
        other = host[1].decode("latin-1").lower()
        if not answers or other == name or name.endswith("." + other):
            continue
        told.add(name)
        server = view.text(int(view.server[answers[0]]))
        other = "".join(letter if letter.isprintable() else "." for letter in other)
        yield finding(
            "dns-search-page", Severity.warning, f"{name} leads to a search page",
            f"{server} gave an address for {name}; the page there sent {case.source(index)} to {other}, to a search "
            f"for that very name. So do resolvers that answer for names that do not exist (a look-up elsewhere would "
            f"show whether this one does), and parked domains.",
            [int(view.packets[answers[0]]), index], hosts=(server, case.source(index), case.destination(index)),
            lesson="dns-forged",
        )  # fmt: skip
