"""NTP rows."""

import pytest
from scapy.layers.ntp import NTPHeader

from pcaptui.protocols.ntp import ntp
from pcaptui.protocols.packet import Packet, Short


def row(data: bytes) -> str:
    packet = Packet(1, b"", 0, 1)
    ntp(packet, data)
    return packet.info


@pytest.mark.parametrize(
    ("mode", "words"), [(1, "symmetric active"), (3, "client"), (4, "server"), (5, "broadcast"), (0, "reserved")]
)
def test_version_and_mode(mode, words):
    assert row(bytes(NTPHeader(version=4, mode=mode))) == f"NTP Version 4, {words}"


def test_unknown_version_is_reserved():
    assert row(b"\x03" + bytes(47)) == "reserved, client"


def test_private_messages_name_the_request():
    assert row(b"\x17\0\3\x2a" + bytes(44)) == "NTP Version 2, private, Request, MON_GETLIST_1"
    assert row(b"\x97\0\3\0" + bytes(44)) == "NTP Version 2, private, Response, PEER_LIST"


def test_control_messages_are_short():
    assert row(b"\x16\2" + bytes(10)) == "NTP Version 2, control"


def test_a_short_message_shows_its_mode_and_breaks_off():
    packet = Packet(1, b"", 0, 1)
    with pytest.raises(Short):
        ntp(packet, b"\x23" + bytes(20))
    assert packet.info == "NTP Version 4, client"
