"""The address table: kinds, texts, search."""

from __future__ import annotations

import ipaddress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.loader.addresses import AddressTable, address_text


@pytest.fixture
def table() -> AddressTable:
    """0: 192.0.2.1, 1: 02:00:00:00:00:ff, 2: 2001:db8::1, 3: ::c000:201 (the IPv6 address with IPv4's digits)."""
    table = AddressTable()
    hi = np.array([table.ipv4_key, table.mac_key, 0x20010DB8 << 32, 0], np.uint64)
    lo = np.array([0xC0000201, 0x0200000000FF, 1, 0xC0000201], np.uint64)
    assert table.add(hi, lo).tolist() == [0, 1, 2, 3]
    return table


def test_kinds_and_bytes(table: AddressTable) -> None:
    assert len(table) == 4
    assert [table.kind(index) for index in range(4)] == ["ipv4", "mac", "ipv6", "ipv6"]
    assert table.raw(0) == bytes([192, 0, 2, 1])
    assert table.raw(1) == bytes.fromhex("0200000000ff")
    assert table.raw(2) == bytes.fromhex("20010db8000000000000000000000001")


def test_texts(table: AddressTable) -> None:
    assert [table.text(index) for index in range(3)] == ["192.0.2.1", "02:00:00:00:00:ff", "2001:db8::1"]
    assert table.text(0) == "192.0.2.1"


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("192.0.2.1", 0),
        ("192.0.2.2", -1),
        ("02:00:00:00:00:ff", 1),
        ("02-00-00-00-00-FF", 1),
        ("2001:0DB8:0::1", 2),
        ("::192.0.2.1", 3),
        ("no address", -1),
        ("02:00:00:00:00:fg", -1),
        ("", -1),
    ],
)
def test_find(table: AddressTable, text: str, index: int) -> None:
    assert table.find(text) == index


@pytest.mark.parametrize("index", [-1, 4])
def test_there_is_no_other_address(table: AddressTable, index: int) -> None:
    with pytest.raises(IndexError):
        table.raw(index)
    with pytest.raises(IndexError):
        table.text(index)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("0:0:0:0:0:0:0:0", "::"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
    ],
)
def test_ipv6_texts_follow_rfc_5952(address: str, text: str) -> None:
    assert address_text(ipaddress.ip_address(address).packed) == text


@given(st.binary(min_size=16, max_size=16))
def test_ipv6_texts_lead_back(raw: bytes) -> None:
    assert ipaddress.ip_address(address_text(raw)).packed == raw
