"""Fourteen months, one after the other: bills, prepayments used, payments, demands, expenses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.apps import apps
from django.db import connection

from anju.domains.billing.actions.collection import collect
from anju.domains.billing.actions.prepayments import use_prepayments
from anju.domains.billing.actions.runs import CHUNK, bill_chunk, open_run
from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.models import Bill, BillRun
from anju.domains.billing.selectors.bills import late_fees
from anju.domains.billing.selectors.month import month_plan
from anju.engines.ledger import chart
from anju.engines.ledger import selectors as ledger
from anju.engines.ledger.actions import EXPENSE, post_entry
from anju.engines.ledger.enums import CostHead
from anju.engines.ledger.models import Entry, Line
from anju.foundation.accounts.models import User
from anju.foundation.registry.models import Estate, Party
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.periods import Period
from anju.site.demo.collecting import take_payments
from anju.site.demo.habits import LATE, MONTHS, RARELY, Habits


@dataclass(slots=True)
class Business:
    """One estate in its months: who bills, who collects, how people pay, what it costs (yuan per month by head)."""

    estate: Estate
    biller: User
    cashier: User
    habits: Habits
    costs: dict[CostHead, int]


def live(
    business: Business,
    first: Period,
    today: date,
    rng: Random,
    after_month: Callable[[Business, Period, int], None],
    say: Callable[[str], None],
) -> None:
    """Let the months pass; ``after_month`` adds what only this estate knows, ``say`` hears how far they are."""
    for index in range(MONTHS):
        period = first.plus(index)
        run = bill_month(business, period, today)
        take_payments(
            estate=business.estate,
            payments=business.habits.payments(business.estate, period, index, today),
            by=None,
        )
        if index in (5, 9, 12):
            _pay_with_late_fees(business, period, today)
        _spend(business=business, period=period, today=today, rng=rng, by=business.biller)
        _bank_takings(business, min(period.last, today - timedelta(days=1)))
        after_month(business, period, index)
        say(f"{business.estate} {period}  {run.amount:,.2f}")
        if index == 0:
            refresh_statistics()
    _check_references(by=None)


def bill_month(business: Business, period: Period, today: date) -> BillRun:
    """Run the month with the steps of the real run, dated in its first days rather than now."""
    day = min(period.first + timedelta(days=1), today)
    at = datetime.combine(day, time(2, 30), tzinfo=clock.CHINA)
    run = open_run(estate=business.estate, period=period, by=business.biller)
    plan = month_plan(business.estate, period)
    while not bill_chunk(run=run, plan=plan, size=CHUNK, by=business.biller, at=at).finished:
        pass
    use_prepayments(run=run, by=business.biller, on=day)
    BillRun.objects.filter(pk=run.pk).update(started_at=at, finished_at=at + timedelta(seconds=3))
    run.refresh_from_db()
    return run


def _pay_with_late_fees(business: Business, period: Period, today: date) -> None:
    """A few who are late come to the desk and pay what is overdue with its late fee."""
    day = min(period.last, today)
    payers = [*business.habits.payers_of(LATE), *business.habits.payers_of(RARELY)][:8]
    estate = business.estate
    overdue: dict[int, list[Bill]] = defaultdict(list)
    for bill in (
        Bill.objects.filter(estate=estate, payer__in=payers, reversed_at=None, due_on__lt=day - timedelta(days=15))
        .extra(where=["settled < amount"])
        .order_by("due_on", "pk")
    ):
        overdue[bill.payer_id].append(bill)
    chosen = {payer: bills[:4] for payer, bills in overdue.items()}
    fees = late_fees(estate, day, bills=[bill.pk for bills in chosen.values() for bill in bills])
    for payer in Party.objects.filter(pk__in=chosen).order_by("pk"):
        bills = chosen[payer.pk]
        amount = sum((bill.amount - bill.settled + fees.get(bill.pk, Decimal(0)) for bill in bills), Decimal(0))
        collect(
            estate=estate,
            payer=payer,
            method=PaymentMethod.CASH,
            amount=amount,
            bills=[bill.pk for bill in bills],
            received_on=day,
            idempotency_key=f"demo:{estate.code}:late:{period}:{payer.pk}",
            by=business.cashier,
        )


_MEMOS = {
    CostHead.WAGES: "员工工资、福利及社会保险",
    CostHead.OPERATION: "电梯维保、水泵及公共照明养护",
    CostHead.CLEANING: "保洁外包及垃圾清运",
    CostHead.GREENING: "绿化养护及补种",
    CostHead.ORDER: "秩序维护服务及监控养护",
    CostHead.OFFICE: "办公用品、通讯及水电",
    CostHead.DEPRECIATION: "固定资产折旧",
    CostHead.TAXES: "增值税及附加",
    CostHead.PROFIT: "管理利润计提",
    CostHead.PARKING_STAFF: "停车场管理员工资及福利",
    CostHead.PARKING_EQUIPMENT: "道闸及车位引导设备维护",
    CostHead.PARKING_UTILITIES: "停车场水电费",
    CostHead.PARKING_OTHER: "地坪修补及标线补划",
}


@action
def _spend(*, business: Business, period: Period, today: date, rng: Random, by: User) -> None:
    """A month's expenses in two statements: what ``record_expense`` writes for one, written for all of them."""
    estate, fund = business.estate, ledger.main_fund(business.estate)
    codes = (chart.BANK, *(chart.head_code(head) for head in business.costs))
    accounts = ledger.accounts_by_code(estate, {fund.pk}, codes)
    spent: list[tuple[CostHead, Decimal, date]] = []
    for number, (head, usual) in enumerate(business.costs.items()):
        paid_on = period.first + timedelta(days=4 + number * 2)
        amount = (Decimal(usual) * Decimal(round(rng.uniform(0.93, 1.07), 3))).quantize(Decimal("0.01"))
        if paid_on <= today:
            spent.append((head, amount, paid_on))
    entries = Entry.objects.bulk_create(
        Entry(estate=estate, posted_on=paid_on, memo=_MEMOS[head], source=EXPENSE, by=by) for head, _, paid_on in spent
    )
    Line.objects.bulk_create(
        Line(estate=estate, entry=entry, account=accounts[fund.pk, code], amount=signed)
        for entry, (head, amount, _) in zip(entries, spent, strict=True)
        for code, signed in ((chart.head_code(head), amount), (chart.BANK, -amount))
    )


