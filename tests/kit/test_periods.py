"""Months as values, at the edges of the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from anju.kit.errors import Refusal
from anju.kit.periods import Period


def test_period_knows_its_days_in_leap_years() -> None:
    assert Period.parse("2028-02").last == date(2028, 2, 29)
    assert Period.parse("2100-02").days == 28


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "26-11", "2026/11", "", "2026-11-01", "二〇二六"])
def test_period_refuses_what_is_not_a_month(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        Period.parse(text)
    assert refused.value.code == "bad_period"
    assert refused.value.field == "period"


def test_period_moves_over_the_turn_of_the_year() -> None:
    november = Period(2026, 11)
    assert str(november.plus(3)) == "2027-02"
    assert str(november.plus(-11)) == "2025-12"
    assert november.months_until(Period(2027, 2)) == 3


@pytest.mark.parametrize(
    ("period", "months", "anchor", "first", "last"),
    [
        ("2026-11", 3, 1, "2026-10", "2026-12"),
        ("2026-11", 6, 1, "2026-07", "2026-12"),
        ("2026-11", 12, 1, "2026-01", "2026-12"),
        ("2026-02", 12, 4, "2025-04", "2026-03"),
        ("2026-11", 1, 1, "2026-11", "2026-11"),
    ],
)
def test_cycle_is_counted_from_its_anchor(period: str, months: int, anchor: int, first: str, last: str) -> None:
    start, end = Period.parse(period).cycle(months, anchor)
    assert (str(start), str(end)) == (first, last)
