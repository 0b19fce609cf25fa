"""DHCPv6 messages, also those that relay agents wrap (RFC 8415)."""

from __future__ import annotations

from . import dhcpv6_failover
from .branch import HEX, Branch, View, Walk
from .cursor import Cursor
from .dhcpv6_options import MAX_NESTING, options, reader
from .dhcpv6_words import MESSAGES
from .registry import application

RELAYED = (12, 13)
_MODULES = (dhcpv6_failover,)  # its options register themselves


@application("dhcpv6")
def dhcpv6(walk: Walk, view: View) -> None:
    _message(walk.layer(view, "dhcpv6", "DHCPv6"), view.at, view.end, 0)


def _message(branch: Branch, at: int, end: int, depth: int) -> None:
    kind = branch.uint("dhcpv6.msgtype", "Message type", at, 1, names=MESSAGES)
    if kind in RELAYED:
        branch.uint("dhcpv6.hopcount", "Hopcount", at + 1, 1)
        branch.ipv6("dhcpv6.linkaddr", "Link address", at + 2)
        branch.ipv6("dhcpv6.peeraddr", "Peer address", at + 18)
        at += 34
    else:
        branch.uint("dhcpv6.xid", "Transaction ID", at + 1, 3, HEX)
        at += 4
    options(Cursor(branch, at, end), kind, depth)


@reader(9)
def _relayed(value: Cursor, message: int, depth: int) -> None:
    if depth < MAX_NESTING and value.left:
        below = value.branch.add("DHCPv6", "dhcpv6", None, value.at, value.left)
        _message(below, value.at, value.end, depth + 1)
