"""A declared layout: which sheet, which columns under which titles, and what each may hold."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from anju.kit.chinese import normalise
from anju.kit.sheets.problems import CellError, cut
from anju.kit.sheets.values import FIRST_UNSAFE, Cell, number_text, precision_lost, shown, to_date, to_number, to_text

_BRACKETS = re.compile(r"[(\[{【〔<《][^)\]}】〕>》]*[)\]}】〕>》]?")
_DROPPED = re.compile(r"[\s*:,;\u200b-\u200f\ufeff]")


def title_key(text: str) -> str:
    """Return a title for comparison: without case, width, spaces, asterisks and colons."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).casefold()


def bare_title(text: str) -> str:
    """Return a title without its notes in brackets: 车类型(9901 …) is 车类型."""
    return normalise(_BRACKETS.sub("", unicodedata.normalize("NFKC", text)))


def bare_title_key(text: str) -> str:
    """Return a title for comparison without its notes in brackets."""
    return title_key(bare_title(text))


def in_every_language(text: str | Promise) -> list[str]:
    """Return how ``text`` reads in each language of the product: a workbook made in one is understood in all."""
    if not isinstance(text, Promise):
        return [text]
    said = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            said.append(str(text))
    return said


class ColumnType(Protocol):
    """Turns a cell that is not empty into a value, or raises ``CellError``."""

    @property
    def merges(self) -> bool:
        """Whether the value of a merged cell holds for every row of the merged range."""
        ...

    def convert(self, cell: Cell) -> Any:
        """Return the value of ``cell``."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Text of at most ``max_length`` characters; ``check`` may normalise it further, or refuse by a ``ValueError``."""

    max_length: int = 200
    check: Callable[[str], Any] | None = None
    merges: bool = True

    def convert(self, cell: Cell) -> Any:
        """Return the normalised text, or what ``check`` makes of it."""
        text = to_text(cell)
        if len(text) > self.max_length:
            raise CellError(
                "too_long", format_lazy(_("Please use at most {count} characters here."), count=self.max_length)
            )
        if self.check is None:
            return text
        try:
            return self.check(text)
        except CellError:
            raise
        except ValueError as error:
            raise CellError(
                getattr(error, "code", "not_valid"), getattr(error, "message", None) or str(error)
            ) from error


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number within bounds. More than ``places`` decimals are refused, not rounded: they may be a mistake."""

    places: int = 2
    min: Decimal | int | None = None
    max: Decimal | int | None = None
    merges: bool = False

    def convert(self, cell: Cell) -> Decimal:
        """Return the number with exactly ``places`` decimals."""
        number = to_number(cell)
        if self.min is not None and number < self.min:
            raise CellError(
                "too_small",
                format_lazy(_("The number may not be less than {limit}."), limit=number_text(Decimal(self.min))),
            )
        if self.max is not None and number > self.max:
            raise CellError(
                "too_large",
                format_lazy(_("The number may not be more than {limit}."), limit=number_text(Decimal(self.max))),
            )
        if abs(number) >= FIRST_UNSAFE:
            raise precision_lost()
        # The tail beyond eleven decimals is noise of binary arithmetic in the spreadsheet, not something typed.
        number = round(number, 11)
        exact = round(number, self.places)
        if exact != number:
            raise CellError(
                "too_precise", format_lazy(_("Please use at most {count} decimals here."), count=self.places)
            )
        return exact


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number within bounds."""

    min: int | None = None
    max: int | None = None
    merges: bool = False

    def convert(self, cell: Cell) -> int:
        """Return the whole number."""
        number = Number(places=11, min=self.min, max=self.max).convert(cell)
        if number != number.to_integral_value():
            raise CellError("not_whole", _("Please enter a whole number here."))
        return int(number)


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar date."""

    merges: bool = True

    def convert(self, cell: Cell) -> datetime.date:
        """Return the date."""
        return to_date(cell)


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of a few values, each with the spellings that mean it: ``{"let": ("已出租", "出租", "let")}``.

    The first spelling is the one that templates offer; the value itself is accepted too, and translations in every
    language.
    """

    options: Mapping[str, tuple[str | Promise, ...]]
    merges: bool = True

    def convert(self, cell: Cell) -> str:
        """Return the value meant."""
        value = _values_by_spelling(self).get(title_key(to_text(cell)))
        if value is not None:
            return value
        raise CellError(
            "not_a_choice",
            format_lazy(
                _("“{value}” is not known here. Please use one of: {choices}."), value=cut(shown(cell)), choices=self
            ),
        )

    @property
    def labels(self) -> list[str]:
        """The spellings that templates offer, in the active language."""
        return [str(spellings[0]) if spellings else value for value, spellings in self.options.items()]

    def __str__(self) -> str:
        return "、".join(self.labels)


