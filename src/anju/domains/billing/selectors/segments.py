"""The SQL that turns recurring charges into the lines of a month's bills. Bill run and preview share it.

Step by step, each a common table expression: ``due`` (charges whose cycle falls due, with the days they are charged),
``spell`` (who owns what on which of those days), ``payer`` (who is billed for which days), ``segment`` (the same cut
where the price changes), ``line`` (with quantity, price and the exact amount). See :mod:`anju.domains.billing.rules`
for the same arithmetic in Python, against which this is tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from anju.domains.billing import formula
from anju.domains.billing.enums import Method, RunProblem
from anju.domains.billing.rules.cycles import FOREVER
from anju.domains.billing.rules.parts import MONTH
from anju.domains.billing.selectors.month import MonthPlan
from anju.foundation.registry.enums import OccupancyState

Params = dict[str, Any]

_FOR_SETS = {"jit": "off", "enable_nestloop": "off", "work_mem": "'64MB'"}

_DEVELOPERS = f"('{OccupancyState.UNSOLD}', '{OccupancyState.UNDELIVERED}')"


@contextmanager
def for_sets(cursor: Any) -> Iterator[None]:
    """Planner settings for this SQL, inside a transaction: compiling it takes longer than running it, its sorts belong
    into memory, and right after an import the database still takes the tables for empty and would go through them once
    per charge. What follows in the transaction touches single rows, and is planned as usual again.
    """
    cursor.execute("; ".join(f"SET LOCAL {name} = {value}" for name, value in _FOR_SETS.items()))
    yield
    # Not after an error: the transaction, and the settings with it, is rolled back then.
    cursor.execute("; ".join(f"SET LOCAL {name} = DEFAULT" for name in _FOR_SETS))


def lines_sql(plan: MonthPlan, *, after: int = 0, upto: int | None = None) -> tuple[str, Params]:
    """``WITH …`` up to and including ``line`` and ``problem``, for the charges with ``after`` < id <= ``upto``.

    ``line`` has every column of a bill but the run, and only days that no standing bill covers; ``problem`` has one row
    per charge that is due and can't be billed in full, and why.
    """
    params: Params = {
        "estate": plan.estate,
        "developer": plan.developer,
        "after": after,
        "upto": upto if upto is not None else 2**62,
        "first": plan.period.first,
        "next": plan.period.plus(1).first,
        "forever": FOREVER,
        "years": f"{plan.limitation_years} years",
    }
    uses_buildings = any(tree.names() & {"floors", "lift", "households"} for _pk, tree in plan.formulas)
    steps = [
        (
            "win (number, fee_item_id, since, until, advance)",
            _values(params, "w", "bigint bigint date date boolean", _window_rows(plan)),
        ),
        (
            "piece (number, tariff_id, since, until, parts, method, price, fixed, vacancy_rate, due_days)",
            _values(params, "p", "bigint bigint date date bigint text numeric numeric numeric int", _piece_rows(plan)),
        ),
        ("item (fee_item_id, covered_from)", _values(params, "i", "bigint date", plan.covered_from)),
        ("due", _due(uses_buildings)),
        ("owned", _OWNED),
        ("spell", _SPELL),
        ("payer", _PAYER),
        ("segment", _SEGMENT),
        *_metered(plan, params),
        ("priced", _priced(plan)),
        ("amounted", _AMOUNTED),
        ("known", _KNOWN),
        ("gap", _GAP),
        ("line", _LINE),
        ("problem", _problem(plan)),
    ]
    body = ",\n".join(
        f"{name} AS MATERIALIZED ({sql})" if name in _KEPT else f"{name} AS ({sql})" for name, sql in steps
    )
    return f"WITH {body}", params


_KEPT = {"due", "owned", "payer", "segment", "known", "gap", "usage"}
"""Steps that several later steps read: computed once, and their size bounded by the chunk."""


def _window_rows(plan: MonthPlan) -> Iterable[Sequence[Any]]:
    return [(row.number, row.fee_item, row.since, row.until, row.advance) for row in plan.windows]


def _piece_rows(plan: MonthPlan) -> Iterable[Sequence[Any]]:
    return [
        (
            row.window,
            row.tariff.pk,
            row.since,
            row.until,
            row.parts,
            row.tariff.method,
            row.tariff.price,
            row.tariff.fixed,
            row.tariff.vacancy_rate,
            row.tariff.due_days,
        )
        for row in plan.pieces
    ]


def _values(params: Params, prefix: str, types: str, rows: Iterable[Sequence[Any]]) -> str:
    """``rows`` as a VALUES list of parameters; a list without rows is one row of NULLs that a condition leaves out."""
    kinds = types.split()
    lines = []
    for number, row in enumerate(rows):
        cells = []
        for column, (value, kind) in enumerate(zip(row, kinds, strict=True)):
            name = f"{prefix}{number}_{column}"
            params[name] = value
            cells.append(f"%({name})s::{kind}")
        lines.append(f"({', '.join(cells)})")
    if lines:
        return f"VALUES {', '.join(lines)}"
    return f"SELECT {', '.join(f'NULL::{kind}' for kind in kinds)} WHERE false"


def _due(uses_buildings: bool) -> str:
    """Charges that fall due, with the things their amount may depend on."""
    facts, joins = "NULL::int AS floors, NULL::int AS lift, NULL::bigint AS households", ""
    if uses_buildings:
        facts = "coalesce(e.floors, g.floors) AS floors, coalesce(e.has_lift, false)::int AS lift, h.households"
        joins = """
            LEFT JOIN registry_building g ON g.id = u.building_id
            LEFT JOIN registry_entrance e ON e.id = u.entrance_id
            LEFT JOIN (SELECT building_id, count(*) AS households FROM registry_unit
                       WHERE estate_id = %(estate)s GROUP BY building_id) h ON h.building_id = u.building_id"""
    return f"""
        SELECT c.id AS charge_id, c.fee_item_id, c.unit_id, c.space_id, c.vehicle_id, c.payer_id AS named_id,
               coalesce(c.unit_id, -c.space_id) AS thing, w.number, w.advance,
               greatest(c.since, w.since) AS since, least(c.until, w.until) AS until,
               coalesce(u.exclusive_area, s.area) AS area,
               coalesce(u.inner_area, u.exclusive_area, s.area) AS inner_area,
               u.floor, coalesce(u.state, '') AS state, coalesce(u.delivery_date, '-infinity') AS delivered, {facts}
        FROM billing_recurringcharge c
        JOIN win w ON w.fee_item_id = c.fee_item_id
        LEFT JOIN registry_unit u ON u.id = c.unit_id AND u.estate_id = %(estate)s
        LEFT JOIN registry_parkingspace s ON s.id = c.space_id AND s.estate_id = %(estate)s{joins}
        WHERE c.estate_id = %(estate)s AND c.id > %(after)s AND c.id <= %(upto)s
          AND greatest(c.since, w.since) < least(c.until, w.until)
          AND CASE WHEN w.advance
              THEN greatest(c.since, w.since) >= %(first)s AND greatest(c.since, w.since) < %(next)s
              ELSE least(c.until, w.until) > %(first)s AND least(c.until, w.until) <= %(next)s END"""


# Ownerships of the things that are due, within the days that are due; ``rivals`` says how many of one thing.
_OWNED = """
    SELECT o.*, count(*) OVER (PARTITION BY thing) AS rivals FROM (
        SELECT o.unit_id AS thing, o.party_id, o.share, o.since, coalesce(o.until, %(forever)s) AS until
        FROM (SELECT DISTINCT unit_id FROM due WHERE named_id IS NULL) d
        JOIN registry_ownership o ON o.unit_id = d.unit_id AND o.estate_id = %(estate)s
        UNION ALL
        SELECT -o.space_id, o.party_id, o.share, o.since, coalesce(o.until, %(forever)s)
        FROM (SELECT DISTINCT space_id FROM due WHERE named_id IS NULL) d
        JOIN registry_ownership o ON o.space_id = d.space_id AND o.estate_id = %(estate)s
    ) o
    WHERE o.since < (SELECT max(until) FROM win) AND o.until > (SELECT min(since) FROM win)"""

# Who is billed for a thing on which days: of several owners the one with the largest share, then the party entered
# first. Neighbouring days of the same owner are one spell.
_SPELL = """
    SELECT thing, party_id, since, until FROM owned WHERE rivals = 1
    UNION ALL
    SELECT thing, party_id, min(since), max(until) FROM (
        SELECT *, count(*) FILTER (WHERE changes) OVER (PARTITION BY thing ORDER BY since) AS island FROM (
            SELECT *, (party_id, since) IS DISTINCT FROM (lag(party_id) OVER w, lag(until) OVER w) AS changes FROM (
                SELECT DISTINCT ON (e.thing, e.since) e.thing, e.since, e.until, o.party_id
                FROM (
                    SELECT thing, since, lead(since) OVER (PARTITION BY thing ORDER BY since) AS until FROM (
                        SELECT thing, since FROM owned WHERE rivals > 1
                        UNION
                        SELECT thing, until FROM owned WHERE rivals > 1
                    ) edge
                ) e
                JOIN owned o ON o.thing = e.thing AND o.since <= e.since AND o.until >= e.until
                ORDER BY e.thing, e.since, o.share DESC, o.party_id
            ) first WINDOW w AS (PARTITION BY thing ORDER BY since)
        ) marked
    ) islands GROUP BY thing, island, party_id"""

# A named payer for everything; a vehicle's keeper; the developer while unsold or not yet delivered; then the owners.
_PAYER = f"""
    SELECT d.*, d.named_id AS payer_id, d.since AS begins, d.until AS ends, false AS by_developer
    FROM due d WHERE d.named_id IS NOT NULL
    UNION ALL
    SELECT d.*, v.party_id, d.since, d.until, false
    FROM due d JOIN registry_vehicle v ON v.id = d.vehicle_id AND v.estate_id = %(estate)s
    WHERE d.named_id IS NULL AND v.party_id IS NOT NULL
    UNION ALL
    SELECT d.*, %(developer)s::bigint, d.since,
           CASE WHEN d.state IN {_DEVELOPERS} THEN d.until ELSE least(d.until, d.delivered) END, true
    FROM due d
    WHERE d.named_id IS NULL AND d.unit_id IS NOT NULL AND %(developer)s::bigint IS NOT NULL
      AND (d.state IN {_DEVELOPERS} OR d.delivered > d.since)
    UNION ALL
    SELECT d.*, o.party_id, greatest(d.since, d.delivered, o.since), least(d.until, o.until), false
    FROM due d JOIN spell o ON o.thing = d.thing
    WHERE d.named_id IS NULL AND d.state NOT IN {_DEVELOPERS}
      AND greatest(d.since, d.delivered, o.since) < least(d.until, o.until)"""

# A payer's days under one price; ``whole`` is what the charge has under that price in all, whoever pays.
_SEGMENT = """
    SELECT p.*, k.tariff_id, k.method, k.price, k.fixed, k.vacancy_rate, k.due_days,
           c.since AS starts, c.until AS stops,
           CASE WHEN c.since = k.since AND c.until = k.until THEN k.parts
                ELSE billing_month_point(c.until) - billing_month_point(c.since) END AS parts,
           CASE WHEN c.whole_since = k.since AND c.whole_until = k.until THEN k.parts
                ELSE billing_month_point(c.whole_until) - billing_month_point(c.whole_since) END AS whole
    FROM payer p
    JOIN piece k ON k.number = p.number
    CROSS JOIN LATERAL (
        SELECT greatest(p.begins, k.since) AS since, least(p.ends, k.until) AS until,
               greatest(p.since, k.since) AS whole_since, least(p.until, k.until) AS whole_until
    ) c
    WHERE c.since < c.until"""


def _metered(plan: MonthPlan, params: Params) -> list[tuple[str, str]]:
    """Consumption by month, and what it costs by the tariff in force on the last day of that month's service."""
    if not plan.has_metered:
        return []
    tiers = [(pk, *tier) for pk, tier in plan.tiers]
    return [
        ("tier (tariff_id, lower, upper, price)", _values(params, "t", "bigint numeric numeric numeric", tiers)),
        ("usage", _USAGE),
        ("metered", _METERED),
    ]


