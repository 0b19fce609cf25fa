"""TLS: versions, ciphers and outcomes, server names, connections, certificates, alerts."""

from __future__ import annotations

from collections.abc import Sequence

from .table import Table
from .tls_certificates import certificates
from .tls_handshakes import TlsHandshakes
from .tls_overview import alerts, overview
from .tls_servers import connections, names
from .view import View


def tables(view: View) -> Sequence[Table]:
    """Overview, server names, connections, certificates, alerts. Raises Stopped."""
    found = TlsHandshakes(view)
    made = [overview(view, found), names(view, found), connections(view, found), certificates(view, found),
            alerts(view, found)]  # fmt: skip
    if found.left:
        made[0].notes.append(f"{found.left} more connections were not looked at.")
    return made
