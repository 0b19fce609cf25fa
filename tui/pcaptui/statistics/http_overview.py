"""HTTP in numbers: requests by method and responses by status, a tree as tshark -z http,tree has it."""

from __future__ import annotations

from collections import Counter

from ..fields.http_names import STATUS
from .conditions import both, equals, of_address
from .http_messages import HttpMessages
from .table import Table
from .tree import Branch, tree_table
from .view import View

FAMILIES = {1: "1xx: Informational", 2: "2xx: Success", 3: "3xx: Redirection", 4: "4xx: Client Error",
            5: "5xx: Server Error"}  # fmt: skip
BROKEN = "???: broken"
INCOMPLETE = "Incomplete messages"
"""Whose end is not in the capture: tshark does not count them, so they stand by themselves."""


def status_text(status: int) -> str:
    """A status with its usual words."""
    return f"{status} {STATUS.get(status, 'Unknown')}" if status else "none"


def overview(view: View, messages: HttpMessages) -> Table:
    """Requests and responses that are whole; each counts, however many a packet has."""
    wanted = [request.method for request in messages.requests if request.whole]
    given = [response.status for _, response in messages.responses if response.whole]
    asked, told = len(wanted), len(given)
    total = Branch("Total HTTP Packets", asked + told, filter="http")
    requests = total.add("HTTP Request Packets", asked, filter="http.request")
    for method, count in Counter(wanted).most_common():
        requests.add(method, count, filter=equals("http.request.method", method))
    responses = total.add("HTTP Response Packets", told, filter="http.response")
    statuses = Counter(given)
    for family, title in FAMILIES.items():
        mine = {status: count for status, count in statuses.items() if status // 100 == family}
        low = 100 * family
        branch = responses.add(title, sum(mine.values()),
                               filter=f"http.response.code >= {low} and http.response.code <= {low + 99}")  # fmt: skip
        for status, count in sorted(mine.items()):
            branch.add(status_text(status), count, filter=f"http.response.code == {status}")
    broken = sum(count for status, count in statuses.items() if status // 100 not in FAMILIES)
    if broken:
        responses.add(BROKEN, broken, filter="http.response.code < 100 or http.response.code > 599")
    cut = len(messages.requests) + len(messages.responses) - asked - told
    branches = [total, Branch(INCOMPLETE, cut, filter="http")] if cut else [total]
    return tree_table("http", "HTTP", branches, view)


def responses(view: View, messages: HttpMessages) -> Table:
    """A tree: servers that answered, and below each the statuses of its answers."""
    found: dict[str, Counter[int]] = {}
    for server, response in messages.responses:
        if not response.whole:
            continue
        found.setdefault(messages.address(server), Counter())[response.status] += 1
    branches = []
    for address, statuses in sorted(found.items(), key=lambda pair: -pair[1].total()):
        source = both("http.response", of_address(address, "src"))
        branch = Branch(address, statuses.total(), filter=source)
        for status, count in statuses.most_common():
            branch.add(status_text(status), count, filter=both(f"http.response.code == {status}", source))
        branches.append(branch)
    return tree_table("responses", "HTTP responses by server", branches, view)