# A month is missing when the unit has no meter for the fee, or one in use has no reading; a meter whose first reading
# came later was not there yet.
_USAGE = f"""
    SELECT d.charge_id, d.number, m.month, least((m.month + interval '1 month')::date, d.until) - 1 AS last_day,
           coalesce(sum((r.value - r.previous) * x.multiplier), 0) AS used,
           bool_or(x.is_active AND r.id IS NULL AND NOT coalesce(
               (SELECT min(f.period) > m.month FROM billing_meterreading f WHERE f.meter_id = x.id), false
           )) IS NOT FALSE OR count(r.id) = 0 AS missing
    FROM due d
    JOIN (SELECT DISTINCT number FROM piece WHERE method = '{Method.METERED}') k ON k.number = d.number
    CROSS JOIN LATERAL (
        SELECT g::date AS month
        FROM generate_series(date_trunc('month', d.since::timestamp), d.until - interval '1 day', '1 month') g
    ) m
    LEFT JOIN billing_meter x ON x.unit_id = d.unit_id AND x.fee_item_id = d.fee_item_id
    LEFT JOIN billing_meterreading r ON r.meter_id = x.id AND r.period = m.month
    GROUP BY d.charge_id, d.number, m.month, d.until"""

_METERED = """
    SELECT u.charge_id, u.number, k.tariff_id, sum(u.used) AS used,
           CASE WHEN NOT bool_or(u.missing) THEN sum(t.cost) END AS cost
    FROM usage u
    JOIN piece k ON k.number = u.number AND u.last_day >= k.since AND u.last_day < k.until
    CROSS JOIN LATERAL (
        SELECT sum(tier.price * greatest(0, least(u.used, tier.upper) - tier.lower)) AS cost
        FROM tier WHERE tier.tariff_id = k.tariff_id
    ) t
    GROUP BY u.charge_id, u.number, k.tariff_id"""


