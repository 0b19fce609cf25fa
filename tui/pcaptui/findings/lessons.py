"""What a pattern means: a short lesson for each kind of finding."""

from __future__ import annotations

LESSONS: dict[str, str] = {
    "refused": "A RST in answer to a SYN means that the host is up and nothing listens on that port, or that a "
    "firewall rejects it. Nothing was lost on the way.",
    "unanswered": "A SYN without any answer was dropped: by a firewall that says nothing, by a host that is not there, "
    "or on the way back. A refused connection would have been answered with RST.",
}
"""By the name that Finding.lesson gives."""
