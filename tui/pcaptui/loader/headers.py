"""The header columns of whole blocks of packets.

All packets of a block walk their headers side by side: a step takes the packets that wait for one decoder, gathers that
header of all of them with one fancy index, and says which decoder each goes to next. Ordinary traffic is
done after three or four steps; the number of steps bounds tags, tunnels and extension headers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pcaptui.loader import foreign, linklayer, network, transport, tunnels, wireless
from pcaptui.loader.addresses import AddressTable
from pcaptui.loader.decoders import LINK_TYPES, Next
from pcaptui.loader.endpoints import intern
from pcaptui.loader.frames import Frames, Index
from pcaptui.loader.outer import collect
from pcaptui.loader.records import Interface, RecordBlock
from pcaptui.loader.table import Layer, PacketTable

_STEPS = 100
_NO_LINK_TYPE = -1
FILLED = ("network", "transport", "payload", "payload_length", "ethertype", "ip_protocol", "layers", "source",
          "destination", "source_port", "destination_port", "sequence", "acknowledgment", "window",
          "tcp_flags")  # fmt: skip
"""The columns that are filled from a packet's bytes."""

_Decoder = Callable[[Frames, Index], None]
Watch = Callable[[int, Index, NDArray[np.int32]], None]
"""(decoder's number, packets that it was given, where their headers began), after it has been through them."""

_DECODERS: dict[int, _Decoder] = {
    Next.ETHERNET: linklayer.ethernet,
    Next.ETHERTYPE: linklayer.ethertype,
    Next.VLAN: linklayer.vlan,
    Next.MACSEC: linklayer.macsec,
    Next.SERVICE_TAG: linklayer.service_tag,
    Next.FABRIC_PATH: linklayer.fabric_path,
    Next.VNTAG: linklayer.vntag,
    Next.MPLS: linklayer.mpls,
    Next.ENCAPSULATED: linklayer.encapsulated,
    Next.PPPOE: linklayer.pppoe,
    Next.PPP: linklayer.ppp,
    Next.PPP_DIRECTED: linklayer.ppp_directed,
    Next.PREAMBLE: linklayer.preamble,
    Next.FOREIGN: foreign.dissect,
    Next.PPP_PROTOCOL: linklayer.ppp_protocol,
    Next.LLC: linklayer.llc,
    Next.COOKED: linklayer.cooked,
    Next.COOKED2: linklayer.cooked2,
    Next.LOOPBACK: linklayer.loopback,
    Next.HDLC: linklayer.hdlc,
    Next.IP: linklayer.raw_ip,
    Next.FRAME_RELAY: linklayer.frame_relay,
    Next.SLIP: linklayer.slip,
    Next.TOKEN_RING: linklayer.token_ring,
    Next.FDDI: linklayer.fddi,
    Next.ARCNET: linklayer.arcnet,
    Next.ARCNET_LINUX: linklayer.arcnet_linux,
    Next.NFLOG: linklayer.nflog,
    Next.PFLOG: linklayer.pflog,
    Next.ENC: linklayer.enc,
    Next.PKTAP: linklayer.pktap,
    Next.WLAN: wireless.wlan,
    Next.WLAN_SWAPPED: wireless.wlan_swapped,
    Next.RADIOTAP: wireless.radiotap,
    Next.PRISM: wireless.prism,
    Next.AVS: wireless.avs,
    Next.PPI: wireless.ppi,
    Next.IPV4: network.ipv4,
    Next.IPV6: network.ipv6,
    Next.EXTENSION: network.extension,
    Next.AUTHENTICATION: network.authentication,
    Next.FRAGMENT6: network.fragment6,
    Next.ARP: network.arp,
    Next.TCP: transport.tcp,
    Next.UDP: transport.udp,
    Next.SCTP: transport.sctp,
    Next.DCCP: transport.dccp,
    Next.ICMP: transport.icmp,
    Next.ICMP6: transport.icmp6,
    Next.OTHER_PROTOCOL: transport.other,
    Next.GRE: tunnels.gre,
    Next.ERSPAN: tunnels.erspan,
    Next.ERSPAN3: tunnels.erspan3,
    Next.ETHERIP: tunnels.etherip,
    Next.VXLAN: tunnels.vxlan,
    Next.VXLAN_GPE: tunnels.vxlan_gpe,
    Next.GENEVE: tunnels.geneve,
    Next.GTP: tunnels.gtp,
    Next.GTP_EXTENSION: tunnels.gtp_extension,
    Next.TEREDO: tunnels.teredo,
    Next.LISP: tunnels.lisp,
    Next.L2TP: tunnels.l2tp,
    Next.TZSP: tunnels.tzsp,
    Next.NSH: tunnels.nsh,
    Next.GTP0: tunnels.gtp0,
    Next.AYIYA: tunnels.ayiya,
    Next.CAPWAP: tunnels.capwap,
}


def decode(
    block: RecordBlock,
    raw: NDArray[np.uint8],
    interfaces: Sequence[Interface],
    table: PacketTable,
    addresses: AddressTable,
) -> slice:
    """Append a block of packets to the table with all header columns, and return its slice.

    `raw` are the bytes of the source, uint8, which block.offset counts in; it is never copied. Never raises because of
    what the bytes say; a packet that breaks off within its headers keeps what was read (Layer.CUT).
    """
    rows = table.append(len(block))
    for name in ("offset", "time", "captured", "length", "interface"):
        table[name][rows] = getattr(block, name)
    if not len(block):
        return rows
    frames = Frames(raw, block, {name: table[name][rows] for name in FILLED}, rows.start)
    first_decoders(frames, block, interfaces)
    walk(frames)
    intern(frames, addresses)
    collect(frames, rows.start, table.outer, addresses)
    return rows


def first_decoders(frames: Frames, block: RecordBlock, interfaces: Sequence[Interface]) -> None:
    """Send every packet to the decoder of its interface's link type."""
    link_types = np.full(max(len(interfaces), int(block.interface.max()) + 1), _NO_LINK_TYPE, np.int64)
    link_types[: len(interfaces)] = [interface.link_type for interface in interfaces]
    decoders = [LINK_TYPES.get(link_type, Next.UNKNOWN) for link_type in link_types.tolist()]
    frames.link_type = link_types[block.interface]
    frames.next[:] = np.array(decoders, np.uint8)[block.interface]
    unknown = frames.next == Next.UNKNOWN
    if unknown.any():
        frames.next[unknown] = Next.NOTHING
        foreign.mark(frames)
        frames.flag(unknown & (frames.columns["layers"] == 0), Layer.UNKNOWN)


def walk(frames: Frames, watch: Watch | None = None) -> None:
    """Take all packets through the decoders that they wait for, until none waits; `watch` is told of each step."""
    walking: Index = slice(None)
    for _ in range(_STEPS):
        waiting = np.bincount(frames.next[walking], minlength=1)
        walking = np.flatnonzero(frames.next) if waiting[0] else slice(None)
        waiting[0] = 0
        for decoder in np.flatnonzero(waiting).tolist():
            which = walking
            if waiting[decoder] < frames.size:
                which = np.flatnonzero(frames.next == decoder)
            frames.next[which] = Next.NOTHING
            before = frames.position[which].copy() if watch is not None else None
            if decoder in _DECODERS:
                _DECODERS[decoder](frames, which)
            if watch is not None and before is not None:
                watch(decoder, which, before)
        if not waiting.any():
            return
