"""Billing's checks of the books: control accounts equal their sub-ledgers, receipts have no gaps, nothing hangs in
the air."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.billing import models
from anju.domains.billing.actions.posting import MONEY_ACCOUNTS
from anju.engines.ledger import chart
from anju.engines.ledger.checks import EstateIds, Outcome, count, differences, disagreement, register, within
from anju.engines.ledger.orphans import watch


def receivable(estate_ids: EstateIds) -> Outcome:
    """Each fund's receivable account is what is open of its bills."""
    sql = f"""
        SELECT e.code, f.name, coalesce(o.open, 0), coalesce(b.balance, 0)
        FROM ledger_fund f
        JOIN registry_estate e ON e.id = f.estate_id
        LEFT JOIN (
            SELECT a.fund_id, sum(b.amount - b.settled) AS open
            FROM billing_bill b JOIN billing_feeitem i ON i.id = b.fee_item_id JOIN ledger_account a ON a.id =
            i.income_id WHERE b.reversed_at IS NULL AND {within("b")} GROUP BY a.fund_id
        ) o ON o.fund_id = f.id
        LEFT JOIN (
            SELECT a.fund_id, sum(l.amount) AS balance FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
            WHERE a.control = 'receivable' AND {within("l")} GROUP BY a.fund_id
        ) b ON b.fund_id = f.id
        WHERE {within("f")} AND coalesce(o.open, 0) <> coalesce(b.balance, 0) ORDER BY f.id
    """
    return Outcome(
        count("billing_bill", estate_ids),
        differences(
            sql,
            estate_ids,
            disagreement(
                "fund",
                "ledger.account:receivable",
                gettext_lazy(
                    "Fund “%(fund)s”: %(expected)s is open on bills, but the receivable account says %(found)s."
                ),
            ),
        ),
    )


def prepayment(estate_ids: EstateIds) -> Outcome:
    """The prepayment account is what payers have in hand, and nobody has less than nothing."""
    sql = f"""
        SELECT e.code, NULL, coalesce(m.held, 0), coalesce(b.balance, 0)
        FROM registry_estate e
        LEFT JOIN (SELECT estate_id, sum(amount) AS held FROM billing_prepaymentmovement WHERE {within()}
                   GROUP BY estate_id) m ON m.estate_id = e.id
        LEFT JOIN (SELECT l.estate_id, -sum(l.amount) AS balance FROM ledger_line l
                   JOIN ledger_account a ON a.id = l.account_id WHERE a.control = 'prepayment' AND {within("l")}
                   GROUP BY l.estate_id) b ON b.estate_id = e.id
        WHERE coalesce(m.held, 0) <> coalesce(b.balance, 0)
        UNION ALL
        SELECT e.code, m.party_id, 0, sum(m.amount)
        FROM billing_prepaymentmovement m JOIN registry_estate e ON e.id = m.estate_id WHERE {within("m")}
        GROUP BY e.code, m.party_id HAVING sum(m.amount) < 0
    """

    def describe(party: int | None, expected: Decimal, found: Decimal) -> tuple[str, str, str, str]:
        figures = {"expected": f"{expected:.2f}", "found": f"{found:.2f}", "party": str(party)}
        if party is None:
            message = _("Payers have %(expected)s in hand, but the prepayment account says %(found)s.") % figures
            return "ledger.account:prepayment", figures["expected"], figures["found"], message
        message = _("Payer %(party)s has used more prepayment than there was: %(found)s.") % figures
        return f"registry.party:{party}", "≥ 0.00", figures["found"], message

    return Outcome(count("billing_prepaymentmovement", estate_ids), differences(sql, estate_ids, describe))


