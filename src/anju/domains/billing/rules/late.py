"""Late fee: simple interest per day on what is open of a bill itself, with days of grace and a cap (rule book 4).

The contract's rate and what a court would allow are both kept: courts reduce excessive rates, so a claim is also
computed at the litigation rate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from anju.kit.money import to_cents


@dataclass(frozen=True, slots=True)
class LateTerms:
    """``daily_rate`` per day after ``grace_days`` beyond the due date, at most ``cap`` times the bill's amount."""

    daily_rate: Decimal
    cap: Decimal
    grace_days: int = 0


def yuan_days(amount: Decimal, begins: date, settled: Iterable[tuple[date, Decimal]], on: date) -> Decimal:
    """Yuan times days open from ``begins`` until ``on``; each settlement lowers what is open from its own day on."""
    whole = amount * max(0, (on - begins).days)
    return whole - sum((part * max(0, (on - max(day, begins)).days) for day, part in settled), Decimal(0))


def late_fee(
    amount: Decimal, due_on: date, terms: LateTerms, on: date, settled: Iterable[tuple[date, Decimal]] = ()
) -> Decimal:
    """Yuan of late fee accrued on a bill by ``on``, rounded once; nothing is ever charged on a late fee itself."""
    begins = due_on + timedelta(days=terms.grace_days)
    accrued = yuan_days(amount, begins, settled, on) * terms.daily_rate
    return to_cents(min(accrued, terms.cap * amount))
