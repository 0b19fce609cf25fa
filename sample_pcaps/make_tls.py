#!/usr/bin/env python3
"""Make the captures about TLS. usage: make_tls.py [FOLDER]"""

from __future__ import annotations

from making import CLIENT, MS, SECOND, Capture, Sample, Talk, address, look_up, main, outside, page, request, response
from making_tls import Session, record

SHOP = outside("203.0.113.40")
HOST = "shop.example.com"


def then_http() -> Capture:
    """A login over TLS, closed; half a minute later the same server is asked in clear."""
    capture = Capture()
    look_up(capture, 0, HOST, [address(SHOP.ip)], 50201)
    secure = Talk(capture, CLIENT, SHOP, (50201, 443), 12_100, 21 * MS)
    secure.connect()
    session = Session(secure, HOST, 201)
    session.open()
    session.exchange(612, 1_840, 240 * MS)
    session.exchange(498, 940, 1_900 * MS)
    session.close(0, 5 * SECOND)
    plain = Talk(capture, CLIENT, SHOP, (50202, 80), secure.now + 11 * SECOND, 21 * MS)
    plain.connect()
    body = page("Your orders", "One lamp, sent on Monday.", 4)
    plain.ask(request("GET", HOST, "/orders", Cookie="session=8d1f0c77"), response("200 OK", body))
    plain.close(after=3 * SECOND)
    return capture


def kept_open() -> Capture:
    """One handshake, and four requests with long waits between them."""
    capture = Capture()
    look_up(capture, 0, HOST, [address(SHOP.ip)], 50211)
    talk = Talk(capture, CLIENT, SHOP, (50211, 443), 12_100, 21 * MS)
    talk.connect()
    session = Session(talk, HOST, 211)
    session.open_newest()
    for asked, answered, after in ((612, 1_840, 900), (498, 940, 8_200), (505, 2_210, 19_500), (488, 760, 27_300)):
        session.exchange(asked, answered, after * MS)
    return capture


def unknown_ca() -> Capture:
    """The client does not know who signed the certificate: it says so and leaves."""
    capture = Capture()
    look_up(capture, 0, HOST, [address(SHOP.ip)], 50221)
    talk = Talk(capture, CLIENT, SHOP, (50221, 443), 12_100, 21 * MS)
    talk.connect()
    session = Session(talk, HOST, 221, issuer="Home Made Root")
    talk.send(0, session.client_hello(), 610)
    talk.send(1, session.server_flight(), 1_480)
    talk.now += 2_350
    talk.segment(0, "PA", record(21, b"\x02\x30"))
    talk.close(after=85)
    return capture


SAMPLES = (
    Sample("tls-then-http", "A login over TLS is closed; then the same server is asked in plain HTTP", then_http),
    Sample("tls-kept-open", "A TLS 1.3 connection kept open: later requests need no new handshake", kept_open),
    Sample("tls-unknown-ca", "The browser does not trust the certificate: alert, and nothing is asked", unknown_ca),
)

if __name__ == "__main__":
    main(SAMPLES)
