"""Every address of a capture once: MAC, IPv4 and IPv6 behind one dense index."""

from __future__ import annotations

import os
import socket
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pcaptui.loader.keyindex import KeyIndex

Kind = Literal["mac", "ipv4", "ipv6"]


class AddressTable:
    """Addresses numbered from 0 in order of first appearance.

    All kinds share one KeyIndex. An IPv6 address is its own 128-bit key; IPv4 and MAC addresses stand behind secret
    random upper halves, which no capture can hit.
    """

    def __init__(self) -> None:
        self._index = KeyIndex()
        self.ipv4_key = _random_half()
        self.mac_key = _random_half()
        self.no_key = _random_half()
        self._texts: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._index)

    def add(self, hi: NDArray[Any], lo: NDArray[Any]) -> NDArray[np.int32]:
        """Indexes of many addresses: IPv6 as two halves, others as (`ipv4_key` or `mac_key`, value)."""
        return self._index.lookup_or_add(hi, lo)

    def kind(self, index: int) -> Kind:
        hi = self._key(index)[0]
        if hi == self.ipv4_key:
            return "ipv4"
        return "mac" if hi == self.mac_key else "ipv6"

    def raw(self, index: int) -> bytes:
        """The address as in the packet: 4, 6 or 16 bytes."""
        hi, lo = self._key(index)
        if hi == self.ipv4_key:
            return lo.to_bytes(4, "big")
        return lo.to_bytes(6, "big") if hi == self.mac_key else hi.to_bytes(8, "big") + lo.to_bytes(8, "big")

    def text(self, index: int) -> str:
        """As tshark prints it: dotted, RFC 5952, or colons between bytes. IndexError for an index never given out."""
        known = self._texts.get(index)
        if known is None:
            known = address_text(self.raw(index))
            if len(self._texts) >= 65_536:
                self._texts.clear()
            self._texts[index] = known
        return known

    def find(self, text: str) -> int:
        """Index of an address written in any usual way, -1 if the capture has no such (or it is no address)."""
        import ipaddress  # rarely needed, so not at every start

        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            digits = text.replace(":", "").replace("-", "").replace(".", "")
            try:
                return self._index.find(int(self.mac_key), int(digits, 16)) if len(digits) == 12 else -1
            except ValueError:
                return -1
        value = int(address)
        if address.version == 4:
            return self._index.find(int(self.ipv4_key), value)
        return self._index.find(value >> 64, value & (1 << 64) - 1)

    @property
    def keys(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Upper and lower halves of all addresses by index; IPv4's and MAC's upper halves are their kind's key."""
        return self._index.keys

    def ranks(self) -> NDArray[np.int64]:
        """The place of every address among all of them in order: IPv4, then MAC, then IPv6, each by value."""
        hi, lo = self._index.keys
        kind = np.where(hi == self.ipv4_key, 0, np.where(hi == self.mac_key, 1, 2))
        ranks = np.empty(len(hi), np.int64)
        ranks[np.lexsort((lo, hi, kind))] = np.arange(len(hi))
        return ranks

    def _key(self, index: int) -> tuple[int, int]:
        if not 0 <= index < len(self._index):
            raise IndexError(f"no address {index}")
        hi, lo = self._index.keys
        return int(hi[index]), int(lo[index])


def _random_half() -> np.uint64:
    return np.uint64(int.from_bytes(os.urandom(8), "big"))


def address_text(raw: bytes) -> str:
    """Text of 4 (IPv4), 6 (MAC) or 16 (IPv6) bytes; of any other length, hex bytes with colons."""
    if len(raw) == 4:
        return socket.inet_ntop(socket.AF_INET, raw)
    return ipv6_text(raw) if len(raw) == 16 else raw.hex(":")


def ipv6_text(raw: bytes) -> str:
    """RFC 5952 section 4; section 5's dotted tail only for ::ffff:0:0/96 and ::/96, as inet_ntop does."""
    return socket.inet_ntop(socket.AF_INET6, raw)
