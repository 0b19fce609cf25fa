"""Numbers of the header decoders, and which header follows which ethertype, IP protocol or link type."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Next(IntEnum):
    """The decoder that a packet goes to next."""

    NOTHING = 0
    ETHERNET = 1
    ETHERTYPE = 2  # two bytes of ethertype stand at the position
    VLAN = 3
    MPLS = 4
    PPPOE = 5
    LLC = 6
    COOKED = 7
    COOKED2 = 8
    LOOPBACK = 9
    IP = 10  # version 4 or 6 by its first four bits
    IPV4 = 11
    IPV6 = 12
    EXTENSION = 13
    AUTHENTICATION = 14
    FRAGMENT6 = 15
    TCP = 16
    UDP = 17
    SCTP = 18
    DCCP = 19
    ICMP = 20
    ICMP6 = 21
    ARP = 22
    GRE = 23
    PPP = 24
    PPP_PROTOCOL = 25  # without address and control bytes
    WLAN = 26
    RADIOTAP = 27
    PRISM = 28
    AVS = 29
    GTP = 30
    VXLAN = 31
    GENEVE = 32
    TEREDO = 33
    HDLC = 34
    FRAME_RELAY = 35
    SCAPY = 36
    UNKNOWN = 37
    OTHER_PROTOCOL = 38  # an IP protocol without ports
    FDDI = 39
    TOKEN_RING = 40
    NFLOG = 41
    PPI = 42
    ERSPAN = 43
    ENCAPSULATED = 44  # MPLS payload: IP by its first bits, else a pseudowire
    LOOPBACK_BIG = 45
    QUOTED = 46


LINK_TYPES: dict[int, Next] = {
    0: Next.LOOPBACK,
    1: Next.ETHERNET,
    6: Next.TOKEN_RING,
    9: Next.PPP,
    10: Next.FDDI,
    12: Next.IP,
    14: Next.IP,
    50: Next.PPP,
    51: Next.PPPOE,
    101: Next.IP,
    104: Next.HDLC,
    105: Next.WLAN,
    107: Next.FRAME_RELAY,
    108: Next.LOOPBACK,
    113: Next.COOKED,
    119: Next.PRISM,
    127: Next.RADIOTAP,
    163: Next.AVS,
    192: Next.PPI,
    228: Next.IPV4,
    229: Next.IPV6,
    239: Next.NFLOG,
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
    0x8847: Next.MPLS,
    0x8848: Next.MPLS,
    0x8864: Next.PPPOE,
    0x6558: Next.ETHERNET,
    0x880B: Next.PPP_PROTOCOL,
    0x88BE: Next.ERSPAN,
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
    132: Next.SCTP,
    136: Next.UDP,
    137: Next.MPLS,
}


def _lookup(size: int, known: dict[int, Next], default: Next) -> NDArray[np.uint8]:
    table = np.full(size, default, np.uint8)
    for number, decoder in known.items():
        table[number] = decoder
    return table


BY_ETHERTYPE = _lookup(65_536, _ETHERTYPES, Next.NOTHING)
BY_PROTOCOL = _lookup(256, _PROTOCOLS, Next.OTHER_PROTOCOL)
