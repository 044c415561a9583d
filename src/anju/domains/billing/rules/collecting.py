"""How money that came in is divided among what is owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from anju.kit.money import ZERO


@dataclass(frozen=True, slots=True)
class Target:
    """One bill to be settled: what is ``open`` of it, the late fee on it, and what the payer ``wanted`` to pay (None:
    all)."""

    bill: int
    open: Decimal
    late_fee: Decimal = ZERO
    wanted: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Division:
    """Yuan per bill for the fee itself and for its late fee, and what is left over."""

    principal: dict[int, Decimal]
    late_fees: dict[int, Decimal]
    left: Decimal


def divide(amount: Decimal, targets: Sequence[Target]) -> Division:
    """Divide ``amount`` among ``targets``: parts that were ``wanted`` first, then the fees of the others in their
    order, then late fees.

    Fees go before late fees because that is better for the payer: late fees run on what is open of the fee alone.
    """
    left = amount
    principal: dict[int, Decimal] = {}
    late_fees: dict[int, Decimal] = {}
    for target in sorted(targets, key=lambda target: target.wanted is None):
        given = min(left, target.open if target.wanted is None else target.wanted)
        if given > 0:
            principal[target.bill] = given
            left -= given
    for target in targets:
        given = min(left, target.late_fee)
        if given > 0:
            late_fees[target.bill] = given
            left -= given
    return Division(principal, late_fees, left)


def sums_by(amounts: Mapping[int, Decimal], group: Mapping[int, int]) -> dict[int, Decimal]:
    """``amounts`` by bill added up by what ``group`` says of each bill."""
    sums: dict[int, Decimal] = {}
    for bill, amount in amounts.items():
        sums[group[bill]] = sums.get(group[bill], ZERO) + amount
    return sums
