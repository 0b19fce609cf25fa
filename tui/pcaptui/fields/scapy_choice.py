"""Which of scapy's layers comes next: by scapy's own bindings of ethertypes, IP protocols, link types and ports.

scapy.all knows its core layers. Those of scapy.contrib are loaded when a packet carries a number that they bind; a
module binds all of its numbers at once, so that the order in which packets are looked at does not matter.
"""

from __future__ import annotations

import importlib
from functools import cache, lru_cache
from typing import Any

from . import patience, registry
from .scapy_load import scapy

_ETHERTYPES = {
    0x8809: "slowprot lacp", 0x8847: "mpls", 0x8892: "pnio", 0x8808: "mac_control", 0x88A2: "aoe",
    0x88A4: "ethercat", 0x88CC: "lldp", 0x88E1: "homeplugav", 0x88E5: "macsec", 0x8915: "roce",
    0x894F: "nsh", 0xED3E: "ife",
}  # fmt: skip
_IP_PROTOCOLS = {2: "igmp igmpv3", 46: "rsvp", 88: "eigrp", 89: "ospf", 97: "etherip", 103: "pim", 112: "carp",
                 137: "mpls"}  # fmt: skip
_UDP = {
    319: "ptp_v2", 320: "ptp_v2", 521: "ripng", 646: "ldp", 862: "stamp", 1000: "psp", 1080: "socks", 1101: "sebek",
    1113: "ltp", 1589: "vqp", 1883: "mqttsn", 2123: "gtp gtp_v2", 2152: "gtp", 3250: "hicp", 3478: "stun",
    3671: "knx", 3784: "bfd", 4784: "bfd", 4791: "roce", 5683: "coap", 6081: "geneve", 6635: "mpls",
    6811: "automotive.bmw.hsfz", 7784: "bfd", 8138: "bier", 8805: "pfcp", 8821: "concox", 13400: "automotive.doip",
    30490: "automotive.someip", 34962: "pnio", 51820: "wireguard",
}  # fmt: skip
_TCP = {
    49: "tacacs", 104: "dicom", 179: "bgp", 323: "rtr", 502: "modbus", 554: "rtsp", 646: "ldp",
    1080: "socks", 1883: "mqtt", 2000: "skinny", 2404: "scada.iec104", 3306: "mysql", 3478: "stun", 3868: "diameter",
    5432: "postgres", 6633: "openflow", 6653: "openflow", 6801: "automotive.bmw.hsfz",
    8282: "rtr", 8821: "concox", 11112: "dicom", 13400: "automotive.doip", 20256: "scada.pcom",
    30490: "automotive.someip", 44818: "enipTCP",
}  # fmt: skip

_SLOW, _VRRP = "01:80:c2:00:00:02", "224.0.0.18"
"""Destinations on which some bindings insist."""


def choose(kind: str, key: int | tuple[int, int], data: bytes) -> tuple[Any, Any]:
    """The class of the layer, None where scapy knows none, and a header as if it had come before, or None.

    `kind` and `key`: see payload.carried.
    """
    everything = scapy()
    if kind == "link_type":
        return everything.conf.l2types.num2layer.get(key), None
    under = _under(everything, kind, key)
    if under is None:
        return None, None
    found = _guess(everything, under, data)
    if found is None and _load_contrib(kind, key):
        found = _guess(everything, under, data)
    return found, under


def _under(everything: Any, kind: str, key: Any) -> Any:
    if kind == "ethertype":
        return everything.Ether(type=key, dst=_SLOW)
    if kind == "ip_protocol":
        return everything.IP(proto=key, dst=_VRRP)
    if kind in ("udp", "tcp"):
        layer = everything.UDP if kind == "udp" else everything.TCP
        return layer(sport=key[0], dport=key[1])
    return None


def _guess(everything: Any, under: Any, data: bytes) -> Any:
    try:
        found = under.guess_payload_class(data)
    except Exception:  # some look into the data
        return None
    if isinstance(found, type) and issubclass(found, (everything.Raw, everything.Padding)):
        return None
    return found if callable(found) else None


def _load_contrib(kind: str, key: Any) -> bool:
    """Load what the table has for these numbers; whether there was any."""
    table = {"ethertype": _ETHERTYPES, "ip_protocol": _IP_PROTOCOLS, "udp": _UDP, "tcp": _TCP}[kind]
    keys = key if isinstance(key, tuple) else (key,)
    names = [table[one] for one in keys if one in table]
    for name in names:
        _contrib(name)
    return bool(names)


@cache
def _contrib(names: str) -> None:
    """Load modules of scapy.contrib."""
    with patience.untimed():
        for name in names.split():
            try:
                importlib.import_module(f"scapy.contrib.{name}")
            except Exception:  # a module that is not there, or wants one that is not
                continue


@lru_cache(maxsize=1)
def known() -> dict[Any, registry.Builder]:
    """Layers of scapy's that our own builders know, and these."""
    everything = scapy()
    registry.load()
    found: dict[Any, registry.Builder] = {}
    for number, layer in everything.conf.l2types.num2layer.items():
        if number in registry.link_types:
            found[layer] = registry.link_types[number]
    for carrier, name, table in (
        (everything.IP, "proto", registry.ip_protocols),
        (everything.Ether, "type", registry.ethertypes),
    ):
        for condition, layer in carrier.payload_guess:
            if condition.get(name) in table:
                found[layer] = table[condition[name]]
    return found