def _priced(plan: MonthPlan) -> str:
    """``rate`` yuan for a whole month, or for metered fees ``used`` units and what they ``cost`` in the whole piece."""
    columns = {name: f"(s.{name})" for name in formula.VOCABULARY}
    formulas = " ".join(f"WHEN {int(pk)} THEN {formula.to_sql(tree, columns)}" for pk, tree in plan.formulas)
    value = f"WHEN '{Method.FORMULA}' THEN CASE s.tariff_id {formulas} END" if formulas else ""
    used, join = "NULL::numeric AS used, NULL::numeric AS cost", ""
    if plan.has_metered:
        used = f"""CASE WHEN s.method = '{Method.METERED}' THEN coalesce(m.used, 0) END AS used,
               CASE WHEN m.used IS NULL THEN 0 ELSE m.cost END AS cost"""
        join = "LEFT JOIN metered m ON (m.charge_id, m.number, m.tariff_id) = (s.charge_id, s.number, s.tariff_id)"
    return f"""
        SELECT s.*, {used},
               CASE s.method WHEN '{Method.AREA}' THEN s.area * s.price + s.fixed {value} ELSE s.price + s.fixed END
                   AS rate,
               CASE WHEN s.state = '{OccupancyState.VACANT}' AND NOT s.by_developer AND s.method <> '{Method.METERED}'
                    THEN s.vacancy_rate ELSE 1 END AS discount
        FROM segment s {join}"""