@cache
def _values_by_spelling(choice: Choice) -> dict[str, str]:
    """Return which value each spelling means; asked for every cell of a column, so it is made once."""
    values: dict[str, str] = {}
    for value, spellings in choice.options.items():
        for spelling in (value, *spellings):
            for said in in_every_language(spelling):
                values.setdefault(title_key(said), value)
    return values


@dataclass(frozen=True, slots=True)
class Boolean:
    """Yes or no in the usual ways: 是/否, 有/无, yes/no, true/false, 1/0, √."""

    merges: bool = True

    def convert(self, cell: Cell) -> bool:
        """Return the truth value."""
        word = title_key(to_text(cell))
        if word in {"是", "有", "y", "yes", "true", "1", "√", "✓", "对"}:
            return True
        if word in {"否", "无", "没有", "n", "no", "false", "0", "×", "x", "不"}:
            return False
        raise CellError("not_yes_or_no", _("Please answer 是 (yes) or 否 (no) here."))


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column: ``key`` for the program, ``titles`` under which it may stand (templates use the first)."""

    key: str
    titles: tuple[str | Promise, ...]
    type: ColumnType = field(default_factory=Text)
    required: bool = False
    help: str | Promise = ""
    example: Any = ""
    width: int | None = None
    empty: tuple[str, ...] = ()
    """Texts that stand for an empty cell in files of the trade, such as ``-`` or ``无``."""
    personal: str = ""
    """"phone" or "id" where the values are personal data."""

    @property
    def title(self) -> str:
        """The title for people, in the active language."""
        return str(self.titles[0])

    def title_keys(self) -> set[str]:
        """All its titles in every language, with and without notes in brackets, ready for comparison."""
        return _title_keys(self)


@cache
def _title_keys(column: Column) -> set[str]:
    said = [text for title in column.titles for text in in_every_language(title)]
    return {key_of(text) for text in said for key_of in (title_key, bare_title_key)} - {""}


@dataclass(frozen=True, slots=True)
class Layout:
    """One table of a workbook: the names its sheet may have and its columns."""

    key: str
    sheet_titles: tuple[str | Promise, ...]
    columns: tuple[Column, ...]
    optional: bool = False
    help: str | Promise = ""
    passed_over: tuple[str, ...] = ()
    """Titles that files of this layout have and that nobody wants here: not even their absence is told."""

    @property
    def title(self) -> str:
        """The sheet's name for people, in the active language."""
        return str(self.sheet_titles[0])

    @property
    def required(self) -> tuple[Column, ...]:
        """Columns without which a row is refused."""
        return tuple(column for column in self.columns if column.required)

    def locate(self, cells: Mapping[int, Cell]) -> dict[str, int]:
        """Return where each column stands if ``cells`` were the header row: key to position; of equal titles the first.

        Exact titles win over titles that equal only without their notes in brackets.
        """
        titled = [(position, cell) for position, cell in sorted(cells.items()) if isinstance(cell, str)]
        found: dict[str, int] = {}
        taken: set[int] = set()
        for key_of in (title_key, bare_title_key):
            keyed = [(position, key_of(cell)) for position, cell in titled]
            for column in self.columns:
                if column.key in found:
                    continue
                wanted = column.title_keys()
                for position, key in keyed:
                    if key in wanted and position not in taken:
                        found[column.key] = position
                        taken.add(position)
                        break
        return found
