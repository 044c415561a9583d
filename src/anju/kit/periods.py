"""Calendar months as values: ``Period.parse("2026-11")``."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.utils.translation import gettext as _

from anju.kit.errors import Refusal

_TEXT = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """One calendar month; ordered, hashable, printed as ``2026-11``."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1900 <= self.year <= 9998):
            raise ValueError(f"no such month: {self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The period written ``YYYY-MM``; raises Refusal ``bad_period`` for anything else."""
        match = _TEXT.fullmatch(text.strip())
        try:
            if match:
                return cls(int(match[1]), int(match[2]))
        except ValueError:
            pass
        raise Refusal("bad_period", _("“%(text)s” is not a month. Write it as 2026-11.") % {"text": text}, "period")

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, self.days)

    @property
    def days(self) -> int:
        return calendar.monthrange(self.year, self.month)[1]

    def plus(self, months: int) -> Self:
        index = self.year * 12 + self.month - 1 + months
        return type(self)(index // 12, index % 12 + 1)

    def months_until(self, other: Period) -> int:
        """How many months ``other`` lies after this one; negative when before."""
        return (other.year - self.year) * 12 + other.month - self.month

    def cycle(self, months: int, anchor: int = 1) -> tuple[Self, Self]:
        """First and last month of the ``months``-long cycle that holds this one, counted from month ``anchor``."""
        offset = (self.year * 12 + self.month - anchor) % months
        start = self.plus(-offset)
        return start, start.plus(months - 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
