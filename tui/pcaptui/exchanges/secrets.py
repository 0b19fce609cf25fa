"""Requests as they may be shown: passwords masked."""

from __future__ import annotations

import re

from ..protocols.messages import Message

MASK = "****"
_PASS = re.compile(r"(PASS|ACCT|APOP \S+|AUTH \S+)\s.+", re.I | re.S)
_LOGIN = re.compile(r"(LOGIN\s+(?:\"[^\"]*\"|\S+))\s.+", re.I | re.S)
_AUTHENTICATE = re.compile(r"((?:AUTH|AUTHENTICATE)\s+\S+)\s.+", re.I | re.S)
_IN_URI = re.compile(r"(//[^/@:\s]*:)[^/@\s]*@")


def mask(request: Message) -> str:
    """A request's text without its secrets."""
    text = request.text
    if request.protocol in ("FTP", "POP"):
        found = _PASS.fullmatch(text)
        return f"{found[1]} {MASK}" if found else text
    if request.protocol == "IMAP":
        found = _LOGIN.fullmatch(text) or _AUTHENTICATE.fullmatch(text)
        return f"{found[1]} {MASK}" if found else text
    if request.protocol == "SMTP" and request.facts.get("secret"):
        found = _AUTHENTICATE.fullmatch(text)
        word = text.partition(" ")[0]
        return f"{found[1]} {MASK}" if found else text if word.upper() == "AUTH" else f"{_label(text)}{MASK}"
    return _IN_URI.sub(rf"\g<1>{MASK}@", text) if request.protocol == "HTTP" else text


def _label(text: str) -> str:
    """'User: ' or 'Pass: ' of an answer to AUTH LOGIN."""
    return text[:6] if text.startswith(("User: ", "Pass: ")) else ""
