"""The header columns of whole blocks of packets.

All packets of a block walk their headers side by side: a step takes the packets that wait for one decoder, gathers that
header of all of them with one fancy index, and says which decoder each goes to next. Ordinary traffic is
done after three or four steps; the number of steps bounds tags, tunnels and extension headers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pcaptui.loader import linklayer, network, transport, tunnels, wireless
from pcaptui.loader.addresses import AddressTable
from pcaptui.loader.decoders import LINK_TYPES, Next
from pcaptui.loader.frames import Frames, Index, layout
from pcaptui.loader.records import Interface, RecordBlock
from pcaptui.loader.table import NONE16, Layer, PacketTable

_STEPS = 32
_FILLED_HERE = ("network", "transport", "payload", "payload_length", "ethertype", "ip_protocol", "layers", "source",
                "destination", "source_port", "destination_port", "sequence", "acknowledgment", "window",
                "tcp_flags")  # fmt: skip

_Decoder = Callable[[Frames, Index], None]

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
    Next.NFLOG: linklayer.nflog,
    Next.PFLOG: linklayer.pflog,
    Next.ENC: linklayer.enc,
    Next.WLAN: wireless.wlan,
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
}

_PAIR4 = layout(8, source=(">u4", 0), destination=(">u4", 4))
_PAIR6 = layout(32, source_hi=(">u8", 0), source_lo=(">u8", 8), destination_hi=(">u8", 16), destination_lo=(">u8", 24))
_MAC = layout(6, high=(">u2", 0), low=(">u4", 2))


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
    frames = Frames(raw, block, {name: table[name][rows] for name in _FILLED_HERE})
    _first_decoders(frames, block, interfaces)
    _walk(frames)
    _intern(frames, addresses)
    return rows


def _first_decoders(frames: Frames, block: RecordBlock, interfaces: Sequence[Interface]) -> None:
    by_interface = np.full(max(len(interfaces), int(block.interface.max()) + 1), Next.UNKNOWN, np.uint8)
    for number, interface in enumerate(interfaces):
        by_interface[number] = LINK_TYPES.get(interface.link_type, Next.UNKNOWN)
    frames.next[:] = by_interface[block.interface]
    unknown = frames.next == Next.UNKNOWN
    if unknown.any():
        frames.flag(np.flatnonzero(unknown), Layer.UNKNOWN)


def _walk(frames: Frames) -> None:
    for _ in range(_STEPS):
        waiting = np.bincount(frames.next, minlength=1)
        waiting[0] = 0
        decoders = np.flatnonzero(waiting)
        if not len(decoders):
            return
        for decoder in decoders.tolist():
            every = waiting[decoder] == frames.size
            which: Index = slice(None) if every else np.flatnonzero(frames.next == decoder)
            frames.next[which] = Next.NOTHING
            if decoder in _DECODERS:
                _DECODERS[decoder](frames, which)


def _intern(frames: Frames, addresses: AddressTable) -> None:
    """Fill the address columns: keys of source and destination alternate, so that ids follow the packets."""
    hi = np.zeros((frames.size, 2), np.uint64)
    lo = np.zeros((frames.size, 2), np.uint64)
    there = np.stack([frames.source_at != NONE16, frames.destination_at != NONE16], axis=1)
    kinds = np.bincount(frames.address_kind, minlength=7)
    every = kinds.max() == frames.size
    if kinds[4]:
        which: Index = slice(None) if every else np.flatnonzero(frames.address_kind == 4)
        pair = frames.gather_at(which, _PAIR4, frames.source_at[which])
        hi[which] = addresses.ipv4_key
        lo[which, 0], lo[which, 1] = pair["source"], pair["destination"]
    if kinds[6]:
        which = slice(None) if every else np.flatnonzero(frames.address_kind == 6)
        pair = frames.gather_at(which, _PAIR6, frames.source_at[which])
        hi[which, 0], hi[which, 1] = pair["source_hi"], pair["destination_hi"]
        lo[which, 0], lo[which, 1] = pair["source_lo"], pair["destination_lo"]
    if kinds[1]:
        which = slice(None) if every else np.flatnonzero(frames.address_kind == 1)
        hi[which] = addresses.mac_key
        for side, at in enumerate((frames.source_at, frames.destination_at)):
            mac = frames.gather_at(which, _MAC, np.where(at[which] == NONE16, 0, at[which]))
            lo[which, side] = mac["high"].astype(np.uint64) << np.uint64(32) | mac["low"]
    ids = np.full((frames.size, 2), -1, np.int32)
    ids[there] = addresses.add(hi[there], lo[there])
    frames.columns["source"][:] = ids[:, 0]
    frames.columns["destination"][:] = ids[:, 1]
