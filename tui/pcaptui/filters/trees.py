"""Fields from the protocol trees of packets, and protocols from their rows where that is enough."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, defaultdict
from collections.abc import Iterator

from ..capture import Capture
from ..dissect.rows import Rows
from ..fields.node import Dissection, Node, Value
from ..fields.tree import dissect
from ..surroundings import Surroundings
from .literals import BILLION, Plain
from .packets import Occurrences
from .registry import find
from .types import INTEGRAL, TIMES, FieldInfo, Type
from .values import Found

_GATHERED = {
    "ip.addr": ("ip.src", "ip.dst"),
    "ipv6.addr": ("ipv6.src", "ipv6.dst"),
    "eth.addr": ("eth.dst", "eth.src"),
    "eth.addr.oui": ("eth.dst.oui", "eth.src.oui"),
    "tcp.port": ("tcp.srcport", "tcp.dstport"),
    "udp.port": ("udp.srcport", "udp.dstport"),
    "sctp.port": ("sctp.srcport", "sctp.dstport"),
    "wlan.addr": ("wlan.ra", "wlan.ta", "wlan.da", "wlan.sa", "wlan.bssid"),
    "ip.host": ("ip.src", "ip.dst"),
    "ip.src_host": ("ip.src",),
    "ip.dst_host": ("ip.dst",),
    "http.request": ("http.request.method",),
    "http.response": ("http.response.code",),
    "smtp.req": ("smtp.command_line",),
    "smtp.rsp": ("smtp.response",),
    "ipv6.src_host": ("ipv6.src",),
    "ipv6.dst_host": ("ipv6.dst",),
    "ipv6.host": ("ipv6.src", "ipv6.dst"),
}
"""Fields that the tree shows under other names."""

_FTP = {"ftp.request": True, "ftp.response": False}
"""Every packet of FTP has both; what they are by whether it asks."""
_SHARED_BY = {"dns": ("mdns", "llmnr"), "http": ("ssdp",), "tls": ("quic",)}
"""Protocols that have the fields of others."""
_KEPT = 4096
_UNFINISHED = " [TCP segment of a reassembled PDU]"
SPOKEN = frozenset(
    "dns mdns llmnr nbns http tls dhcp dhcpv6 ftp ftp-data smtp imf pop imap ntp ssh telnet quic eapol icmp icmpv6 "
    "igmp http2 ssdp tftp snmp sip rtp rtcp rtsp ldap kerberos mqtt mysql pgsql rip syslog arp".split()
)
"""Protocols that packets' rows tell of, so that a tree is built only where one of them is."""


