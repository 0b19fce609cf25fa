"""DNS by name: what was asked for, how often, how quickly it was answered, and what was not answered."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from ..fields.dns_words import RCODES
from ..protocols.dns_types import type_name
from .conditions import both, equals
from .dns_messages import DnsMessages, Ints
from .grouping import counts, spread
from .table import Column, Table
from .view import View

SERVERS = 3
_COLUMNS = (
    Column("name", "Name"),
    Column("type", "Type"),
    Column("queries", "Queries", "count"),
    Column("answered", "Answered", "count"),
    Column("unanswered", "Unanswered", "count"),
    Column("codes", "Result codes"),
    Column("mean", "Mean", "seconds"),
    Column("maximum", "Longest", "seconds"),
    Column("servers", "Servers"),
)
_UNANSWERED = (
    Column("name", "Name"),
    Column("type", "Type"),
    Column("queries", "Queries", "count"),
    Column("tries", "Tries", "count"),
    Column("first", "First", "moment"),
    Column("last", "Last", "moment"),
    Column("servers", "Servers"),
)


class _Asked:
    """Questions, upper and lower case being the same: key: the place of each message's among `questions`, -1 without
    one; spelled: how each is written, the first way, and whether always so."""

    def __init__(self, messages: DnsMessages) -> None:
        places: dict[tuple[str, int], int] = {}
        self.questions: list[tuple[str, int]] = []
        self.alike: list[bool] = []
        of_question = np.full(len(messages.questions) + 1, -1, np.int64)
        for number, one in enumerate(messages.questions):
            if one.kind < 0:
                continue
            key = one.name.lower(), one.kind
            place = places.setdefault(key, len(places))
            if place == len(self.questions):
                self.questions.append((one.name, one.kind))
                self.alike.append(True)
            self.alike[place] &= self.questions[place][0] == one.name
            of_question[number] = place
        self.key: Ints = of_question[messages.question]

    def __len__(self) -> int:
        return len(self.questions)

    def filter(self, place: int) -> str:
        name, kind = self.questions[place]
        field = "dns.qry.name" if self.alike[place] else "lower(dns.qry.name)"
        return both(equals(field, name if self.alike[place] else name.lower()), f"dns.qry.type == {kind}")


def names(view: View, messages: DnsMessages) -> Table:
    """A row a name and type; queries are counted once however often they were sent."""
    asked = _Asked(messages)
    here, number = messages.chosen, len(asked)
    queries = counts(asked.key[here & messages.first], number)
    answered = counts(asked.key[here & messages.answered], number)
    mean, _, _, most = spread(np.where(here, asked.key, -1), messages.took, number)
    shown = np.flatnonzero(counts(asked.key[here], number))
    shown = shown[np.argsort(-queries[shown], kind="stable")]
    codes = _codes(messages, asked)
    servers = _servers(view, messages, asked, here)
    places = shown.tolist()
    values = (
        [asked.questions[place][0] for place in places], [type_name(asked.questions[place][1]) for place in places],
        queries[shown], answered[shown], (queries - answered)[shown], [codes.get(place, "") for place in places],
        mean[shown], most[shown], [servers.get(place, "") for place in places],
    )  # fmt: skip
    return Table("names", "DNS names", _COLUMNS, values, lambda row: asked.filter(places[row]), sort="queries")


def unanswered(view: View, messages: DnsMessages) -> Table:
    """A row a name and type that had queries without any answer; tries count those sent again."""
    asked = _Asked(messages)
    silent = messages.chosen & messages.first & ~messages.answered
    mate = np.where(messages.partner >= 0, messages.partner, 0)
    again = messages.chosen & ~messages.reply & ~messages.first
    tries = silent | again & silent[mate] if len(messages) else silent
    number = len(asked)
    queries, sent = counts(asked.key[silent], number), counts(asked.key[tries], number)
    shown = np.flatnonzero(queries)
    shown = shown[np.argsort(-queries[shown], kind="stable")]
    begin = int(view.capture.table["time"][0]) if view.loaded else 0
    moments = (messages.time - begin) / 1e9
    _, first, _, last = spread(np.where(tries, asked.key, -1), moments, number)
    servers = _servers(view, messages, asked, silent)
    places = shown.tolist()
    values = (
        [asked.questions[place][0] for place in places], [type_name(asked.questions[place][1]) for place in places],
        queries[shown], sent[shown], first[shown], last[shown], [servers.get(place, "") for place in places],
    )  # fmt: skip
    return Table("unanswered", "DNS names without answer", _UNANSWERED, values,
                 lambda row: asked.filter(places[row]), sort="queries")  # fmt: skip


def _codes(messages: DnsMessages, asked: _Asked) -> dict[int, str]:
    """Result codes of the answers, with counts where there are several."""
    told = messages.chosen & messages.first_answer & (asked.key >= 0)
    pairs, times = np.unique(asked.key[told] << 8 | messages.rcode[told], return_counts=True)
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for pair, count in zip(pairs.tolist(), times.tolist(), strict=True):
        code = pair & 255
        found[pair >> 8][RCODES.get(code, f"code {code}")] += count
    return {place: next(iter(some)) if len(some) == 1 else ", ".join(f"{code} {count}" for code, count in
                                                                     some.most_common())
            for place, some in found.items()}  # fmt: skip


def _servers(view: View, messages: DnsMessages, asked: _Asked, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]
             ) -> dict[int, str]:  # fmt: skip
    """Who was asked, the first SERVERS of them."""
    mine = chosen & ~messages.reply & (asked.key >= 0) & (messages.server >= 0)
    pairs, times = np.unique(asked.key[mine] << 32 | messages.server[mine], return_counts=True)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pair, count in zip(pairs.tolist(), times.tolist(), strict=True):
        found[pair >> 32].append((-count, pair & 0xFFFFFFFF))
    text = view.capture.addresses.text
    told = {}
    for place, some in found.items():
        some.sort()
        told[place] = ", ".join(text(address) for _, address in some[:SERVERS])
        if len(some) > SERVERS:
            told[place] += f" and {len(some) - SERVERS} more"
    return told
