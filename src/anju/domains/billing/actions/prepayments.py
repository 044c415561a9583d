"""Using what payers have in hand for the bills of a run, in a handful of statements however many payers there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext as _

from anju.domains.billing.actions.posting import PAYMENT, in_house_language
from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.models import BillRun
from anju.engines.ledger import chart
from anju.engines.ledger import selectors as ledger
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.locks import lock_name
from anju.kit.money import ZERO

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User


@dataclass(frozen=True, slots=True)
class PrepaymentsUsed:
    """How many payers' prepayments settled bills, and how many yuan."""

    payments: int
    amount: Decimal


# Bills first and payers second, each in order of their key, as everywhere money is taken.
_LOCK_BILLS = """
    SELECT b.id FROM billing_bill b JOIN registry_party p ON p.id = b.payer_id
    WHERE b.estate_id = %(estate)s AND b.run_id = %(run)s AND b.reversed_at IS NULL AND b.settled < b.amount
      AND p.prepayment_agreed
      AND EXISTS (SELECT FROM billing_prepaymentmovement m WHERE m.estate_id = %(estate)s AND m.party_id = p.id)
    ORDER BY b.id FOR UPDATE OF b
"""
_LOCK_PAYERS = """
    SELECT p.id FROM registry_party p
    WHERE p.estate_id = %(estate)s AND p.prepayment_agreed
      AND p.id IN (SELECT b.payer_id FROM billing_bill b WHERE b.run_id = %(run)s)
      AND EXISTS (SELECT FROM billing_prepaymentmovement m WHERE m.estate_id = %(estate)s AND m.party_id = p.id)
    ORDER BY p.id FOR NO KEY UPDATE OF p
"""
# Kept for the rest of the transaction: to drop and create tables takes longer than the work itself.
_TABLES = """
    CREATE TEMPORARY TABLE IF NOT EXISTS prepayment_plan (bill bigint, payer bigint, fund bigint, amount numeric)
        ON COMMIT DROP;
    CREATE TEMPORARY TABLE IF NOT EXISTS prepayment_done (payment bigint, payer bigint) ON COMMIT DROP;
    DELETE FROM prepayment_plan; DELETE FROM prepayment_done
"""
_PLAN = """
    INSERT INTO prepayment_plan (bill, payer, fund, amount)
    SELECT bill, payer, fund, least(open, greatest(balance - (upto - open), 0)) AS amount
    FROM (
        SELECT b.id AS bill, b.payer_id AS payer, a.fund_id AS fund, b.amount - b.settled AS open, h.balance,
               sum(b.amount - b.settled) OVER (PARTITION BY b.payer_id ORDER BY b.due_on, b.id) AS upto
        FROM billing_bill b
        JOIN registry_party p ON p.id = b.payer_id AND p.prepayment_agreed
        JOIN billing_feeitem i ON i.id = b.fee_item_id
        JOIN ledger_account a ON a.id = i.income_id
        JOIN LATERAL (
            SELECT sum(m.amount) AS balance FROM billing_prepaymentmovement m
            WHERE m.estate_id = %(estate)s AND m.party_id = p.id
        ) h ON h.balance > 0
        WHERE b.estate_id = %(estate)s AND b.run_id = %(run)s AND b.reversed_at IS NULL AND b.settled < b.amount
    ) due
    WHERE balance > upto - open
"""
_PAYMENTS = """
    INSERT INTO billing_payment (estate_id, payer_id, method, amount, received_on, reference, note, idempotency_key,
                                 cashier_id, created_at)
    SELECT %(estate)s, payer, %(method)s, sum(amount), %(on)s, '', '',
           'prepayment:' || %(run)s || ':' || payer || ':' || gen_random_uuid(), %(by)s, now()
    FROM prepayment_plan GROUP BY payer ORDER BY payer
    RETURNING id, payer_id
"""
_REST = (
    """
    INSERT INTO billing_allocation (estate_id, payment_id, bill_id, amount, created_at)
    SELECT %(estate)s, d.payment, p.bill, p.amount, now()
    FROM prepayment_plan p JOIN prepayment_done d USING (payer) ORDER BY p.bill
    """,
    "UPDATE billing_bill b SET settled = b.settled + p.amount FROM prepayment_plan p WHERE p.bill = b.id",
    """
    INSERT INTO billing_prepaymentmovement (estate_id, party_id, payment_id, amount, created_at)
    SELECT %(estate)s, d.payer, d.payment, -sum(p.amount), now()
    FROM prepayment_done d JOIN prepayment_plan p USING (payer) GROUP BY d.payer, d.payment ORDER BY d.payer
    """,
    """
    INSERT INTO billing_receipt (estate_id, payment_id, number, token, state, issued_at, by_id)
    SELECT %(estate)s, d.payment,
           (SELECT coalesce(max(number), 0) FROM billing_receipt WHERE estate_id = %(estate)s)
               + row_number() OVER (ORDER BY d.payment),
           gen_random_uuid(), 'valid', now(), %(by)s
    FROM prepayment_done d
    """,
    """
    INSERT INTO ledger_entry (estate_id, posted_on, memo, source, source_id, by_id, created_at)
    SELECT %(estate)s, %(on)s, %(memo)s, %(source)s, d.payment, %(by)s, now() FROM prepayment_done d ORDER BY d.payment
    """,
    """
    INSERT INTO ledger_line (estate_id, entry_id, account_id, amount)
    SELECT %(estate)s, e.id, line.account, sum(line.amount)
    FROM (SELECT payer, fund, sum(amount) AS amount FROM prepayment_plan GROUP BY payer, fund) p
    JOIN prepayment_done d USING (payer)
    JOIN ledger_entry e ON e.estate_id = %(estate)s AND e.source = %(source)s AND e.source_id = d.payment
    JOIN ledger_account receivable ON receivable.fund_id = p.fund AND receivable.control = 'receivable'
    JOIN ledger_account theirs ON theirs.fund_id = p.fund AND theirs.code = %(between)s
    JOIN ledger_account ours ON ours.fund_id = %(main)s AND ours.code = %(between)s
    CROSS JOIN LATERAL (VALUES
        (receivable.id, -p.amount), (%(prepayment)s::bigint, p.amount),
        (theirs.id, CASE WHEN p.fund = %(main)s THEN 0 ELSE p.amount END),
        (ours.id, CASE WHEN p.fund = %(main)s THEN 0 ELSE -p.amount END)
    ) AS line (account, amount)
    GROUP BY e.id, line.account HAVING sum(line.amount) <> 0 ORDER BY e.id
    """,
)


