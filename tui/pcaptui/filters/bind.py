"""From the syntax tree to one that makes sense, or to what is wrong with it. Rules found by experiment with tshark."""

from __future__ import annotations

from collections.abc import Callable
from re import Pattern

from . import bound, syntax
from .errors import FilterError
from .functions import FUNCTIONS
from .literals import Constant, Wrong, character, constant, fits, negative
from .patterns import BadPattern, compile_pattern
from .registry import find, similar
from .types import ADDED, MASKED, MULTIPLIED, NUMBERS, SEARCHED, SLICED, FieldInfo, Type, compatible

_EVERY = {"all_eq", "all_ne"}
_ORDERS: dict[str, bound.Operator] = {
    "any_eq": "eq", "all_eq": "eq", "any_ne": "ne", "all_ne": "ne",
    ">": ">", ">=": ">=", "<": "<", "<=": "<=", "contains": "contains",
}  # fmt: skip
_ALLOWED = {"+": ADDED, "-": ADDED, "*": MULTIPLIED, "/": MULTIPLIED, "%": NUMBERS, "&": MASKED}
BYTES = FieldInfo("", Type.BYTES)


def bind(tree: syntax.Condition) -> bound.Test:
    """The tree with its fields found and its values read. Raises FilterError."""
    match tree:
        case syntax.Logical():
            return _logical(tree)
        case syntax.Not(part=part):
            return bound.Not(bind(part))
        case syntax.Comparison():
            return _comparison(tree.operator, tree.left, tree.right, tree.quantifier)
        case syntax.Chain(operators=operators, values=values):
            pairs = zip(operators, values, values[1:], strict=False)
            return bound.And(tuple(_comparison(o, left, right, tree.quantifier) for o, left, right in pairs))
        case syntax.Membership():
            return _membership(tree)
        case syntax.Test(value=value):
            return _test(value)


def _logical(tree: syntax.Logical) -> bound.Test:
    """Long chains of one operator become one node; they lean to the left."""
    if tree.operator == "xor":
        return bound.Xor(bind(tree.left), bind(tree.right))
    parts: list[syntax.Condition] = []
    node: syntax.Condition = tree
    while isinstance(node, syntax.Logical) and node.operator == tree.operator:
        parts.append(node.right)
        node = node.left
    parts.append(node)
    tests = tuple(bind(part) for part in reversed(parts))
    return bound.And(tests) if tree.operator == "and" else bound.Or(tests)


def _test(value: syntax.Value) -> bound.Test:
    made = _value(value)
    if made is None or isinstance(made, Constant):
        raise _no_field(value)
    if isinstance(made, bound.Function):
        raise _wrong("A function alone is no condition; compare it with something", value)
    return bound.There(made)


def _comparison(
    operator: syntax.Relation, left: syntax.Value, right: syntax.Value, quantifier: syntax.Quantifier
) -> bound.Test:
    first = _left(left, operator)
    every = quantifier == "all" or (not quantifier and operator in _EVERY)
    if operator in ("contains", "matches") and first.type not in SEARCHED:
        raise _wrong(f"{_text(left)} is a {first.type.value}, which cannot take part in '{operator}'", left)
    if operator == "matches":
        return bound.Match(first, _pattern(right), every)
    second = _against(right, first, operator == "contains")
    if first.type is Type.NONE:
        raise _wrong(f"{_text(left)} has no value to compare with", left)
    return bound.Compare(_ORDERS[operator], first, second, every)


def _pattern(value: syntax.Value) -> Pattern[bytes]:
    if not isinstance(value, syntax.Text):
        raise _wrong("'matches' needs a regular expression in double quotes on its right", value)
    try:
        return compile_pattern(value.text)
    except BadPattern as error:
        raise _wrong(str(error), value) from None


