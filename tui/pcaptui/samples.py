"""The sample captures that come with the program: where they lie, and what each of them teaches."""

from __future__ import annotations

from pathlib import Path

from .errors import UsageError

LIST = "lessons.tsv"
_PLACES = {"web-visit": 254, "slow-server": 6, "slow-client": 6, "slow-wire": 6, "web-redirects": 6}
"""Packet numbers at which a sample's lesson is, where it is not at the beginning."""


def folder() -> Path:
    """Where the captures lie: in the installed package, or beside it in a checkout. Raises UsageError."""
    here = Path(__file__).resolve().parent
    for place in (here / "sample_pcaps", here.parent.parent / "sample_pcaps"):
        if (place / LIST).is_file():
            return place
    raise UsageError("--samples: the sample captures are missing from this installation")


def lessons() -> dict[str, str]:
    """Each sample's name and what it teaches, in the order in which they are worth opening."""
    lines = (folder() / LIST).read_text(encoding="utf-8").splitlines()
    return {name: lesson for name, _, lesson in (line.partition("\t") for line in lines) if lesson}


def listing() -> str:
    """The samples, one line each, and how to open one."""
    known = lessons()
    width = max(map(len, known))
    lines = [f"{name:<{width}}  {lesson}" for name, lesson in known.items()]
    return "\n".join([*lines, "", "Open one with: pcaptui --samples NAME"]) + "\n"


def opens_at(path: str) -> int | None:
    """The number of the packet that a sample's screen opens with, None for the first."""
    return _PLACES.get(Path(path).stem)


def find_sample(name: str) -> str:
    """The path of a sample's capture. Raises UsageError, naming samples that are spelled like it."""
    known = lessons()
    plain = name.removesuffix(".pcapng")
    if plain in known:
        return str(folder() / f"{plain}.pcapng")
    from difflib import get_close_matches

    near = [one for one in known if plain and plain in one] or get_close_matches(plain, known, 3, 0.5)
    hint = f"did you mean {' or '.join(near[:3])}?" if near else "pcaptui --samples lists them"
    raise UsageError(f"--samples: there is no sample '{name}'; {hint}")
