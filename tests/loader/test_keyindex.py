"""KeyIndex against a dict, with and without collisions."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.loader import keyindex
from pcaptui.loader.keyindex import KeyIndex

WORD = st.one_of(st.integers(0, 5), st.integers(0, 2**64 - 1))
BATCHES = st.lists(st.lists(st.tuples(WORD, WORD), max_size=60), max_size=6)


class Colliding(KeyIndex):
    """Every key starts at the same slot."""

    def _hash(self, hi: np.ndarray, lo: np.ndarray) -> np.ndarray:
        return np.zeros(len(lo), np.intp)


def add(index: KeyIndex, keys: Iterable[tuple[int, int]]) -> list[int]:
    pairs = list(keys)
    hi = np.array([hi for hi, _ in pairs], np.uint64)
    lo = np.array([lo for _, lo in pairs], np.uint64)
    return index.lookup_or_add(hi, lo).tolist()


@pytest.mark.parametrize("kind", [KeyIndex, Colliding])
@given(batches=BATCHES)
@settings(max_examples=100, deadline=None)
def test_ids_follow_first_appearance(kind: type[KeyIndex], batches: list[list[tuple[int, int]]]) -> None:
    index, expected = kind(), {}
    for batch in batches:
        assert add(index, batch) == [expected.setdefault(key, len(expected)) for key in batch]
        assert len(index) == len(expected)
    hi, lo = index.keys
    assert list(zip(hi.tolist(), lo.tolist(), strict=True)) == list(expected)
    for key, number in expected.items():
        assert index.find(*key) == number
    assert index.find(77, 2**63 + 9) == expected.get((77, 2**63 + 9), -1)


def test_more_collisions_than_probes_spill_and_survive_growth() -> None:
    index = Colliding()
    keys = [(0, number) for number in range(3 * keyindex._ROUNDS)]
    assert add(index, keys + keys) == [*range(len(keys))] * 2
    index._rehash(len(index._slots) * 2)
    assert add(index, reversed(keys)) == [*reversed(range(len(keys)))]
    assert [index.find(*key) for key in keys] == [*range(len(keys))]
    assert index.find(1, 1) == -1


def test_growth_over_many_chunks() -> None:
    index = KeyIndex()
    keys = np.random.default_rng(1).permutation(200_000).astype(np.uint64)
    first = index.lookup_or_add(keys >> np.uint64(3), keys)
    assert first.tolist() == list(range(200_000))
    again = index.lookup_or_add((keys >> np.uint64(3))[::-1], keys[::-1])
    assert again.tolist() == list(range(200_000))[::-1]
    assert index.find(int(keys[777]) >> 3, int(keys[777])) == 777


class Hashless(KeyIndex):
    """All keys have the same hash."""

    def _mixed(self, hi: np.ndarray, lo: np.ndarray) -> np.ndarray:
        return np.zeros(len(lo), np.uint64)


@pytest.mark.parametrize("kind", [KeyIndex, Hashless])
def test_many_first_keys_at_once_are_numbered_as_they_appear(kind: type[KeyIndex], monkeypatch) -> None:
    monkeypatch.setattr(keyindex, "_BULK", 64)
    random = np.random.default_rng(2)
    for distinct in (1, 20, 100):
        index, expected = kind(), {}
        for _ in range(3):
            batch = [(int(number) % 3, int(number)) for number in random.integers(0, distinct, 100)]
            assert add(index, batch) == [expected.setdefault(key, len(expected)) for key in batch]
            assert len(index) == len(expected)
        hi, lo = index.keys
        assert list(zip(hi.tolist(), lo.tolist(), strict=True)) == list(expected)


def test_a_key_is_found_among_many_first_ones() -> None:
    index = KeyIndex()
    numbers = np.arange(keyindex._BULK, dtype=np.uint64)
    index.lookup_or_add(numbers % np.uint64(7), numbers % np.uint64(7))
    assert [index.find(key, key) for key in range(8)] == [0, 1, 2, 3, 4, 5, 6, -1]


def test_an_empty_batch() -> None:
    assert add(KeyIndex(), []) == []