def income(estate_ids: EstateIds) -> Outcome:
    """What bills have brought to each account that fee items are credited to is what the standing ones add up to."""
    sql = f"""
        SELECT e.code, a.name, coalesce(b.billed, 0), coalesce(l.posted, 0)
        FROM ledger_account a
        JOIN registry_estate e ON e.id = a.estate_id
        LEFT JOIN (
            SELECT i.income_id, sum(b.amount) AS billed FROM billing_bill b JOIN billing_feeitem i ON i.id =
            b.fee_item_id WHERE b.reversed_at IS NULL AND {within("b")} GROUP BY i.income_id
        ) b ON b.income_id = a.id
        LEFT JOIN (
            SELECT l.account_id, -sum(l.amount) AS posted FROM ledger_line l JOIN ledger_entry n ON n.id = l.entry_id
            WHERE n.source IN ('billing.billrun', 'billing.bill', 'billing.late_fee') AND {within("l")}
            GROUP BY l.account_id
        ) l ON l.account_id = a.id
        WHERE a.control = '' AND {within("a")} AND coalesce(b.billed, 0) <> coalesce(l.posted, 0) ORDER BY a.id
    """
    return Outcome(
        count("ledger_account", estate_ids),
        differences(
            sql,
            estate_ids,
            disagreement(
                "account",
                "ledger.account:income",
                gettext_lazy("Bills have brought %(expected)s to the account “%(account)s”, but it says %(found)s."),
            ),
        ),
    )


# A part of what several payers share is within a cent; the price of a formula, and price and quantity of a meter, are
# kept rounded.
_BILL_AMOUNT = """
    SELECT b.id, b.estate_id, b.amount,
           CASE WHEN t.method = 'metered' THEN (b.quantity * b.price + b.fixed * m.months) * b.discount
                ELSE (b.quantity * b.price + b.fixed) * b.discount * m.months END AS expected,
           CASE t.method WHEN 'metered' THEN 0.0005 * b.price + 0.00005 * b.quantity
                WHEN 'formula' THEN 0.00005 * m.months ELSE 0 END AS tolerance
    FROM billing_bill b
    LEFT JOIN billing_tariff t ON t.id = b.tariff_id
    CROSS JOIN LATERAL (SELECT b.month_parts / 377580.0 AS months) m
"""


def bill_amounts(estate_ids: EstateIds) -> Outcome:
    """Every bill's amount follows from the quantity, price and days it names."""
    sql = f"""
        SELECT e.code, b.id, round(b.expected, 2), b.amount
        FROM ({_BILL_AMOUNT} WHERE {within("b")}) b JOIN registry_estate e ON e.id = b.estate_id
        WHERE abs(b.amount - b.expected) > 0.01 + b.tolerance ORDER BY b.id
    """
    return Outcome(
        count("billing_bill", estate_ids),
        differences(
            sql,
            estate_ids,
            disagreement(
                "bill",
                "billing.bill:%(bill)s",
                gettext_lazy("Bill %(bill)s is about %(found)s; its quantity, price and days make %(expected)s."),
            ),
        ),
    )


def receipt_numbers(estate_ids: EstateIds) -> Outcome:
    """The receipts of an estate are numbered 1, 2, 3 … without a gap."""
    sql = f"""
        SELECT code, expected, number FROM (
            SELECT e.code, r.number, coalesce(lag(r.number) OVER (PARTITION BY r.estate_id ORDER BY r.number), 0) + 1
            AS expected FROM billing_receipt r JOIN registry_estate e ON e.id = r.estate_id WHERE {within("r")}
        ) n WHERE number <> expected ORDER BY code, number
    """
    return Outcome(
        count("billing_receipt", estate_ids),
        differences(
            sql,
            estate_ids,
            lambda expected, found: (
                f"billing.receipt:{found}",
                str(expected),
                str(found),
                _("Receipt no. %(expected)s is missing before no. %(found)s.") % {"expected": expected, "found": found},
            ),
        ),
    )