def _upto(weight: str) -> str:
    """Yuan of a segment's price from the first day that it prices on, rounded half up, exactly: div() gives whole
    quotients. ``weight``: parts of months x part charged.
    """
    return f"div(s.numerator * ({weight}) * 200 + s.denominator, s.denominator * 2) * 0.01"


# The running sum of a charge's days under one price is rounded, so what its payers are billed adds up to the whole.
# An amount is (numerator x parts x part charged) / denominator: of a month's rate, or of the whole piece's consumption.
_AMOUNTED = f"""
    SELECT s.*, {_upto("s.upto")} - {_upto("s.before")} AS amount
    FROM (
        SELECT q.*, q.upto - q.discount * q.parts AS before,
               CASE WHEN q.used IS NULL THEN q.rate ELSE q.cost * {MONTH} + q.fixed * q.whole END AS numerator,
               CASE WHEN q.used IS NULL THEN {MONTH}::numeric ELSE {MONTH}::numeric * q.whole END AS denominator
        FROM (
            SELECT p.*, sum(p.discount * p.parts) OVER (
                PARTITION BY p.charge_id, p.number, p.tariff_id ORDER BY p.starts
            ) AS upto
            FROM priced p
        ) q
    ) s"""

_STANDING = "b.charge_id = s.charge_id AND b.since < s.stops AND b.reversed_at IS NULL AND b.late_for_id IS NULL"

# Beside the last bill that stands for some of its days, if there is one.
_KNOWN = f"""
    SELECT s.*, billed.since AS billed_since, billed.until AS billed_until, billed.payer_id AS billed_to
    FROM amounted s
    LEFT JOIN LATERAL (
        SELECT b.since, b.until, b.payer_id FROM billing_bill b WHERE {_STANDING} ORDER BY b.since DESC LIMIT 1
    ) billed ON billed.until > s.starts"""

# Days between, before or after bills that stand: what was billed has become longer, or has found an owner since.
_GAP = f"""
    SELECT s.*, g.since AS gap_since, g.until AS gap_until
    FROM known s
    CROSS JOIN LATERAL (
        SELECT x.until AS since, coalesce(lead(x.since) OVER (ORDER BY x.since), s.stops) AS until
        FROM (
            SELECT '-infinity'::date AS since, s.starts AS until
            UNION ALL
            SELECT b.since, b.until FROM billing_bill b WHERE {_STANDING} AND b.until > s.starts
        ) x
    ) g
    WHERE NOT (s.billed_since <= s.starts AND s.billed_until >= s.stops) AND g.since < g.until"""

