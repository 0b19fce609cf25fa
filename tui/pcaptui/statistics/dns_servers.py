"""DNS by server: how many queries each got, how quickly it answered, and how often it failed."""

from __future__ import annotations

import numpy as np

from .conditions import both, of_address
from .dns_messages import DnsMessages
from .grouping import counts, spread
from .table import Column, Table
from .view import View

FAILURES = (1, 2, 4, 5, 9)
"""Result codes that say nothing about the name: format error, server failure, not implemented, refused, not auth."""
NO_SUCH_NAME = 3
_COLUMNS = (
    Column("server", "Server"),
    Column("queries", "Queries", "count"),
    Column("answered", "Answered", "count"),
    Column("unanswered", "Unanswered", "count"),
    Column("minimum", "Shortest", "seconds"),
    Column("mean", "Mean", "seconds"),
    Column("median", "Median", "seconds"),
    Column("maximum", "Longest", "seconds"),
    Column("no_such_name", "No such name", "count"),
    Column("failures", "Failures", "count"),
)


def servers(view: View, messages: DnsMessages) -> Table:
    """A row an address that was asked, or that answered."""
    here = messages.chosen
    used, dense = np.unique(messages.server, return_inverse=True)
    group = np.where(here & (messages.server >= 0), dense, -1).astype(np.int64)
    number = len(used)
    queries = counts(group[messages.first], number)
    answered = counts(group[messages.answered], number)
    mean, least, median, most = spread(group, messages.took, number)
    told = messages.reply & ((messages.partner < 0) | messages.first_answer)
    missing = counts(group[told & (messages.rcode == NO_SUCH_NAME)], number)
    failures = counts(group[told & np.isin(messages.rcode, FAILURES)], number)
    shown = np.flatnonzero(counts(group, number))
    shown = shown[np.argsort(-queries[shown], kind="stable")]
    texts = [view.capture.addresses.text(int(address)) for address in used[shown].tolist()]
    columns = (queries, answered, queries - answered, least, mean, median, most, missing, failures)
    values = (texts, *(column[shown] for column in columns))
    return Table("servers", "DNS servers", _COLUMNS, values, lambda row: both("dns", of_address(texts[row])),
                 sort="queries")  # fmt: skip
