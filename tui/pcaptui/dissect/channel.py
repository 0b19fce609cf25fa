"""One worker process and the pipes to it."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import wire

_ROOT = str(Path(__file__).parents[2])
_CODE = (
    "import gc, sys; gc.disable(); sys.path.append(sys.argv.pop(1)); from pcaptui.dissect.worker import main; main()"
)


class WorkerGone(Exception):
    """The worker died or did not answer in time."""


@dataclass(slots=True, frozen=True)
class Answer:
    number: int
    kind: wire.Kind
    text: bytes
    blob: bytes


class Channel:
    """Starts the process at once. Neither side waits for the other to read: what the pipe does not take waits here."""

    def __init__(self, *arguments: str) -> None:
        # -P: a module that lies in the current directory is none of ours.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", _CODE, _ROOT, *arguments],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ, PYTHONWARNINGS="ignore"),
            start_new_session=True,  # Ctrl+C in the terminal is not meant for it
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self._in, self._out = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._poll = select.poll()
        self._poll.register(self._out, select.POLLIN)
        self._outgoing = bytearray()
        self._incoming = bytearray()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait()

    def send(self, data: bytes) -> None:
        """Where nobody reads any more, `receive` will tell, behind the answers that came before."""
        self._outgoing += data
        self._push()

    def _push(self) -> None:
        try:
            while self._outgoing:
                del self._outgoing[: os.write(self._in, self._outgoing[: 1 << 20])]
        except BlockingIOError:
            self._poll.register(self._in, select.POLLOUT)
            return
        except OSError:
            self._outgoing.clear()
        with suppress(KeyError):
            self._poll.unregister(self._in)

    def receive(self, deadline: float) -> Answer:
        """The next answer. Raises WorkerGone, also when `deadline` (of time.monotonic) has passed."""
        while (answer := self._take()) is None:
            left = deadline - time.monotonic()
            ready = dict(self._poll.poll(1000 * left)) if left > 0 else {}
            if not ready:
                raise WorkerGone("the dissector took too long")
            if self._in in ready:
                self._push()
            if self._out in ready:
                self._pull()
        return answer

    def _pull(self) -> None:
        try:
            part = os.read(self._out, 1 << 20)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        if not part:
            raise WorkerGone("the dissector died")
        self._incoming += part

    def _take(self) -> Answer | None:
        head = wire.ANSWER.size
        if len(self._incoming) < head:
            return None
        number, kind, text, blob = wire.ANSWER.unpack_from(self._incoming)
        if kind > max(wire.Kind) or text + blob > wire.MAX_ANSWER:
            raise WorkerGone("the dissector's answer makes no sense")
        if len(self._incoming) < head + text + blob:
            return None
        parts = bytes(self._incoming[head : head + text + blob])
        del self._incoming[: head + text + blob]
        return Answer(number, wire.Kind(kind), parts[:text], parts[text:])