def _membership(tree: syntax.Membership) -> bound.Test:
    left = _value(tree.left)
    if left is None or isinstance(left, Constant):
        raise _no_field(tree.left)
    if left.type is Type.NONE:
        raise _wrong(f"{_text(tree.left)} has no value to compare with", tree.left)
    elements: list[bound.Value | tuple[bound.Value, bound.Value]] = []
    for element in tree.elements:
        if isinstance(element, syntax.Interval):
            elements.append((_against(element.low, left), _against(element.high, left)))
        else:
            elements.append(_against(element, left))
    found = bound.In(left, tuple(elements), tree.quantifier == "all" and not tree.negated)
    return bound.Not(found) if tree.negated else found


def _left(value: syntax.Value, operator: str) -> bound.Value:
    made = _value(value)
    if made is None or isinstance(made, Constant):
        raise _no_field(value)
    return made


def _against(value: syntax.Value, other: bound.Value, part: bool = False) -> bound.Value:
    """A value that `other` is compared with: of its type where it is written out, else of one that goes with it.

    `part`: a part of `other` is meant, so that a MAC address may be shorter.
    """
    expected = BYTES if part and other.type is Type.ETHER and not isinstance(value, syntax.Text) else _info(other)
    made = _value(value, expected)
    assert made is not None
    if isinstance(made, Constant) and isinstance(made.value, int) and made.value < 0:
        return _below_zero(made, other)
    if isinstance(other, bound.Part) and made.type in SLICED:
        return made if made.type is Type.BYTES else bound.Part(made, (syntax.Range(0),))
    if not compatible(other.type, made.type):
        raise _wrong(f"A {other.type.value} cannot be compared with a {made.type.value}", value)
    return made


def _below_zero(value: Constant, other: bound.Value) -> Constant:
    """No unsigned field compares with a number below zero in any way; results of arithmetic do."""
    if other.type is Type.UNSIGNED and isinstance(other, (bound.Field, bound.Function)):
        return Constant(float("nan"), Type.UNSIGNED)
    return value


def _info(value: bound.Value) -> FieldInfo:
    """What literals that meet this value are read as."""
    match value:
        case bound.Field(info=info):
            return info
        case bound.Operation(left=left, right=right):
            return _info(right if isinstance(left, Constant) else left)
        case bound.Minus(value=inner):
            return _info(inner)
        case bound.Function(name=name, arguments=arguments, type=kind):
            return _info(arguments[0]) if name in ("max", "min", "abs") else FieldInfo("", kind)
        case _:
            return FieldInfo("", value.type)


def _value(value: syntax.Value, expected: FieldInfo | None = None) -> bound.Value | None:
    """The value; `expected` is what literals are read as. None: a literal, and nothing is expected."""
    match value:
        case syntax.Word():
            return _word(value, expected)
        case syntax.Text(text=text):
            return None if expected is None else _read(lambda: constant(text, True, expected), value)
        case syntax.Character(value=number):
            return None if expected is None else _read(lambda: character(number, expected), value)
        case syntax.Slice():
            return _slice(value, expected)
        case syntax.Call():
            return _call(value)
        case syntax.Negative():
            return _minus(value, expected)
        case syntax.Arithmetic():
            return _arithmetic(value, expected)


def _read(read: Callable[[], Constant], value: syntax.Value) -> Constant:
    try:
        return read()
    except Wrong as error:
        raise _wrong(str(error), value) from None


def _word(value: syntax.Word, expected: FieldInfo | None) -> bound.Value | None:
    info = find(value.text)
    if info is not None:
        return bound.Field(info, value.layers)
    if value.field_only or value.layers:
        raise _no_field(value)
    if expected is None:
        return None
    try:
        return constant(value.text, False, expected)
    except Wrong as error:
        suggestion = similar(value.text) if "." in value.text and not value.text[0].isdigit() else ""
        raise FilterError(str(error), *_span(value), suggestion) from None


def _slice(value: syntax.Slice, expected: FieldInfo | None) -> bound.Value:
    inner = _value(value.value)
    if inner is None or isinstance(inner, Constant):
        raise _no_field(value.value)
    if inner.type not in SLICED:
        raise _wrong(f"{_text(value.value)} is a {inner.type.value} and has no bytes to take a part of", value.value)
    return bound.Part(inner, value.ranges)


