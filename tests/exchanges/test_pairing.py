"""Requests and their answers, from messages made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.exchanges.pairing import pair
from pcaptui.protocols.messages import NOTICE, REQUEST, RESPONSE, Message

MS = 1_000_000


def message(packet: int, protocol: str, role: str, text: str = "", key: str = "", *, begun: int = 0, direction: int = 0,
            whole: bool = True, **facts: Any) -> Message:  # fmt: skip
    return Message(packet, begun or packet, direction, protocol, role, text, key, packet * MS, facts, whole)


def ends(messages: list[Message]) -> list[tuple[int, int | None]]:
    """Packet numbers of requests and responses."""
    return [(x.request + 1, None if x.response is None else x.response + 1) for x in pair(messages)]


def test_pipelined_requests_are_answered_in_order() -> None:
    said = [message(n, "HTTP", REQUEST, f"GET /{n}") for n in (1, 2, 3)]
    said += [message(n, "HTTP", RESPONSE, "200 OK") for n in (5, 7)]
    assert ends(said) == [(1, 5), (2, 7), (3, None)]


def test_an_interim_response_does_not_answer() -> None:
    said = [message(1, "HTTP", REQUEST, "PUT /"), message(2, "HTTP", NOTICE, "100 Continue"),
            message(4, "HTTP", RESPONSE, "201 Created")]  # fmt: skip
    (exchange,) = pair(said)
    assert (exchange.request, exchange.response, exchange.more) == (0, 3, (1,))
    assert exchange.time == pytest.approx(0.003)
    assert exchange.summary == "PUT / → 201 Created"


def test_an_error_that_comes_before_the_request_is_complete_answers_it() -> None:
    said = [message(3, "HTTP", RESPONSE, "413 Content Too Large"), message(9, "HTTP", REQUEST, "POST /", begun=2)]
    assert ends(said) == [(9, 3)]


def test_an_answer_without_a_request_answers_nothing_later() -> None:
    said = [message(1, "HTTP", RESPONSE, "200 OK"), message(2, "HTTP", REQUEST, "GET /")]
    assert ends(said) == [(2, None)]


def test_an_unfinished_answer_keeps_its_turn() -> None:
    said = [message(1, "HTTP", REQUEST, "GET /a"), message(2, "HTTP", RESPONSE, "200 OK", whole=False),
            message(3, "HTTP", REQUEST, "GET /b"), message(4, "HTTP", RESPONSE, "404 Not Found")]  # fmt: skip
    first, second = pair(said)
    assert first.summary == "GET /a → 200 OK (incomplete)"
    assert (second.request, second.response) == (2, 3)


def test_a_retry_belongs_to_the_first_query() -> None:
    said = [message(n, "DNS", REQUEST, "A x.org", "0001 a x.org") for n in (1, 2)]
    said += [message(n, "DNS", RESPONSE, "10.0.0.1", "0001 a x.org", question="A x.org") for n in (3, 4)]
    (exchange,) = pair(said)
    assert (exchange.request, exchange.response, exchange.more) == (0, 2, (1, 3))
    assert exchange.summary == "A x.org → 10.0.0.1"


def test_a_dns_answer_to_another_name_answers_nothing() -> None:
    said = [message(1, "DNS", REQUEST, "A x.org", "0001 a x.org"),
            message(2, "DNS", RESPONSE, "10.0.0.1", "0001 a y.org", question="A y.org"),
            message(3, "DNS", RESPONSE, "Refused", "0001 ")]  # fmt: skip
    assert ends(said) == [(1, 3)]


def test_an_id_that_was_answered_may_be_used_again() -> None:
    said = [message(1, "IMAP", REQUEST, "NOOP", "a1"), message(2, "IMAP", RESPONSE, "OK", "a1"),
            message(3, "IMAP", REQUEST, "NOOP", "a1"), message(4, "IMAP", RESPONSE, "BAD", "a1")]  # fmt: skip
    assert ends(said) == [(1, 2), (3, 4)]


@pytest.mark.parametrize(
    ("protocol", "text", "shown"),
    [
        ("FTP", "PASS p@ssw0rd", "PASS ****"),
        ("POP", "pass a b", "pass ****"),
        ("POP", "APOP joe c4c9334b", "APOP joe ****"),
        ("IMAP", 'LOGIN "joe b" secret', 'LOGIN "joe b" ****'),
        ("SMTP", "AUTH PLAIN AGpvZQBzZWNyZXQ=", "AUTH PLAIN ****"),
        ("SMTP", "Pass: secret", "Pass: ****"),
        ("SMTP", "AGpvZQBzZWNyZXQ=", "****"),
        ("HTTP", "GET http://joe:secret@host/", "GET http://joe:****@host/"),
    ],
)
def test_summaries_mask_passwords(protocol: str, text: str, shown: str) -> None:
    (exchange,) = pair([message(1, protocol, REQUEST, text, secret=True)])
    assert exchange.summary == shown


def test_summaries_hold_no_control_characters() -> None:
    (exchange,) = pair([message(1, "HTTP", REQUEST, "GET \x1b[2J"), message(2, "HTTP", RESPONSE, "200 \r\n")])
    assert exchange.summary.isprintable()


def test_the_four_messages_of_a_lease_are_one_exchange() -> None:
    kinds = ((REQUEST, "Discover", 1), (RESPONSE, "Offer", 2), (REQUEST, "Request", 3), (RESPONSE, "ACK", 5))
    said = [
        message(n, "DHCP", role, text, "x", kind=kind, address="10.0.0.9", server="10.0.0.1", lease=600)
        for n, (role, text, kind) in enumerate(kinds, 1)
    ]
    said.append(message(9, "DHCP", REQUEST, "Request", "x", kind=3))
    lease, renewal = pair(said)
    assert lease.summary == "Discover → Offer → Request → ACK 10.0.0.9 from 10.0.0.1 for 600 s"
    assert lease.packets == (0, 1, 2, 3) and lease.time == pytest.approx(0.003)
    assert (renewal.request, renewal.response) == (8, None)


def test_a_handshake_tells_version_name_and_outcome() -> None:
    hello = message(1, "TLS", REQUEST, "Client Hello", name="x.org", versions=["TLSv1.3"])
    said = [hello, message(2, "TLS", RESPONSE, "Server Hello", direction=1, version="TLSv1.2")]
    alert = "Alert (Level: Fatal, Description: Unknown CA)"
    refused = pair([*said, message(3, "TLS", NOTICE, alert)])
    assert refused[0].summary == f"TLSv1.2 handshake for x.org → {alert}, from the client"
    done = [message(3, "TLS", NOTICE, "Finished"), message(4, "TLS", NOTICE, "Finished", direction=1)]
    assert pair([*said, *done])[0].summary == "TLSv1.2 handshake for x.org → finished"
    assert pair([hello])[0].response is None


def test_a_client_that_sends_before_the_server_has_finished_has_finished_its_handshake_all_the_same() -> None:
    said = [message(1, "TLS", REQUEST, "Client Hello", versions=["TLSv1.2"])]
    said += [message(2, "TLS", RESPONSE, "Server Hello", direction=1, version="TLSv1.2")]
    said += [message(3, "TLS", NOTICE, "Finished"), message(4, "TLS", NOTICE, "Application Data")]
    assert pair(said)[0].summary == "TLSv1.2 handshake → not finished"
    assert (
        pair([*said, message(5, "TLS", NOTICE, "Finished", direction=1)])[0].summary == "TLSv1.2 handshake → finished"
    )


ROLES = st.sampled_from([REQUEST, RESPONSE, NOTICE])
PROTOCOLS = st.sampled_from(["HTTP", "FTP", "SMTP", "POP", "IMAP", "DNS", "TLS", "DHCP", "DHCPv6", "MDNS", "new"])
TEXTS = st.sampled_from(["", "Client Hello", "Finished", "Application Data", "Alert x", "\x1b\ud800", "PASS x"])


@given(st.lists(st.tuples(PROTOCOLS, ROLES, TEXTS, st.sampled_from(["", "1", "2"]), st.integers(0, 1)), max_size=40))
def test_whatever_the_order_each_response_is_used_once(said: list[tuple[str, str, str, str, int]]) -> None:
    messages = [
        message(n, protocol, role, text, key, direction=direction)
        for n, (protocol, role, text, key, direction) in enumerate(said, 1)
    ]
    exchanges = pair(messages)
    roles = {m.packet - 1: m.role for m in messages}
    requests = [x.request for x in exchanges]
    responses = [x.response for x in exchanges if x.response is not None]
    assert requests == sorted(set(requests)) and all(roles[n] == REQUEST for n in requests)
    assert len(responses) == len(set(responses)) and all(roles[n] == RESPONSE for n in responses)
