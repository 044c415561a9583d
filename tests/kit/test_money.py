"""One rounding, and division that loses no cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.kit.money import allocate, to_cents

amounts = st.decimals(min_value="-999999999", max_value="999999999", places=2)
weights = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("142.928", "142.93"), ("1.004999", "1.00"), ("2.675", "2.68")],
)
def test_to_cents_rounds_half_away_from_zero(exact: str, rounded: str) -> None:
    assert to_cents(Decimal(exact)) == Decimal(rounded)
    assert to_cents(Fraction(exact)) == Decimal(rounded)


@given(total=amounts, shares=weights)
def test_allocate_keeps_the_sum_and_stays_within_a_cent(total: Decimal, shares: list[int]) -> None:
    parts = allocate(total, shares)
    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        exact = Fraction(total) * share / sum(shares)
        assert abs(Fraction(part) - exact) <= Fraction(1, 100)


def test_allocate_gives_nothing_to_a_zero_weight() -> None:
    assert allocate(Decimal("100.01"), [1, 0, 1]) == [Decimal("50.01"), Decimal("0.00"), Decimal("50.00")]


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1, 3]])
def test_allocate_refuses_weights_that_mean_nothing(shares: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        allocate(Decimal("1.00"), shares)
