"""Byte-code that cannot be written beside the modules goes to a cache of our own: without it every start is slow.

Compiling Textual, numpy and ourselves anew takes longer than all the rest of a start. That happens where
PYTHONDONTWRITEBYTECODE is set, or where the packages lie in a directory that the user cannot write to.
"""

from __future__ import annotations

import importlib.util
import os
import sys


def repair() -> None:
    """Call first: modules imported afterwards find and leave their byte-code in the cache, if that is needed.

    It goes over PYTHONDONTWRITEBYTECODE, whose purpose (no files beside the sources) it keeps. A cache chosen with
    PYTHONPYCACHEPREFIX is left as it is.
    """
    if sys.pycache_prefix is not None or all(map(_python_helps_itself, _samples())):
        return
    cache = _cache_directory()
    if cache is None:
        return
    sys.pycache_prefix = cache
    sys.dont_write_bytecode = False
    # For our worker processes.
    os.environ["PYTHONPYCACHEPREFIX"] = cache
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _samples() -> list[str]:
    """A module of Textual and one of ours: where one has byte-code, the others have."""
    own = os.path.join(os.path.dirname(os.path.dirname(__file__)), "cli.py")
    spec = importlib.util.find_spec("textual")
    origin = spec.origin if spec is not None else None
    return [own, os.path.join(os.path.dirname(origin), "app.py")] if origin else [own]


def _python_helps_itself(source: str) -> bool:
    """Whether the byte-code of this file is there and fresh enough, or Python will write it."""
    compiled = importlib.util.cache_from_source(source)
    try:
        if os.path.getmtime(compiled) >= os.path.getmtime(source):
            return True
    except OSError:
        pass
    folder = os.path.dirname(compiled)
    place = folder if os.path.isdir(folder) else os.path.dirname(folder)
    return not sys.dont_write_bytecode and os.access(place, os.W_OK)


def _cache_directory() -> str | None:
    """Our cache, made if need be; None where it cannot be made or another user could put code into it."""
    home = os.path.expanduser("~")
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    if not os.path.isabs(base):
        return None
    path = os.path.join(base, "pcaptui", "pycache")
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        return path if all(map(_ours, (base, os.path.dirname(path), path))) and os.access(path, os.W_OK) else None
    except OSError:
        return None


def _ours(path: str) -> bool:
    status = os.stat(path)
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022
