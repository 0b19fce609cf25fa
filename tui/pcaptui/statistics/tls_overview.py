"""TLS in numbers: handshakes by version, cipher suite, application protocol and outcome; alerts by kind and sender."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np

from ..fields.tls_names import CIPHER_SUITES
from ..protocols.tls_names import ALERTS, TLS13, VERSIONS
from .conditions import both, equals, of_address
from .table import Column, Table
from .tls_handshakes import TlsHandshakes
from .tree import Branch, tree_table
from .view import View

NONE = "<none>"
_ANSWER = "tls.handshake.type == 2"
_ALERTS = (
    Column("alert", "Alert"),
    Column("sender", "Sender"),
    Column("receiver", "Receiver"),
    Column("count", "Count", "count"),
    Column("first", "First", "moment"),
    Column("packet", "First packet", "number"),
)
_DESCRIPTIONS = {name: number for number, name in ALERTS.items()}


def suite_text(suite: int) -> str:
    """A cipher suite's name, "" for 0."""
    return CIPHER_SUITES.get(suite) or f"Unknown (0x{suite:04x})" if suite else ""


def overview(view: View, found: TlsHandshakes) -> Table:
    """A tree; answered handshakes are counted below versions, ciphers and protocols."""
    total = Branch("TLS handshakes", len(found.connections), filter="tls.handshake.type == 1")
    answered = [one for one in found.connections if one.version]
    _kinds(total, "Version", (one.version for one in answered), _version_filter)
    _kinds(total, "Cipher suite", (suite_text(one.suite) for one in answered), _suite_filter(found))
    _kinds(total, "Application protocol", (one.alpn or NONE for one in answered),
           lambda text: both(_ANSWER, equals("tls.handshake.extensions_alpn_str", text)) if text != NONE else "",
           )  # fmt: skip
    _kinds(total, "Server name", (one.name or NONE for one in found.connections), name_filter)
    _kinds(total, "Outcome", (one.outcome for one in found.connections), lambda text: "")
    alerts = Branch("Alerts", len(found.alerts), filter="tls.alert_message")
    for text, count in Counter(alert.text for alert in found.alerts).most_common():
        alerts.add(text, count, filter=_alert_filter(text))
    return tree_table("tls", "TLS", [total, alerts], view)


def _version_filter(version: str) -> str:
    """Server Hellos; since TLS 1.3 an extension tells (RFC 8446 section 4.2.1)."""
    number = next((number for number, name in VERSIONS.items() if name == version), 0)
    newer = "tls.handshake.extensions.supported_version == 0x0304"
    if number == TLS13:
        return both(_ANSWER, newer)
    return both(_ANSWER, f"tls.handshake.version == {number:#06x}", f"not {newer}")


def name_filter(name: str) -> str:
    """Client Hellos that ask for a server name, or for none."""
    if name in ("", NONE):
        return "tls.handshake.type == 1 and not tls.handshake.extensions_server_name"
    return equals("tls.handshake.extensions_server_name", name)


def _suite_filter(found: TlsHandshakes) -> Callable[[str], str]:
    suites = {suite_text(one.suite): one.suite for one in found.connections}
    return lambda text: f"{_ANSWER} and tls.handshake.ciphersuite == {suites[text]:#06x}"


def _kinds(above: Branch, title: str, texts: Iterable[str], condition: Callable[[str], str]) -> None:
    counted = Counter(texts)
    branch = above.add(title, counted.total())
    for text, count in counted.most_common():
        branch.add(text, count, filter=condition(text))


def alerts(view: View, found: TlsHandshakes) -> Table:
    """A row a kind, sender and receiver; those that are encrypted tell no kind."""
    groups: dict[tuple[str, int, int], list[int]] = {}
    for alert in found.alerts:
        groups.setdefault((alert.text, alert.sender, alert.receiver), []).append(alert.packet)
    keys = sorted(groups, key=lambda key: -len(groups[key]))
    times = view.capture.table["time"]
    begin = int(times[0]) if view.loaded else 0
    ends = [(found.address(sender), found.address(receiver)) for _, sender, receiver in keys]
    values = (
        [text for text, _, _ in keys], [sender for sender, _ in ends], [receiver for _, receiver in ends],
        np.array([len(groups[key]) for key in keys], np.int64),
        np.array([(int(times[groups[key][0]]) - begin) / 1e9 for key in keys], np.float64),
        np.array([groups[key][0] + 1 for key in keys], np.int64),
    )  # fmt: skip

    def condition(row: int) -> str:
        sender, receiver = ends[row]
        return both(_alert_filter(keys[row][0]), of_address(sender, "src"), of_address(receiver, "dst"))

    return Table("alerts", "TLS alerts", _ALERTS, values, condition, sort="count")


def _alert_filter(text: str) -> str:
    """By level and description where the alert tells them."""
    if "Encrypted" in text:
        return "tls.alert_message"
    description = next((number for name, number in _DESCRIPTIONS.items() if name in text), None)
    return "tls.alert_message" if description is None else f"tls.alert_message.desc == {description}"
