"""Tokens to syntax tree: Wireshark 4.0's display filter grammar, and xor of younger versions.

The parser's tables are made when the first filter is read, not when this is imported.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from . import syntax
from .errors import FilterError
from .lexer import KEYWORDS, Lexeme, lex

if TYPE_CHECKING:
    from lark import Lark, Token

_GRAMMAR = r"""
start: condition
?condition: exclusive | condition OR exclusive -> either
?exclusive: conjunction | exclusive XOR conjunction -> one_of
?conjunction: negation | conjunction AND negation -> both
?negation: test | NOT negation -> negated
?test: relation | value -> alone | OPEN condition CLOSE -> group
?relation: comparison -> plain | ANY comparison -> quantified | ALL comparison -> quantified
comparison: value relop value (relop value)* -> compared
    | value IN set -> member
    | value NOT IN set -> no_member
    | value CONTAINS value -> words
    | value MATCHES value -> words
relop: ANY_EQ | ALL_EQ | ALL_NE | ANY_NE | GT | GE | LT | LE
set: BRACE element (COMMA element)* UNBRACE
element: atom | atom DOTS atom
?value: bits
?bits: sum | bits BITS sum -> arithmetic
?sum: product | sum (PLUS | MINUS) product -> arithmetic
?product: unit | product (TIMES | OVER | MODULO) unit -> arithmetic
?unit: atom | BRACE value UNBRACE -> braced
atom: entity | (PLUS | MINUS) entity -> signed
?entity: WORD -> word | FIELD -> field | STRING -> string | CHARACTER -> character
    | layered
    | entity BRACKET RANGES UNBRACKET -> slice
    | WORD OPEN (value (COMMA value)*)? CLOSE -> call
