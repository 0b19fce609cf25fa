"""The program's side of the worker process: asks for trees, with a time limit, and starts a new one when it dies."""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ..fields.context import Context
from ..fields.node import Dissection, Node
from . import wire
from .channel import Channel, WorkerGone
from .worker import WARM, bytes_node

TIME_LIMIT = 2.0
"""Seconds that a packet may take."""
START_LIMIT = 20.0
"""Seconds for a worker to start, or to load a library, on a machine that has much else to do."""
AHEAD = 16
"""Questions sent before the first of them is answered, where many are asked."""


class TreeClient:
    """One worker process, started at once. Safe to call from several threads. Every frame gets an answer: where the
    worker hangs or dies, a tree without scapy's layers; where that fails too, the bytes."""

    def __init__(self, warm: bool = True) -> None:
        self._lock = threading.Lock()
        self._latest = 0
        self._number = 0
        self._arguments = (WARM,) if warm else ()
        self._channel: Channel | None = None
        self._started = False
        self._closed = False
        self._start()

    def _start(self) -> Channel:
        self._channel = channel = Channel(*self._arguments)
        self._started = False
        return channel

    def close(self) -> None:
        """End the worker. A question under way ends as well."""
        self._closed = True
        channel = self._channel
        if channel is not None:
            channel.process.kill()  # whoever waits for it holds the lock, and hears of its end
        if self._lock.acquire(timeout=1):
            self._give_up()
            self._lock.release()

    async def request(self, make: Callable[[], Context]) -> Dissection | None:
        """The tree of the context that `make` makes, or None where a later request made this one worthless.

        Both are done in another thread; `make` is never called in two at a time.
        """
        self._latest += 1
        return await asyncio.to_thread(self._ask_if_latest, self._latest, make)

    def _ask_if_latest(self, mine: int, make: Callable[[], Context]) -> Dissection | None:
        with self._lock:
            if mine != self._latest or self._closed:
                return None
            return self._ask(make())

    def ask(self, context: Context) -> Dissection:
        """The tree of a packet; waits for it."""
        with self._lock:
            return self._ask(context)

    def ask_many(self, contexts: Iterable[Context]) -> Iterator[Dissection]:
        """The trees of packets, in order; the worker is kept busy meanwhile."""
        waiting: deque[Context] = deque()
        numbers: deque[int] = deque()
        for context in contexts:
            with self._lock:
                waiting.append(context)
                numbers.append(self._send(context))
                if len(waiting) < AHEAD:
                    continue
                tree = self._next(waiting, numbers)
            yield tree
        while waiting:
            with self._lock:
                tree = self._next(waiting, numbers)
            yield tree

    def _next(self, waiting: deque[Context], numbers: deque[int]) -> Dissection:
        """The answer to the first of the questions under way; where it does not come, the others are asked anew."""
        context, number = waiting.popleft(), numbers.popleft()
        try:
            return self._receive(number)
        except (WorkerGone, wire.Garbled) as error:
            self._give_up()
            tree = self._without_scapy(context, str(error))
            numbers.clear()
            numbers.extend(map(self._send, waiting))
            return tree

    def _ask(self, context: Context) -> Dissection:
        try:
            if self._channel is not None and not self._channel.alive:
                self._give_up()  # it died between two questions: no packet's fault
            return self._receive(self._send(context))
        except (WorkerGone, wire.Garbled) as error:
            self._give_up()
            return self._without_scapy(context, str(error))

    def _without_scapy(self, context: Context, why: str) -> Dissection:
        try:
            tree = self._receive(self._send(replace(context, with_scapy=False)))
        except (WorkerGone, wire.Garbled) as error:
            self._give_up()
            return Dissection([Node(f"[No tree: {error}]"), bytes_node(context.frame)])
        tree.nodes.append(Node(f"[Only the layers that are known well: {why}]"))
        return tree

    def _give_up(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    def _send(self, context: Context) -> int:
        if self._closed:
            return 0
        channel = self._channel or self._start()
        self._number = self._number % 0xFFFFFFFF + 1
        data = pickle.dumps(context, pickle.HIGHEST_PROTOCOL)
        channel.send(wire.REQUEST.pack(self._number, len(data)) + data)
        return self._number

    def _receive(self, number: int) -> Dissection:
        channel = self._channel
        if channel is None or not number:
            raise WorkerGone("closed" if self._closed else "the dissector died")
        deadline = time.monotonic() + (TIME_LIMIT if self._started else START_LIMIT)
        while True:
            answer = channel.receive(deadline)
            self._started = True
            if answer.number != number:
                raise wire.Garbled("the dissector's answer makes no sense")
            if answer.kind is wire.Kind.TREE:
                return wire.decode(answer.text, answer.blob)
            deadline = time.monotonic() + START_LIMIT
