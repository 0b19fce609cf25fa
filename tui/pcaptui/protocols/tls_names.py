"""Numbers of TLS and the words for them (IANA's TLS parameters)."""

from __future__ import annotations

SSL2, SSL3, TLS10, TLS11, TLS12, TLS13 = 0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304
VERSIONS = {SSL2: "SSLv2", SSL3: "SSLv3", TLS10: "TLSv1", TLS11: "TLSv1.1", TLS12: "TLSv1.2", TLS13: "TLSv1.3"}

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT, CONNECTION_ID = 20, 21, 22, 23, 24, 25

CLIENT_HELLO, SERVER_HELLO, CERTIFICATE = 1, 2, 11
HANDSHAKES = {
    0: "Hello Request", 1: "Client Hello", 2: "Server Hello", 3: "Hello Verify Request", 4: "New Session Ticket",
    5: "End of Early Data", 6: "Hello Retry Request", 8: "Encrypted Extensions", 11: "Certificate",
    12: "Server Key Exchange", 13: "Certificate Request", 14: "Server Hello Done", 15: "Certificate Verify",
    16: "Client Key Exchange", 20: "Finished", 21: "Client Certificate URL", 22: "Certificate Status",
    23: "Supplemental Data", 24: "Key Update", 25: "Compressed Certificate", 67: "Encrypted Extensions",
}  # fmt: skip

ALERT_LEVELS = {1: "Warning", 2: "Fatal"}
ALERTS = {
    0: "Close Notify", 1: "End of Early Data", 10: "Unexpected Message", 20: "Bad Record MAC",
    21: "Decryption Failed", 22: "Record Overflow", 30: "Decompression Failure", 40: "Handshake Failure",
    41: "No Certificate", 42: "Bad Certificate", 43: "Unsupported Certificate", 44: "Certificate Revoked",
    45: "Certificate Expired", 46: "Certificate Unknown", 47: "Illegal Parameter", 48: "Unknown CA",
    49: "Access Denied", 50: "Decode Error", 51: "Decrypt Error", 60: "Export Restriction", 70: "Protocol Version",
    71: "Insufficient Security", 80: "Internal Error", 86: "Inappropriate Fallback", 90: "User Canceled",
    100: "No Renegotiation", 109: "Missing Extension", 110: "Unsupported Extension",
    111: "Certificate Unobtainable", 112: "Unrecognized Name", 113: "Bad Certificate Status Response",
    114: "Bad Certificate Hash Value", 115: "Unknown PSK Identity", 116: "Certificate Required",
    120: "No application Protocol", 121: "ECH Required",
}  # fmt: skip

HELLO_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""The Random of a Server Hello that asks for another Client Hello (RFC 8446 section 4.1.3)."""


def draft_or_final(version: int) -> int:
    """TLS 1.3 for the numbers that its drafts used, else the version as it is."""
    return TLS13 if version >> 8 in (0x7F, 0xFB) else version


def alert_text(level: int, description: int) -> str:
    return f"Alert (Level: {ALERT_LEVELS.get(level, 'Unknown')}, Description: {ALERTS.get(description, 'Unknown')})"
