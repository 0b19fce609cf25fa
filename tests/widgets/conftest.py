"""Fixtures of the screen's tests: stand-ins for capture, rows and trees, and an app around them."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from pcaptui.app import PcapApp
from pcaptui.screens.verdict import Verdict
from pcaptui.widgets.pane import LinePane


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"widget_{name}", Path(__file__).parent / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_FAKES = _load("fakes")


@pytest.fixture
def fakes() -> ModuleType:
    return _FAKES


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


@pytest.fixture(autouse=True)
def findings_only_where_wanted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """They come whenever their thread is ready: no picture may depend on that."""
    if "findings" not in request.module.__name__:
        monkeypatch.setattr(Verdict, "look", lambda verdict: None)


@pytest.fixture
def east_of_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is two and a half hours ahead of UTC."""
    monkeypatch.setenv("TZ", "XXX-02:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


MakeApp = Callable[..., PcapApp]


@pytest.fixture
def make_app() -> MakeApp:
    """An app over a fake capture of `count` packets; rows and trees may be given."""

    def make(count: int = 500, capture=None, rows=None, trees=None) -> PcapApp:
        capture = capture if capture is not None else _FAKES.FakeCapture(count)
        rows = rows if rows is not None else _FAKES.FakeRows(capture)
        trees = trees if trees is not None else _FAKES.FakeTrees()
        return PcapApp(capture, rows, lambda: trees)

    return make


@pytest.fixture
def text_of() -> Callable[[LinePane], list[str]]:
    """What stands on the lines of a widget."""
    return lambda pane: [pane.render_line(y).text for y in range(pane.size.height)]
