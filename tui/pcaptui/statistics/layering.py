"""The protocols of one packet as a hierarchy counts them, from its tree and its row."""

from __future__ import annotations

from collections.abc import Sequence

from ..fields.node import Node

Chain = tuple[str, ...]
SHORT, MALFORMED = "_ws.short", "_ws.malformed"
_REMARKS = (("[Malformed Packet]", MALFORMED), ("[Packet size limited during capture]", SHORT))
_TRANSPORTS = frozenset(("tcp", "udp", "sctp", "dccp"))
_QUOTING = frozenset(("icmp", "icmpv6"))
_SCAPY = "scapy."
_UNSEEN = frozenset(("osi", "6inipv4", "image-gif-frame"))
"""Names in the list of a frame's protocols that no line of the tree stands for (found by experiment)."""
_QUOTED = {"scapy.DNS": "dns", "scapy.SNMP": "snmp", "scapy.NTPHeader": "ntp", "scapy.TFTP": "tftp"}
"""What rows do not look into and scapy does, by tshark's names."""
_HEADERS = frozenset(("eth", "llc", "ip", "ipv6", "tcp", "udp"))
"""What rows name wherever there is one."""
_LIMIT = 200


def layered(nodes: Sequence[Node], layers: Sequence[str], info: str) -> Chain:
    """Outermost first. `nodes` are a tree's, `layers` and `info` the row's: it knows protocols that have no tree."""
    tree = _names(nodes)
    ending = next((mark for words, mark in _REMARKS if info.endswith(words) or words in info[-60:]), "")
    tree = [name for name in tree if name not in (SHORT, MALFORMED)]
    tree, row = _seen(tree), _seen(layers)
    if ending == SHORT and info.startswith("["):
        return behind_each_other([*(row[:-1] if len(row) > 1 else ()), ending])  # none of the last one was read
    if row and (_strange(tree) or row[-1] not in tree) and not (ending == SHORT and tree == row[:-1]):
        tree = _by_row(tree, row)
    elif row and (behind := tree[_last(tree, row[-1]) + 1 :]) and behind[0] in _HEADERS:
        tree = [*tree[: -len(behind)], "data"]
    return behind_each_other([name for name in tree if not name.startswith(_SCAPY)] + ([ending] if ending else []))


def behind_each_other(names: Sequence[str], carried: bool = False) -> Chain:
    """Names as a chain: an application's messages in one packet are one layer. `carried`: a transport's payload."""
    found: list[str] = []
    for name in names[:_LIMIT]:
        if not (carried and found and found[-1] == name):
            found.append(name)
        carried = carried or name in _TRANSPORTS
    return tuple(found)


def _names(nodes: Sequence[Node]) -> list[str]:
    """Of lines that are a protocol's: no frame, no fields. Applications quoted in an ICMP error stand beside it."""
    found: list[str] = []
    for node in nodes:
        name = node.field
        if name in ("", "frame", "pkt_comment") or ("." in name and not name.startswith(("_ws.", _SCAPY))):
            continue
        found.append(name)
        if name in _QUOTING:
            below = [child.field for child in node.children]
            at = next((place for place, child in enumerate(below) if child in _TRANSPORTS), len(below))
            found += [_QUOTED.get(child, child) for child in below[at + 1 :] if child in _QUOTED or "." not in child]
    return found


def _last(names: Sequence[str], name: str) -> int:
    """Where a name stands for the last time."""
    return len(names) - 1 - names[::-1].index(name)


def _strange(tree: Sequence[str]) -> bool:
    return any(name.startswith(_SCAPY) for name in tree)


def _seen(layers: Sequence[str]) -> list[str]:
    """Without those that tshark's tree has no line of its own for; an IPv6 extension's is below IPv6."""
    found: list[str] = []
    for place, name in enumerate(layers):
        if name in _UNSEEN or (name == "ah" and place and layers[place - 1] == "ipv6"):
            continue
        if name == "cfp" and found:
            found.pop()  # the Ethernet header that it extends
        found.append(name)
    return found


def _by_row(tree: list[str], row: list[str]) -> list[str]:
    """The row's layers, below those around them that it does not name, above those behind them."""
    around = tree[: tree.index(row[0])] if row[0] in tree else []
    if row[-1] not in tree:
        return around + row
    behind = tree[_last(tree, row[-1]) + 1 :]
    if behind and (behind[0] in _HEADERS or all(name.startswith(_SCAPY) for name in behind)):
        behind = ["data"]  # scapy's own
    return around + row + behind