_SAME = """charge_id, fee_item_id, tariff_id, unit_id, space_id, vehicle_id, payer_id, until AS stop, advance, due_days,
               method, area, price, fixed, rate, used, cost, whole, discount"""
_SINCE_START = "s.before + s.discount * (billing_month_point({}) - billing_month_point(s.starts))"

_BILLABLE = "a.amount < 1000000000000 AND abs(a.rate) < 100000000 AND coalesce(a.used, 0) < 10000000000"
"""What the columns of a bill can hold; anything beyond is a mistake in a formula or a reading."""

# What a bill shows beside its amount: consumption, mean price of tiers and a formula's result are rounded for reading.
_LINE = f"""
    SELECT a.charge_id, a.fee_item_id, a.tariff_id, a.unit_id, a.space_id, a.vehicle_id, a.payer_id, a.since, a.until,
           CASE WHEN a.used IS NOT NULL THEN round(a.used * a.parts / a.whole, 3)
                WHEN a.method = '{Method.AREA}' THEN a.area ELSE 1 END AS quantity,
           CASE WHEN a.used IS NOT NULL THEN CASE WHEN a.used = 0 THEN 0 ELSE round(a.cost / a.used, 4) END
                WHEN a.method = '{Method.FORMULA}' THEN round(a.rate, 4) ELSE a.price END AS price,
           CASE WHEN a.method = '{Method.FORMULA}' THEN 0 ELSE a.fixed END AS fixed,
           a.discount, a.parts AS month_parts, a.amount, due.due_on,
           (due.due_on + %(years)s::interval)::date AS limitation_on
    FROM (
        SELECT {_SAME}, starts AS since, stops AS until, parts, amount
        FROM known WHERE billed_until IS NULL
        UNION ALL
        SELECT {_SAME}, gap_since, gap_until, billing_month_point(gap_until) - billing_month_point(gap_since),
               {_upto(_SINCE_START.format("gap_until"))} - {_upto(_SINCE_START.format("gap_since"))}
        FROM gap s WHERE used IS NULL
    ) a
    CROSS JOIN LATERAL (SELECT CASE WHEN a.advance THEN a.since ELSE a.stop END + a.due_days AS due_on) due
    WHERE a.amount > 0 AND {_BILLABLE}"""


def _problem(plan: MonthPlan) -> str:
    """Charges due that can't be billed, each with the first reason that holds."""
    reasons = [
        f"""SELECT c.id AS charge_id, 1 AS rank, '{RunProblem.NO_TARIFF}' AS problem
            FROM item i JOIN billing_recurringcharge c ON c.fee_item_id = i.fee_item_id
            WHERE c.estate_id = %(estate)s AND c.id > %(after)s AND c.id <= %(upto)s
              AND greatest(c.since, %(first)s) < least(c.until, %(next)s, i.covered_from)""",
        f"""SELECT d.charge_id, 3, '{RunProblem.NO_PAYER}'
            FROM due d LEFT JOIN (
                SELECT charge_id, number, sum(ends - begins) AS days FROM payer GROUP BY charge_id, number
            ) p USING (charge_id, number)
            WHERE coalesce(p.days, 0) < d.until - d.since""",
        f"SELECT charge_id, 4, '{RunProblem.NEGATIVE}' FROM known WHERE amount < 0",
        f"SELECT charge_id, 5, '{RunProblem.NO_AMOUNT}' FROM known a WHERE ({_BILLABLE}) IS NOT TRUE",
        f"""SELECT charge_id, 6, '{RunProblem.OTHER_BILL}' FROM known
            WHERE billed_to <> payer_id AND named_id IS NULL AND vehicle_id IS NULL
            UNION ALL SELECT charge_id, 6, '{RunProblem.OTHER_BILL}' FROM gap WHERE used IS NOT NULL""",
    ]
    if plan.has_metered:
        reasons.append(f"SELECT charge_id, 2, '{RunProblem.NO_READING}' FROM usage WHERE missing")
    return f"""
        SELECT DISTINCT ON (charge_id) charge_id, problem
        FROM ({" UNION ALL ".join(reasons)}) r ORDER BY charge_id, rank"""