@action
def use_prepayments(*, run: BillRun, by: User | None, on: date | None = None) -> PrepaymentsUsed:
    """Settle open bills of ``run`` from the prepayments of payers who agreed to it, oldest due date first.

    One payment, receipt and journal entry per payer, dated ``on`` (today). Safe to repeat: what is settled is not
    open, what is used is not in hand.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_BILLS, {"estate": run.estate_id, "run": run.pk})
        if not cursor.rowcount:
            return PrepaymentsUsed(0, ZERO)
        given = _given(run, by, on or clock.today())
        cursor.execute(_LOCK_PAYERS, given)
        cursor.execute(_TABLES)
        cursor.execute(_PLAN, given)
        cursor.execute("SELECT count(DISTINCT payer), coalesce(sum(amount), 0) FROM prepayment_plan")
        payers, amount = cursor.fetchone()
        if payers:
            lock_name("billing.receipt", run.estate_id)
            cursor.execute(
                f"WITH made AS ({_PAYMENTS}) INSERT INTO prepayment_done SELECT id, payer_id FROM made", given
            )
            for statement in _REST:
                cursor.execute(statement, given)
    return PrepaymentsUsed(payers, amount)


def _given(run: BillRun, by: User | None, on: date) -> dict[str, Any]:
    """What the statements speak of."""
    account = ledger.prepayment_account(run.estate)
    with in_house_language():
        memo = _("Prepayments used for the bills of %(month)s") % {"month": f"{run.period:%Y-%m}"}
    return {
        "estate": run.estate_id,
        "run": run.pk,
        "on": on,
        "by": by.pk if by else None,
        "method": PaymentMethod.PREPAYMENT,
        "memo": memo,
        "source": PAYMENT,
        "between": chart.BETWEEN_FUNDS,
        "main": account.fund_id,
        "prepayment": account.pk,
    }
