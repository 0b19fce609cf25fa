import threading

import pytest

from pcaptui.threads import Ahead


def test_pieces_come_in_order_then_none_for_ever() -> None:
    left = list(range(50))
    ahead = Ahead(lambda: left.pop(0) if left else None, 3)
    assert [ahead.take() for _ in range(52)] == [*range(50), None, None]


def test_no_more_is_made_ahead_than_allowed_and_the_thread_ends() -> None:
    made: list[int] = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    ahead = Ahead(make, 3)
    assert ahead.take() == 0
    for thread in threading.enumerate():
        if thread.name == "pcaptui ahead":
            thread.join(10)
            assert not thread.is_alive()
    assert len(made) <= 4
    assert [ahead.take() for _ in range(9)] == list(range(1, 10))


def test_an_error_is_raised_behind_the_pieces_before_it() -> None:
    pieces = iter([1, 2])

    def make() -> int:
        found = next(pieces, None)
        if found is None:
            raise ValueError("no third")
        return found

    ahead = Ahead(make, 8)
    assert [ahead.take(), ahead.take()] == [1, 2]
    with pytest.raises(ValueError, match="no third"):
        ahead.take()
    assert ahead.take() is None