def bills_settled(estate_ids: EstateIds) -> Outcome:
    """What a bill says is settled is the sum of what payments and waivers settled of it."""
    sql = f"""
        SELECT e.code, b.id, coalesce(a.sum, 0), b.settled
        FROM billing_bill b
        JOIN registry_estate e ON e.id = b.estate_id
        LEFT JOIN (SELECT bill_id, sum(amount) AS sum FROM billing_allocation WHERE {within()} GROUP BY bill_id) a
               ON a.bill_id = b.id
        WHERE {within("b")} AND b.settled <> coalesce(a.sum, 0) ORDER BY b.id
    """
    return Outcome(
        count("billing_bill", estate_ids),
        differences(
            sql,
            estate_ids,
            disagreement(
                "bill",
                "billing.bill:%(bill)s",
                gettext_lazy("Bill %(bill)s says %(found)s is settled; payments and waivers say %(expected)s."),
            ),
        ),
    )


_MONEY = " ".join(f"WHEN '{method}' THEN '{code}'" for method, code in MONEY_ACCOUNTS.items())
_PAYMENT_PARTS = f"""
    SELECT p.id, p.estate_id, p.method, p.amount, p.cancelled_at IS NOT NULL AS cancelled, r.state AS receipt,
           coalesce((SELECT sum(amount) FROM billing_allocation WHERE payment_id = p.id), 0) AS allocated,
           coalesce((SELECT sum(amount) FROM billing_prepaymentmovement WHERE payment_id = p.id), 0) AS moved,
           (SELECT count(*) FROM ledger_entry n WHERE n.estate_id = p.estate_id AND n.source = 'billing.payment'
            AND n.source_id = p.id) AS entries,
           (SELECT coalesce(sum(l.amount), 0) FROM ledger_entry n JOIN ledger_line l ON l.entry_id = n.id
            JOIN ledger_account a ON a.id = l.account_id
            WHERE n.estate_id = p.estate_id AND n.source = 'billing.payment' AND n.source_id = p.id
              AND n.reverses_id IS NULL AND n.posted_on = p.received_on
              AND a.code = CASE p.method {_MONEY} ELSE '{chart.PREPAYMENT}' END) AS money
    FROM billing_payment p LEFT JOIN billing_receipt r ON r.payment_id = p.id
"""


def payments_complete(estate_ids: EstateIds) -> Outcome:
    """Each payment has a receipt, is in the journal on its day and on the account of its method, and went somewhere to
    the cent; a cancelled one is wholly undone."""
    sql = f"""
        SELECT e.code, p.id, problem FROM ({_PAYMENT_PARTS} WHERE {within("p")}) p
        JOIN registry_estate e ON e.id = p.estate_id
        CROSS JOIN LATERAL (VALUES
            ('receipt', p.receipt IS NULL OR (p.receipt = 'cancelled') <> p.cancelled),
            ('journal', p.entries <> CASE WHEN p.cancelled THEN 2 ELSE 1 END OR p.money <> p.amount),
            ('amount', CASE
                WHEN p.cancelled THEN p.allocated <> 0 OR p.moved <> 0
                WHEN p.method = 'prepayment' THEN p.allocated <> p.amount OR p.moved <> -p.amount
                ELSE p.allocated + p.moved <> p.amount OR p.allocated < 0 OR p.moved < 0 END)
        ) AS test (problem, failed)
        WHERE failed ORDER BY p.id
    """

    def describe(payment: int, problem: str) -> tuple[str, str, str, str]:
        message = {
            "receipt": _("Payment %(payment)s has no receipt, or one that disagrees with it."),
            "journal": _("Payment %(payment)s is not in the journal as it must be."),
            "amount": _("What payment %(payment)s settled does not add up to its amount."),
        }[problem] % {"payment": payment}
        return f"billing.payment:{payment}", "", problem, message

    return Outcome(count("billing_payment", estate_ids), differences(sql, estate_ids, describe))


