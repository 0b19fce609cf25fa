"""802.1X: EAPOL with its key messages, and EAP (IEEE 802.1X-2020, IEEE 802.11-2020 12.7.2, RFC 3748)."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_TYPES = ("EAP Packet", "Start", "Logoff", "Key", "Encapsulated ASF Alert", "MKA", "Announcement (Generic)",
          "Announcement (Specific)", "Announcement Request")  # fmt: skip
_CODES = {1: "Request", 2: "Response", 3: "Success", 4: "Failure", 5: "Initiate", 6: "Finish"}
_METHODS = {
    1: "Identity", 2: "Notification", 3: "Legacy Nak (Response Only)", 4: "MD5-Challenge EAP (EAP-MD5-CHALLENGE)",
    5: "One-Time Password EAP (EAP-OTP)", 6: "Generic Token Card EAP (EAP-GTC)", 7: "Allocated", 8: "Allocated",
    9: "RSA Public Key Authentication EAP (EAP-RSA-PKA)", 10: "DSS Unilateral EAP (EAP-DSS)", 11: "KEA EAP (EAP-KEA)",
    12: "KEA Validate EAP (EAP-KEA-VALIDATE)", 13: "TLS EAP (EAP-TLS)", 14: "Defender Token EAP (EAP-AXENT)",
    15: "RSA Security SecurID EAP (EAP-RSA-SECURID)", 16: "Arcot Systems EAP (EAP-ARCOT-SYSTEMS)",
    17: "Cisco Wireless EAP / Lightweight EAP (EAP-LEAP)", 18: "GSM Subscriber Identity Modules EAP (EAP-SIM)",
    19: "Secure Remote Password SHA1 Part 1 EAP (EAP-SRP-SHA1-PART1)",
    20: "Secure Remote Password SHA1 Part 2 EAP (EAP-SRP-SHA1-PART2)", 21: "Tunneled TLS EAP (EAP-TTLS)",
    22: "Remote Access Service EAP (EAP-RAS)", 23: "UMTS Authentication and Key Agreement EAP (EAP-AKA)",
    24: "3Com Wireless EAP (EAP-3COM-WIRELESS)", 25: "Protected EAP (EAP-PEAP)",
    26: "MS-Authentication EAP (EAP-MS-AUTH)", 27: "Mutual Authentication w/Key Exchange EAP (EAP-MAKE)",
    28: "CRYPTOCard EAP (EAP-CRYPTOCARD)", 29: "MS-CHAP-v2 EAP (EAP-MS-CHAP-V2)", 30: "DynamID EAP (EAP-DYNAMID)",
    31: "Rob EAP (EAP-ROB)", 32: "Protected One-Time Password EAP (EAP-POTP)",
    33: "MS-Authentication TLV EAP (EAP-MS-AUTH-TLV)", 34: "SentriNET (EAP-SENTRINET)",
    35: "Actiontec Wireless EAP (EAP-ACTIONTEC-WIRELESS)",
    36: "Cogent Systems Biometrics Authentication EAP (EAP-COGENT-BIOMETRIC)",
    37: "AirFortress EAP (EAP-AIRFORTRESS)", 38: "HTTP Digest EAP (EAP-HTTP-DIGEST)",
    39: "SecureSuite EAP (EAP-SECURESUITE)", 40: "DeviceConnect EAP (EAP-DEVICECONNECT)",
    41: "Simple Password Exponential Key Exchange EAP (EAP-SPEKE)", 42: "MOBAC EAP (EAP-MOBAC)",
    43: "Flexible Authentication via Secure Tunneling EAP (EAP-FAST)", 44: "ZoneLabs EAP (EAP-ZLXEAP)",
    45: "Link EAP (EAP-LINK)", 46: "Password Authenticated eXchange EAP (EAP-PAX)",
    47: "Pre-Shared Key EAP (EAP-PSK)", 48: "Shared-secret Authentication and Key Establishment EAP (EAP-SAKE)",
    49: "IKEv2 EAP (EAP-IKEv2)", 50: "UMTS Authentication and Key Agreement' EAP (EAP-AKA')",
    51: "Generalized Pre-Shared Key EAP (EAP-GPSK)", 52: "Password EAP (EAP-pwd)",
    53: "Encrypted Key Exchange v1 EAP (EAP-EKEv1)", 55: "Tunneled EAP protocol", 254: "Expanded Type",
    255: "Experimental",
}  # fmt: skip


@registry.ethertype(0x888E, 0x88C7)
def eapol(packet: Packet, data: bytes) -> None:
    packet.layers.append("eapol")
    packet.set("EAPOL", "")
    if len(data) < 2:
        raise Short
    kind = data[1]
    packet.info += _TYPES[kind] if kind < len(_TYPES) else f"Unknown Type (0x{kind:02X})"
    if len(data) < 4:
        raise Short
    size = data[2] << 8 | data[3]
    body = data[4 : 4 + size]
    if kind == 0:
        eap(packet, body)
    elif kind == 3:
        packet.info += key_words(body)


def key_words(body: bytes) -> str:
    """Which message of the four-way or group handshake an RSN or WPA key descriptor is, by its key information."""
    if len(body) < 1:
        raise Short
    if body[0] not in (2, 254):
        return ""
    if len(body) < 95:
        raise Short
    information = body[1] << 8 | body[2]
    acknowledge = information & 0x80
    if not information & 8:
        return " (Group Message 1 of 2)" if acknowledge else " (Group Message 2 of 2)"
    if information & 0x800:
        return " (Request)"
    if acknowledge:
        return " (Message 3 of 4)" if information & 0x40 else " (Message 1 of 4)"
    return " (Message 2 of 4)" if body[93] or body[94] else " (Message 4 of 4)"


def eap(packet: Packet, data: bytes) -> None:
    packet.layers.append("eap")
    packet.set("EAP", "")
    if len(data) < 1:
        raise Short
    packet.info += _CODES.get(data[0], f"Unknown code (0x{data[0]:02X})")
    if len(data) < 4:
        raise Short
    if data[0] in (1, 2) and data[2] << 8 | data[3] > 4:
        if len(data) < 5:
            raise Short
        packet.info += f", {_METHODS.get(data[4]) or f'Unknown type (0x{data[4]:02x})'}"
