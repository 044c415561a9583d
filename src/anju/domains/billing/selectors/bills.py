"""Bills: the standing ones, what they are made of, and the late fee on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from anju.domains.billing.models import Bill, BillRun
from anju.foundation.registry.models import Estate, Party
from anju.kit import parameters

OBJECTS = ("fee_item", "unit", "space", "vehicle", "payer")


def bills_of_estate(estate: Estate) -> QuerySet[Bill]:
    """Every bill with what lists show of it, newest first."""
    return Bill.objects.filter(estate=estate).select_related(*OBJECTS).order_by("-pk")


def standing_bills(estate: Estate) -> QuerySet[Bill]:
    """Bills that have not been reversed, with ``open`` yuan."""
    return Bill.objects.filter(estate=estate, reversed_at=None).annotate(open=F("amount") - F("settled"))


def runs_of_estate(estate: Estate) -> QuerySet[BillRun]:
    """Bill runs, newest month first."""
    return BillRun.objects.filter(estate=estate).select_related("by", "job").order_by("-period", "-pk")


@dataclass(frozen=True, slots=True)
class LateFee:
    """The late fee on one bill on a day: what ``accrued``, less ``waived`` and already ``billed``, is ``payable``.

    ``yuan_days`` is what was open times the days it was; ``litigation`` the same claim at the rate courts allow.
    """

    bill: int
    payer: int
    open: Decimal
    days: int
    yuan_days: Decimal
    accrued: Decimal
    capped: bool
    waived: Decimal
    billed: Decimal
    payable: Decimal
    litigation: Decimal


# The allocations of one bill: money counts from the day it was received, a waiver from the day it was granted. A
# payment that was taken back has a second row of the opposite sign and the same day, and so has never counted.
_LATE_FEES = """
    SELECT id, payer_id, open, days, yuan_days, accrued, capped, waived, billed,
           greatest(0, accrued - waived - billed) AS payable,
           div(yuan_days * %(yearly)s::numeric * 200 + 365, 730) * 0.01 AS litigation
    FROM (
        SELECT x.*, round(least(yuan_days * rate, cap * amount), 2) AS accrued,
               yuan_days * rate > cap * amount AS capped,
               (SELECT coalesce(sum(w.amount), 0) FROM billing_waiver w
                WHERE w.bill_id = x.id AND w.kind = 'late_fee' AND w.state = 'approved') AS waived,
               (SELECT coalesce(sum(l.amount), 0) FROM billing_bill l
                WHERE l.late_for_id = x.id AND l.reversed_at IS NULL) AS billed
        FROM (
            SELECT b.id, b.payer_id, b.amount, b.amount - b.settled AS open,
                   %(on)s::date - (b.due_on + t.grace_days) AS days,
                   t.late_daily_rate AS rate, t.late_cap AS cap,
                   b.amount * (%(on)s::date - (b.due_on + t.grace_days)) - coalesce(paid.yuan_days, 0) AS yuan_days
            FROM billing_bill b
            JOIN billing_tariff t ON t.id = b.tariff_id
            LEFT JOIN LATERAL (
                SELECT sum(a.amount * greatest(0, %(on)s::date - greatest(b.due_on + t.grace_days,
                           coalesce(p.received_on, (a.created_at AT TIME ZONE 'Asia/Shanghai')::date)))) AS yuan_days
                FROM billing_allocation a LEFT JOIN billing_payment p ON p.id = a.payment_id
                WHERE a.bill_id = b.id
            ) paid ON true
            WHERE b.estate_id = %(estate)s AND b.reversed_at IS NULL AND b.late_for_id IS NULL AND t.late_daily_rate > 0
              AND b.due_on + t.grace_days < %(on)s {chosen}
        ) x
    ) y
"""


def late_fee_rows(
    estate: Estate,
    on: date,
    *,
    payer: Party | int | None = None,
    bills: Iterable[int] | None = None,
    settled: bool = False,
) -> list[LateFee]:
    """The late fees of ``estate`` on a day, of one payer or of some bills if given.

    Only bills that are still open, unless ``settled``: what was paid late goes on being claimable.
    """
    chosen = "" if settled else "AND b.settled < b.amount"
    params: dict[str, Any] = {
        "estate": estate.pk,
        "on": on,
        "yearly": Decimal(str(parameters.value("billing.late_fee.litigation_yearly_rate", estate_id=estate.pk, on=on))),
    }
    if payer is not None:
        chosen += " AND b.payer_id = %(payer)s"
        params["payer"] = payer.pk if isinstance(payer, Party) else payer
    if bills is not None:
        chosen += " AND b.id = ANY(%(bills)s)"
        params["bills"] = list(bills)
    with connection.cursor() as cursor:
        cursor.execute(_LATE_FEES.format(chosen=chosen) + " ORDER BY id", params)
        return [LateFee(*row) for row in cursor.fetchall()]


def late_fees(
    estate: Estate, on: date, *, payer: Party | int | None = None, bills: Iterable[int] | None = None
) -> dict[int, Decimal]:
    """Yuan of late fee payable on ``on`` by bill, of open bills that have one."""
    rows = late_fee_rows(estate, on, payer=payer, bills=bills)
    return {row.bill: row.payable for row in rows if row.payable > 0}
