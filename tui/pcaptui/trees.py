"""Trees for the screen: what a packet's surroundings are is found out in the thread that asks the worker."""

from __future__ import annotations

from .capture import Capture
from .dissect.rows import Rows
from .dissect.tree_client import TreeClient
from .fields.context import Context
from .fields.node import Dissection
from .surroundings import Surroundings


class Trees:
    """Trees of one capture's packets. `budget`: see Rows; `client`: a worker that was started already."""

    def __init__(self, capture: Capture, budget: int | None = None, client: TreeClient | None = None) -> None:
        self._capture = capture
        self._budget = budget
        self._client = client if client is not None else TreeClient()
        self._surroundings: Surroundings | None = None

    async def dissection(self, index: int, hurry: bool = False) -> Dissection | None:
        """The tree of packet `index` (from 0); None where another was asked for before this one was begun. In a hurry
        the tree may be partial."""

        def context() -> Context:
            made = self._around().context(index)
            made.hurry = hurry
            return made

        return await self._client.request(context)

    def _around(self) -> Surroundings:
        """In the client's thread, one at a time: rows of its own, so that those of the list are left alone."""
        if self._surroundings is None:
            self._surroundings = Surroundings(self._capture, Rows(self._capture, self._budget))
        return self._surroundings

    def close(self) -> None:
        self._client.close()
