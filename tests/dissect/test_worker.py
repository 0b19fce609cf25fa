"""The worker process: trees through the pipe, time limits, and what comes after a worker that died or hung."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dns import DNS, DNSQR
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from pcaptui.dissect import tree_client, wire, worker
from pcaptui.dissect.tree_client import TreeClient
from pcaptui.fields import patience
from pcaptui.fields.context import Context
from pcaptui.fields.node import Dissection, Node, tree_lines
from pcaptui.fields.tree import dissect

QUERY = bytes(Ether() / IP() / UDP(dport=53) / DNS(qd=DNSQR(qname="nate.com")))
CONTEXT = Context(1, QUERY, len(QUERY), 1, layers=("eth", "ethertype", "ip", "udp", "dns"))


@pytest.fixture(scope="module")
def client() -> Iterator[TreeClient]:
    client = TreeClient(warm=False)
    yield client
    client.close()


def objects(dissection: Dissection) -> list[object]:
    return [node.as_object() for node in dissection.nodes]


def test_the_worker_gives_the_same_tree(client: TreeClient) -> None:
    assert objects(client.ask(CONTEXT)) == objects(dissect(CONTEXT))


def test_many_trees_come_in_order(client: TreeClient) -> None:
    trees = list(client.ask_many(replace(CONTEXT, number=number) for number in range(1, 60)))
    assert [objects(tree) for tree in trees] == [objects(dissect(replace(CONTEXT, number=n))) for n in range(1, 60)]


def test_large_questions_and_answers_do_not_block_each_other(client: TreeClient) -> None:
    large = bytes(1 << 20)
    contexts = [Context(n, large, len(large), 60_000, with_scapy=False) for n in range(5)]
    assert [tree.nodes[-1].length for tree in client.ask_many(contexts)] == [1 << 20] * 5


def test_a_worker_that_died_between_questions_is_replaced(client: TreeClient) -> None:
    client.ask(CONTEXT)
    assert client._channel is not None
    os.kill(client._channel.process.pid, signal.SIGKILL)
    client._channel.process.wait()
    assert objects(client.ask(CONTEXT)) == objects(dissect(CONTEXT))


def test_a_worker_that_hangs_is_replaced_and_asked_without_scapy(
    client: TreeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.ask(CONTEXT)
    assert client._channel is not None
    monkeypatch.setattr(tree_client, "TIME_LIMIT", 0.2)
    os.kill(client._channel.process.pid, signal.SIGSTOP)
    *layers, note = client.ask(CONTEXT).nodes
    assert note.label == "[Only the layers that are known well: the dissector took too long]"
    assert [node.as_object() for node in layers] == objects(dissect(replace(CONTEXT, with_scapy=False)))
    monkeypatch.undo()
    assert objects(client.ask(CONTEXT)) == objects(dissect(CONTEXT))


def test_where_a_packet_kills_every_worker_its_bytes_are_shown_and_the_others_have_trees(
    client: TreeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = TreeClient._send

    def deadly(self: TreeClient, context: Context) -> int:
        if context.number == 7:
            channel = self._channel or self._start()
            channel.process.kill()
            channel.process.wait()
        return send(self, context)

    monkeypatch.setattr(TreeClient, "_send", deadly)
    monkeypatch.setattr(tree_client, "AHEAD", 1)
    trees = list(client.ask_many(replace(CONTEXT, number=number) for number in range(5, 10)))
    why, data = trees[2].nodes
    assert why.label == "[No tree: the dissector died]"
    assert (data.start, data.length) == (0, len(QUERY))
    for number, tree in zip((5, 6, 8, 9), (*trees[:2], *trees[3:]), strict=True):
        assert tree.nodes[0].as_object() == dissect(replace(CONTEXT, number=number)).nodes[0].as_object()


def test_of_requests_at_once_the_latest_is_answered(client: TreeClient) -> None:
    async def ask() -> list[Dissection | None]:
        return await asyncio.gather(*(client.request(lambda: CONTEXT) for _ in range(20)))

    answers = asyncio.run(ask())
    assert answers[-1] is not None
    assert sum(answer is None for answer in answers) > 0


def test_closing_ends_a_question_under_way() -> None:
    client = TreeClient(warm=False)
    client.ask(CONTEXT)
    assert client._channel is not None
    process = client._channel.process
    os.kill(process.pid, signal.SIGSTOP)

    async def ask_and_close() -> Dissection | None:
        asked = asyncio.create_task(client.request(lambda: CONTEXT))
        await asyncio.sleep(0.05)
        client.close()
        return await asked

    answer = asyncio.run(ask_and_close())
    assert answer is not None and answer.nodes[0].label == "[No tree: closed]"
    assert process.poll() is not None


def test_the_worker_starts_without_scapy_and_textual() -> None:
    code = (
        "import sys, pcaptui.dissect.worker; from pcaptui.fields import registry; registry.load();"
        "sys.exit(', '.join({'textual', 'rich', 'scapy', 'numpy', 'cryptography'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_modules_in_the_current_directory_are_not_the_workers(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "struct.py").write_text("raise SystemExit")
    (tmp_path / "json.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    client = TreeClient(warm=False)
    try:
        assert objects(client.ask(CONTEXT)) == objects(dissect(CONTEXT))
    finally:
        client.close()


# The clock, and the worker's own way with what a builder does.


@pytest.fixture
def clock() -> Iterator[patience.Clock]:
    before = signal.getsignal(signal.SIGALRM)
    clock = patience.Clock(0.05)
    yield clock
    clock.stop()
    signal.signal(signal.SIGALRM, before)


def test_a_builder_that_runs_on_is_stopped_with_the_layers_it_had(
    clock: patience.Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pcaptui.fields import registry

    def endless(walk, view) -> None:  # type: ignore[no-untyped-def]
        walk.layer(view, "dns", "Domain Name System")
        while True:
            try:
                time.sleep(0.01)
            except Exception:
                continue

    registry.load()
    monkeypatch.setitem(registry.link_types, 1, endless)
    tree = wire.decode(*worker.timed(CONTEXT, dissect, clock))
    assert [node.field for node in tree.nodes[:2]] == ["frame", "dns"]
    assert "took too long" in tree.nodes[-1].label


def test_a_builder_that_catches_the_alarm_is_struck_again(
    clock: patience.Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "AGAIN", 0.02)
    caught: list[int] = []

    def stubborn(context: Context) -> Dissection:
        while True:
            try:
                time.sleep(0.5)
            except BaseException:
                caught.append(1)
                if len(caught) > 3:
                    raise

    tree = wire.decode(*worker.timed(CONTEXT, stubborn, clock))
    assert [node.label for node in tree.nodes] == ["[Stopped after 0.05 s]", f"Data ({len(QUERY)} bytes)"]


def test_loading_a_library_does_not_count(clock: patience.Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "current", clock)
    told: list[int] = []
    clock._waiting = lambda: told.append(1)

    def loads(context: Context) -> Dissection:
        with patience.untimed():
            time.sleep(0.15)
        return Dissection([Node("done")])

    assert wire.decode(*worker.timed(CONTEXT, loads, clock)).nodes[0].label == "done"
    assert told == [1]


def test_a_worker_without_memory_says_so(clock: patience.Clock) -> None:
    def greedy(context: Context) -> Dissection:
        raise MemoryError

    tree = wire.decode(*worker.timed(CONTEXT, greedy, clock))
    assert tree.nodes[0].label == "[Dissector stopped: MemoryError]"


def test_loading_is_told_and_questions_end_the_worker() -> None:
    read, write = os.pipe()
    answers = io.BytesIO()

    def builds(context: Context) -> Dissection:
        with patience.untimed():
            return Dissection([Node("loaded")])

    before = signal.getsignal(signal.SIGALRM)
    import pickle

    data = pickle.dumps(CONTEXT)
    os.write(write, wire.REQUEST.pack(5, len(data)) + data)
    os.close(write)
    try:
        with os.fdopen(read, "rb", buffering=0) as questions:
            worker.serve(questions, answers, builds)  # type: ignore[arg-type]
    finally:
        patience.current = None
        signal.signal(signal.SIGALRM, before)
    told = answers.getvalue()
    assert wire.ANSWER.unpack_from(told)[:2] == (5, wire.Kind.LOADING)
    assert wire.ANSWER.unpack_from(told, wire.ANSWER.size)[:2] == (5, wire.Kind.TREE)


# What goes through the pipe.

values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
nodes = st.recursive(
    st.builds(Node, st.text(), st.text(), values, st.none() | st.integers(0), st.none() | st.integers(0),
              source=st.none() | st.text(), link=st.none() | st.integers(1)),
    lambda below: st.builds(Node, st.text(), children=st.lists(below, max_size=4)),
    max_leaves=20,
)  # fmt: skip


@given(st.lists(nodes, max_size=4), st.dictionaries(st.text(), st.binary(), max_size=3))
def test_trees_come_out_of_the_pipe_as_they_went_in(roots: list[Node], sources: dict[str, bytes]) -> None:
    there = Dissection(roots, sources)
    assert wire.decode(*wire.encode(there)) == there


def test_very_deep_trees_pass() -> None:
    node = Node("leaf")
    for _ in range(20_000):
        node = Node("deep", children=[node])
    back = wire.decode(*wire.encode(Dissection([node])))
    assert max(depth for depth, _ in tree_lines(back.nodes)) == wire.MAX_DEPTH


def test_huge_integers_pass_as_text() -> None:
    back = wire.decode(*wire.encode(Dissection([Node("n", value=1 << 40_000)])))
    assert back.nodes[0].value == hex(1 << 40_000)


@given(st.binary(max_size=60) | st.sampled_from([b"[[[0]],[]]", b"[1,2]", b"[[],[[1,2]]]", b"[" * 100_000, b"null"]))
def test_garbled_answers_are_refused(text: bytes) -> None:
    try:
        wire.decode(text, b"")
    except wire.Garbled:
        return
    assert wire.decode(text, b"")
