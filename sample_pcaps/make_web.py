#!/usr/bin/env python3
"""Make the captures about HTTP: forms, messages, redirects, pages that fail, attacks. usage: make_web.py [FOLDER]"""

from __future__ import annotations

from making import (
    CLIENT,
    MS,
    SECOND,
    Capture,
    Host,
    Sample,
    Talk,
    address,
    look_up,
    main,
    outside,
    page,
    request,
    response,
)

WEB = outside("203.0.113.10")
ADS = outside("203.0.113.99", 49)
HOST = "www.example.com"
FORM = "application/x-www-form-urlencoded"
ATTACKER = outside("198.51.100.66", 47)
WEB_SERVER = Host("192.168.1.80", "02:00:00:00:01:50")

PROGRAM = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0".ljust(64, b"\0")  # the start of a Windows program, and no more
PROGRAM += bytes.fromhex("0e1fba0e00b409cd21b8014ccd21") + b"This program cannot be run in DOS mode.\r\r\n$"
PROGRAM = PROGRAM.ljust(320, b"\0")


def _talk(capture: Capture, port: int, at: int = 12_200, server: Host = WEB) -> Talk:
    talk = Talk(capture, CLIENT, server, (port, 80), at, 20 * MS)
    talk.connect()
    return talk


def text_message() -> Capture:
    """A message posted as plain text, and the answer to it."""
    capture = Capture()
    look_up(capture, 0, "chat.example.com", [address(WEB.ip)], 50501)
    talk = _talk(capture, 50501)
    said = b"Hello Jo,\nthe printer on the second floor is out of paper again.\nCan you bring some?\n"
    heard = b"Hello Sam,\non my way.\nJo\n"
    ask = request("POST", "chat.example.com", "/rooms/4/messages", said, Content_Type="text/plain; charset=utf-8")
    talk.ask(ask, response("200 OK", heard, "text/plain; charset=utf-8"), 11_900)
    talk.close(after=SECOND)
    return capture


def form_login() -> Capture:
    """A password in a form, in clear; the answer sends the browser on."""
    capture = Capture()
    look_up(capture, 0, HOST, [address(WEB.ip)], 50511)
    talk = _talk(capture, 50511)
    talk.ask(request("GET", HOST, "/login"), response("200 OK", page("Log in", "Name and password, please.", 1)))
    form = b"username=sam&password=tulip%2Bfield+42&Login=Login"
    moved = response("302 Found", Location="/account", Set_Cookie="session=5be1a1d6; Path=/; HttpOnly")
    talk.ask(request("POST", HOST, "/login", form, Content_Type=FORM), moved, 14_700, 9 * SECOND)
    body = page("Sam's account", "Balance: 17.20", 2)
    talk.ask(request("GET", HOST, "/account", Cookie="session=5be1a1d6"), response("200 OK", body), after=4_200)
    talk.close(after=2 * SECOND)
    return capture


def redirects() -> Capture:
    """From the short name to the long one, to a language, to the page."""
    capture = Capture()
    look_up(capture, 0, "example.com", [address(WEB.ip)], 50521)
    talk = _talk(capture, 50521)
    moved = response("301 Moved Permanently", page("Moved"), Location=f"http://{HOST}/")
    talk.ask(request("GET", "example.com", "/"), moved)
    talk.close(after=SECOND)
    look_up(capture, 60 * MS, HOST, [address(WEB.ip)], 50522)
    talk = _talk(capture, 50522, 72 * MS)
    talk.ask(request("GET", HOST, "/"), response("302 Found", Location="/en/"))
    talk.ask(request("GET", HOST, "/en/"), response("302 Found", Location="/en/home"), after=3_900)
    talk.ask(request("GET", HOST, "/en/home"), response("200 OK", page("Home", "Here at last.", 5)), after=4_100)
    talk.close(after=2 * SECOND)
    return capture


def page_stalls() -> Capture:
    """The page comes, its advertisement server takes the connection and never answers; a picture is missing."""
    capture = Capture()
    look_up(capture, 0, HOST, [address(WEB.ip)], 50531)
    talk = _talk(capture, 50531)
    body = b'<html><head><script src="http://ads.example.net/show.js"></script></head><body>News</body></html>\n'
    talk.ask(request("GET", HOST, "/news"), response("200 OK", body))
    missing = response("404 Not Found", page("Not found"))
    talk.ask(request("GET", HOST, "/logo.png"), missing, after=8 * MS)
    look_up(capture, 68 * MS, "ads.example.net", [address(ADS.ip)], 50532)
    stalled = _talk(capture, 50532, 81 * MS, ADS)
    stalled.now += 400
    ask, at = request("GET", "ads.example.net", "/show.js", Referer=f"http://{HOST}/news"), stalled.sent[0]
    for wait in (310_090, 620_214, 1_240_388, 2_480_711, 4_961_902, 9_923_640):
        stalled.segment(0, "PA", ask, seq=at, lost=True)
        stalled.now += wait
    return capture


def attacks() -> Capture:
    """Taken on the web server: a path that climbs out, SQL in a parameter, and a program called a picture."""
    capture = Capture(WEB_SERVER)
    talk = Talk(capture, ATTACKER, WEB_SERVER, (40_551, 80), 0, 48 * MS)
    talk.connect()
    host = "intranet.example"
    for path, reply in (
        ("/view?file=../../../../etc/passwd", response("200 OK", b"root:x:0:0:root:/root:/bin/sh\n", "text/plain")),
        ("/item?id=7%27+UNION+SELECT+name%2Cpassword+FROM+users--+", response("200 OK", page("Item", "sam", 2))),
        ("/pictures/cat.jpg", response("200 OK", PROGRAM, "image/jpeg")),
    ):
        talk.ask(request("GET", host, path), reply, after=90 * MS)
        talk.now += 1_300 * MS
    talk.close(after=SECOND)
    return capture


SAMPLES = (
    Sample("text-message", "A message sent over HTTP, readable line by line", text_message),
    Sample("web-form-login", "A web form sends a password without TLS", form_login),
    Sample("web-redirects", "Three redirects until the page comes", redirects),
    Sample(
        "web-page-stalls", "A page that never finishes: one server takes the request and never answers", page_stalls
    ),
    Sample(
        "web-attacks", "Requests that climb out of the folder, carry SQL, and fetch a program named a picture", attacks
    ),
)

if __name__ == "__main__":
    main(SAMPLES)
