"""The command `pcaptui`."""

from __future__ import annotations

import gc
import os


def main() -> int:
    # Nothing that an import makes is garbage: looking for some costs a tenth of the start.
    gc.disable()
    # Nor does anything here multiply matrices: numpy need not start threads for it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from .terminal.bytecode import repair

    repair()
    from .cli import run

    gc.enable()
    return run()


if __name__ == "__main__":
    raise SystemExit(main())