class TreeFields:
    """Answers for one capture, one thread. What was found for the latest packets is kept."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._rows = Rows(capture)
        self._surroundings: Surroundings | None = None
        self._found: OrderedDict[int, Occurrences] = OrderedDict()
        self._names: frozenset[str] = frozenset()
        self._spoken: frozenset[str] | None = None

    def layers(self, index: int) -> tuple[str, ...]:
        """The names of a packet's layers, outermost first.

        A segment that only begins a message is coloured as the message's protocol, but does not hold it.
        """
        row = self._rows.row(index)
        layers = row.layers
        if row.protocol == "TCP" and row.info.endswith(_UNFINISHED) and "tcp" in layers:
            return layers[: layers.index("tcp") + 1]
        return layers

    def fields(self, index: int, names: frozenset[str]) -> Occurrences:
        """See FieldSource."""
        if names != self._names:
            self._found.clear()
            self._names = names
            prefixes = {name.partition(".")[0] for name in names}
            others = {name for prefix in prefixes for name in _SHARED_BY.get(prefix, ())}
            self._spoken = frozenset(prefixes | others) if prefixes <= SPOKEN else None
        found = self._found.get(index)
        if found is None:
            found = self._found[index] = self._look(index, names)
            if len(self._found) > _KEPT:
                self._found.popitem(last=False)
        return found

    def _look(self, index: int, names: frozenset[str]) -> Occurrences:
        if self._spoken is not None and self._spoken.isdisjoint(self._rows.row(index).layers):
            return {}
        if self._surroundings is None:
            self._surroundings = Surroundings(self._capture, self._rows)
        context = self._surroundings.context(index)
        context.with_scapy = any(name.startswith("scapy.") for name in names)
        dissection = dissect(context)
        found = collect(dissection, context.frame, names)
        if context.layers and context.layers[-1] not in {node.field for node in dissection.nodes}:
            # Bytes of a protocol that has rows, but no tree, are no data that nobody knows.
            for name in ("data", "data.data", "data.len"):
                found.pop(name, None)
        for layer in self.layers(index):
            if layer in names and layer not in found:
                found[layer] = [Found(b"")]
        return found


def collect(dissection: Dissection, frame: bytes, names: frozenset[str]) -> dict[str, list[Found]]:
    """The named fields of a tree, in the order of the tree."""
    found: dict[str, list[Found]] = defaultdict(list)
    wanted: dict[str, list[FieldInfo]] = defaultdict(list)
    for name in names:
        info = find(name)
        if info is not None:
            for shown in _GATHERED.get(info.name, (info.name,)):
                wanted[shown].append(info)
    layers: dict[str, int] = defaultdict(int)
    for top in dissection.nodes:
        for node in _walk(top):
            if "." not in node.field:
                layers[node.field] += 1
            for info in wanted.get(node.field, ()):
                data = frame if node.source is None else dissection.sources.get(node.source, b"")
                item = _item(node, info, data, max(1, layers[node.field.partition(".")[0]]))
                if item is not None:
                    found[info.name].append(item)
    for name in names & _FTP.keys():
        found[name] = [Found(int(_asked(node) == _FTP[name])) for node in dissection.nodes if node.field == "ftp"]
    return dict(found)


def _asked(ftp: Node) -> bool:
    """Whether it is the client that speaks."""
    return not any(node.field.startswith("ftp.response.") for node in _walk(ftp))


def _walk(top: Node) -> Iterator[Node]:
    stack = [top]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def _item(node: Node, info: FieldInfo, data: bytes, layer: int) -> Found | None:
    start, length = node.start, node.length or 0
    raw = data[start : start + length] if start is not None else b""
    if info.type is Type.NONE:
        return Found(None, length, layer)
    if info.type is Type.PROTOCOL:
        return Found(raw, length, layer)
    value = _plain(node.value, info, raw)
    return None if value is None else Found(value, length, layer)


def _plain(value: Value, info: FieldInfo, raw: bytes) -> Plain | None:
    """A value of the tree as filters keep it, None where it does not fit its type."""
    kind = info.type
    if kind is Type.STRING:
        return str(value) if value is not None else ""
    if kind is Type.BOOLEAN and isinstance(value, str):
        return 1
    if kind in TIMES:
        return _time(value)
    if kind in INTEGRAL:
        return int(value) if isinstance(value, (int, float)) else _number(value)
    if kind is Type.FLOAT:
        return float(value) if isinstance(value, (int, float)) else None
    if kind is Type.OID:
        return str(value)
    size = {Type.IPV4: 4, Type.IPV6: 16, Type.ETHER: 6, Type.EUI64: 8, Type.GUID: 16}.get(kind, 0)
    if not size:
        return raw if raw or not isinstance(value, str) else _hex(value)
    return _address(value, size, raw) if isinstance(value, str) else raw if len(raw) == size else None


def _number(value: Value) -> int | None:
    try:
        return int(str(value), 0)
    except ValueError:
        return None


def _time(value: Value) -> int | None:
    """Seconds, as a number or a string with nine digits, as ns."""
    if isinstance(value, float):
        return round(value * BILLION)
    if isinstance(value, int):
        return value * BILLION
    whole, _, rest = str(value).partition(".")
    try:
        size = abs(int(whole)) * BILLION + int(rest.ljust(9, "0")[:9] or "0")
    except ValueError:
        return None
    return -size if whole.startswith("-") else size


def _address(text: str, size: int, raw: bytes) -> bytes | None:
    try:
        packed = ipaddress.ip_address(text).packed if size in (4, 16) and "-" not in text else _hex(text)
    except ValueError:
        packed = None
    if packed is not None and len(packed) == size:
        return packed
    return raw if len(raw) == size else None


def _hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text.replace(":", "").replace("-", ""))
    except ValueError:
        return None
