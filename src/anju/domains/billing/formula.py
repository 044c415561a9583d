"""Formulas of tariffs: a small language of our own, read to a tree, checked, and computed alike in Python and in SQL.

    formula    = sum
    sum        = product, {("+" | "-"), product}
    product    = sign, {("*" | "/"), sign}
    sign       = ["-"], operand
    operand    = number | name | function, "(", sum, {",", sum}, ")" | "(", sum, ")"

A formula gives yuan per month. Numbers are exact; a quotient is rounded half away from zero to ten decimals, and a
division by zero, or a value that the unit lacks, leaves the formula without a value. Nothing is ever evaluated as
Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.kit.errors import Refusal

VOCABULARY: dict[str, str | Promise] = {
    "area": gettext_lazy("exclusive area of the unit, or area of the space (m2)"),
    "inner_area": gettext_lazy("inner area (m2), the exclusive area where none is recorded"),
    "price": gettext_lazy("price of the tariff"),
    "fixed": gettext_lazy("fixed part of the tariff"),
    "floor": gettext_lazy("floor of the unit"),
    "floors": gettext_lazy("floors of its entrance, else of its building"),
    "lift": gettext_lazy("1 where the entrance has a lift, else 0"),
    "households": gettext_lazy("units in the building"),
}
FUNCTIONS = {"min": (2, 10), "max": (2, 10), "round": (1, 2)}
"""Name of a function, and the fewest and most arguments it takes. ``round(x, 2)`` rounds half away from zero."""

MOST_CHARACTERS = 500
MOST_NESTED = 40
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]+)|(?P<sign>[-+*/(),]))")
_FULL_WIDTH = str.maketrans("（）＋－＊／，×÷。．０１２３４５６７８９", "()+-*/,*/..0123456789")


class Node:
    """One node of the tree."""

    def value(self, facts: Mapping[str, Fraction | None]) -> Fraction | None:
        raise NotImplementedError

    def sql(self, columns: Mapping[str, str]) -> str:
        raise NotImplementedError

    def names(self) -> set[str]:
        return set()


@dataclass(frozen=True, slots=True)
class Number(Node):
    number: Decimal

    def value(self, facts: Mapping[str, Fraction | None]) -> Fraction:
        return Fraction(self.number)

    def sql(self, columns: Mapping[str, str]) -> str:
        # Digits and at most one point: the grammar lets nothing else come here.
        return f"{self.number:f}::numeric"


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str

    def value(self, facts: Mapping[str, Fraction | None]) -> Fraction | None:
        return facts[self.name]

    def sql(self, columns: Mapping[str, str]) -> str:
        return f"{columns[self.name]}::numeric"

    def names(self) -> set[str]:
        return {self.name}


@dataclass(frozen=True, slots=True)
class Negative(Node):
    of: Node

    def value(self, facts: Mapping[str, Fraction | None]) -> Fraction | None:
        value = self.of.value(facts)
        return None if value is None else -value

    def sql(self, columns: Mapping[str, str]) -> str:
        return f"(-{self.of.sql(columns)})"

    def names(self) -> set[str]:
        return self.of.names()


@dataclass(frozen=True, slots=True)
class Operation(Node):
    sign: str
    left: Node
    right: Node

    def value(self, facts: Mapping[str, Fraction | None]) -> Fraction | None:
        left, right = self.left.value(facts), self.right.value(facts)
        if left is None or right is None or (self.sign == "/" and right == 0):
            return None
        return _ARITHMETIC[self.sign](left, right)

    def sql(self, columns: Mapping[str, str]) -> str:
        left, right = self.left.sql(columns), self.right.sql(columns)
        return f"billing_divide({left}, {right})" if self.sign == "/" else f"({left} {self.sign} {right})"

    def names(self) -> set[str]:
        return self.left.names() | self.right.names()


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: str
    arguments: tuple[Node, ...]

    def value(self, facts: Mapping[str, Fraction | None]) -> Fraction | None:
        values = [argument.value(facts) for argument in self.arguments]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        if self.function == "round":
            return _rounded(known[0], int(known[1]) if len(known) > 1 else 0)
        return min(known) if self.function == "min" else max(known)

    def sql(self, columns: Mapping[str, str]) -> str:
        arguments = [argument.sql(columns) for argument in self.arguments]
        if self.function == "round":
            # The parser lets only a whole number stand as the second argument.
            places = int(self.arguments[1].value({}) or 0) if len(self.arguments) > 1 else 0
            return f"round({arguments[0]}, {places})"
        return f"billing_{'least' if self.function == 'min' else 'greatest'}({', '.join(arguments)})"

    def names(self) -> set[str]:
        return set().union(*(argument.names() for argument in self.arguments))


def _rounded(value: Fraction, places: int) -> Fraction:
    sign = -1 if value < 0 else 1
    scale = 10**places
    return Fraction(sign * ((abs(value) * scale * 2 + 1) // 2), scale)


_ARITHMETIC: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: _rounded(left / right, 10),
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


def parse(text: str) -> Node:
    """The tree of ``text``. Raises Refusal ``bad_formula``, whose detail ``position`` (from 1) says where."""
    return _Parser(text.translate(_FULL_WIDTH)).whole()


class _Parser:
    """Recursive descent: one method per rule of the grammar."""

    def __init__(self, text: str) -> None:
        if len(text) > MOST_CHARACTERS:
            raise self._refusal(
                _("The formula is longer than {count} characters.").format(count=MOST_CHARACTERS), MOST_CHARACTERS
            )
        self._end = len(text) + 1
        self._tokens = list(self._read(text))
        self._at = 0
        self._depth = 0

    def _read(self, text: str) -> list[_Token]:
        tokens: list[_Token] = []
        at, end = 0, len(text.rstrip())
        while at < end:
            match = _TOKEN.match(text, at)
            if match is None:
                at += len(text[at:]) - len(text[at:].lstrip())
                raise self._refusal(_("“{text}” has no meaning in a formula.").format(text=text[at]), at + 1)
            kind = match.lastgroup or ""
            word = match[kind]
            if kind == "number" and (len(word.partition(".")[0]) > 9 or len(word.partition(".")[2]) > 6):
                raise self._refusal(
                    _("The number {number} has too many digits: use at most nine, and six decimals.").format(
                        number=word
                    ),
                    match.start(kind) + 1,
                )
            tokens.append(_Token(kind, word, match.start(kind) + 1))
            at = match.end()
        return tokens

    @staticmethod
    def _refusal(message: str, position: int) -> Refusal:
        where = _("Character {position}: {message}").format(position=position, message=message)
        return Refusal("bad_formula", where, "formula", position=position)

    def _peek(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _Token("end", "", self._end)

    def _take(self, *signs: str) -> _Token | None:
        token = self._peek()
        if token.kind == "sign" and token.text in signs:
            self._at += 1
            return token
        return None

    def _expect(self, sign: str) -> None:
        if self._take(sign) is None:
            raise self._unexpected(_("“{sign}” is missing here.").format(sign=sign))

    def _unexpected(self, message: str) -> Refusal:
        return self._refusal(message, self._peek().position)

    def whole(self) -> Node:
        tree = self._sum()
        if self._peek().kind != "end":
            raise self._unexpected(_("An operator is missing before “{text}”.").format(text=self._peek().text))
        return tree

    def _sum(self) -> Node:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise self._unexpected(_("The formula is nested too deeply."))
        left = self._product()
        while token := self._take("+", "-"):
            left = Operation(token.text, left, self._product())
        self._depth -= 1
        return left

    def _product(self) -> Node:
        left = self._sign()
        while token := self._take("*", "/"):
            left = Operation(token.text, left, self._sign())
        return left

    def _sign(self) -> Node:
        return Negative(self._operand()) if self._take("-") else self._operand()

    def _operand(self) -> Node:
        token = self._peek()
        if self._take("("):
            inner = self._sum()
            self._expect(")")
            return inner
        if token.kind == "number":
            self._at += 1
            return Number(Decimal(token.text))
        if token.kind == "name":
            self._at += 1
            return self._call(token) if token.text in FUNCTIONS else self._name(token)
        if token.kind == "end":
            raise self._unexpected(_("A number or a name is missing at the end."))
        raise self._unexpected(_("A number or a name was expected before “{text}”.").format(text=token.text))

    def _name(self, token: _Token) -> Node:
        if token.text not in VOCABULARY:
            known = ", ".join((*VOCABULARY, *FUNCTIONS))
            raise self._refusal(
                _("“{name}” is not known. A formula may use: {known}.").format(name=token.text, known=known),
                token.position,
            )
        return Name(token.text)

    def _call(self, token: _Token) -> Node:
        self._expect("(")
        arguments = [self._sum()]
        while self._take(","):
            arguments.append(self._sum())
        self._expect(")")
        fewest, most = FUNCTIONS[token.text]
        if not fewest <= len(arguments) <= most:
            raise self._refusal(
                _("“{name}” takes {fewest} to {most} values.").format(name=token.text, fewest=fewest, most=most),
                token.position,
            )
        if token.text == "round" and len(arguments) == 2:
            places = arguments[1]
            if not (isinstance(places, Number) and places.number in range(7)):
                raise self._refusal(_("“round” takes a whole number of decimals from 0 to 6."), token.position)
        return Call(token.text, tuple(arguments))


def evaluate(tree: Node, facts: Mapping[str, Decimal | int | None]) -> Fraction | None:
    """Yuan per month, exactly; None when the formula has no value for these facts."""
    exact = {name: None if value is None else Fraction(value) for name, value in facts.items()}
    return tree.value({name: exact.get(name) for name in VOCABULARY})


def to_sql(tree: Node, columns: Mapping[str, str]) -> str:
    """The same as an SQL expression of type numeric; ``columns`` gives the trusted SQL of each name."""
    return tree.sql(columns)
