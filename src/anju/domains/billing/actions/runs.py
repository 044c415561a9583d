"""Bill runs: a month's bills of an estate, in chunks that are each done wholly or not at all; and taking bills back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anju.domains.billing.actions.prepayments import use_prepayments
from anju.domains.billing.enums import RunState
from anju.domains.billing.models import Bill, BillRun, FeeItem, RecurringCharge
from anju.domains.billing.selectors.month import MonthPlan, month_plan
from anju.domains.billing.selectors.segments import for_sets, lines_sql
from anju.engines.ledger.actions import post_entry
from anju.engines.ledger.enums import Control
from anju.engines.ledger.models import Account
from anju.foundation.registry.models import Estate
from anju.kit import clock, jobs
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name, lock_rows
from anju.kit.money import ZERO
from anju.kit.periods import Period

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User

RUN_SOURCE = "billing.billrun"
BILL_SOURCE = "billing.bill"
CHUNK = 25_000
"""Charges per transaction: what a killed run loses at most, and what memory a run needs whatever the estate's size."""
MONTHS_AHEAD = 24

_INSERT = """
, inserted AS (
    INSERT INTO billing_bill (
        estate_id, run_id, charge_id, fee_item_id, tariff_id, unit_id, space_id, vehicle_id, payer_id, period,
        since, until, quantity, price, fixed, discount, month_parts, amount, settled, due_on, limitation_on, created_at
    )
    SELECT %(estate)s, %(run)s, charge_id, fee_item_id, tariff_id, unit_id, space_id, vehicle_id, payer_id, %(first)s,
           since, until, quantity, price, fixed, discount, month_parts, amount, 0, due_on, limitation_on,
           coalesce(%(at)s, statement_timestamp())
    FROM line
    ON CONFLICT (charge_id, since) WHERE reversed_at IS NULL AND late_for_id IS NULL DO NOTHING
    RETURNING fee_item_id, amount
), unbilled AS (
    INSERT INTO billing_billrunexception (estate_id, run_id, charge_id, problem)
    SELECT %(estate)s, %(run)s, charge_id, problem FROM problem
    ON CONFLICT DO NOTHING
)
SELECT fee_item_id, count(*), sum(amount) FROM inserted GROUP BY fee_item_id
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call has created; ``finished`` when every charge of the estate has been dealt with."""

    bills: int
    amount: Decimal
    finished: bool = True


def run_month(
    *, estate: Estate, period: Period, by: User | None, progress: Callable[..., None] | None = None, chunk: int = CHUNK
) -> tuple[BillRun, Outcome]:
    """Bill ``period`` from where it stands to the end, here and now. A second call finds nothing left to create."""
    run = open_run(estate=estate, period=period, by=by)
    outcome = complete_run(run=run, by=by, progress=progress, chunk=chunk)
    run.refresh_from_db()
    return run, outcome


@action
def start_run(*, estate: Estate, period: Period, by: User | None) -> BillRun:
    """Open the run of ``period`` and queue the job that completes it; ``run.job`` shows how far it is."""
    run = open_run(estate=estate, period=period, by=by)
    if run.job is None or run.job.is_over:
        run.job = jobs.start(
            "billing.run",
            estate=estate,
            by=by,
            title=_("Bills of %(period)s") % {"period": period},
            lock=f"billing.run:{estate.pk}",
            run=run.pk,
        )
        run.save(update_fields=["job"])
    return run


@action
def open_run(*, estate: Estate, period: Period, by: User | None) -> BillRun:
    """The run of ``period`` that is under way, or the finished one opened again for what is new, or a new one.

    Raises Refusal ``period_out_of_reach``, or ``bad_formula`` when an approved formula can't be read.
    """
    _check_reach(period)
    month_plan(estate, period)
    lock_name("billing.run", estate.pk, period)
    runs = BillRun.objects.select_related("job").filter(estate=estate, period=period.first).order_by("-pk")
    run = runs.exclude(state=RunState.REVERSED).first()
    if run is None:
        return BillRun.objects.create(estate=estate, period=period.first, by=by)
    if run.state == RunState.DONE:
        run.exceptions.all().delete()
        run.state, run.cursor, run.finished_at = RunState.RUNNING, 0, None
        run.save(update_fields=["state", "cursor", "finished_at"])
    return run


