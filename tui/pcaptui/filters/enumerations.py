"""Names that stand for numbers in filters, as `ip.proto == "TCP"`: those of the most used fields."""

from __future__ import annotations

_STATUS = {"Bad": 0, "Good": 1, "Unverified": 2, "Not present": 3, "Illegal": 4}
_VERSIONS = {"SSL 3.0": 0x300, "TLS 1.0": 0x301, "TLS 1.1": 0x302, "TLS 1.2": 0x303, "TLS 1.3": 0x304}
_NUMBERS: dict[str, dict[str, int]] = {
    "ip.proto": {"ICMP": 1, "IGMP": 2, "IPIP": 4, "TCP": 6, "UDP": 17, "IPv6": 41, "GRE": 47, "ESP": 50, "AH": 51,
                 "ICMPv6": 58, "PIM": 103, "SCTP": 132},
    "eth.type": {"IPv4": 0x800, "ARP": 0x806, "IPv6": 0x86DD, "802.1Q Virtual LAN": 0x8100},
    "arp.opcode": {"request": 1, "reply": 2, "reverse request": 3, "reverse reply": 4},
    "dns.flags.rcode": {"No error": 0, "Format error": 1, "Server failure": 2, "No such name": 3,
                        "Not implemented": 4, "Refused": 5},
    "dns.qry.class": {"IN": 1, "CS": 2, "CH": 3, "HS": 4, "NONE": 254, "ANY": 255},
    "tls.handshake.type": {"Client Hello": 1, "Server Hello": 2, "New Session Ticket": 4, "Encrypted Extensions": 8,
                           "Certificate": 11, "Server Key Exchange": 12, "Certificate Request": 13,
                           "Server Hello Done": 14, "Certificate Verify": 15, "Client Key Exchange": 16,
                           "Finished": 20},
    "tls.record.content_type": {"Change Cipher Spec": 20, "Alert": 21, "Handshake": 22, "Application Data": 23,
                                "Heartbeat": 24, "Connection ID": 25},
    "dhcp.option.dhcp": {"Discover": 1, "Offer": 2, "Request": 3, "Decline": 4, "ACK": 5, "NAK": 6, "Release": 7,
                         "Inform": 8},
    "frame.encap_type": {"Ethernet": 1, "Token Ring": 2, "SLIP": 3, "PPP": 4, "FDDI": 5},
    "tls.record.version": _VERSIONS,
    "tls.handshake.version": _VERSIONS,
    "_ws.expert.severity": {"Error": 0x800000, "Warning": 0x600000, "Note": 0x400000, "Chat": 0x200000,
                            "Comment": 0x100000},
    "_ws.expert.group": {"Checksum": 0x1000000, "Sequence": 0x2000000, "Response": 0x3000000, "Request": 0x4000000,
                         "Undecoded": 0x5000000, "Reassemble": 0x6000000, "Malformed": 0x7000000,
                         "Protocol": 0x9000000},
}  # fmt: skip
_TRUE = {
    "dns.flags.response": ("Message is a response", "Message is a query"),
    "dns.flags.authoritative": ("Server is an authority for domain", "Server is not an authority for domain"),
    "dns.flags.truncated": ("Message is truncated", "Message is not truncated"),
    "dns.flags.recdesired": ("Do query recursively", "Don't do query recursively"),
    "dns.flags.recavail": ("Server can do recursive queries", "Server can't do recursive queries"),
    "eth.ig": ("Group address (multicast/broadcast)", "Individual address (unicast)"),
}
_SET = ("tcp.flags.", "ip.flags.")


def number(name: str, text: str) -> int | None:
    """What a word stands for in a field of numbers, None if for nothing."""
    if name.endswith(".checksum.status"):
        return _STATUS.get(text)
    return _NUMBERS.get(name, {}).get(text)


def boolean(name: str, text: str) -> bool | None:
    """What a word stands for in a boolean field."""
    if text in ("True", "TRUE", "true"):
        return True
    if text in ("False", "FALSE", "false"):
        return False
    yes, no = _TRUE.get(name, ("Set", "Not set") if name.startswith(_SET) else ("", ""))
    return True if text and text == yes else False if text and text == no else None