def _call(value: syntax.Call) -> bound.Value:
    function = FUNCTIONS.get(value.name)
    if function is None:
        import difflib

        near = difflib.get_close_matches(value.name, FUNCTIONS, 1, 0.5)
        raise FilterError(
            f"There is no function {value.name}", value.place[0], len(value.name), near[0] if near else ""
        )
    count = len(value.arguments)
    if count < 1 or (function.single and count > 1):
        many = "one argument" if function.single else "at least one argument"
        raise _wrong(f"{value.name}() takes {many}, not {count}", value)
    arguments: list[bound.Value] = []
    for argument in value.arguments:
        made = _value(argument, _info(arguments[0]) if arguments else None)
        if made is None:
            raise _wrong(f"{value.name}() takes fields, which {_text(argument)} is not", argument)
        if function.fields_only and not isinstance(made, bound.Field):
            raise _wrong(f"{value.name}() takes fields, which {_text(argument)} is not", argument)
        if function.takes and made.type not in function.takes:
            raise _wrong(f"{value.name}() takes no {made.type.value}, which {_text(argument)} is", argument)
        if arguments and not compatible(arguments[0].type, made.type):
            raise _wrong(f"{value.name}() takes values of one type only", argument)
        arguments.append(made)
    return bound.Function(value.name, tuple(arguments), function.gives or arguments[0].type)


def _minus(value: syntax.Negative, expected: FieldInfo | None) -> bound.Value | None:
    inner = _value(value.value, expected)
    if inner is None:
        return None
    if isinstance(inner, Constant):
        changed = negative(inner)
        if changed is None:
            raise _wrong(f"A {inner.type.value} has no sign", value)
        return changed
    if inner.type not in ADDED:
        raise _wrong(f"A {inner.type.value} has no sign", value)
    return bound.Minus(inner, inner.type)


def _arithmetic(value: syntax.Arithmetic, expected: FieldInfo | None) -> bound.Value | None:
    """Both sides of one type; a literal takes that of the other side, two literals that of what they meet."""
    left = _value(value.left)
    right = _value(value.right, _info(left) if left is not None else expected)
    if left is None:
        left = _value(value.left, _info(right) if right is not None and not isinstance(right, Constant) else expected)
    if left is None or right is None:
        return None
    allowed = _ALLOWED[value.operator]
    for side, made in ((value.left, left), (value.right, right)):
        if made.type not in allowed:
            raise _wrong(f"A {made.type.value} cannot be used with {value.operator}", side)
    if not compatible(left.type, right.type):
        raise _wrong(f"A {left.type.value} cannot be used with a {right.type.value}", value)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _fold(value, left, right, expected)
    return bound.Operation(value.operator, left, right, left.type)


def _fold(value: syntax.Arithmetic, left: Constant, right: Constant, expected: FieldInfo | None) -> Constant:
    from .values import calculate

    result = calculate(value.operator, left.value, right.value)
    if result is None:
        raise _wrong("This cannot be calculated", value)
    if isinstance(result, int) and expected is not None:
        try:
            fits(result, expected)
        except Wrong as error:
            raise _wrong(str(error), value) from None
    return Constant(result, left.type)


# What is wrong.


def _span(value: syntax.Value | syntax.Range) -> tuple[int, int]:
    return value.place[0], value.place[1] - value.place[0]


def _wrong(reason: str, value: syntax.Value) -> FilterError:
    return FilterError(reason, *_span(value))


def _text(value: syntax.Value) -> str:
    from .printer import print_value

    text = print_value(value)
    return text if len(text) < 60 else text[:57] + "..."


def _no_field(value: syntax.Value) -> FilterError:
    if isinstance(value, syntax.Word):
        return FilterError(f"{value.text} is neither a field nor a protocol", *_span(value), similar(value.text))
    return _wrong(f"{_text(value)} is neither a field nor a protocol", value)
