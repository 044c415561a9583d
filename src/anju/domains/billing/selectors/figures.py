"""Where the money stands on a day: billed, collected, arrears by age, and the rates of the rule book (8).

All of it is computed on bills that stand, late-fee bills apart, and on what settled them by that day:

* **billed** this year: bills whose month lies in the year of the day, up to the day's month;
* **collected** for them: what payments settled of them by the day, prepayments when they are used, waivers never;
* **opening arrears**: what was open at the turn of the year of bills of earlier months;
* **arrears**: what is open of bills that are past their due date;
* current collection rate = collected / billed; arrears recovery rate = collected of the opening arrears / them;
  combined = both / (billed + opening arrears).

Every figure has a filter that :func:`bills_behind` turns into exactly the bills it is made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _

from anju.domains.billing.models import Allocation, Bill
from anju.domains.billing.rules.ages import AGE_BANDS, meets, rate
from anju.engines.ledger.models import Entry
from anju.foundation.registry.models import Estate
from anju.kit import clock, parameters
from anju.kit.clock import CHINA
from anju.kit.money import ZERO

Filter = dict[str, str]

REMEMBERED = 60
"""Seconds."""

GROUPS = {
    "building": ("u.building_id", "coalesce(g.name, '')", "coalesce(g.position, 999999)"),
    "item": ("b.fee_item_id", "i.name", "i.id"),
    "month": ("b.period", "to_char(b.period, 'YYYY-MM')", "extract(epoch FROM b.period)"),
}
"""What figures can be broken down by: key, name and order of a group, in SQL."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of an estate, or of one group of it; amounts in yuan, rates as fractions to four decimals."""

    key: str
    name: str
    billed: Decimal = ZERO
    collected: Decimal = ZERO
    opening_arrears: Decimal = ZERO
    arrears_collected: Decimal = ZERO
    open: Decimal = ZERO
    arrears: Decimal = ZERO
    bills: int = 0
    bills_open: int = 0
    ages: tuple[Decimal, ...] = ()
    filters: Mapping[str, Filter] = field(default_factory=dict)
    """For every figure the filter of its bills; see :func:`bills_behind`."""

    @property
    def collection_rate(self) -> Decimal | None:
        return rate(self.collected, self.billed)

    @property
    def recovery_rate(self) -> Decimal | None:
        return rate(self.arrears_collected, self.opening_arrears)

    @property
    def combined_rate(self) -> Decimal | None:
        return rate(self.collected + self.arrears_collected, self.billed + self.opening_arrears)

    @property
    def age_rows(self) -> list[tuple[str, str, Decimal, Filter]]:
        """Key, label, yuan and filter of every age band."""
        return [
            (band.key, str(band.label), amount, self.filters[f"age_{band.key}"])
            for band, amount in zip(AGE_BANDS, self.ages, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Report:
    """Figures on a day: the whole, and its groups where it was broken down."""

    on: date
    total: Figures
    groups: list[Figures]
    target: Decimal
    """What the collection rate has to reach (P15-05 unless the estate's own plan says otherwise)."""

    @property
    def on_target(self) -> bool | None:
        return meets(self.total.collection_rate, self.target)


# What had settled each bill at the turn of the year, and by the day: by anything, and by payments alone.
_BILLS = """
    SELECT b.id, b.amount, b.period, b.due_on, {groups},
           coalesce(s.before_year, 0) AS before_year, coalesce(s.by_day, 0) AS by_day, coalesce(s.paid, 0) AS paid,
           coalesce(s.paid_this_year, 0) AS paid_this_year
    FROM billing_bill b
    JOIN billing_feeitem i ON i.id = b.fee_item_id
    LEFT JOIN registry_unit u ON u.id = b.unit_id
    LEFT JOIN registry_building g ON g.id = u.building_id
    LEFT JOIN (
        SELECT a.bill_id, sum(a.amount) FILTER (WHERE day < %(year)s) AS before_year, sum(a.amount) AS by_day,
               sum(a.amount) FILTER (WHERE paid) AS paid,
               sum(a.amount) FILTER (WHERE paid AND day >= %(year)s) AS paid_this_year
        FROM (
            SELECT a.bill_id, a.amount, a.payment_id IS NOT NULL AS paid,
                   coalesce(p.received_on, (a.created_at AT TIME ZONE 'Asia/Shanghai')::date) AS day
            FROM billing_allocation a LEFT JOIN billing_payment p ON p.id = a.payment_id
            WHERE a.estate_id = %(estate)s
        ) a WHERE day <= %(on)s GROUP BY a.bill_id
    ) s ON s.bill_id = b.id
    WHERE b.estate_id = %(estate)s AND b.reversed_at IS NULL AND b.late_for_id IS NULL AND b.period <= %(on)s
"""


def figures(estate: Estate, *, on: date | None = None, by: str = "", quick: bool = False) -> Report:
    """The figures of ``estate`` at the end of ``on`` (today), broken down ``by`` one of :data:`GROUPS` if given.

    ``quick`` (for pages) may answer with what was computed before, as long as nothing has been posted since: whatever
    changes a figure writes to the journal. Two postings at the same instant may go unnoticed for :data:`REMEMBERED`.
    """
    day = on or clock.today()
    rows = _remembered(estate, day, by) if quick else _rows(estate, day, by)[0]
    return _report(rows, day, by, _target(estate, day))


def breakdowns(estate: Estate, *by: str, on: date) -> list[Report]:
    """:func:`figures` for each of ``by``, of one and the same reading of the bills."""
    target = _target(estate, on)
    return [_report(rows, on, one, target) for one, rows in zip(by, _rows(estate, on, *by), strict=True)]


def _report(rows: list[tuple[Any, ...]], on: date, by: str, target: Decimal) -> Report:
    groups = [_figures(row, on, by) for row in rows]
    return Report(on, _sum(groups, on), groups if by else [], target)


def _target(estate: Estate, on: date) -> Decimal:
    return Decimal(str(parameters.value("billing.collection_rate.target", estate_id=estate.pk, on=on)))


def _remembered(estate: Estate, day: date, by: str) -> list[tuple[Any, ...]]:
    latest = Entry.objects.filter(estate=estate).aggregate(latest=Max("pk"))["latest"]
    key = f"billing.figures:{estate.pk}:{day}:{by}:{latest}"
    rows: list[tuple[Any, ...]] | None = cache.get(key)
    if rows is None:
        [rows] = _rows(estate, day, by)
        cache.set(key, rows, REMEMBERED)
    return rows


def _rows(estate: Estate, day: date, *by: str) -> list[list[tuple[Any, ...]]]:
    """For each of ``by``: key, name, :data:`_NUMBERS` and ages of every group."""
    ages = ", ".join(
        f"coalesce(sum(amount - by_day) FILTER (WHERE {_age_sql(band.least, band.most)}), 0)" for band in AGE_BANDS
    )
    groups = [GROUPS[one] if one else ("''", "''", "0") for one in by]
    named = ", ".join(
        f"{key} AS key{n}, {name} AS name{n}, {position} AS position{n}"
        for n, (key, name, position) in enumerate(groups)
    )
    sql = f"""
        SELECT {", ".join(f"grouping(key{n}), key{n}::text, name{n}" for n in range(len(by)))}, {_SUMS}, {ages}
        FROM ({_BILLS.format(groups=named)}) x
        GROUP BY GROUPING SETS ({", ".join(f"(key{n}, name{n}, position{n})" for n in range(len(by)))})
        ORDER BY {", ".join(f"position{n}, name{n}" for n in range(len(by)))}
    """
    params: dict[str, Any] = {"estate": estate.pk, "on": day, "year": date(day.year, 1, 1)}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    first = 3 * len(by)  # of the numbers, after three columns for every way of grouping
    return [[(*row[3 * n + 1 : 3 * n + 3], *row[first:]) for row in rows if not row[3 * n]] for n in range(len(by))]


_NUMBERS = ("billed", "collected", "opening_arrears", "arrears_collected", "open", "arrears", "bills", "bills_open")
_SUMS = """
    coalesce(sum(amount) FILTER (WHERE period >= %(year)s), 0),
    coalesce(sum(paid) FILTER (WHERE period >= %(year)s), 0),
    coalesce(sum(amount - before_year) FILTER (WHERE period < %(year)s), 0),
    coalesce(sum(paid_this_year) FILTER (WHERE period < %(year)s), 0),
    coalesce(sum(amount - by_day), 0),
    coalesce(sum(amount - by_day) FILTER (WHERE due_on < %(on)s), 0),
    count(*) FILTER (WHERE period >= %(year)s),
    count(*) FILTER (WHERE amount > by_day)
"""


def _age_sql(least: int, most: int | None) -> str:
    low = f"%(on)s::date - due_on >= {least}"
    return low if most is None else f"{low} AND %(on)s::date - due_on <= {most}"


def _figures(row: tuple[Any, ...], on: date, by: str) -> Figures:
    key, name, *numbers = row
    if by and not name:
        name = _("without building")
    sums = dict(zip(_NUMBERS, numbers, strict=False))
    return Figures(key or "", name, **sums, ages=tuple(numbers[len(_NUMBERS) :]), filters=_filters(on, by, key))


def _sum(groups: list[Figures], on: date) -> Figures:
    ages = tuple(sum((group.ages[index] for group in groups), ZERO) for index in range(len(AGE_BANDS)))
    sums: dict[str, Any] = {name: sum((getattr(group, name) for group in groups), ZERO) for name in _NUMBERS[:6]}
    sums |= {name: sum(getattr(group, name) for group in groups) for name in _NUMBERS[6:]}
    return Figures("", "", **sums, ages=ages, filters=_filters(on, "", None))


def _filters(on: date, by: str, key: str | None) -> dict[str, Filter]:
    """The filter of every figure of one group: what kind of bills, on which day, of which group."""
    common = {"on": on.isoformat()}
    if by:
        common[by] = (key or "none")[:7] if by == "month" else key or "none"
    return {kind: common | {"figure": kind} for kind in _NUMBERS[:6]} | {
        f"age_{band.key}": common | {"figure": "arrears", "age": band.key} for band in AGE_BANDS
    }


def bills_behind(estate: Estate, filters: Mapping[str, str]) -> QuerySet[Bill]:
    """The bills that a figure is made of, each with its ``part`` of it in yuan; the parts add up to the figure.

    ``filters`` is one of :attr:`Figures.filters`: ``figure``, ``on``, and ``building``, ``item``, ``month`` or ``age``.
    Raises ValueError for values that no figure has.
    """
    on = date.fromisoformat(filters["on"])
    year = date(on.year, 1, 1)
    bills = Bill.objects.filter(estate=estate, reversed_at=None, late_for=None, period__lte=on)
    figure = filters["figure"]
    if figure in ("billed", "collected"):
        bills = bills.filter(period__gte=year)
    if figure in ("opening_arrears", "arrears_collected"):
        bills = bills.filter(period__lt=year)
    parts = {
        "billed": F("amount"),
        "collected": _settled(Q(day__lte=on, payment__isnull=False)),
        "opening_arrears": F("amount") - _settled(Q(day__lt=year)),
        "arrears_collected": _settled(Q(day__gte=year, day__lte=on, payment__isnull=False)),
        "open": F("amount") - _settled(Q(day__lte=on)),
        "arrears": F("amount") - _settled(Q(day__lte=on)),
    }
    if figure not in parts:
        raise ValueError(f"there is no figure {figure!r}")
    if figure == "arrears":
        bills = bills.filter(due_on__lt=on)
    bills = _within(bills, filters, on).annotate(part=parts[figure])
    return bills if figure == "billed" else bills.exclude(part=0)


def _within(bills: QuerySet[Bill], filters: Mapping[str, str], on: date) -> QuerySet[Bill]:
    if age := filters.get("age"):
        band = next((band for band in AGE_BANDS if band.key == age), None)
        if band is None:
            raise ValueError(f"there is no age {age!r}")
        bills = bills.filter(due_on__lte=on - timedelta(days=band.least))
        if band.most is not None:
            bills = bills.filter(due_on__gte=on - timedelta(days=band.most))
    if building := filters.get("building"):
        bills = bills.filter(unit__building=None if building == "none" else int(building))
    if item := filters.get("item"):
        bills = bills.filter(fee_item=int(item))
    if month := filters.get("month"):
        bills = bills.filter(period=date.fromisoformat(f"{month}-01"))
    return bills


def _settled(condition: Q) -> Coalesce:
    """Yuan of a bill's allocations that meet ``condition``; ``day``: the money was received, the waiver granted."""
    rows = (
        Allocation.objects.filter(bill=OuterRef("pk"))
        .annotate(day=Coalesce("payment__received_on", TruncDate("created_at", tzinfo=CHINA)))
        .filter(condition)
        .order_by()
        .values("bill")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    return Coalesce(Subquery(rows), ZERO)


def collected_by_month(estate: Estate, year: int) -> dict[date, Decimal]:
    """Yuan received in each month of ``year`` that settled bills, whatever months they were for; with late fees."""
    sql = """
        SELECT date_trunc('month', p.received_on)::date, sum(a.amount)
        FROM billing_allocation a JOIN billing_payment p ON p.id = a.payment_id
        WHERE a.estate_id = %s AND p.received_on >= %s AND p.received_on < %s GROUP BY 1 ORDER BY 1
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [estate.pk, date(year, 1, 1), date(year + 1, 1, 1)])
        return dict(cursor.fetchall())
