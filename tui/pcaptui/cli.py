"""The command: arguments to screen or printing, and every way it can end as an exit status."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from .errors import CaptureError, Damage, UsageError
from .filters import FilterError
from .options import Options, parse

OK, UNREADABLE, WRONG_USAGE, DAMAGED = 0, 1, 2, 3


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status (CONTRACT: 0 all read, 1 nothing read, 2 usage, 3 damaged)."""
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        if options.write is not None:
            return _write(options)
        if options.graph is not None:
            return _draw(options)
        if sys.stdout is None:
            return _complain("standard output is closed", UNREADABLE)
        if options.what is None and sys.stdout.isatty():
            return _open_screen(options)
        return _print(options)
    except FilterError as error:
        return _point(error)
    except UsageError as error:
        return _complain(str(error), WRONG_USAGE)
    except CaptureError as error:
        return _complain(str(error), UNREADABLE)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _end_quietly()
    except OSError as error:
        if os.environ.get("PCAPTUI_DEBUG"):
            raise
        return _complain(f"cannot go on: {(error.strerror or str(error)).lower()}", UNREADABLE)
    except Exception as error:  # ours to mend, but not a traceback at the user
        if os.environ.get("PCAPTUI_DEBUG"):
            raise
        return _complain(f"internal error: {type(error).__name__}: {error} (PCAPTUI_DEBUG=1 shows where)", UNREADABLE)


def _open_screen(options: Options) -> int:
    if options.packets.spans:
        (low, high), *others = options.packets.spans
        if others or low != high:
            raise UsageError("the screen opens at one packet: --packet 254; to see several only, "
                             "-Y 'frame.number in {3, 7..9}'")  # fmt: skip
        if options.stream is not None or options.filter is not None:
            raise UsageError("the screen opens with --packet alone, without --stream and -Y/--filter")
        options = replace(options, at=low)
    if options.stream is not None and options.filter is not None:
        raise UsageError("the screen opens with --stream or with -Y/--filter, not with both; both at once are "
                         "-Y 'tcp.stream == 4 and ...'")  # fmt: skip
    from .terminal.start import open_screen

    return report_damage(open_screen(options))


def _print(options: Options) -> int:
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")  # type: ignore[union-attr]
    from .printing import print_capture

    status = report_damage(print_capture(options, sys.stdout))
    sys.stdout.flush()
    return status


def _write(options: Options) -> int:
    """Write the packets asked for to a file, and say how many they were."""
    from .writing import write_packets

    told, damage = write_packets(options)
    _complain(told, OK)
    return report_damage(damage)


def _draw(options: Options) -> int:
    """Draw a picture into a file, and say what it shows."""
    from .drawing import draw_graph

    told, damage = draw_graph(options)
    _complain(told, OK)
    return report_damage(damage)


def report_damage(damage: Sequence[Damage]) -> int:
    """One line on standard error for each damaged place; the exit status that goes with them."""
    for place in damage:
        _complain(f"{place}; everything before it was read" if place.offset >= 0 else str(place), DAMAGED)
    return DAMAGED if damage else OK


def _complain(message: str, status: int) -> int:
    line = " ".join(message.split())
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
    # A closed or missing standard error must not turn a clear ending into a traceback.
    with contextlib.suppress(OSError, ValueError, AttributeError, UnicodeError):
        sys.stderr.write(f"pcaptui: {safe}\n")
    return status


def _point(error: FilterError) -> int:
    """What is wrong with the filter, the filter itself, and marks under the place."""
    _complain(f"filter: {error.message}", WRONG_USAGE)
    with contextlib.suppress(OSError, ValueError, AttributeError, UnicodeError):
        sys.stderr.write("".join(f"  {line}\n" for line in error.pointed().splitlines()))
    return WRONG_USAGE


def _end_quietly() -> int:
    """The reader of our output went away: nothing more to say, and Python must not say it at exit either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return OK
