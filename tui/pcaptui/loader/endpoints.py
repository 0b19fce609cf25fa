"""The address columns of a block: every packet's source and destination as numbers of the address table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcaptui.loader.addresses import AddressTable
from pcaptui.loader.frames import Frames, layout
from pcaptui.loader.table import NONE16

_PAIR6 = layout(32, source_hi=(">u8", 0), source_lo=(">u8", 8), destination_hi=(">u8", 16), destination_lo=(">u8", 24))
_MAC = layout(6, high=(">u2", 0), low=(">u4", 2))

_Keys = list[NDArray[np.uint64]]
"""Upper and lower half of the source's key, upper and lower half of the destination's, shape (n,) each."""


def intern(frames: Frames, addresses: AddressTable) -> None:
    """Fill columns source and destination; new addresses are numbered in the order of packets, source first.

    Most packets have the same pair of addresses as the one before, or the same turned round: only the first of
    such a run is looked up.
    """
    keys = _keys(frames, addresses)
    same, turned = _same(keys, (0, 1, 2, 3)), _same(keys, (2, 3, 0, 1))
    kept = np.flatnonzero(~(same | turned))
    starts = np.zeros(frames.size, np.intp)
    starts[kept[1:]] = 1
    run = np.cumsum(starts)
    turns = np.cumsum(turned & ~same)
    back = (turns - turns[kept][run]) % 2 == 1
    ids = _numbers([key[kept] for key in keys], addresses)
    source, destination = ids[:, 0][run], ids[:, 1][run]
    frames.columns["source"][:] = np.where(back, destination, source)
    frames.columns["destination"][:] = np.where(back, source, destination)


def _same(keys: _Keys, order: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    """Whether a packet's keys are those of the packet before, taken in this order."""
    same = np.ones(len(keys[0]), np.bool_)
    same[0] = False
    for mine, other in enumerate(order):
        same[1:] &= keys[mine][1:] == keys[other][:-1]
    return same


def _numbers(keys: _Keys, addresses: AddressTable) -> NDArray[np.int32]:
    """Ids of these packets' addresses, shape (k, 2), -1 for none."""
    hi, lo = np.stack(keys[0::2], axis=1), np.stack(keys[1::2], axis=1)
    there = hi != addresses.no_key
    ids = np.full(hi.shape, -1, np.int32)
    ids[there] = addresses.add(hi[there], lo[there])
    return ids


def _keys(frames: Frames, addresses: AddressTable) -> _Keys:
    kinds = np.bincount(frames.address_kind, minlength=7)
    if kinds[4] == frames.size:
        hi = np.full(frames.size, addresses.ipv4_key)
        return [hi, frames.source_ipv4.astype(np.uint64), hi, frames.destination_ipv4.astype(np.uint64)]
    hi = np.where(frames.address_kind == 4, addresses.ipv4_key, addresses.no_key)
    keys = [hi, frames.source_ipv4.astype(np.uint64), hi.copy(), frames.destination_ipv4.astype(np.uint64)]
    if kinds[6]:
        which = np.flatnonzero(frames.address_kind == 6)
        pair = frames.gather_at(which, _PAIR6, frames.source_at[which])
        for key, name in zip(keys, ("source_hi", "source_lo", "destination_hi", "destination_lo"), strict=True):
            key[which] = pair[name]
    if kinds[1]:
        _mac_keys(frames, np.flatnonzero(frames.address_kind == 1), keys, addresses)
    for index, given in frames.given.items():
        for side, address in enumerate(given):
            keys[2 * side][index] = int.from_bytes(address[:8], "big")
            keys[2 * side + 1][index] = int.from_bytes(address[8:], "big")
    return keys


def _mac_keys(frames: Frames, which: NDArray[np.intp], keys: _Keys, addresses: AddressTable) -> None:
    for side, column in enumerate((frames.source_at, frames.destination_at)):
        there = which[column[which] != NONE16]
        mac = frames.gather_at(there, _MAC, column[there])
        value: NDArray[np.uint64] = mac["high"].astype(np.uint64)
        value <<= np.uint64(32)
        value |= mac["low"]
        keys[2 * side][there] = addresses.mac_key
        keys[2 * side + 1][there] = value