def waivers_complete(estate_ids: EstateIds) -> Outcome:
    """An approved waiver of a fee has settled its bill and is in the journal, a revoked one has been taken back there;
    no other waiver has done anything."""
    sql = f"""
        SELECT e.code, w.id, w.amount, coalesce(a.sum, 0), coalesce(n.entries, 0)
        FROM billing_waiver w
        JOIN registry_estate e ON e.id = w.estate_id
        LEFT JOIN LATERAL (SELECT sum(amount) FROM billing_allocation WHERE waiver_id = w.id) a ON true
        LEFT JOIN LATERAL (SELECT count(*) AS entries FROM ledger_entry
                           WHERE estate_id = w.estate_id AND source = 'billing.waiver' AND source_id = w.id) n ON true
        WHERE {within("w")} AND (coalesce(a.sum, 0), n.entries) IS DISTINCT FROM
            (CASE WHEN w.state = 'approved' AND w.kind = 'principal' THEN w.amount ELSE 0 END,
             CASE WHEN w.kind <> 'principal' THEN 0 WHEN w.state = 'approved' THEN 1 WHEN w.state = 'revoked' THEN 2
                  ELSE 0 END)
        ORDER BY w.id
    """
    return Outcome(
        count("billing_waiver", estate_ids),
        differences(
            sql,
            estate_ids,
            lambda waiver, amount, settled, _entries: (
                f"billing.waiver:{waiver}",
                f"{amount:.2f}",
                f"{settled:.2f}",
                _("Waiver %(waiver)s and what it settled disagree.") % {"waiver": waiver},
            ),
        ),
    )


def journal_sources(estate_ids: EstateIds) -> Outcome:
    """No journal entry of billing speaks of something that is not there."""
    sources = {
        "billing.payment": "billing_payment",
        "billing.late_fee": "billing_bill",
        "billing.bill": "billing_bill",
        "billing.billrun": "billing_billrun",
        "billing.waiver": "billing_waiver",
    }
    parts = [
        f"""SELECT e.code, n.id, n.source, n.source_id FROM ledger_entry n JOIN registry_estate e ON e.id = n.estate_id
            WHERE n.source = '{source}' AND {within("n")}
              AND NOT EXISTS (SELECT FROM {table} t WHERE t.id = n.source_id AND t.estate_id = n.estate_id)"""
        for source, table in sources.items()
    ]
    return Outcome(
        count("ledger_entry", estate_ids),
        differences(
            " UNION ALL ".join(parts),
            estate_ids,
            lambda entry, source, source_id: (
                f"ledger.entry:{entry}",
                f"{source}:{source_id}",
                "",
                _("Journal entry %(entry)s speaks of %(source)s, which does not exist.")
                % {"entry": entry, "source": f"{source}:{source_id}"},
            ),
        ),
    )


CHECKS = (
    (receivable, gettext_lazy("Receivables equal what is open on bills")),
    (prepayment, gettext_lazy("Prepayments equal what payers have in hand")),
    (income, gettext_lazy("What bills have brought in is what they add up to")),
    (bill_amounts, gettext_lazy("Every bill's amount follows from what it names")),
    (receipt_numbers, gettext_lazy("Receipt numbers have no gaps")),
    (bills_settled, gettext_lazy("What bills say is settled equals what settled them")),
    (payments_complete, gettext_lazy("Every payment has its receipt and its journal entry")),
    (waivers_complete, gettext_lazy("Every waiver has its journal entry")),
    (journal_sources, gettext_lazy("Every journal entry has a cause that exists")),
)


def register_checks() -> None:
    """Called by the wiring of the site."""
    for check, label in CHECKS:
        register(check.__name__, check, label)
    watch(
        models.FeeItem,
        models.Tariff,
        models.RecurringCharge,
        models.MeterReading,
        models.Bill,
        models.Payment,
        models.Waiver,
        models.Allocation,
        models.PrepaymentMovement,
        models.Receipt,
        models.ReceiptCancellation,
        models.TransferReport,
        models.Demand,
        models.DemandLine,
        models.Statement,
    )
