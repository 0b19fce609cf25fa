"""Certificates shown in handshakes up to TLS 1.2, and whether they were valid when the capture was made."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from .table import Column, Table
from .tls_handshakes import BILLION, Shown, TlsHandshakes
from .view import View

DAY = 86_400
NAMES, SENDERS, PACKETS = 4, 3, 30
_COLUMNS = (
    Column("subject", "Subject"),
    Column("place", "In chain", "number"),
    Column("names", "Names"),
    Column("issuer", "Issuer"),
    Column("key", "Key"),
    Column("begins", "Valid from"),
    Column("ends", "Valid to"),
    Column("validity", "In the capture"),
    Column("days", "Days left", "number"),
    Column("streams", "Connections", "count"),
    Column("senders", "Shown by"),
)


def certificates(view: View, found: TlsHandshakes) -> Table:
    """A row a certificate; days left count from the packet that showed it first, negative where it had expired."""
    rows = sorted(found.shown, key=lambda one: -len(one.streams))
    values = (
        [one.certificate.subject for one in rows], np.array([one.place for one in rows], np.int64),
        [_listed(list(one.certificate.names), NAMES) for one in rows], [one.certificate.issuer for one in rows],
        [one.certificate.key for one in rows], [_date(one.certificate.begins) for one in rows],
        [_date(one.certificate.ends) for one in rows], [validity(one) for one in rows],
        np.array([_days(one) for one in rows], np.float64), np.array([len(one.streams) for one in rows], np.int64),
        [_listed([found.address(sender) for sender in one.senders], SENDERS) for one in rows],
    )  # fmt: skip
    return Table("certificates", "TLS certificates", _COLUMNS, values, lambda row: _packets(rows[row]), sort="streams")


def validity(shown: Shown) -> str:
    """In words, as of the time of the packet that showed it first."""
    one, moment = shown.certificate, shown.time / BILLION
    told = []
    if one.begins is not None and one.begins > moment:
        told.append("not yet valid")
    elif one.ends is not None and one.ends < moment:
        told.append("expired")
    else:
        told.append("valid" if one.begins is not None and one.ends is not None else "unknown")
    if one.own:
        told.append("self-signed")
    return ", ".join(told)


def _days(shown: Shown) -> float:
    ends = shown.certificate.ends
    return float("nan") if ends is None else round((ends - shown.time / BILLION) / DAY, 1)


def _date(moment: float | None) -> str:
    return "" if moment is None else f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M}"


def _listed(texts: list[str], most: int) -> str:
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def _packets(shown: Shown) -> str:
    numbers = [packet + 1 for packet in shown.packets[:PACKETS]]
    return (
        f"frame.number in {{{', '.join(map(str, numbers))}}}" if len(numbers) > 1 else f"frame.number == {numbers[0]}"
    )
