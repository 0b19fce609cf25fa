#!/usr/bin/env python3
"""Make the captures of a wireless login that works and of one that fails. usage: make_wireless.py [FOLDER]

The keys are derived as they would be (IEEE 802.11-2016, 12.7), so the checks are real: with the network's name and
passphrase the data behind the handshake can be decrypted. Where the login fails, the station had another passphrase.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from making import Capture, Host, Sample, address, answer, main, query
from scapy.compat import raw
from scapy.layers.dot11 import Dot11, Dot11AssoReq, Dot11AssoResp, Dot11Auth, Dot11Beacon, Dot11Deauth
from scapy.layers.inet import IP, UDP
from scapy.packet import Packet, Raw

NAME, PASSPHRASE = b"Example-Home", b"sunny-window-3"
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
    from_access = information & 0x80
    body = struct.pack("!BHHQ", 2, information, 16 if from_access else 0, counter) + nonce + bytes(32)
    tail = struct.pack("!H", len(data)) + data
    head = struct.pack("!BBH", 2 if from_access else 1, 3, len(body) + 16 + len(tail))
    check = hmac.new(confirmation, head + body + bytes(16) + tail, "sha1").digest()[:16] if confirmation else bytes(16)
    return bytes.fromhex("aaaa03000000888e") + head + body + check + tail


def _keys(passphrase: bytes, first: bytes, second: bytes) -> tuple[bytes, bytes, bytes]:
    """Confirmation, encryption and temporal key (12.7.1.3)."""
    master = hashlib.pbkdf2_hmac("sha1", passphrase, NAME, 4_096, 32)
    ends = sorted((_address(ACCESS), _address(STATION))) + sorted((first, second))
    seed = b"Pairwise key expansion\0" + b"".join(ends)
    stream = b"".join(hmac.new(master, seed + bytes((turn,)), "sha1").digest() for turn in range(3))
    return stream[:16], stream[16:32], stream[32:48]


def _sealed(key: bytes, source: str, target: str, flags: int, number: int, data: bytes) -> Raw:
    """Data under CCMP (12.5.3), `number` being the packet number."""
    count = number.to_bytes(6, "big")
    covered = bytes((0x08, flags)) + _address(target) + _address(source) + _address(ACCESS) + bytes(2)
    hidden = AESCCM(key, tag_length=8).encrypt(b"\0" + _address(source) + count, data, covered)
    return Raw(bytes((count[5], count[4], 0, 0x20, *count[3::-1])) + hidden)


def _associate() -> Air:
    air = Air()
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
    return air


OWN_RSN = bytes((48, len(RSN))) + RSN


def login() -> Capture:
    """Four messages, then a name is looked up under the keys that came of them."""
    air, noise = _associate(), random.Random(28)
    first, second, group = noise.randbytes(32), noise.randbytes(32), noise.randbytes(16)
    check, wrap, key = _keys(PASSPHRASE, first, second)
    given = OWN_RSN + bytes.fromhex("dd16000fac010100") + group + b"\xdd\0"
    message_3 = _eapol(0x13CA, 2, first, aes_key_wrap(wrap, given), check)
    for time, source, target, message in (
        (227_000, ACCESS, STATION, _eapol(0x008A, 1, first)),
        (229_700, STATION, ACCESS, _eapol(0x010A, 1, second, OWN_RSN, check)),
        (231_900, ACCESS, STATION, message_3),
        (233_200, STATION, ACCESS, _eapol(0x030A, 2, bytes(32), b"", check)),
    ):
        air.send(time, source, target, Raw(message), kind=2, flags=2 if source == ACCESS else 1)
    client, access = Host("192.168.1.20", STATION), Host("192.168.1.1", ACCESS)
    asked, told = query("www.example.com", 0x2801), answer("www.example.com", 0x2801, [address("203.0.113.10")])
    for time, source, target, ports, data in (
        (260_000, client, access, (50_701, 53), asked),
        (273_800, access, client, (53, 50_701), told),
    ):
        packet = IP(src=source.ip, dst=target.ip, id=0x2801) / UDP(sport=ports[0], dport=ports[1]) / Raw(data)
        flags = 0x41 if source is client else 0x42
        sealed = _sealed(key, source.mac, target.mac, flags, 1, bytes.fromhex("aaaa030000000800") + raw(packet))
        air.send(time, source.mac, target.mac, sealed, kind=2, flags=flags)
    return air.capture


def wrong_passphrase() -> Capture:
    air, noise = _associate(), random.Random(29)
    first, second = noise.randbytes(32), noise.randbytes(32)
    check, _, _ = _keys(b"another one", first, second)
    for attempt in range(4):
        at = 227_000 + attempt * 1_000_300
        air.send(at, ACCESS, STATION, Raw(_eapol(0x008A, attempt + 1, first)), kind=2, flags=2)
        reply = Raw(_eapol(0x010A, attempt + 1, second, OWN_RSN, check))
        air.send(at + 3_400, STATION, ACCESS, reply, kind=2, flags=1)
    air.send(4_231_500, ACCESS, STATION, Dot11Deauth(reason=15))
    return air.capture


SAMPLES = (
    Sample(
        "wireless-login",
        "A wireless login that works: four messages, then data under the passphrase sunny-window-3",
        login,
    ),
    Sample(
        "wireless-wrong-passphrase",
        "A wireless login that fails: the handshake's second message is not accepted",
        wrong_passphrase,
    ),
)

if __name__ == "__main__":
    main(SAMPLES)
