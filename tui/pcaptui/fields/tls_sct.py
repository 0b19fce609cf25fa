"""Signed certificate timestamps (RFC 6962 section 3.3), in TLS extensions, certificates and OCSP responses."""

from __future__ import annotations

from .branch import Branch
from .words import moment

MAX_TIMESTAMPS = 100


def timestamps(branch: Branch, at: int, end: int) -> None:
    """A list of timestamps with its length in front."""
    size = branch.uint("tls.sct.scts_length", "Serialized SCT List Length", at, 2)
    at, stop = at + 2, min(end, at + 2 + size)
    for _ in range(MAX_TIMESTAMPS):
        if at + 2 > stop:
            return
        size = branch.u16(at)
        one = branch.add("Signed Certificate Timestamp", "", None, at, size + 2)
        one.uint("tls.sct.sct_length", "Serialized SCT Length", at, 2)
        if size:
            _timestamp(one, at + 2)
        at += 2 + size


def _timestamp(one: Branch, at: int) -> None:
    from .tls_extensions import signature_algorithm

    one.uint("tls.sct.sct_version", "SCT Version", at, 1)
    one.blob("tls.sct.sct_logid", "Log ID", at + 1, 32)
    text = moment(one.number(at + 33, 8) * 1_000_000, utc=True)
    one.add(f"Timestamp: {text}", "tls.sct.sct_timestamp", text, at + 33, 8)
    size = one.uint("tls.sct.sct_extensions_length", "Extensions length", at + 41, 2)
    if size:
        one.add("Extensions", "tls.sct.sct_extensions", None, at + 43, size)
    at += 43 + size
    signature_algorithm(one, at)
    size = one.uint("tls.sct.sct_signature_length", "Signature Length", at + 2, 2)
    one.blob("tls.sct.sct_signature", "Signature", at + 4, size)
