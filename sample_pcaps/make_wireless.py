#!/usr/bin/env python3
"""Make the capture of a wireless login that fails. usage: make_wireless.py [FOLDER]

The keys are derived as they would be (IEEE 802.11-2016, 12.7): the client's message carries a check that the access
point cannot confirm, because the client was given another passphrase.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import struct

from making import Capture, Host, Sample, main
from scapy.layers.dot11 import Dot11, Dot11AssoReq, Dot11AssoResp, Dot11Auth, Dot11Beacon, Dot11Deauth
from scapy.packet import Packet, Raw

NAME = b"Example-Home"
ACCESS, STATION = "02:00:00:00:0a:01", "02:00:00:00:0a:14"
RATES = bytes((0x82, 0x84, 0x8B, 0x96, 0x24, 0x30, 0x48, 0x6C))
RSN = bytes.fromhex("0100000fac040100000fac040100000fac020000")
IEEE802_11 = 105


class Air:
    """Frames in the air with each side's sequence numbers."""

    def __init__(self) -> None:
        self.capture = Capture(Host("0.0.0.0", STATION), IEEE802_11)
        self.numbers = {ACCESS: 0x310, STATION: 0x020}

    def send(self, time: int, source: str, target: str, body: Packet, kind: int = 0, flags: int = 0) -> None:
        number = self.numbers[source]
        self.numbers[source] += 1
        subtype = {Dot11Beacon: 8, Dot11Auth: 11, Dot11AssoReq: 0, Dot11AssoResp: 1, Dot11Deauth: 12}.get(type(body), 0)
        head = Dot11(
            type=kind,
            subtype=subtype,
            FCfield=flags,
            ID=0 if target.startswith("ff") else 0x3A01,
            addr1=target,
            addr2=source,
            addr3=ACCESS,
            SC=number << 4,
        )
        self.capture.add(time, head / body)


def _elements(*pairs: tuple[int, bytes]) -> Packet:
    return Raw(b"".join(bytes((kind, len(data))) + data for kind, data in pairs))


def _address(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def _eapol(information: int, counter: int, nonce: bytes, data: bytes = b"", confirmation: bytes = b"") -> bytes:
    """An EAPOL-Key frame (12.7.2); signed when a confirmation key is given."""
    body = struct.pack("!BHHQ", 2, information, 0 if confirmation else 16, counter) + nonce + bytes(32)
    tail = struct.pack("!H", len(data)) + data
    head = struct.pack("!BBH", 1 if confirmation else 2, 3, len(body) + 16 + len(tail))
    check = hmac.new(confirmation, head + body + bytes(16) + tail, "sha1").digest()[:16] if confirmation else bytes(16)
    return bytes.fromhex("aaaa03000000888e") + head + body + check + tail


def _confirmation_key(passphrase: bytes, first: bytes, second: bytes) -> bytes:
    master = hashlib.pbkdf2_hmac("sha1", passphrase, NAME, 4_096, 32)
    ends = sorted((_address(ACCESS), _address(STATION))) + sorted((first, second))
    seed = b"Pairwise key expansion\0" + b"".join(ends) + b"\0"
    return hmac.new(master, seed, "sha1").digest()[:16]


def wrong_passphrase() -> Capture:
    air, noise = Air(), random.Random(29)
    everybody = "ff:ff:ff:ff:ff:ff"
    beacon = (0, NAME), (1, RATES), (3, b"\x06"), (48, RSN)
    for number in range(3):
        fixed = Dot11Beacon(timestamp=0x51C2A000 + number * 102_400, beacon_interval=100, cap=0x0431)
        air.send(number * 102_400, ACCESS, everybody, fixed / _elements(*beacon))
    air.send(220_100, STATION, ACCESS, Dot11Auth(algo=0, seqnum=1, status=0))
    air.send(221_300, ACCESS, STATION, Dot11Auth(algo=0, seqnum=2, status=0))
    asked = _elements((0, NAME), (1, RATES), (48, RSN))
    air.send(223_000, STATION, ACCESS, Dot11AssoReq(cap=0x0431, listen_interval=3) / asked)
    air.send(225_200, ACCESS, STATION, Dot11AssoResp(cap=0x0431, status=0, AID=0xC001) / _elements((1, RATES)))
    first, second = noise.randbytes(32), noise.randbytes(32)
    key = _confirmation_key(b"not the passphrase", first, second)
    for attempt in range(4):
        at = 227_000 + attempt * 1_000_300
        challenge = Raw(_eapol(0x008A, attempt + 1, first))
        air.send(at, ACCESS, STATION, challenge, kind=2, flags=2)
        reply = Raw(_eapol(0x010A, attempt + 1, second, bytes((48, len(RSN))) + RSN, key))
        air.send(at + 3_400, STATION, ACCESS, reply, kind=2, flags=1)
    air.send(4_231_500, ACCESS, STATION, Dot11Deauth(reason=15))
    return air.capture


SAMPLES = (
    Sample(
        "wireless-wrong-passphrase",
        "A wireless login that fails: the handshake's second message is not accepted",
        wrong_passphrase,
    ),
)

if __name__ == "__main__":
    main(SAMPLES)
