"""--decode-as: ports whose payload is dissected as a protocol of the user's choice, whatever it looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .errors import UsageError

SELECTORS = ("tcp.port", "udp.port")
DATA = "data"
"""The protocol of bytes that nobody dissects."""
_EXAMPLE = "--decode-as tcp.port==8080,http"
_SAME = {
    "ssl": "tls",
    "bootp": "dhcp",
    "mbtcp": "modbus",
    "sunrpc": "rpc",
    "postgresql": "pgsql",
    "nbdatagram": "nbdgm",
}
_OFTEN = ("data", "dns", "dtls", "ftp", "http", "imap", "mqtt", "mysql", "quic", "sip", "smtp", "ssh", "tls")
_BY_FUNCTION = ("lineservices", "beacons")
_FUNCTIONS = {
    "ftp_data": "ftp-data", "mdns": "mdns", "llmnr": "llmnr", "ripng": "ripng", "datagrams": "nbdgm",
    "vxlan_gpe": "vxlan-gpe", "geneve": "geneve", "teredo": "teredo", "ayiya": "ayiya", "rlogin": "rlogin",
    "lpd": "lpd", "dissect": "", "distributed_hash_table": "bt-dht", "local_discovery": "bt-lsd",
}  # fmt: skip
"""Dissectors whose protocol is not named as their module is."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Ports `first` to `last` of a selector are dissected as `protocol`."""

    selector: str
    first: int
    last: int
    protocol: str


@dataclass(frozen=True)
class DecodeAs:
    """The rules of one capture; later ones count where they overlap."""

    rules: tuple[Rule, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rules)

    @cached_property
    def tcp(self) -> Mapping[int, Any]:
        """The StreamDissector of each TCP port asked for; None: the bytes are data."""
        return self._dissectors("tcp.port")

    @cached_property
    def udp(self) -> Mapping[int, Any]:
        """The UdpDissector of each UDP port asked for; None: the bytes are data."""
        return self._dissectors("udp.port")

    def _dissectors(self, selector: str) -> dict[int, Any]:
        mine = [rule for rule in self.rules if rule.selector == selector]
        known = dissectors(selector) if mine else {}
        return {port: known.get(rule.protocol) for rule in mine for port in range(rule.first, rule.last + 1)}

    def ports(self, selector: str, protocol: str) -> tuple[int, ...]:
        """The ports that are dissected as a protocol because they were asked for."""
        asked: dict[int, str] = {}
        for rule in self.rules:
            if rule.selector == selector:
                asked.update(dict.fromkeys(range(rule.first, rule.last + 1), rule.protocol))
        return tuple(port for port, name in asked.items() if name == protocol)


NOTHING = DecodeAs()


def dissectors(selector: str) -> dict[str, Callable[..., Any]]:
    """All protocols known for a selector, by Wireshark's names."""
    from .protocols import registry

    registry.load()
    functions: list[Callable[..., Any]]
    if selector == "tcp.port":
        functions = [*registry.tcp_ports.values(), *(function for _, function in registry.tcp_heuristics)]
    else:
        functions = [*registry.udp_ports.values(), *registry.udp_heuristics]
    found: dict[str, Callable[..., Any]] = {}
    for function in functions:
        name = name_of(function)
        if name:
            found.setdefault(name, function)
    return found


def name_of(function: Callable[..., Any]) -> str:
    """What Wireshark calls a dissector's protocol, "" for one without a name."""
    module = str(getattr(function, "__module__", "")).rpartition(".")[2]
    name = str(getattr(function, "__name__", module))
    return name if module in _BY_FUNCTION else _FUNCTIONS.get(name, module)


def parse_rules(texts: Iterable[str]) -> DecodeAs:
    """Rules from texts like 'tcp.port==8080,http', 'udp.port==5000-5010,sip' or 'tcp.port==8000:3,http' (three ports
    from 8000 on). Raises UsageError that says what is known instead."""
    return DecodeAs(tuple(map(parse_rule, texts)))


def parse_rule(text: str) -> Rule:
    """One rule, see parse_rules."""
    selection, comma, name = text.rpartition(",")
    selector, equals, ports = selection.partition("==")
    selector, name = selector.strip(), name.strip()
    if not (comma and equals and selector and name):
        raise UsageError(f"--decode-as: '{text}' is not like {_EXAMPLE.partition(' ')[2]}")
    if selector not in SELECTORS:
        raise UsageError(f"--decode-as: '{selector}' is not known{_nearest(selector, SELECTORS)}; "
                         f"known are {' and '.join(SELECTORS)}")  # fmt: skip
    first, last = _ports(text, ports.strip())
    known = dissectors(selector)
    protocol = _SAME.get(name.lower(), name.lower())
    if protocol != DATA and protocol not in known:
        raise UsageError(
            f"--decode-as: '{name}' is no protocol that {selector} can be decoded as"
            f"{_nearest(protocol, (*known, DATA))}; known are {_some(known)}"
        )
    return Rule(selector, first, last, protocol)


def _ports(text: str, ports: str) -> tuple[int, int]:
    low, dash, high = ports.partition("-")
    many = ""
    if not dash:
        low, many, high = ports.partition(":")
    first = _number(text, low)
    if many:
        last = first + _number(text, high) - 1
    else:
        last = _number(text, high) if dash else first
    if not 0 <= first <= last <= 0xFFFF:
        raise UsageError(
            f"--decode-as: '{ports}' in '{text}' holds no port; ports are 0 to 65535 and ranges go upwards"
        )
    return first, last


def _number(text: str, digits: str) -> int:
    try:
        if len(digits) > 8 or "_" in digits:
            raise ValueError
        return int(digits, 0)
    except ValueError:
        raise UsageError(f"--decode-as: '{digits}' in '{text}' is no port number") from None


def _some(known: Iterable[str]) -> str:
    names = [*known, DATA]
    often = [name for name in _OFTEN if name in names]
    return f"{', '.join(often)} and {len(names) - len(often)} more"


def _nearest(word: str, known: Iterable[str]) -> str:
    import difflib  # only where something is wrong

    near = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f" (did you mean {near[0]}?)" if near else ""
