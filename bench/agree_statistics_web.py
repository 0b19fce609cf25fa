"""Comparisons of agree_statistics.py: DNS and HTTP with tshark's trees, Community IDs with its communityid.

Each number of a tree is compared that is not zero on both sides. tshark 4.0 counts a response to a known
query twice in the response statistics of -z dns,tree, and once where the query is not in the capture (found by
experiment): their counts are put right, and averages of both kinds together are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from agree_statistics import Compared, Comparison, ask, compare, rows, tables, together, view

Key = tuple[str, ...]
GROUPS = {"Query Stats", "Response Stats", "Service Stats", "Label Stats"}
"""Items that tshark does not count at all."""
NO_HOST = "<no host>"
"""Requests without Host, which tshark leaves out of these trees."""
TIME, OUR_TIME = "request-response time (msec)", "request-response time (s)"


@cache
def trees(path: Path) -> dict[str, dict[Key, tuple[float, ...]]]:
    """Title → (item, item below ...) → (count, average, least, most) of all statistics trees compared here."""
    wanted = ("dns,tree", "http,tree", "http_req,tree", "http_srv,tree")
    text = ask("tshark", "-n", "-q", "-r", str(path), *(part for one in wanted for part in ("-z", one)))
    found: dict[str, dict[Key, tuple[float, ...]]] = {}
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("Topic / Item"):
            found[lines[number - 1].rstrip(":")] = dict(_items(lines[number:]))
    return found


def _items(lines: list[str]) -> Iterator[tuple[Key, tuple[float, ...]]]:
    """The lines of one tree behind its header, whose titles tell where columns begin."""
    header = lines[0]
    starts = [header.index(title) for title in ("Count", "Average", "Min Val", "Max Val", "Rate")]
    above: list[str] = []
    for line in lines[2:]:
        if not line.strip() or line.startswith("---"):
            return
        name = line[: starts[0]].rstrip()
        depth = len(name) - len(name.lstrip(" "))
        above[depth:] = [name.strip()]
        cells = [line[begin:end].strip() for begin, end in pairwise(starts)]
        yield tuple(above), tuple(float(cell) for cell in cells if cell)


def ours(table: Any) -> dict[Key, dict[str, Any]]:
    """Rows of one of our trees by their items and those above them."""
    keys: list[Key] = []
    for row, found in enumerate(rows(table)):
        parent = int(table.parents[row])
        keys.append((*(keys[parent] if parent >= 0 else ()), str(found["item"])))
    return dict(zip(keys, rows(table), strict=True))


def dns(path: Path) -> Compared:
    theirs: dict[Hashable, object] = {}
    tree = trees(path).get("DNS", {})
    replies = tree.get(("Total Packets", "Query/Response", "Response"), (0.0,))[0]
    unsolicited = tree.get(("Service Stats", "no. of unsolicited responses"), (0.0,))[0]
    for key, (count, *spread) in tree.items():
        if key[-1] in GROUPS or not count:
            continue
        if key[0] == "Response Stats":
            count = (count + unsolicited) / 2
            spread = spread[1:] if 0 < unsolicited < replies else spread
        theirs[(*key[:-1], OUR_TIME) if key[-1] == TIME else key] = [count, *(Near(one) for one in spread)]
    mine: dict[Hashable, object] = {}
    for key, row in ours(tables(path, "dns")["dns"]).items():
        if key[-1] in (*GROUPS, "queries sent again") or not row["count"]:
            continue
        spread = [row[name] for name in ("average", "minimum", "maximum") if row[name] is not None]
        if key[0] == "Response Stats" and 0 < unsolicited < replies:
            del spread[0]
        mine[key] = [float(row["count"]), *(Near(1000 * one if key[-1] == OUR_TIME else one) for one in spread)]
    return compare("dns", theirs, mine)


class Near(float):
    """A number that another equals where both were rounded from the same."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and abs(self - other) <= 0.0051 + 1e-6 * abs(self)

    __hash__ = float.__hash__


