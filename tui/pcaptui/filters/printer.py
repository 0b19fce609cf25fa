"""A syntax tree as text that parses to the same tree."""

from __future__ import annotations

from . import syntax

_WORDS: dict[str, str] = {
    "any_eq": "==", "all_eq": "===", "any_ne": "!==", "all_ne": "!=",
}  # fmt: skip
_TIGHTNESS = {"or": 0, "xor": 1, "and": 2}
_ESCAPES = {7: "\\a", 8: "\\b", 12: "\\f", 10: "\\n", 13: "\\r", 9: "\\t", 11: "\\v", 34: '\\"', 92: "\\\\"}
_VALUES = {"&": 0, "+": 1, "-": 1, "*": 2, "/": 2, "%": 2}


def print_condition(tree: syntax.Condition) -> str:
    """The filter that a tree is of."""
    match tree:
        case syntax.Logical():
            return _logical(tree)
        case syntax.Not(part=part):
            inner = print_condition(part)
            return f"not ({inner})" if isinstance(part, syntax.Logical) else f"not {inner}"
        case syntax.Comparison(operator=operator, left=left, right=right):
            return f"{_quantifier(tree)}{print_value(left)} {_WORDS.get(operator, operator)} {print_value(right)}"
        case syntax.Chain(operators=operators, values=values):
            rest = [f" {_WORDS.get(o, o)} {print_value(v)}" for o, v in zip(operators, values[1:], strict=True)]
            return f"{_quantifier(tree)}{print_value(values[0])}{''.join(rest)}"
        case syntax.Membership(left=left, elements=elements, negated=negated):
            inside = ", ".join(_element(element) for element in elements)
            return f"{_quantifier(tree)}{print_value(left)} {'not ' if negated else ''}in {{{inside}}}"
        case syntax.Test(value=value):
            return print_value(value)


def _quantifier(tree: syntax.Comparison | syntax.Chain | syntax.Membership) -> str:
    return f"{tree.quantifier} " if tree.quantifier else ""


def _logical(tree: syntax.Logical) -> str:
    """Chains to the left are walked, not recursed into: they may be thousands long."""
    parts: list[str] = []
    node: syntax.Condition = tree
    while isinstance(node, syntax.Logical) and node.operator == tree.operator:
        parts.append(_operand(node.right, tree.operator, right=True))
        node = node.left
    parts.append(_operand(node, tree.operator, right=False))
    return f" {tree.operator} ".join(reversed(parts))


def _operand(tree: syntax.Condition, operator: str, right: bool) -> str:
    text = print_condition(tree)
    if not isinstance(tree, syntax.Logical):
        return text
    own, outer = _TIGHTNESS[tree.operator], _TIGHTNESS[operator]
    return f"({text})" if own < outer or (right and own == outer) else text


def _element(element: syntax.Value | syntax.Interval) -> str:
    if isinstance(element, syntax.Interval):
        return f"{print_value(element.low)} .. {print_value(element.high)}"
    return print_value(element)


def print_value(value: syntax.Value) -> str:
    """One value as it is written."""
    match value:
        case syntax.Word(text=text, layers=layers, field_only=field_only):
            behind = f"#[{_ranges(layers)}]" if layers else ""
            return f"{'.' if field_only else ''}{text}{behind}"
        case syntax.Text(text=text):
            return f'"{"".join(_character(ord(c)) for c in text)}"'
        case syntax.Character(value=number):
            return "'\\''" if number == 39 else f"'{_character(number)}'"
        case syntax.Slice(value=inner, ranges=ranges):
            return f"{print_value(inner)}[{_ranges(ranges)}]"
        case syntax.Call(name=name, arguments=arguments):
            return f"{name}({', '.join(print_value(argument) for argument in arguments)})"
        case syntax.Negative(value=inner):
            return f"-{print_value(inner)}"
        case syntax.Arithmetic():
            return _arithmetic(value)


def _arithmetic(value: syntax.Arithmetic) -> str:
    own = _VALUES[value.operator]
    left, right = print_value(value.left), print_value(value.right)
    if isinstance(value.left, syntax.Arithmetic) and _VALUES[value.left.operator] < own:
        left = f"{{{left}}}"
    if isinstance(value.right, syntax.Arithmetic) and _VALUES[value.right.operator] <= own:
        right = f"{{{right}}}"
    return f"{left} {value.operator} {right}"


def _character(number: int) -> str:
    if number in _ESCAPES:
        return _ESCAPES[number]
    return chr(number) if 32 <= number < 127 else f"\\{number:03o}"


def _ranges(ranges: tuple[syntax.Range, ...]) -> str:
    return ",".join(_range(part) for part in ranges)


def _range(part: syntax.Range) -> str:
    if part.end is not None:
        return f"{part.start}-{part.end}"
    return f"{part.start}:{'' if part.length is None else part.length}"
