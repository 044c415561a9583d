"""When the claim on a bill lapses: some years after it fell due, or after what started the time anew since.

Two things do (Civil Code 195): a demand that reached the payer, and the payer's own part payment, which acknowledges
the rest. Neither brings back a claim that has lapsed already.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db import connection

from anju.domains.billing.models import Bill
from anju.kit.locks import lock_rows
from anju.kit.parameters import value


def restart(bills: Iterable[int], estate_id: int, on: date) -> None:
    """Start the time of these bills anew on a day; for those whose time runs longer already nothing changes.

    The bills are locked.
    """
    chosen = list(bills)
    if not chosen:
        return
    until = on + relativedelta(years=_years(estate_id, on))
    # By their keys, not by a join: with old statistics that reads every bill whose limitation ends before.
    running = Bill.objects.filter(pk__in=chosen, reversed_at=None, limitation_on__gte=on, limitation_on__lt=until)
    Bill.objects.filter(pk__in=[bill.pk for bill in lock_rows(running)]).update(limitation_on=until)


_RECOMPUTE = """
    WITH RECURSIVE event (bill, day) AS (
        SELECT l.bill_id, (v.delivered_at AT TIME ZONE 'Asia/Shanghai')::date
        FROM billing_demandline l
        JOIN billing_demand d ON d.id = l.demand_id
        JOIN messaging_delivery v ON v.notice_id = d.notice_id AND v.state = 'delivered'
        WHERE l.bill_id = ANY(%(bills)s)
        UNION
        SELECT a.bill_id, p.received_on
        FROM billing_allocation a
        JOIN billing_payment p ON p.id = a.payment_id AND p.cancelled_at IS NULL
        JOIN billing_bill b ON b.id = a.bill_id AND b.payer_id = p.payer_id
        WHERE a.bill_id = ANY(%(bills)s)
    ), chain (bill, until) AS (
        SELECT id, (due_on + %(years)s::interval)::date FROM billing_bill WHERE id = ANY(%(bills)s)
        UNION
        SELECT c.bill, (e.day + %(years)s::interval)::date
        FROM chain c JOIN event e ON e.bill = c.bill AND e.day <= c.until AND e.day + %(years)s::interval > c.until
    )
    UPDATE billing_bill b SET limitation_on = c.until
    FROM (SELECT bill, max(until) AS until FROM chain GROUP BY bill) c WHERE c.bill = b.id
"""


def recompute(bills: Iterable[int], estate_id: int, on: date) -> None:
    """Reckon the time of these bills from all that still stands: a payment that was taken back acknowledges nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOMPUTE, {"bills": list(bills), "years": f"{_years(estate_id, on)} years"})


def _years(estate_id: int, on: date) -> int:
    return int(value("billing.limitation_years", estate_id=estate_id, on=on))
