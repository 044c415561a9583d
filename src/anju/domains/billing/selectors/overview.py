"""The figures of many estates at once, for overviews: as of today, by the rules of :mod:`figures`, in three queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from anju.domains.billing.rules.ages import meets, rate
from anju.kit import clock
from anju.kit.models import Parameter
from anju.kit.money import ZERO

TARGET = "billing.collection_rate.target"


@dataclass(frozen=True, slots=True)
class EstateFigures:
    """Billed for this year, collected of it, arrears past their due date, in yuan; the target of the rate."""

    billed: Decimal
    collected: Decimal
    arrears: Decimal
    target: Decimal

    @property
    def collection_rate(self) -> Decimal | None:
        return rate(self.collected, self.billed)

    @property
    def on_target(self) -> bool | None:
        return meets(self.collection_rate, self.target)


_BILLS = """
    SELECT estate_id, coalesce(sum(amount) FILTER (WHERE period >= %(year)s), 0),
           coalesce(sum(amount - settled) FILTER (WHERE due_on < %(on)s), 0)
    FROM billing_bill
    WHERE estate_id = ANY(%(estates)s) AND reversed_at IS NULL AND late_for_id IS NULL AND period <= %(on)s
    GROUP BY estate_id
"""
_COLLECTED = """
    SELECT a.estate_id, sum(a.amount)
    FROM billing_allocation a JOIN billing_bill b ON b.id = a.bill_id JOIN billing_payment p ON p.id = a.payment_id
    WHERE a.estate_id = ANY(%(estates)s) AND b.reversed_at IS NULL AND b.late_for_id IS NULL
      AND b.period >= %(year)s AND b.period <= %(on)s AND p.received_on <= %(on)s
    GROUP BY a.estate_id
"""


def figures_of_estates(estate_ids: Sequence[int]) -> dict[int, EstateFigures]:
    """Today's figures of every estate that has been billed anything."""
    today = clock.today()
    given: dict[str, Any] = {"estates": list(estate_ids), "on": today, "year": date(today.year, 1, 1)}
    with connection.cursor() as cursor:
        cursor.execute(_BILLS, given)
        billed = cursor.fetchall()
        cursor.execute(_COLLECTED, given)
        collected = dict(cursor.fetchall())
    targets = _targets(estate_ids, today)
    return {
        estate: EstateFigures(amount, collected.get(estate, ZERO), arrears, targets[estate])
        for estate, amount, arrears in billed
    }


def _targets(estate_ids: Sequence[int], on: date) -> dict[int, Decimal]:
    """The target in effect for each estate: its own, else the general one."""
    rows = Parameter.objects.filter(Q(estate_id__in=estate_ids) | Q(estate_id=None), key=TARGET, effective_from__lte=on)
    values = {row.estate_id: Decimal(str(row.value)) for row in rows.order_by("effective_from")}
    return {estate: values.get(estate, values[None]) for estate in estate_ids}
