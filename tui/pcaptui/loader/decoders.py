"""Numbers of the header decoders, and which header follows which ethertype, IP protocol or link type."""

from __future__ import annotations

from enum import IntEnum, auto

import numpy as np
from numpy.typing import NDArray


class Next(IntEnum):
    """The decoder that a packet goes to next."""

    NOTHING = 0
    UNKNOWN = auto()
    FOREIGN = auto()  # scapy's
    ETHERNET = auto()
    ETHERTYPE = auto()  # two bytes of ethertype stand at the position
    VLAN = auto()
    MACSEC = auto()
    SERVICE_TAG = auto()
    FABRIC_PATH = auto()
    VNTAG = auto()
    MPLS = auto()
    ENCAPSULATED = auto()  # behind MPLS labels
    PPPOE = auto()
    PPP_DIRECTED = auto()  # a byte of direction first
    PREAMBLE = auto()
    PPP = auto()
    PPP_PROTOCOL = auto()  # without address and control bytes
    HDLC = auto()
    FRAME_RELAY = auto()
    LLC = auto()
    COOKED = auto()
    COOKED2 = auto()
    LOOPBACK = auto()
    TOKEN_RING = auto()
    FDDI = auto()
    ARCNET = auto()
    ARCNET_LINUX = auto()
    SLIP = auto()
    NFLOG = auto()
    PFLOG = auto()
    ENC = auto()
    PKTAP = auto()
    PPI = auto()
    WLAN = auto()
    RADIOTAP = auto()
    PRISM = auto()
    AVS = auto()
    WLAN_SWAPPED = auto()  # frame control in the other byte order
    IP = auto()  # version 4 or 6 by its first four bits
    IPV4 = auto()
    IPV6 = auto()
    EXTENSION = auto()
    AUTHENTICATION = auto()
    FRAGMENT6 = auto()
    ARP = auto()
    TCP = auto()
    UDP = auto()
    SCTP = auto()
    DCCP = auto()
    ICMP = auto()
    ICMP6 = auto()
    OTHER_PROTOCOL = auto()  # an IP protocol without ports
    GRE = auto()
    ERSPAN = auto()
    ERSPAN3 = auto()
    ETHERIP = auto()
    VXLAN = auto()
    VXLAN_GPE = auto()
    GENEVE = auto()
    GTP = auto()
    GTP_EXTENSION = auto()
    TEREDO = auto()
    LISP = auto()
    L2TP = auto()
    TZSP = auto()
    AYIYA = auto()
    CAPWAP = auto()
    GTP0 = auto()
    NSH = auto()


LINK_TYPES: dict[int, Next] = {
    0: Next.LOOPBACK,
    1: Next.ETHERNET,
    6: Next.TOKEN_RING,
    7: Next.ARCNET,
    8: Next.SLIP,
    9: Next.PPP,
    10: Next.FDDI,
    11: Next.LLC,
    12: Next.IP,
    14: Next.IP,
    50: Next.PPP,
    51: Next.PPPOE,
    100: Next.LLC,
    101: Next.IP,
    104: Next.HDLC,
    105: Next.WLAN,
    106: Next.IP,
    107: Next.FRAME_RELAY,
    108: Next.LOOPBACK,
    109: Next.ENC,
    113: Next.COOKED,
    144: Next.COOKED,
    149: Next.PKTAP,
    117: Next.PFLOG,
    119: Next.PRISM,
    127: Next.RADIOTAP,
    129: Next.ARCNET_LINUX,
    163: Next.AVS,
    192: Next.PPI,
    204: Next.PPP_DIRECTED,
    228: Next.IPV4,
    274: Next.PREAMBLE,
    229: Next.IPV6,
    239: Next.NFLOG,
    258: Next.PKTAP,
    276: Next.COOKED2,
}

_ETHERTYPES: dict[int, Next] = {
    0x0800: Next.IPV4,
    0x86DD: Next.IPV6,
    0x0806: Next.ARP,
    0x8035: Next.ARP,
    0x8100: Next.VLAN,
    0x88A8: Next.VLAN,
    0x9100: Next.VLAN,
    0x9200: Next.VLAN,
    0x88E5: Next.MACSEC,
    0x88E7: Next.SERVICE_TAG,
    0x8903: Next.FABRIC_PATH,
    0x8926: Next.VNTAG,
    0x8847: Next.MPLS,
    0x8848: Next.MPLS,
    0x8864: Next.PPPOE,
    0x6558: Next.ETHERNET,
    0x880B: Next.PPP_PROTOCOL,
    0x894F: Next.NSH,
}

_PROTOCOLS: dict[int, Next] = {
    0: Next.EXTENSION,
    1: Next.ICMP,
    4: Next.IPV4,
    6: Next.TCP,
    17: Next.UDP,
    33: Next.DCCP,
    41: Next.IPV6,
    43: Next.EXTENSION,
    44: Next.FRAGMENT6,
    47: Next.GRE,
    51: Next.AUTHENTICATION,
    58: Next.ICMP6,
    59: Next.NOTHING,
    60: Next.EXTENSION,
    97: Next.ETHERIP,
    132: Next.SCTP,
    136: Next.UDP,
    137: Next.MPLS,
    140: Next.EXTENSION,
    143: Next.ETHERNET,
}

_UDP_PORTS: dict[int, Next] = {
    1701: Next.L2TP,
    2152: Next.GTP,
    3386: Next.GTP0,
    3544: Next.TEREDO,
    4341: Next.LISP,
    4754: Next.GRE,
    4789: Next.VXLAN,
    4790: Next.VXLAN_GPE,
    5072: Next.AYIYA,
    5247: Next.CAPWAP,
    6081: Next.GENEVE,
    6635: Next.MPLS,
    37008: Next.TZSP,
}
"""The tunnels whose inner headers tshark numbers by default (found by experiment)."""


def _lookup(size: int, known: dict[int, Next], default: Next) -> NDArray[np.uint8]:
    table = np.full(size, default, np.uint8)
    for number, decoder in known.items():
        table[number] = decoder
    return table


BY_ETHERTYPE = _lookup(65_536, _ETHERTYPES, Next.NOTHING)
BY_LINK_TYPE = _lookup(512, LINK_TYPES, Next.NOTHING)
BY_PROTOCOL = _lookup(256, _PROTOCOLS, Next.OTHER_PROTOCOL)
BY_UDP_PORT = _lookup(65_536, _UDP_PORTS, Next.NOTHING)