def _check_reach(period: Period) -> None:
    ahead = Period.of(clock.today()).months_until(period)
    if ahead > MONTHS_AHEAD or period.year < 2000:
        raise Refusal(
            "period_out_of_reach",
            _("Bills can be run from 2000-01 to %(last)s.") % {"last": Period.of(clock.today()).plus(MONTHS_AHEAD)},
            "period",
        )


def complete_run(
    *, run: BillRun, by: User | None, progress: Callable[..., None] | None = None, chunk: int = CHUNK
) -> Outcome:
    """Take ``run`` to its end, one transaction per chunk of charges; safe to call again after any interruption.

    Each chunk locks the run, so that two callers share the work and neither repeats the other's.
    """
    plan = month_plan(run.estate, Period.of(run.period))
    total = RecurringCharge.objects.filter(estate=run.estate_id).count()
    bills, amount, seen = 0, ZERO, 0
    while True:
        outcome = bill_chunk(run=run, plan=plan, size=chunk, by=by)
        bills, amount, seen = bills + outcome.bills, amount + outcome.amount, seen + chunk
        if progress is not None:
            progress(min(seen, total), total, _("Computing bills"))
        if outcome.finished:
            use_prepayments(run=run, by=by)
            return Outcome(bills, amount)


@action
def bill_chunk(*, run: BillRun, plan: MonthPlan, size: int, by: User | None, at: datetime | None = None) -> Outcome:
    """Bill the next ``size`` charges: bills, exceptions, one journal entry and the run's cursor, all or nothing.

    ``at`` is when the bills say they were made: now, unless a month of long ago is written down afterwards.
    """
    # One at a time per estate: what another month's run bills must be visible before the same days are looked at.
    lock_name("billing.chunk", run.estate_id)
    fresh = BillRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if fresh.state != RunState.RUNNING:
        return Outcome(0, ZERO)
    upto, charges = _end_of_chunk(fresh, size)
    by_item = _insert_bills(fresh, plan, upto, at) if charges else []
    bills = sum(count for _item, count, _amount in by_item)
    amount = sum((yuan for _item, _count, yuan in by_item), ZERO)
    if bills:
        _post(run.estate, {item: yuan for item, _count, yuan in by_item}, plan.period, RUN_SOURCE, fresh.pk, by)
    fresh.cursor, fresh.bills, fresh.amount = upto, fresh.bills + bills, fresh.amount + amount
    if charges < size:
        fresh.state, fresh.finished_at = RunState.DONE, clock.now()
    fresh.save(update_fields=["cursor", "bills", "amount", "state", "finished_at"])
    return Outcome(bills, amount, finished=charges < size)


def _end_of_chunk(run: BillRun, size: int) -> tuple[int, int]:
    """The id of the last charge of the next chunk, and how many charges it has: fewer than ``size`` in the last one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(max(id), %s), count(*) FROM (
                   SELECT id FROM billing_recurringcharge WHERE estate_id = %s AND id > %s ORDER BY id LIMIT %s
               ) c""",
            [run.cursor, run.estate_id, run.cursor, size],
        )
        last, charges = cursor.fetchone()
        return last, charges


def _insert_bills(run: BillRun, plan: MonthPlan, upto: int, at: datetime | None) -> list[tuple[int, int, Decimal]]:
    """Insert bills and exceptions of the chunk; fee item, number and yuan of what was really new."""
    sql, params = lines_sql(plan, after=run.cursor, upto=upto)
    with connection.cursor() as cursor, for_sets(cursor):
        cursor.execute(sql + _INSERT, params | {"run": run.pk, "at": at})
        rows: list[tuple[int, int, Decimal]] = cursor.fetchall()
        return rows


