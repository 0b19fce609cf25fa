"""Grammar and printer: what is printed parses back, and no text does anything but parse or fail with a place."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.filters import FilterError, compile
from pcaptui.filters import syntax as s
from pcaptui.filters.grammar import parse
from pcaptui.filters.lexer import KEYWORDS
from pcaptui.filters.printer import print_condition

words = st.sampled_from(
    ["tcp.port", "ip.addr", "80", "0x1f", "10.0.0.0/8", "fe80::1", "00:11:22", "nate.com", "a-b_c", "dns", "1.5"]
)
numbers = st.integers(-300, 300)


def _range(start: int, length: int | None, span: int | None) -> s.Range:
    if span is not None:
        return s.Range(start, end=start + span) if start >= 0 else s.Range(start, end=max(start, -1 - span % -start))
    return s.Range(start, length=length)


ranges = st.lists(
    st.builds(_range, numbers, st.none() | st.integers(1, 300), st.none() | st.integers(0, 50)), min_size=1, max_size=3
).map(tuple)
entities = st.recursive(
    st.one_of(
        st.builds(s.Word, words),
        st.builds(s.Word, st.sampled_from(["tcp.port", "ip"]), ranges),
        st.builds(s.Word, st.just("tcp.port"), field_only=st.just(True)),
        st.builds(s.Text, st.text(st.characters(max_codepoint=255), max_size=8)),
        st.builds(s.Character, st.integers(0, 255)),
    ),
    lambda inner: st.one_of(
        st.builds(s.Slice, inner, ranges),
        st.builds(s.Call, st.sampled_from(["len", "max", "foo"]), st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)
atoms = entities | st.builds(s.Negative, entities)
values = st.recursive(
    atoms, lambda inner: st.builds(s.Arithmetic, st.sampled_from("+-*/%&"), inner, inner), max_leaves=5
)
relations = st.sampled_from(["any_eq", "all_eq", "any_ne", "all_ne", ">", ">=", "<", "<="])
quantifiers = st.sampled_from(["", "any", "all"])
elements = atoms | st.builds(s.Interval, atoms, atoms)


@st.composite
def chains(draw: st.DrawFn) -> s.Chain:
    operators = tuple(draw(st.lists(relations, min_size=2, max_size=4)))
    many = len(operators) + 1
    return s.Chain(operators, tuple(draw(st.lists(values, min_size=many, max_size=many))), draw(quantifiers))


tests = st.one_of(
    st.builds(s.Comparison, relations | st.sampled_from(["contains", "matches"]), values, values, quantifiers),
    chains(),
    st.builds(s.Membership, values, st.lists(elements, min_size=1, max_size=3).map(tuple), st.booleans(), quantifiers),
    st.builds(s.Test, values),
)
conditions = st.recursive(
    tests,
    lambda inner: st.builds(s.Not, inner) | st.builds(s.Logical, st.sampled_from(["and", "or", "xor"]), inner, inner),
    max_leaves=6,
)


@settings(deadline=None, max_examples=150)
@given(conditions)
def test_what_is_printed_parses_to_the_same_tree(tree: s.Condition) -> None:
    assert parse(print_condition(tree)) == tree


pieces = st.sampled_from(
    [*KEYWORDS, "tcp.port", "ip.addr", "dns.qry.name", "80", "==", "!=", "~", "!", "(", ")", "{", "}", "[", "]", ",",
     "..", "-", "+", "&", "&&", "||", '"', "'", "\\", "#", "1.2.3.4", "::1", "frame", "len", '"a"', " ", "é", "\0"]
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(pieces, max_size=15).map(" ".join) | st.text(max_size=40))
def test_any_text_is_a_filter_or_says_where_it_is_wrong(text: str) -> None:
    try:
        compile(text)
    except FilterError as error:
        assert 0 <= error.place <= len(text)
        assert error.message and "\n" not in error.message.replace(text, "")
        line, marks = error.pointed().split("\n")
        assert marks.strip() == "^" * len(marks.strip()) and len(marks) <= len(line) + 1


def test_and_binds_closer_than_xor_and_xor_than_or() -> None:
    assert parse("a or b xor c and d") == parse("a or (b xor (c and d))")
    assert parse("not a and b") == parse("(not a) and b")
    assert parse("!a == 1") == parse("not (a == 1)")


def test_spellings_of_one_operator_are_the_same() -> None:
    for one, other in (("&&", "and"), ("||", "or"), ("^^", "xor")):
        assert parse(f"a {one} b") == parse(f"a {other} b")
    for one, other in (("==", "eq"), ("!=", "ne"), ("~=", "any_ne"), ("!==", "any_ne"), ("===", "all_eq"),
                       (">=", "ge"), ("~", "matches")):  # fmt: skip
        assert parse(f"a {one} b") == parse(f"a {other} b")


def test_deep_nesting_is_refused_and_long_chains_are_not() -> None:
    assert compile(" or ".join(["tcp"] * 2000)).test is not None
    for deep in ("(" * 5000 + "tcp" + ")" * 5000, "!" * 5000 + "tcp", "tcp.port == " + "{" * 900 + "1" + "}" * 900):
        try:
            compile(deep)
        except FilterError:
            continue
        raise AssertionError(deep[:20])


def test_an_empty_filter_lets_everything_pass() -> None:
    assert compile("  ").test is None
