"""HTTP statistics against captures made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from pcaptui.filters import compile
from pcaptui.statistics import View, find

from ..findings.talks import CLIENT, SERVER, answer, get, talk
from .test_dns import items, rows

OTHER = "10.0.0.9"


def tables(view: View) -> dict[str, Any]:
    return {table.name: table for table in find("http")[1](view)}


def visit() -> list[Any]:
    """A redirect from one host to another, a page with a picture, and an error."""
    first = talk(80, get("/", "old.example"),
                 answer("301 Moved Permanently", b"", "text/html", "Location: http://new.example/start"))  # fmt: skip
    second = talk(
        80, get("/start", "new.example"), answer("200 OK", b"<html>", "text/html; charset=utf-8"),
        get("/a.png", "new.example", "Referer: http://new.example/start"), answer("200 OK", b"12345", "image/png"),
        get("/b.png", "new.example", "Referer: http://new.example/start"), answer("404 Not Found", b"", "text/html"),
        server=OTHER, source=40001,
    )  # fmt: skip
    return [packet for _, packet in (*first, *second)]


def test_the_overview_counts_methods_and_statuses(view_of) -> None:
    found = items(tables(view_of(visit()))["http"])
    total = ("Total HTTP Packets",)
    answers = (*total, "HTTP Response Packets")
    assert found[total]["count"] == 8 and found[(*total, "HTTP Request Packets", "GET")]["count"] == 4
    assert found[(*answers, "2xx: Success", "200 OK")]["count"] == 2
    assert found[(*answers, "3xx: Redirection", "301 Moved Permanently")]["count"] == 1
    assert found[(*answers, "4xx: Client Error")]["percent"] == 25


def test_hosts_have_errors_bytes_and_times(view_of) -> None:
    found = {row["host"]: row for row in rows(tables(view_of(visit()))["hosts"])}
    new = found["new.example"]
    assert (new["requests"], new["answered"], new["client_errors"], new["bytes"]) == (3, 3, 1, 11)
    assert new["mean"] == pytest.approx(0.01) and found["old.example"]["redirects"] == 1


def test_servers_have_their_hosts_and_answers(view_of) -> None:
    found = tables(view_of(visit()))
    servers = [(row["server"], row["requests"]) for row in rows(found["servers"])]
    assert servers == [(OTHER, 3), ("new.example", 3), (SERVER, 1), ("old.example", 1)]
    answers = items(found["responses"])
    assert answers[(OTHER,)]["count"] == 3 and answers[(OTHER, "404 Not Found")]["count"] == 1


def test_uris_and_content_types(view_of) -> None:
    found = tables(view_of(visit()))
    uris = {row["target"]: row for row in rows(found["uris"])}
    assert (uris["/b.png"]["statuses"], uris["/a.png"]["type"], uris["/a.png"]["bytes"]) == ("404", "image/png", 5)
    assert {row["type"]: row["responses"] for row in rows(found["types"])} == {"text/html": 3, "image/png": 1}


def test_requests_stand_below_what_led_to_them(view_of) -> None:
    table = tables(view_of(visit()))["sequences"]
    told = [(table.depth(row), one["request"], one["via"], one["status"]) for row, one in enumerate(rows(table))]
    assert told == [
        (0, "GET http://old.example/", "", 301),
        (1, "GET http://new.example/start", "redirect", 200),
        (2, "GET http://new.example/a.png", "referer", 200),
        (2, "GET http://new.example/b.png", "referer", 404),
    ]
    assert table.filter(0) == "frame.number in {4, 5}"


def test_a_redirect_that_is_not_followed_and_another_client(view_of) -> None:
    first = talk(80, get("/", "a.example"), answer("302 Found", b"", "text/html", "Location: /next"))
    other = talk(80, get("/next", "a.example"), client="10.0.0.77")
    table = tables(view_of([packet for _, packet in (*first, *other)]))["sequences"]
    assert [table.depth(row) for row in range(len(table))] == [0, 0]


def test_what_is_cut_short_is_told_apart(view_of) -> None:
    made = talk(80, get("/big"), ("s", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nonly this"))
    found = tables(view_of([packet for _, packet in made]))
    assert items(found["http"])[("Total HTTP Packets",)]["count"] == 1
    assert items(found["http"])[("Incomplete messages",)]["count"] == 1
    assert rows(found["hosts"])[0]["answered"] == 1


def test_ssdp_counts_as_http(view_of) -> None:
    search = b"M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nST: upnp:rootdevice\r\n\r\n"
    packet = Ether() / IP(src=CLIENT, dst="239.255.255.250") / UDP(sport=5000, dport=1900) / search
    found = items(tables(view_of([packet]))["http"])
    assert found[("Total HTTP Packets", "HTTP Request Packets", "M-SEARCH")]["count"] == 1


def test_only_chosen_packets_count(view_of) -> None:
    found = tables(view_of(visit(), np.array([3])))
    assert items(found["http"])[("Total HTTP Packets",)]["count"] == 1
    assert rows(found["hosts"])[0]["mean"] == pytest.approx(0.01)


def test_filters_are_filters_of_the_packets(view_of) -> None:
    view = view_of(visit())
    found = tables(view)
    for table in found.values():
        for row in range(len(table)):
            compile(table.filter(row))
    for name, row, packets in (
        ("hosts", 0, 3),
        ("uris", 3, 1),
        ("types", 1, 1),
        ("responses", 0, 3),
        ("sequences", 1, 2),
    ):
        assert int(compile(found[name].filter(row)).run(view.capture).sum()) == packets, name


def test_nothing_to_count(view_of) -> None:
    found = tables(view_of([packet for _, packet in talk(80)]))
    assert [len(found[name]) for name in ("hosts", "servers", "responses", "uris", "types", "sequences")] == [0] * 6


def test_hosts_that_are_no_text(view_of) -> None:
    made = talk(80, ("c", b'GET /\x1b[31m" HTTP/1.1\r\nHost: \xff\xfe"\\\r\n\r\n'))
    found = tables(view_of([packet for _, packet in made]))
    for table in found.values():
        for row in range(len(table)):
            compile(table.filter(row))
