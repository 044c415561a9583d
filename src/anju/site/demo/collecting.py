"""A month's payments in a dozen statements: what :func:`anju.domains.billing.actions.collection.collect` writes for one
payment, written for many, with the days on which they were taken. The audit of the books proves it the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from anju.domains.billing.actions.posting import MONEY_ACCOUNTS, PAYMENT
from anju.domains.billing.enums import PaymentMethod
from anju.engines.ledger import selectors as ledger
from anju.foundation.registry.models import Estate
from anju.kit.actions import action
from anju.kit.locks import lock_name
from anju.kit.money import ZERO


@dataclass(slots=True)
class Taken:
    """One payment: ``parts`` are yuan per bill, what ``amount`` exceeds them becomes a prepayment."""

    payer: int
    method: PaymentMethod
    at: datetime
    cashier: int
    amount: Decimal = ZERO
    reference: str = ""
    parts: dict[int, Decimal] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return self.at.date()


_TABLES = """
    CREATE TEMPORARY TABLE IF NOT EXISTS demo_payment (
        n int, key text, payer bigint, method text, amount numeric, received_on date, at timestamptz, reference text,
        cashier bigint, money text, id bigint, number int, entry bigint) ON COMMIT DROP;
    CREATE TEMPORARY TABLE IF NOT EXISTS demo_part (n int, bill bigint, amount numeric) ON COMMIT DROP;
    TRUNCATE demo_payment, demo_part
"""
_STATEMENTS = (
    "ANALYZE demo_payment, demo_part",
    """
    WITH made AS (
        INSERT INTO billing_payment (estate_id, payer_id, method, amount, received_on, reference, note, idempotency_key,
                                     cashier_id, created_at)
        SELECT %(estate)s, payer, method, amount, received_on, reference, '', key, cashier, at
        FROM demo_payment ORDER BY n RETURNING id, idempotency_key
    ) UPDATE demo_payment d SET id = made.id FROM made WHERE made.idempotency_key = d.key
    """,
    """
    UPDATE demo_payment d SET number = d.n + (
        SELECT coalesce(max(number), 0) FROM billing_receipt WHERE estate_id = %(estate)s)
    """,
    """
    INSERT INTO billing_allocation (estate_id, payment_id, bill_id, amount, created_at)
    SELECT %(estate)s, d.id, p.bill, p.amount, d.at FROM demo_part p JOIN demo_payment d USING (n) ORDER BY d.n, p.bill
    """,
    """
    UPDATE billing_bill b SET settled = b.settled + p.amount
    FROM (SELECT bill, sum(amount) AS amount FROM demo_part GROUP BY bill) p WHERE p.bill = b.id
    """,
    """
    INSERT INTO billing_prepaymentmovement (estate_id, party_id, payment_id, amount, created_at)
    SELECT %(estate)s, d.payer, d.id, d.amount - coalesce(p.amount, 0), d.at
    FROM demo_payment d LEFT JOIN (SELECT n, sum(amount) AS amount FROM demo_part GROUP BY n) p USING (n)
    WHERE d.amount > coalesce(p.amount, 0) ORDER BY d.n
    """,
    """
    INSERT INTO billing_receipt (estate_id, payment_id, number, token, state, issued_at, by_id)
    SELECT %(estate)s, id, number, gen_random_uuid(), 'valid', at, cashier FROM demo_payment ORDER BY n
    """,
    """
    WITH made AS (
        INSERT INTO ledger_entry (estate_id, posted_on, memo, source, source_id, by_id, created_at)
        SELECT %(estate)s, received_on, replace(%(memo)s, '#', lpad(number::text, 6, '0')), %(source)s, id, cashier, at
        FROM demo_payment ORDER BY n RETURNING id, source_id
    ) UPDATE demo_payment d SET entry = made.id FROM made WHERE made.source_id = d.id
    """,
    """
    INSERT INTO ledger_line (estate_id, entry_id, account_id, amount)
    SELECT %(estate)s, d.entry, line.account, sum(line.amount)
    FROM demo_payment d
    JOIN (
        SELECT p.n, a.fund_id AS fund, sum(p.amount) AS settled, 0 AS kept
        FROM demo_part p JOIN billing_bill b ON b.id = p.bill JOIN billing_feeitem i ON i.id = b.fee_item_id
        JOIN ledger_account a ON a.id = i.income_id GROUP BY p.n, a.fund_id
        UNION ALL
        SELECT d.n, %(main)s, 0, d.amount - coalesce((SELECT sum(amount) FROM demo_part p WHERE p.n = d.n), 0)
        FROM demo_payment d
    ) share USING (n)
    JOIN ledger_account receivable ON receivable.fund_id = share.fund AND receivable.control = 'receivable'
    JOIN ledger_account money ON money.fund_id = share.fund AND money.code = d.money
    CROSS JOIN LATERAL (VALUES
        (receivable.id, -share.settled), (%(prepayment)s::bigint, -share.kept), (money.id, share.settled + share.kept)
    ) AS line (account, amount)
    GROUP BY d.n, d.entry, line.account HAVING sum(line.amount) <> 0 ORDER BY d.n
    """,
)


@action
def take_payments(*, estate: Estate, payments: Sequence[Taken], by: None) -> None:
    """Write ``payments`` of one estate, in the order of their receipts."""
    if not payments:
        return
    lock_name("billing.receipt", estate.pk)
    prepayment = ledger.prepayment_account(estate)
    given: dict[str, str | int] = {
        "estate": estate.pk,
        "memo": _("Receipt %(number)s") % {"number": "#"},
        "source": PAYMENT,
        "main": prepayment.fund_id,
        "prepayment": prepayment.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        with cursor.copy(
            "COPY demo_payment (n, key, payer, method, amount, received_on, at, reference, cashier, money) FROM STDIN"
        ) as copy:
            for n, one in enumerate(payments, 1):
                key = f"demo:{estate.code}:{one.at:%Y%m}:{n}"
                copy.write_row(
                    (n, key, one.payer, one.method.value, one.amount, one.day, one.at, one.reference, one.cashier,
                     MONEY_ACCOUNTS[one.method])
                )  # fmt: skip
        with cursor.copy("COPY demo_part (n, bill, amount) FROM STDIN") as copy:
            for n, one in enumerate(payments, 1):
                for bill, amount in one.parts.items():
                    copy.write_row((n, bill, amount))
        for statement in _STATEMENTS:
            cursor.execute(statement, given)
