"""Dense numbers for 128-bit keys, whole arrays at a time: an open-addressing hash table in numpy."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CHUNK = 32_768
_ROUNDS = 40
_EMPTY = -1
_MANY = 300_000
_BULK = 20_000
_SLOTS = 1024

_Array64 = NDArray[np.uint64]


class KeyIndex:
    """Map of (hi, lo) pairs of uint64 to int32 ids in order of first appearance, from 0.

    Keys are compared in full, so ids are exact whatever collides. The hash is seeded per process, so that a capture
    cannot be made to collide. A key that finds no slot in `_ROUNDS` probes goes to a dict.
    The first keys, if they come all at once, are sorted by their hashes; slots are then made when more come.
    """

    def __init__(self) -> None:
        self._seeds = [np.uint64(int.from_bytes(os.urandom(8), "big") | 1) for _ in range(3)]
        self._hi = np.zeros(256, np.uint64)
        self._lo = np.zeros(256, np.uint64)
        self._slots = np.full(_SLOTS, _EMPTY, np.int32)
        self._overflow: dict[tuple[int, int], int] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def keys(self) -> tuple[_Array64, _Array64]:
        """The (hi, lo) columns of all keys, shape (len,), by id."""
        return self._hi[: self._count], self._lo[: self._count]

    def lookup_or_add(self, hi: NDArray[Any], lo: NDArray[Any]) -> NDArray[np.int32]:
        """Ids of the keys, shape (n,), int32; unknown keys are added in order of first appearance."""
        size = len(lo)
        if self._count == 0 and size >= _BULK:
            sorted_in = self._sort_in(hi.astype(np.uint64, copy=False), lo.astype(np.uint64, copy=False))
            if sorted_in is not None:
                return sorted_in
        ids = np.empty(size, np.int32)
        for start in range(0, size, _CHUNK):
            part = slice(start, min(start + _CHUNK, size))
            self._add(hi[part].astype(np.uint64, copy=False), lo[part].astype(np.uint64, copy=False), ids[part])
        return ids

    def find(self, hi: int, lo: int) -> int:
        """Id of one key, -1 if it is not there."""
        key_hi, key_lo = np.array([hi], np.uint64), np.array([lo], np.uint64)
        self._reserve(0)
        place = self._hash(key_hi, key_lo)
        for step in range(_ROUNDS):
            found = int(self._slots[place[0]])
            if found < 0:
                return -1
            if self._hi[found] == key_hi[0] and self._lo[found] == key_lo[0]:
                return found
            place = self._next(place, step)
        return self._overflow.get((hi, lo), -1)

    def _sort_in(self, hi: _Array64, lo: _Array64) -> NDArray[np.int32] | None:
        """Ids of the first keys of all; None, and nothing is added, if two of them have nearly the same hash."""
        size = len(lo)
        bits = np.uint64(size.bit_length())
        tags = self._mixed(hi, lo)
        tags >>= bits
        tags <<= bits
        tags |= np.arange(size, dtype=np.uint64)
        tags.sort()
        order = (tags & ((np.uint64(1) << bits) - np.uint64(1))).view(np.intp)
        tags >>= bits
        heads = np.ones(size, np.bool_)
        np.not_equal(tags[1:], tags[:-1], out=heads[1:])
        for key in (hi, lo):
            sorted_key = key.take(order)
            if (sorted_key[1:][~heads[1:]] != sorted_key[:-1][~heads[1:]]).any():
                return None
        del tags, sorted_key
        firsts = order[heads]
        group = np.cumsum(heads, dtype=np.int32)
        group -= 1
        opens = np.zeros(size, np.bool_)
        opens[firsts] = True
        rank = np.cumsum(opens, dtype=np.int32)
        rank -= 1
        ids = np.empty(size, np.int32)
        ids[order] = rank.take(firsts).take(group)
        del order, group, rank
        self._hi, self._lo = hi[opens], lo[opens]
        self._count = len(firsts)
        self._slots = self._slots[:0]
        return ids

    def _mixed(self, hi: _Array64, lo: _Array64) -> _Array64:
        """A seeded hash of each key (multiply and fold, as in wyhash and splitmix64); the high bits are the best."""
        mixed: _Array64 = lo * self._seeds[0]
        mixed ^= mixed >> np.uint64(32)
        mixed += hi
        mixed *= self._seeds[1]
        mixed ^= mixed >> np.uint64(29)
        mixed *= self._seeds[2]
        return mixed

    def _hash(self, hi: _Array64, lo: _Array64) -> NDArray[np.intp]:
        """First slot of each key."""
        mixed = self._mixed(hi, lo)
        mixed >>= np.uint64(65 - len(self._slots).bit_length())
        return mixed.view(np.intp)

    def _next(self, place: NDArray[np.intp], step: int) -> NDArray[np.intp]:
        """Triangular probing: visits every slot of a power of two."""
        moved: NDArray[np.intp] = (place + (step + 1)) & (len(self._slots) - 1)
        return moved

    def _add(self, hi: _Array64, lo: _Array64, ids: NDArray[np.int32]) -> None:
        """Resolve one chunk into `ids`.

        While the chunk is being worked on, a slot taken by its item k holds count + k, which is where its key is put.
        Items of one key walk the same slots in lockstep and the first of them wins each slot, so the winner is the
        key's first appearance.
        """
        self._reserve(len(lo))
        base = self._count
        place = self._hash(hi, lo)
        found = self._slots[place]
        known = found >= 0
        known &= self._lo[found] == lo
        same = known & (self._hi[found] == hi)
        ids[:] = found
        pending = np.flatnonzero(~same)
        if not len(pending):
            return
        self._hi[base : base + len(hi)], self._lo[base : base + len(lo)] = hi, lo
        place = place[pending]
        tags = (pending + base).astype(np.int32)
        taken: list[NDArray[np.intp]] = []
        for step in range(_ROUNDS):
            free = self._slots[place] == _EMPTY
            self._slots[place[free][::-1]] = tags[free][::-1]
            holder = self._slots[place]
            ids[pending] = holder
            lost = holder != tags
            taken.append(place[~lost])
            rest = np.flatnonzero(lost)
            rest = rest[~self._equal(holder[rest], hi, lo, pending[rest])]
            if not len(rest):
                break
            pending, tags, place = pending[rest], tags[rest], self._next(place[rest], step)
        else:
            self._spill(hi, lo, pending, ids)
        self._renumber(hi, lo, np.concatenate(taken), ids)

    def _equal(
        self, holder: NDArray[np.int32], hi: _Array64, lo: _Array64, pending: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        """Whether the key that holds a slot is the pending item's own."""
        same: NDArray[np.bool_] = self._lo[holder] == lo[pending]
        same &= self._hi[holder] == hi[pending]
        return same

    def _spill(self, hi: _Array64, lo: _Array64, pending: NDArray[np.intp], ids: NDArray[np.int32]) -> None:
        for item in pending.tolist():
            key = int(hi[item]), int(lo[item])
            ids[item] = self._overflow.setdefault(key, self._count + item)

    def _renumber(self, hi: _Array64, lo: _Array64, taken: NDArray[np.intp], ids: NDArray[np.int32]) -> None:
        """Turn 'item k of this chunk' into dense ids, in slots, overflow and `ids`."""
        base = self._count
        own = np.flatnonzero(ids == np.arange(base, base + len(ids), dtype=np.int32))
        self._count += len(own)
        if len(own) == len(ids):
            return
        final = np.zeros(len(ids), np.int32)
        final[own] = base + np.arange(len(own))
        self._hi[base : base + len(own)] = hi[own]
        self._lo[base : base + len(own)] = lo[own]
        self._slots[taken] = final[self._slots[taken] - base]
        for key, value in self._overflow.items():
            if value >= base:
                self._overflow[key] = int(final[value - base])
        fresh = ids >= base
        ids[fresh] = final[ids[fresh] - base]

    def _reserve(self, extra: int) -> None:
        """Room for `extra` more keys; a quarter of the slots is taken, up to half where there are many."""
        need = self._count + extra
        if need > len(self._hi):
            size = max(need, len(self._hi) * 3 // 2)
            self._hi = np.concatenate([self._hi[: self._count], np.zeros(size - self._count, np.uint64)])
            self._lo = np.concatenate([self._lo[: self._count], np.zeros(size - self._count, np.uint64)])
        spare = 4 if need < _MANY else 2
        if need * spare > len(self._slots):
            self._rehash(max(1 << (need * spare - 1).bit_length(), _SLOTS))

    def _rehash(self, size: int) -> None:
        self._slots = np.full(size, _EMPTY, np.int32)
        self._overflow = {}
        for start in range(0, self._count, _CHUNK):
            pending = np.arange(start, min(start + _CHUNK, self._count))
            place = self._hash(self._hi[pending], self._lo[pending])
            for step in range(_ROUNDS):
                free = self._slots[place] == _EMPTY
                self._slots[place[free]] = pending[free].astype(np.int32)
                lost = self._slots[place] != pending
                pending, place = pending[lost], self._next(place[lost], step)
                if not len(pending):
                    break
            for item in pending.tolist():
                self._overflow[int(self._hi[item]), int(self._lo[item])] = item
