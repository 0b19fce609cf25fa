"""TLS by server name, and connection by connection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from .grouping import counts, spread
from .http_hosts import grouped
from .table import Column, Table
from .tls_handshakes import FAILED, FINISHED, Connection, TlsHandshakes
from .tls_overview import NONE, name_filter, suite_text
from .view import View

SHOWN = 4
_NAMES = (
    Column("name", "Server name"),
    Column("handshakes", "Handshakes", "count"),
    Column("finished", "Finished", "count"),
    Column("failed", "Failed", "count"),
    Column("versions", "Versions"),
    Column("ciphers", "Ciphers"),
    Column("alpn", "ALPN"),
    Column("mean", "Mean answer", "seconds"),
    Column("maximum", "Longest", "seconds"),
    Column("servers", "Servers"),
)
_CONNECTIONS = (
    Column("stream", "Stream"),
    Column("client", "Client"),
    Column("server", "Server"),
    Column("port", "Port", "number"),
    Column("name", "Server name"),
    Column("version", "Version"),
    Column("cipher", "Cipher"),
    Column("alpn", "ALPN"),
    Column("offered", "Offered"),
    Column("outcome", "Outcome"),
    Column("start", "Start", "moment"),
    Column("answer", "Answered in", "seconds"),
)


def names(view: View, found: TlsHandshakes) -> Table:
    """A row a name that clients asked for."""
    asked, groups = grouped([one.name for one in found.connections])
    number = len(asked)
    mine: list[list[Connection]] = [[] for _ in asked]
    for group, one in zip(groups.tolist(), found.connections, strict=True):
        mine[group].append(one)
    outcomes = np.array([one.outcome for one in found.connections], object)
    mean, _, _, most = spread(groups, np.array([one.took for one in found.connections], np.float64), number)
    asks = counts(groups, number)
    order = np.argsort(-asks, kind="stable")
    places = order.tolist()
    values = (
        [asked[place] or NONE for place in places], asks[order],
        counts(groups[outcomes == FINISHED], number)[order], counts(groups[outcomes == FAILED], number)[order],
        [_often(one.version for one in mine[place]) for place in places],
        [_often(suite_text(one.suite) for one in mine[place]) for place in places],
        [_often(one.alpn for one in mine[place]) for place in places], mean[order], most[order],
        [_often(found.address(one.server) for one in mine[place]) for place in places],
    )  # fmt: skip
    return Table("names", "TLS server names", _NAMES, values, lambda row: name_filter(asked[places[row]]),
                 sort="handshakes")  # fmt: skip


def _often(texts: Iterable[str]) -> str:
    """The most frequent ones."""
    counted = Counter(text for text in texts if text)
    more = len(counted) - SHOWN
    return ", ".join(text for text, _ in counted.most_common(SHOWN)) + (f" and {more} more" if more > 0 else "")


def connections(view: View, found: TlsHandshakes) -> Table:
    """A row a handshake."""
    rows = found.connections
    begin = int(view.capture.table["time"][0]) if view.loaded else 0
    values = (
        [f"tcp:{one.stream}" for one in rows], [found.address(one.client) for one in rows],
        [found.address(one.server) for one in rows], np.array([one.port for one in rows], np.int64),
        [one.name for one in rows], [one.version for one in rows], [suite_text(one.suite) for one in rows],
        [one.alpn for one in rows], [", ".join(one.offered) for one in rows], [one.outcome for one in rows],
        np.array([(one.time - begin) / 1e9 for one in rows], np.float64),
        np.array([one.took for one in rows], np.float64),
    )  # fmt: skip
    return Table("connections", "TLS connections", _CONNECTIONS, values,
                 lambda row: f"tcp.stream == {rows[row].stream}")  # fmt: skip
