"""HTTP: codes and methods, hosts, servers, responses, URIs, content types, and requests in sequence."""

from __future__ import annotations

from collections.abc import Sequence

from .http_hosts import hosts, servers
from .http_messages import HttpMessages
from .http_overview import overview, responses
from .http_sequences import sequences
from .http_uris import content_types, uris
from .table import Table
from .view import View


def tables(view: View) -> Sequence[Table]:
    """Overview, hosts, servers, responses, URIs, content types, requests in sequence. Raises Stopped."""
    messages = HttpMessages(view)
    made = [overview(view, messages)]
    for make in (hosts, servers, responses, uris, content_types, sequences):
        view.go_on()
        made.append(make(view, messages))
    if messages.left:
        made[0].notes.append(f"{messages.left} more connections were not looked at.")
    return made