def http(path: Path) -> Compared:
    """What tshark counts as other packets, those without a head, is left out, here and of the total."""
    tree = trees(path).get("HTTP/Packet Counter", {})
    other = next((count for key, (count, *_) in tree.items() if key[-1] == "Other HTTP Packets"), 0.0)
    theirs: dict[Hashable, object] = {
        key: count - (other if len(key) == 1 else 0) for key, (count, *_) in tree.items() if count
        if key[-1] != "Other HTTP Packets" and (len(key) > 1 or count > other)
    }  # fmt: skip
    found = ours(tables(path, "http")["http"])
    return compare("http", theirs, {
        key: float(row["count"]) for key, row in found.items() if row["count"] and key[-1] != "Incomplete messages"
    })  # fmt: skip


def http_requests(path: Path) -> Compared:
    """By host and URI."""
    theirs: dict[Hashable, object] = {
        key[1:]: count for key, (count, *_) in trees(path).get("HTTP/Requests", {}).items() if len(key) == 3
    }
    mine: Counter[Hashable] = Counter()
    for row in rows(tables(path, "http")["uris"]):
        if row["host"] != NO_HOST:
            mine[row["host"], row["target"]] += row["requests"]
    return compare("http_req", theirs, {key: float(count) for key, count in mine.items()})


def http_servers(path: Path) -> Compared:
    """Requests by address and host, responses by address and whether they tell of an error."""
    theirs: dict[Hashable, object] = {}
    for key, (count, *_) in trees(path).get("HTTP/Load Distribution", {}).items():
        if key[:2] == ("HTTP Requests by Server", "HTTP Requests by Server Address") and len(key) in (3, 4):
            theirs["requests", *key[2:]] = count
        elif key[0] == "HTTP Responses by Server Address" and len(key) in (2, 3):
            theirs["responses", *key[1:]] = count
    found = tables(path, "http")
    mine: Counter[Hashable] = Counter()
    table, above = found["servers"], ""
    for row, one in enumerate(rows(table)):
        top = int(table.parents[row]) < 0
        above = one["server"] if top else above
        if one["server"] != NO_HOST:
            mine["requests", above, *(() if top else (one["server"],))] += one["requests"]
    for key, row in ours(found["responses"]).items():
        if len(key) == 1:
            mine["responses", key[0]] += row["count"]
        else:
            status = key[1].split(" ")[0]
            mine["responses", key[0], "OK" if status.isdigit() and int(status) < 400 else "KO"] += row["count"]
    return compare("http_srv", theirs, {key: float(count) for key, count in mine.items()})


def community(path: Path) -> Compared:
    """The Community ID of each stream, that of its first packet."""
    from pcaptui.tracker.community import community_ids

    text = ask("tshark", "--enable-protocol", "communityid", "-n", "-r", str(path), "-T", "fields", "-E",
               "occurrence=f", "-e", "frame.number", "-e", "communityid")  # fmt: skip
    ids = dict(line.split("\t", 1) for line in text.splitlines() if "\t" in line)
    capture = view(path).capture
    found = []
    for kind, protocol in (("tcp", 6), ("udp", 17)):
        lives, numbers = capture.conversations().lives(kind)
        ends = [capture.table[name][lives.first] for name in ("source", "destination", "source_port",
                                                              "destination_port")]  # fmt: skip
        made = community_ids(capture.addresses, protocol, *ends)
        names = [f"{kind}:{number}" for number in numbers.tolist()]
        theirs = {name: ids.get(str(first + 1)) for name, first in zip(names, lives.first.tolist(), strict=True)}
        found.append(compare("communityid", theirs, dict(zip(names, made, strict=True))))
    return together(found)


COMPARISONS: dict[str, Comparison] = {
    "dns": dns,
    "http": http,
    "http_req": http_requests,
    "http_srv": http_servers,
    "communityid": community,
}
