"""TreeFeed: from the selected packet to its field tree, one request at a time, late answers dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from textual.timer import Timer

from ..widgets.nodes import NodeLike
from ..widgets.protocol_tree import ProtocolTree

PATIENCE = 0.15
"""Seconds that the tree of the packet before may stand until a line says that the new one is on its way."""


class DissectionLike(Protocol):
    """A tree and the other bytes it names; see fields.node.Dissection."""

    @property
    def nodes(self) -> Sequence[NodeLike]: ...
    @property
    def sources(self) -> Mapping[str, bytes]: ...
    @property
    def partial(self) -> bool: ...


class TreeSource(Protocol):
    """Makes trees; see trees.Trees."""

    async def dissection(self, index: int, hurry: bool = False) -> DissectionLike | None: ...

    def close(self) -> None: ...


class TreeFeed:
    """Asks for the tree of the packet wanted last, and shows it if it is still wanted when it comes."""

    def __init__(self, tree: ProtocolTree, arrived: Callable[[Mapping[str, bytes]], None], source: TreeSource) -> None:
        self._tree = tree
        self._arrived = arrived
        self._source = source
        self._wanted: int | None = None
        self._begun: int | None = None
        self._generation = 0
        self._task: asyncio.Task[None] | None = None
        self._timer: Timer | None = None

    def want(self, index: int) -> None:
        """Show the tree of this packet as soon as it is there."""
        self._generation += 1
        self._wanted = index
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._serve())
        if self._timer is None:
            self._timer = self._tree.set_timer(PATIENCE, self._say_so)

    async def _serve(self) -> None:
        while self._wanted is not None:
            generation, wanted = self._generation, self._wanted
            try:
                found = await self._source.dissection(wanted, True)
                if generation == self._generation and found is not None and found.partial:
                    self._begun = wanted
                    self._tree.show(found.nodes)
                    self._arrived(found.sources)
                    found = await self._source.dissection(wanted)
            except Exception as error:  # whatever the dissector does, the screen stays
                self._settle(generation)
                self._tree.show_message(f"no tree: {error}")
                continue
            if generation == self._generation and found is not None:
                self._settle(generation)
                self._tree.show(found.nodes)
                self._arrived(found.sources)

    def _settle(self, generation: int) -> None:
        if generation != self._generation:
            return
        self._wanted = None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _say_so(self) -> None:
        self._timer = None
        if self._wanted is not None and self._wanted != self._begun:
            self._tree.show_message("dissecting …")

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._source.close()


class LateTrees:
    """A source that is made when first asked: its process must not compete with the first frame."""

    def __init__(self, make: Callable[[], TreeSource]) -> None:
        self._make = make
        self._source: TreeSource | None = None

    async def dissection(self, index: int, hurry: bool = False) -> DissectionLike | None:
        if self._source is None:
            self._source = self._make()
        return await self._source.dissection(index, hurry)

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
