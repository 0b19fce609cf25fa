"""The command `pcaptui`."""

from __future__ import annotations


def main() -> int:
    from .terminal.bytecode import repair

    repair()
    from .cli import run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
