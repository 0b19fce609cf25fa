"""DNS: what was asked and answered, names, servers, and names without an answer."""

from __future__ import annotations

from collections.abc import Sequence

from .dns_messages import DnsMessages
from .dns_names import names, unanswered
from .dns_overview import overview
from .dns_servers import servers
from .table import Table
from .view import View


def tables(view: View) -> Sequence[Table]:
    """Overview, names, servers, and names without an answer. Raises Stopped."""
    messages = DnsMessages(view)
    view.go_on(0.8)
    made = [overview(view, messages), names(view, messages), servers(view, messages)]
    view.go_on(0.95)
    return [*made, unanswered(view, messages)]
