"""The end of a cashier's day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from anju.domains.billing.models import CashCount
from anju.domains.billing.selectors import collection as reads
from anju.foundation.registry.models import Estate
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name
from anju.kit.money import to_cents

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User


@action
def count_cash(
    *, estate: Estate, cashier: User, day: date, counted_cash: Decimal, by: User, note: str = ""
) -> CashCount:
    """Write down what was counted in a cashier's drawer beside what the books expect; counting again is a new row.

    Raises Refusal ``day_in_future``, ``amount_negative`` or ``difference_without_note``.
    """
    if day > clock.today():
        raise Refusal("day_in_future", _("This day has not come yet."), "day")
    if not counted_cash.is_finite() or counted_cash < 0 or counted_cash != to_cents(counted_cash):
        raise Refusal(
            "amount_negative", _("Enter the counted cash in whole cents, zero if there is none."), "counted_cash"
        )
    lock_name("billing.cash_count", estate.pk, cashier.pk, day)
    end = reads.day_end(estate, cashier, day)
    difference = counted_cash - end.expected_cash
    if difference and not note.strip():
        raise Refusal(
            "difference_without_note",
            _("The count differs by %(difference)s from the expected %(expected)s: say why.")
            % {"difference": difference, "expected": end.expected_cash},
            "note",
            difference=difference,
        )
    return CashCount.objects.create(
        estate=estate,
        cashier=cashier,
        day=day,
        expected_cash=end.expected_cash,
        counted_cash=counted_cash,
        difference=difference,
        by_method={
            row.method: {
                "count": row.count,
                "received": str(row.received),
                "paid_back": str(row.paid_back),
                "expected": str(row.expected),
                "first_receipt": row.first_receipt,
                "last_receipt": row.last_receipt,
            }
            for row in end.takings
        },
        note=note.strip()[:200],
        by=by,
    )
