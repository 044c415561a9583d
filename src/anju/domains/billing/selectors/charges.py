"""Recurring charges, what a month would bill, and what one unit would pay under a tariff."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anju.domains.billing import formula
from anju.domains.billing.enums import Method, RunProblem
from anju.domains.billing.models import BillRun, FeeItem, RecurringCharge, Tariff
from anju.domains.billing.rules.parts import tiered
from anju.domains.billing.selectors.month import month_plan, tiers_of
from anju.domains.billing.selectors.segments import for_sets, lines_sql
from anju.foundation.registry.enums import OccupancyState
from anju.foundation.registry.models import Estate, Unit
from anju.kit.money import ZERO, to_cents
from anju.kit.periods import Period


def charges_of_estate(estate: Estate) -> QuerySet[RecurringCharge]:
    """Recurring charges with what lists show of them."""
    return (
        RecurringCharge.objects.filter(estate=estate)
        .select_related("fee_item", "unit", "space", "vehicle", "payer")
        .order_by("pk")
    )


def charged_units(item: FeeItem, since: date, until: date | None) -> QuerySet[Any]:
    """Keys of the units that are charged ``item`` on some day from ``since`` until before ``until``."""
    begun = Q() if until is None else Q(since__lt=until)
    lasting = Q(until=None) | Q(until__gt=since)
    charges = RecurringCharge.objects.filter(begun, lasting, fee_item=item, unit__isnull=False)
    return charges.values("unit_id")


@dataclass(frozen=True, slots=True)
class ItemSum:
    """One fee item in a preview, beside the month before."""

    item: int
    name: str
    bills: int
    amount: Decimal
    bills_before: int
    amount_before: Decimal

    @property
    def difference(self) -> Decimal:
        return self.amount - self.amount_before


@dataclass(frozen=True, slots=True)
class Difference:
    """One unit, space or vehicle whose bills differ from the month before: ``new``, ``gone`` or ``changed``."""

    kind: str
    thing: str
    item: str
    amount: Decimal
    amount_before: Decimal
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """A charge that is due and can't be billed in full."""

    charge: int
    item: str
    thing: str
    problem: str

    @property
    def message(self) -> str:
        return str(RunProblem(self.problem).label)

    def as_dict(self) -> dict[str, Any]:
        return {
            "charge": self.charge,
            "item": self.item,
            "thing": self.thing,
            "problem": self.problem,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run of ``period`` would create now. ``billed`` bills of that month stand already and stay as they are.

    Lists of differences and exceptions are cut at ``limit``; their numbers are not.
    """

    period: Period
    bills: int
    amount: Decimal
    billed: int
    billed_amount: Decimal
    items: list[ItemSum] = field(default_factory=list)
    difference_counts: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    exception_count: int = 0
    problem_counts: dict[str, int] = field(default_factory=dict)
    exceptions: list[ExceptionLine] = field(default_factory=list)


_STANDING = "estate_id = %(estate)s AND reversed_at IS NULL AND late_for_id IS NULL AND period = "

_BY_ITEM = f"""
    SELECT i.id, i.name, count(*) FILTER (WHERE x.now AND x.fresh), coalesce(sum(x.amount) FILTER (WHERE x.now), 0),
           count(*) FILTER (WHERE x.now), count(*) FILTER (WHERE NOT x.now),
           coalesce(sum(x.amount) FILTER (WHERE NOT x.now), 0)
    FROM (
        SELECT fee_item_id, amount, true AS now, true AS fresh FROM preview_line
        UNION ALL SELECT fee_item_id, amount, true, false FROM billing_bill WHERE {_STANDING} %(first)s
        UNION ALL SELECT fee_item_id, amount, false, false FROM billing_bill WHERE {_STANDING} %(before)s
    ) x JOIN billing_feeitem i ON i.id = x.fee_item_id
    GROUP BY i.id, i.name ORDER BY i.id
"""

_BY_THING = f"""
    SELECT CASE WHEN before = 0 THEN 'new' WHEN now = 0 THEN 'gone' ELSE 'changed' END AS kind,
           coalesce(u.code, s.code, v.plate), i.name, now, before, d.unit_id
    FROM (
        SELECT fee_item_id, unit_id, space_id, vehicle_id, sum(now) AS now, sum(before) AS before FROM (
            SELECT fee_item_id, unit_id, space_id, vehicle_id, amount AS now, 0 AS before FROM preview_line
            UNION ALL
            SELECT fee_item_id, unit_id, space_id, vehicle_id, amount, 0 FROM billing_bill WHERE {_STANDING} %(first)s
            UNION ALL
            SELECT fee_item_id, unit_id, space_id, vehicle_id, 0, amount FROM billing_bill WHERE {_STANDING} %(before)s
        ) x GROUP BY fee_item_id, unit_id, space_id, vehicle_id HAVING sum(now) <> sum(before)
    ) d
    JOIN billing_feeitem i ON i.id = d.fee_item_id
    LEFT JOIN registry_unit u ON u.id = d.unit_id
    LEFT JOIN registry_parkingspace s ON s.id = d.space_id
    LEFT JOIN registry_vehicle v ON v.id = d.vehicle_id
"""


def preview_run(estate: Estate, period: Period, *, limit: int = 200) -> Preview:
    """What a run of ``period`` would create, by the run's own SQL, and how it differs from the month before.

    Raises Refusal ``bad_formula`` when an approved formula can't be read.
    """
    sql, params = lines_sql(month_plan(estate, period))
    params |= {"before": period.plus(-1).first, "limit": limit}
    with transaction.atomic(), connection.cursor() as cursor, for_sets(cursor):
        cursor.execute("DROP TABLE IF EXISTS preview_line, preview_problem")
        cursor.execute("CREATE TEMPORARY TABLE preview_problem (charge_id bigint, problem text) ON COMMIT DROP")
        cursor.execute(
            f"""CREATE TEMPORARY TABLE preview_line ON COMMIT DROP AS {sql}
                SELECT fee_item_id, unit_id, space_id, vehicle_id, amount FROM line""",
            params,
        )
        cursor.execute(f"INSERT INTO preview_problem {sql} SELECT charge_id, problem FROM problem", params)
        cursor.execute(_BY_ITEM, params)
        rows = cursor.fetchall()
        fresh = sum(row[2] for row in rows)
        cursor.execute("SELECT coalesce(sum(amount), 0) FROM preview_line")
        amount = cursor.fetchone()[0]
        cursor.execute(f"SELECT kind, count(*) FROM ({_BY_THING}) d GROUP BY kind", params)
        counts = {"new": 0, "gone": 0, "changed": 0} | dict(cursor.fetchall())
        cursor.execute(f"{_BY_THING} ORDER BY abs(now - before) DESC, 2, 3 LIMIT %(limit)s", params)
        differences = [Difference(*row) for row in cursor.fetchall()]
        cursor.execute("SELECT problem, count(*) FROM preview_problem GROUP BY 1 ORDER BY 2 DESC, 1")
        problems = dict(cursor.fetchall())
        cursor.execute(_PROBLEMS.format(source="preview_problem p"), params)
        exceptions = [ExceptionLine(*row) for row in cursor.fetchall()]
    standing = sum(row[4] - row[2] for row in rows)
    return Preview(
        period=period,
        bills=fresh,
        amount=amount,
        billed=standing,
        billed_amount=sum((row[3] for row in rows), ZERO) - amount,
        items=[ItemSum(row[0], row[1], row[4], row[3], row[5], row[6]) for row in rows],
        difference_counts=counts,
        differences=differences,
        exception_count=sum(problems.values()),
        problem_counts=problems,
        exceptions=exceptions,
    )


_PROBLEMS = """
    SELECT p.charge_id, i.name, coalesce(u.code, s.code, v.plate), p.problem
    FROM {source}
    JOIN billing_recurringcharge c ON c.id = p.charge_id
    JOIN billing_feeitem i ON i.id = c.fee_item_id
    LEFT JOIN registry_unit u ON u.id = c.unit_id
    LEFT JOIN registry_parkingspace s ON s.id = c.space_id
    LEFT JOIN registry_vehicle v ON v.id = c.vehicle_id
    ORDER BY p.problem, i.name, 3 LIMIT %(limit)s
"""


def run_exceptions(run: BillRun, *, limit: int = 1000) -> list[ExceptionLine]:
    """The charges that ``run`` could not bill in full, the first ``limit`` of them."""
    source = "(SELECT charge_id, problem FROM billing_billrunexception WHERE run_id = %(run)s) p"
    with connection.cursor() as cursor:
        cursor.execute(_PROBLEMS.format(source=source), {"run": run.pk, "limit": limit})
        return [ExceptionLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Example:
    """What one unit would pay under a tariff for a whole month and for a whole cycle; None where it has no value."""

    unit: Unit
    tariff: Tariff
    quantity: Decimal
    per_month: Decimal | None
    per_bill: Decimal | None

    def __str__(self) -> str:
        if self.per_bill is None:
            return _("unit %(unit)s: no usable amount") % {"unit": self.unit.code}
        return _("unit %(unit)s, %(area)s m2: %(amount)s yuan") % {
            "unit": self.unit.code,
            "area": f"{self.unit.exclusive_area.normalize():f}",
            "amount": self.per_bill,
        }


def tariff_example(tariff: Tariff, unit: Unit, *, consumption: Decimal = Decimal(10)) -> Example:
    """The live example beside a tariff's form; ``tariff`` need not be saved, ``consumption`` is for metered ones.

    Raises Refusal ``bad_formula``, or ValueError for tiers that make no sense.
    """
    quantity = Decimal(1)
    rate: Fraction | None
    if tariff.method == Method.FORMULA:
        rate = formula.evaluate(formula.parse(tariff.formula), formula_facts(tariff, unit))
    elif tariff.method == Method.METERED:
        quantity = consumption
        rate = Fraction(tiered(consumption, tiers_of(tariff))) + Fraction(tariff.fixed)
    else:
        quantity = unit.exclusive_area if tariff.method == Method.AREA else quantity
        rate = Fraction(quantity) * Fraction(tariff.price) + Fraction(tariff.fixed)
    if rate is None or rate < 0:
        return Example(unit, tariff, quantity, None, None)
    if unit.state == OccupancyState.VACANT and tariff.method != Method.METERED:
        rate *= Fraction(tariff.vacancy_rate)
    return Example(unit, tariff, quantity, to_cents(rate), to_cents(rate * tariff.cycle_months))


def formula_facts(tariff: Tariff, unit: Unit) -> dict[str, Decimal | int | None]:
    """The values of the names in a formula for one unit."""
    entrance, building = unit.entrance, unit.building
    return {
        "area": unit.exclusive_area,
        "inner_area": unit.inner_area if unit.inner_area is not None else unit.exclusive_area,
        "price": Decimal(tariff.price),
        "fixed": Decimal(tariff.fixed),
        "floor": unit.floor,
        "floors": entrance.floors if entrance is not None and entrance.floors is not None else building.floors,
        "lift": int(entrance.has_lift) if entrance is not None else 0,
        "households": building.units.count(),
    }
