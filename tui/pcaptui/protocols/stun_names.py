"""Numbers of STUN and the words for them (IANA's STUN parameters, and drafts before them)."""

from __future__ import annotations

CLASSES = ("Request", "Indication", "Success Response", "Error Response")
METHODS = {
    1: "Binding", 2: "SharedSecret", 3: "Allocate", 4: "Refresh", 6: "Send", 7: "Data", 8: "CreatePermission",
    9: "Channel-Bind", 10: "Connect", 11: "ConnectionBind", 12: "ConnectionAttempt", 128: "GooglePing",
}  # fmt: skip
ADDRESSES = {
    0x01: ("MAPPED-ADDRESS", False), 0x0E: ("MS-ALTERNATE-SERVER", False), 0x12: ("XOR-PEER-ADDRESS", True),
    0x16: ("XOR-RELAYED-ADDRESS", True), 0x20: ("XOR-MAPPED-ADDRESS", True), 0x27: ("XOR-RESPONSE-TARGET", True),
    0x28: ("XOR-REFELECTED-FROM", True), 0x8020: ("XOR-MAPPED-ADDRESS", True), 0x8023: ("ALTERNATE-SERVER", False),
    0x802B: ("RESPONSE-ORIGIN", False), 0x802C: ("OTHER-ADDRESS", False), 0x8059: ("Remote Site Address", True),
    0x805A: ("Remote Relay Site Address", True), 0x805B: ("Local Site Address", True),
    0x805C: ("Local Relay Site Address", True),
}  # fmt: skip
"""Attributes that hold an address: (the row's word for it, whether it is XORed)."""

ERRORS = {
    300: "Try Alternate", 400: "Bad Request", 401: "Unauthenticated", 403: "Forbidden", 405: "Mobility Forbidden",
    420: "Unknown Attribute", 430: "Stale Credentials (legacy)", 431: "Integrity Check Failure (legacy)",
    432: "Missing Username (legacy)", 433: "Use TLS (legacy)", 434: "Missing Realm (legacy)",
    435: "Missing Nonce (legacy)", 436: "Unknown User (legacy)", 437: "Allocation Mismatch", 438: "Stale Nonce",
    439: "Wrong Credentials (legacy)", 440: "Address Family not Supported", 441: "Wrong Credentials",
    442: "Unsupported Transport Protocol", 443: "Peer Address Family Mismatch", 446: "Connection Already Exists",
    447: "Connection Timeout or Failure", 481: "Connection does not exist (legacy)",
    486: "Allocation Quota Reached", 487: "Role Conflict", 500: "Server Error",
    503: "Service Unavailable (legacy)", 507: "Insufficient Bandwidth Capacity (legacy)",
    508: "Insufficient Port Capacity", 600: "Global Failure",
}  # fmt: skip
