"""DNS in numbers: codes, types, sizes and times, a tree of items as tshark -z dns,tree has it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..fields.dns_words import CLASSES, LONG_TYPES, RCODES
from ..protocols.dns_types import OPCODES
from .dns_messages import Bools, DnsMessages, Ints
from .table import Table
from .tree import Branch, tree_table
from .view import View

AGAIN = "queries sent again"
_LEVELS = ("1st Level", "2nd Level", "3rd Level", "4th Level or more")


def overview(view: View, messages: DnsMessages) -> Table:
    """What the messages of the view come to, without LLMNR's; of several questions the first counts."""
    here = messages.chosen & ~messages.grouped
    asked = [messages.questions[place] for place in messages.question[here].tolist()]
    kinds = np.array([one.kind for one in asked], np.int64)
    groups = np.array([one.group for one in asked], np.int64)
    reply = messages.reply[here]
    total = Branch("Total Packets", len(asked), filter="dns")
    _codes(total, "rcode", messages.rcode[here], lambda code: RCODES.get(code, f"Unknown ({code})"), _rcode)
    _codes(total, "opcodes", messages.opcode[here], lambda code: OPCODES.get(code, f"Unknown ({code})"),
           lambda code: f"dns.flags.opcode == {code}")  # fmt: skip
    sides = total.add("Query/Response", len(asked), filter="dns")
    sides.add("Query", int((~reply).sum()), filter="dns.flags.response == 0")
    sides.add("Response", int(reply.sum()), filter="dns.flags.response == 1")
    _codes(total, "Query Type", kinds, lambda kind: LONG_TYPES.get(kind, f"Unknown ({kind})"),
           lambda kind: f"dns.qry.type == {kind}")  # fmt: skip
    _codes(total, "Class", groups, lambda group: CLASSES.get(group, f"Unknown ({group})"),
           lambda group: f"dns.qry.class == {group}")  # fmt: skip
    size = Branch("Payload size", len(asked), messages.size[here], filter="dns")
    branches = [
        total,
        size,
        _queries(messages, here),
        _responses(messages, here & messages.reply),
        _service(messages, here),
    ]
    return tree_table("dns", "DNS", branches, view)


def _rcode(code: int) -> str:
    return f"dns.flags.rcode == {code}" if code else "dns.flags.rcode == 0 or dns.flags.response == 0"


def _codes(
    above: Branch, title: str, values: Ints, name: Callable[[int], str], condition: Callable[[int], str]
) -> None:  # fmt: skip
    values = values[values >= 0]
    branch = above.add(title, len(values), filter="dns")
    found, counts = np.unique(values, return_counts=True)
    for place in np.argsort(-counts, kind="stable").tolist():
        code = int(found[place])
        branch.add(name(code), int(counts[place]), filter=condition(code))


def _queries(messages: DnsMessages, here: Bools) -> Branch:
    places = messages.question[here & ~messages.reply]
    asked = [one for one in (messages.questions[place] for place in places.tolist()) if one.kind >= 0]
    above = Branch("Query Stats", len(asked), filter="dns.flags.response == 0")
    lengths = np.array([len(one.name) for one in asked], np.int64)
    above.add("Qname Len", len(asked), lengths, filter="dns.qry.name.len")
    labels = np.minimum(np.array([one.labels for one in asked], np.int64), 4)
    levels = above.add("Label Stats", int((labels > 0).sum()), filter="dns.count.labels > 0")
    for level, name in enumerate(_LEVELS, 1):
        condition = f"dns.count.labels {'>=' if level == 4 else '=='} {level}"
        levels.add(name, int((labels == level).sum()), filter=condition)
    return above


def _responses(messages: DnsMessages, replies: Bools) -> Branch:
    counts = messages.counts[replies]
    above = Branch("Response Stats", len(counts), filter="dns.flags.response == 1")
    for column, name in enumerate(("questions", "answers", "authorities", "additionals")):
        above.add(f"no. of {name}", len(counts), counts[:, column], filter="dns.flags.response == 1")
    return above


def _service(messages: DnsMessages, here: Bools) -> Branch:
    took: NDArray[np.float64] = messages.took[here & messages.first_answer]
    again = here & ~messages.reply & ~messages.first
    unsolicited = here & messages.reply & (messages.partner < 0)
    above = Branch("Service Stats", len(took), filter="dns.time")
    above.add("request-response time (s)", len(took), took, filter="dns.time")
    above.add("no. of unsolicited responses", int(unsolicited.sum()), filter="dns.unsolicited")
    repeated = here & messages.reply & ~messages.first_answer & ~unsolicited
    above.add("no. of retransmissions", int(repeated.sum()), filter="dns.retransmit_response")
    above.add(AGAIN, int(again.sum()), filter="dns.retransmit_request")
    return above