def _post(
    estate: Estate,
    by_item: dict[int, Decimal],
    period: Period,
    source: str,
    source_id: int,
    by: User | None,
    reason: str = "",
) -> None:
    """Debit receivables and credit income by fee item; negative amounts, with their ``reason``, take it back."""
    items = FeeItem.objects.filter(pk__in=by_item).select_related("income")
    incomes = {item.pk: item.income for item in items}
    funds = {account.fund_id for account in incomes.values()}
    receivables = {
        account.fund_id: account for account in Account.objects.filter(fund__in=funds, control=Control.RECEIVABLE)
    }
    lines = [(receivables[incomes[item].fund_id], amount) for item, amount in by_item.items()]
    lines += [(incomes[item], -amount) for item, amount in by_item.items()]
    with translation.override(settings.LANGUAGE_CODE):
        memo = _("Bills of %(period)s") % {"period": period}
        if reason:
            memo = _("Bills of %(period)s reversed: %(reason)s") % {"period": period, "reason": reason}
    post_entry(
        estate=estate,
        posted_on=clock.today() if reason else accounting_date(period),
        memo=memo,
        source=source,
        source_id=source_id,
        lines=lines,
        by=by,
    )


def accounting_date(period: Period) -> date:
    """The day on which bills of ``period`` enter the journal: today, or the nearest day of that month."""
    return min(max(clock.today(), period.first), period.last)


@action
def reverse_bill(*, bill: Bill, reason: str, by: User | None) -> Bill:
    """Take one bill back, in the journal too; the next run of its month may issue it anew.

    Raises Refusal ``bill_reversed``, ``bill_settled`` or ``bill_has_late_fee``; ``no_reason`` without a reason.
    """
    _check_reason(reason)
    one = Bill.objects.filter(estate_id=bill.estate_id, pk=bill.pk)
    [fresh] = lock_rows(one.select_related("estate"))
    if fresh.reversed_at is not None:
        raise Refusal("bill_reversed", _("This bill has been reversed already."))
    _check_untouched(one)
    fresh.reversed_at = clock.now()
    fresh.save(update_fields=["reversed_at"])
    _post(fresh.estate, {fresh.fee_item_id: -fresh.amount}, Period.of(fresh.period), BILL_SOURCE, fresh.pk, by, reason)
    return fresh


@action
def reverse_run(*, run: BillRun, reason: str, by: User | None) -> BillRun:
    """Take back every standing bill of a finished run; the month can then be run again.

    Raises Refusal ``run_not_done``, ``bill_settled`` or ``bill_has_late_fee`` (nothing is taken back then),
    ``no_reason``.
    """
    _check_reason(reason)
    lock_name("billing.run", run.estate_id, Period.of(run.period))
    fresh = BillRun.objects.select_for_update(of=("self",)).select_related("estate").get(pk=run.pk)
    if fresh.state != RunState.DONE:
        raise Refusal("run_not_done", _("Only a finished bill run can be reversed."))
    standing = Bill.objects.filter(estate_id=fresh.estate_id, run=fresh, reversed_at=None)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM (
                   SELECT FROM billing_bill WHERE run_id = %s AND reversed_at IS NULL ORDER BY id FOR UPDATE
               ) b""",
            [fresh.pk],
        )
    _check_untouched(standing)
    sums = standing.values_list("fee_item_id").annotate(sum=Sum("amount")).order_by("fee_item_id")
    by_item = {item: -amount for item, amount in sums}
    if by_item:
        standing.update(reversed_at=clock.now())
        _post(fresh.estate, by_item, Period.of(fresh.period), RUN_SOURCE, fresh.pk, by, reason)
    fresh.state = RunState.REVERSED
    fresh.save(update_fields=["state"])
    return fresh


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal("no_reason", _("Please say why."), "reason")


def _check_untouched(bills: QuerySet[Bill]) -> None:
    """Money or a late fee that hangs on a bill must be taken back first."""
    settled = bills.filter(settled__gt=0).count()
    if settled:
        raise Refusal(
            "bill_settled",
            ngettext(
                "%(count)s bill is settled in part or whole. Cancel its receipt or revoke its waiver first.",
                "%(count)s bills are settled in part or whole. Cancel their receipts or revoke their waivers first.",
                settled,
            )
            % {"count": settled},
        )
    if Bill.objects.filter(late_for__in=bills, reversed_at=None).exists():
        raise Refusal("bill_has_late_fee", _("A late fee has been charged for it. Reverse the late fee first."))
