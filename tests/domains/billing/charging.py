"""Fee items, tariffs and charges in a few words, for the tests of charging."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from anju.domains.billing.actions import runs
from anju.domains.billing.enums import FeeKind, Method, TariffState
from anju.domains.billing.models import Bill, BillRun, FeeItem, RecurringCharge, Tariff
from anju.engines.ledger import chart
from anju.engines.ledger.actions import open_books
from anju.engines.ledger.models import Account
from anju.engines.ledger.selectors import main_fund
from anju.foundation.registry.models import Estate
from anju.kit.periods import Period

LONG_AGO = date(2020, 1, 1)


def income(estate: Estate, code: str = chart.SERVICE_INCOME) -> Account:
    open_books(estate=estate, by=None)
    return Account.objects.get(estate=estate, fund=main_fund(estate), code=code)


def fee(
    estate: Estate,
    price: str = "2.40",
    *,
    code: str = "SERVICE",
    kind: str = FeeKind.SERVICE,
    method: str = Method.AREA,
    since: date = LONG_AGO,
    **terms: Any,
) -> Tariff:
    """A fee item with one approved tariff."""
    item = FeeItem.objects.create(estate=estate, code=code, name=code.title(), kind=kind, income=income(estate))
    return price_of(item, price, method=method, since=since, **terms)


def price_of(item: FeeItem, price: str, *, since: date = LONG_AGO, method: str = Method.AREA, **terms: Any) -> Tariff:
    """One more approved tariff of ``item``."""
    return Tariff.objects.create(
        estate=item.estate,
        fee_item=item,
        version=item.tariffs.count() + 1,
        method=method,
        price=Decimal(price),
        effective_from=since,
        **{"state": TariffState.APPROVED, **terms},
    )


def charge(
    tariff: Tariff, thing: Any, since: date = LONG_AGO, until: date | None = None, **terms: Any
) -> RecurringCharge:
    kind = {"Unit": "unit", "ParkingSpace": "space", "Vehicle": "vehicle"}[type(thing).__name__]
    return RecurringCharge.objects.create(
        estate=tariff.estate, fee_item=tariff.fee_item, since=since, until=until, **{kind: thing}, **terms
    )


def run(estate: Estate, period: str, **options: Any) -> tuple[BillRun, runs.Outcome]:
    return runs.run_month(estate=estate, period=Period.parse(period), by=options.pop("by", None), **options)


def bills(period: str | None = None) -> list[Bill]:
    rows = Bill.objects.filter(reversed_at=None).select_related("payer", "unit").order_by("charge_id", "since")
    return list(rows if period is None else rows.filter(period=Period.parse(period).first))


def amounts(period: str | None = None) -> list[Decimal]:
    return [bill.amount for bill in bills(period)]
