"""A month's payments in one statement: what :func:`anju.domains.billing.actions.collection.collect` writes for one
payment, written for many, with the days on which they were taken. The audit of the books proves it the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

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


_STATEMENT = """
WITH paid AS MATERIALIZED (
    SELECT * FROM unnest(
        %(keys)s::text[], %(payers)s::bigint[], %(methods)s::text[], %(accounts)s::text[], %(amounts)s::numeric[],
        %(times)s::timestamptz[], %(days)s::date[], %(references)s::text[], %(cashiers)s::bigint[]
    ) WITH ORDINALITY AS p (key, payer, method, account, amount, at, day, reference, cashier, n)
), part AS MATERIALIZED (
    SELECT p.n, p.bill, p.amount, a.fund_id AS fund
    FROM unnest(%(numbers)s::bigint[], %(bills)s::bigint[], %(parts)s::numeric[]) AS p (n, bill, amount)
    JOIN billing_bill b ON b.id = p.bill
    JOIN billing_feeitem i ON i.id = b.fee_item_id
    JOIN ledger_account a ON a.id = i.income_id
), made AS (
    INSERT INTO billing_payment (estate_id, payer_id, method, amount, received_on, reference, note, idempotency_key,
                                 cashier_id, created_at)
    SELECT %(estate)s, payer, method, amount, day, reference, '', key, cashier, at FROM paid ORDER BY n
    RETURNING id, idempotency_key
), payment AS MATERIALIZED (
    SELECT made.id, paid.*, coalesce(s.amount, 0) AS settled, paid.n + (
        SELECT coalesce(max(number), 0) FROM billing_receipt WHERE estate_id = %(estate)s) AS number
    FROM paid JOIN made ON made.idempotency_key = paid.key
    LEFT JOIN (SELECT n, sum(amount) AS amount FROM part GROUP BY n) s ON s.n = paid.n
), allocation AS (
    INSERT INTO billing_allocation (estate_id, payment_id, bill_id, amount, created_at)
    SELECT %(estate)s, payment.id, part.bill, part.amount, payment.at
    FROM part JOIN payment USING (n) ORDER BY n, part.bill
), settled AS (
    UPDATE billing_bill b SET settled = b.settled + p.amount
    FROM (SELECT bill, sum(amount) AS amount FROM part GROUP BY bill) p WHERE p.bill = b.id
), movement AS (
    INSERT INTO billing_prepaymentmovement (estate_id, party_id, payment_id, amount, created_at)
    SELECT %(estate)s, payer, id, amount - settled, at FROM payment WHERE amount > settled ORDER BY n
), receipt AS (
    INSERT INTO billing_receipt (estate_id, payment_id, number, token, state, issued_at, by_id)
    SELECT %(estate)s, id, number, gen_random_uuid(), 'valid', at, cashier FROM payment ORDER BY n
), entry AS (
    INSERT INTO ledger_entry (estate_id, posted_on, memo, source, source_id, by_id, created_at)
    SELECT %(estate)s, day, replace(%(memo)s, '#', lpad(number::text, 6, '0')), %(source)s, id, cashier, at
    FROM payment ORDER BY n RETURNING id, source_id
), share AS (
    SELECT n, fund, sum(amount) AS settled, 0 AS kept FROM part GROUP BY n, fund
    UNION ALL
    SELECT n, %(main)s, 0, amount - settled FROM payment
)
INSERT INTO ledger_line (estate_id, entry_id, account_id, amount)
SELECT %(estate)s, entry.id, line.account, sum(line.amount)
FROM payment JOIN entry ON entry.source_id = payment.id JOIN share USING (n)
JOIN ledger_account receivable ON receivable.fund_id = share.fund AND receivable.control = 'receivable'
JOIN ledger_account money ON money.fund_id = share.fund AND money.code = payment.account
CROSS JOIN LATERAL (VALUES
    (receivable.id, -share.settled), (%(prepayment)s::bigint, -share.kept), (money.id, share.settled + share.kept)
) AS line (account, amount)
GROUP BY entry.id, line.account HAVING sum(line.amount) <> 0 ORDER BY entry.id, line.account
"""


@action
def take_payments(*, estate: Estate, payments: Sequence[Taken], by: None) -> None:
    """Write ``payments`` of one estate, in the order of their receipts."""
    if not payments:
        return
    lock_name("billing.receipt", estate.pk)
    prepayment = ledger.prepayment_account(estate)
    parts = [(n, bill, amount) for n, one in enumerate(payments, 1) for bill, amount in one.parts.items()]
    given: dict[str, Any] = {
        "estate": estate.pk,
        "memo": _("Receipt %(number)s") % {"number": "#"},
        "source": PAYMENT,
        "main": prepayment.fund_id,
        "prepayment": prepayment.pk,
        "keys": [f"demo:{estate.code}:{one.at:%Y%m}:{n}" for n, one in enumerate(payments, 1)],
        "payers": [one.payer for one in payments],
        "methods": [one.method.value for one in payments],
        "accounts": [MONEY_ACCOUNTS[one.method] for one in payments],
        "amounts": [one.amount for one in payments],
        "times": [one.at for one in payments],
        "days": [one.day for one in payments],
        "references": [one.reference for one in payments],
        "cashiers": [one.cashier for one in payments],
        "numbers": [part[0] for part in parts],
        "bills": [part[1] for part in parts],
        "parts": [part[2] for part in parts],
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, given)