layered: (WORD | FIELD) LAYER WORD | (WORD | FIELD) LAYER BRACKET RANGES UNBRACKET
%declare OR XOR AND NOT OPEN CLOSE ANY ALL IN CONTAINS MATCHES ANY_EQ ALL_EQ ALL_NE ANY_NE GT GE LT LE
%declare BRACE UNBRACE COMMA DOTS BITS PLUS MINUS TIMES OVER MODULO WORD FIELD STRING CHARACTER BRACKET RANGES
%declare UNBRACKET LAYER
"""
_RELATIONS: dict[str, syntax.Relation] = {
    "ANY_EQ": "any_eq", "ALL_EQ": "all_eq", "ALL_NE": "all_ne", "ANY_NE": "any_ne",
    "GT": ">", "GE": ">=", "LT": "<", "LE": "<=", "CONTAINS": "contains", "MATCHES": "matches",
}  # fmt: skip
_NUMBER = r"(0[xX][0-9A-Fa-f]{1,8}|\d{1,9})"
_RANGE = re.compile(rf"\s*(-?{_NUMBER})?\s*(?:(:|-)\s*(-?{_NUMBER})?)?\s*", re.ASCII)
_VALUES = ("WORD", "FIELD", "STRING", "CHARACTER")
DEEPEST = 200
"""Conditions, values and parentheses inside of each other."""


def parse(text: str) -> syntax.Condition | None:
    """The tree of a filter, None for an empty one. Raises FilterError."""
    tokens = list(lex(text))
    if not tokens:
        return None
    depth = 0
    for token in tokens:
        depth += (token.kind in ("OPEN", "BRACE", "NOT")) - (token.kind in ("CLOSE", "UNBRACE"))
        if depth > DEEPEST:
            raise FilterError("Nested too deeply", token.start)
    from lark.exceptions import UnexpectedToken

    try:
        tree = _parser().parse(text)
    except UnexpectedToken as error:
        if error.token.type in _VALUES and _in_set([each for each in tokens if each.start < error.token.start_pos]):
            reason = "The values of a set are separated with commas, as in {80, 443}"
            raise FilterError(reason, error.token.start_pos, len(error.token)) from None
        raise _unexpected(text, error) from None
    return _Builder().build(tree)


def _in_set(tokens: list[Lexeme]) -> bool:
    """Whether these end in a value of a set that is not closed."""
    kinds = [token.kind for token in tokens]
    if "BRACE" not in kinds or kinds[-1] not in _VALUES:
        return False
    brace = len(kinds) - 1 - kinds[::-1].index("BRACE")
    return "UNBRACE" not in kinds[brace:] and kinds[brace - 1 : brace] == ["IN"]


def _unexpected(text: str, error: Any) -> FilterError:
    token = error.token
    if token.type == "$END":
        return FilterError("The filter ends too early", len(text.rstrip()), 1)
    word, place = str(token), token.start_pos
    wanted = {name for name, kind in KEYWORDS.items() if kind in error.expected}
    if "AND" in error.expected:
        wanted.add("xor")
    near = difflib.get_close_matches(word.lower(), wanted, 1, 0.6) if token.type == "WORD" else []
    reason = f'"{word}" was not expected here'
    return FilterError(reason, place, len(word), near[0] if near else "")


@cache
def _parser() -> Lark:
    from lark import Lark, Token
    from lark.lexer import Lexer

    class Tokens(Lexer):
        def __init__(self, conf: Any) -> None:
            pass

        def lex(self, data: str) -> Iterator[Token]:  # type: ignore[override]
            for found in lex(data):
                token = Token(found.kind, found.text, start_pos=found.start, end_pos=found.end)
                token.value = found.value
                yield token

    return Lark(_GRAMMAR, parser="lalr", lexer=Tokens, maybe_placeholders=False)


class _Builder:
    """Lark's tree to ours, without recursion into lark's own visitors: long chains of `or` lie deep."""

    def build(self, tree: Any) -> syntax.Condition:
        made: list[Any] = []
        stack: list[tuple[Any, bool]] = [(tree, False)]
        while stack:
            node, done = stack.pop()
            if not hasattr(node, "children"):
                made.append(node)
            elif done:
                size = len(node.children)
                parts = made[len(made) - size :]
                del made[len(made) - size :]
                made.append(getattr(self, f"_{node.data}")(parts))
            else:
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(node.children))
        result: syntax.Condition = made[0]
        return result

    def _start(self, parts: list[Any]) -> Any:
        return parts[0]

    _plain = _relation = _start

    # Conditions.

    def _logical(self, operator: Any, parts: list[Any]) -> syntax.Condition:
        left, _, right = parts
        return syntax.Logical(operator, left, right, place=(left.place[0], right.place[1]))

    def _either(self, parts: list[Any]) -> syntax.Condition:
        return self._logical("or", parts)

    def _one_of(self, parts: list[Any]) -> syntax.Condition:
        return self._logical("xor", parts)

    def _both(self, parts: list[Any]) -> syntax.Condition:
        return self._logical("and", parts)

    def _negated(self, parts: list[Any]) -> syntax.Condition:
        return syntax.Not(parts[1], place=(parts[0].start_pos, parts[1].place[1]))

    def _group(self, parts: list[Any]) -> Any:
        return parts[1]

    def _alone(self, parts: list[Any]) -> syntax.Condition:
        return syntax.Test(parts[0], place=parts[0].place)

    def _quantified(self, parts: list[Any]) -> Any:
        from dataclasses import replace

        word, condition = parts
        return replace(condition, quantifier=str(word), place=(word.start_pos, condition.place[1]))

    def _relop(self, parts: list[Any]) -> syntax.Relation:
        return _RELATIONS[parts[0].type]

    def _compared(self, parts: list[Any]) -> syntax.Condition:
        values, operators = tuple(parts[::2]), tuple(parts[1::2])
        place = values[0].place[0], values[-1].place[1]
        if len(operators) == 1:
            return syntax.Comparison(operators[0], values[0], values[1], place=place)
        return syntax.Chain(operators, values, place=place)

    def _words(self, parts: list[Any]) -> syntax.Condition:
        left, operator, right = parts
        return syntax.Comparison(_RELATIONS[operator.type], left, right, place=(left.place[0], right.place[1]))

    def _member(self, parts: list[Any]) -> syntax.Condition:
        left, elements = parts[0], parts[-1]
        negated = len(parts) == 4
        return syntax.Membership(left, elements, negated, place=(left.place[0], elements[-1].place[1]))

    _no_member = _member

    def _set(self, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(parts[1::2])

    def _element(self, parts: list[Any]) -> Any:
        if len(parts) == 1:
            return parts[0]
        return syntax.Interval(parts[0], parts[2], place=(parts[0].place[0], parts[2].place[1]))

    # Values.

    def _arithmetic(self, parts: list[Any]) -> syntax.Value:
        left, operator, right = parts
        symbol: Any = "&" if operator.type == "BITS" else str(operator)
        return syntax.Arithmetic(symbol, left, right, place=(left.place[0], right.place[1]))

    def _braced(self, parts: list[Any]) -> Any:
        return parts[1]

    def _atom(self, parts: list[Any]) -> Any:
        return parts[0]

    def _signed(self, parts: list[Any]) -> syntax.Value:
        sign, value = parts
        place = sign.start_pos, value.place[1]
        return syntax.Negative(value, place=place) if sign.type == "MINUS" else value

    def _word(self, parts: list[Token]) -> syntax.Value:
        return syntax.Word(str(parts[0].value), place=_place(parts[0]))

    def _field(self, parts: list[Token]) -> syntax.Value:
        return syntax.Word(str(parts[0].value), field_only=True, place=_place(parts[0]))

    def _string(self, parts: list[Token]) -> syntax.Value:
        return syntax.Text(parts[0].value, place=_place(parts[0]))

    def _character(self, parts: list[Token]) -> syntax.Value:
        value: Any = parts[0].value
        return syntax.Character(value, place=_place(parts[0]))

    def _layered(self, parts: list[Any]) -> syntax.Value:
        name, behind = parts[0], parts[2] if len(parts) == 3 else parts[3]
        ranges = _ranges(behind, layers=True)
        return syntax.Word(name.value, ranges, name.type == "FIELD", place=(name.start_pos, parts[-1].end_pos))

    def _slice(self, parts: list[Any]) -> syntax.Value:
        value, _, ranges, close = parts
        return syntax.Slice(value, _ranges(ranges), place=(value.place[0], close.end_pos))

    def _call(self, parts: list[Any]) -> syntax.Value:
        name = parts[0]
        return syntax.Call(str(name.value), tuple(parts[2:-1:2]), place=(name.start_pos, parts[-1].end_pos))


def _place(token: Any) -> syntax.Place:
    return token.start_pos, token.end_pos


def _ranges(token: Any, layers: bool = False) -> tuple[syntax.Range, ...]:
    """What stands between brackets: `0:3`, `1-2`, `:4`, `-2:`, `0,2`."""
    found, at = [], token.start_pos
    if len(text := str(token.value)) > 1000:
        raise FilterError("Too many ranges", at, len(text))
    for part in text.split(","):
        found.append(_range(part, at))
        at += len(part) + 1
    return tuple(found)


def _range(part: str, at: int) -> syntax.Range:
    match = _RANGE.fullmatch(part)
    place = (at, at + max(1, len(part)))
    if match is None or (match[1] is None and match[3] is None):
        raise FilterError(f'"{part.strip()}" is not a range like 0:3, 1-2, :4 or -2:', at, len(part))
    start = int(match[1] or "0", 0) if not _leading_zero(match[1]) else int(match[1] or "0")
    last = None if match[4] is None else int(match[4], 0) if not _leading_zero(match[4]) else int(match[4])
    if match[3] is None:
        return syntax.Range(start, length=1, place=place)
    if match[3] == ":":
        if last is not None and last <= 0:
            raise FilterError(f"A range of length {last} holds nothing", at, len(part))
        return syntax.Range(start, length=last, place=place)
    if last is None or (start >= 0 and last < start) or (start < 0) != (last < 0):
        raise FilterError(f'"{part.strip()}" is not a range like 0:3, 1-2, :4 or -2:', at, len(part))
    return syntax.Range(start, end=last, place=place)


def _leading_zero(text: str | None) -> bool:
    return text is not None and text.lstrip("-").isdecimal()