def _bank_takings(business: Business, day: date) -> None:
    """What cards and cash have brought by the end of ``day`` reaches the bank account."""
    fund = ledger.main_fund(business.estate)
    held = ledger.balances(business.estate, on=day)
    accounts = [ledger.account(fund, code) for code in (chart.POS, chart.CASH)]
    takings = [(account, held.get(account.pk, Decimal(0))) for account in accounts]
    amount = sum(taken for _, taken in takings)
    if not amount:
        return
    post_entry(
        estate=business.estate,
        posted_on=day,
        memo="刷卡款到账、现金存入银行",
        source="ledger.banking",
        source_id=None,
        lines=[(ledger.account(fund, chart.BANK), amount), *((account, -taken) for account, taken in takings)],
        by=business.biller,
    )


@action
def _check_references(*, by: None) -> None:
    """Let the database check now what it would check at the end: once for all months, since a bill is checked anew
    after every change. What is wrong is said of the estate it is in.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def refresh_statistics(*, fully: bool = False) -> None:
    """Tell the planner what has been written: the database itself does so only after the commit, and later.

    A small sample of what the months read is enough for them; ``fully`` is for those who use the world.
    """
    with connection.cursor() as cursor:
        if fully:
            cursor.execute("ANALYZE")
            return
        models = (model for app in ("registry", "billing", "ledger") for model in apps.get_app_config(app).get_models())
        cursor.execute("SET LOCAL default_statistics_target = 10")
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in models)}")
        cursor.execute("SET LOCAL default_statistics_target = DEFAULT")
