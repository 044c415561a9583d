"""``anju bench billing``: a month's bills by the real bill run, beside the bare cost of storing the same rows.

The estate has three regular charges per unit: service fee by area, shared costs, and a space or flat fee. The bare
table has the shape, the keys (foreign ones too) and the indexes of the bills' table, and gets the very rows that the
run has just created by one ``INSERT … SELECT``. Both are measured in turn, a month each, three times, and the middle
one of each counts.
"""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django_scopes import scope

from anju.domains.billing.actions.runs import run_month
from anju.domains.billing.actions.tariffs import add_fee_item, adopt_tariff
from anju.domains.billing.enums import FeeKind, Method
from anju.engines.ledger.actions import open_books
from anju.foundation.registry.models import Building, Estate, Party
from anju.kit import clock
from anju.kit.periods import Period
from anju.site.bench import median, peak_memory_mb, scratch_database

ROUNDS = 3
_BEGAN = date(2020, 1, 1)
_PER_BUILDING = 200

_UNITS = """
    INSERT INTO registry_unit (estate_id, building_id, code, number, floor, kind, exclusive_area, delivery_date,
                               state, note)
    SELECT %(estate)s, b.id, b.code || '-' || n, n::text, 1 + n %% 30, 'residential', 60 + (n * 7 + b.id) %% 900 * 0.1,
           '2020-01-01',
           CASE WHEN n %% 25 = 0 THEN 'vacant' WHEN n %% 40 = 1 THEN 'unsold' ELSE 'owner_occupied' END, ''
    FROM registry_building b CROSS JOIN generate_series(1, %(per_building)s) n WHERE b.estate_id = %(estate)s
    ORDER BY b.id, n LIMIT %(units)s
"""
_PARTIES = """
    INSERT INTO registry_party (estate_id, kind, reference, name, pinyin, initials, phone, id_number, mailing_address,
                                prepayment_agreed, note, created_at)
    SELECT %(estate)s, 'person', code, code, '', '', '', '', '', false, '', now()
    FROM registry_unit WHERE estate_id = %(estate)s ORDER BY id
"""
_OWNERSHIPS = """
    INSERT INTO registry_ownership (estate_id, unit_id, party_id, share, since)
    SELECT u.estate_id, u.id, p.id, 1, '2020-01-01'
    FROM registry_unit u JOIN registry_party p ON p.estate_id = u.estate_id AND p.reference = u.code
    WHERE u.estate_id = %(estate)s AND u.state <> 'unsold' ORDER BY u.id
"""
_CHARGES = """
    INSERT INTO billing_recurringcharge (estate_id, fee_item_id, unit_id, since)
    SELECT u.estate_id, i.id, u.id, '2020-01-01'
    FROM registry_unit u CROSS JOIN billing_feeitem i
    WHERE u.estate_id = %(estate)s AND i.estate_id = u.estate_id ORDER BY u.id, i.id
"""


def run(*, units: int) -> dict[str, Any]:
    """Measure on an estate of ``units`` units; see the module for what is compared with what."""
    with scratch_database("billing"):
        estate = Estate.objects.create(code="BENCH", name="BENCH")
        with scope(estate=estate.pk):
            _build(estate, units)
            return {"name": "billing", "units": units, **_measure(estate)}


def _build(estate: Estate, units: int) -> None:
    open_books(estate=estate, by=None)
    estate.developer = Party.objects.create(estate=estate, kind="organisation", reference="DEVELOPER", name="DEVELOPER")
    estate.save(update_fields=["developer"])
    Building.objects.bulk_create(
        Building(estate=estate, code=str(number), name=str(number), position=number)
        for number in range(1, -(-units // _PER_BUILDING) + 1)
    )
    for code, kind, method, price, vacancy in (
        ("SERVICE", FeeKind.SERVICE, Method.AREA, "2.40", "0.7"),
        ("WATER", FeeKind.SHARED, Method.AREA, "0.15", "1"),
        ("LIGHTS", FeeKind.SHARED, Method.FLAT, "6.00", "1"),
    ):
        item = add_fee_item(estate=estate, code=code, name=code, kind=kind, by=None)
        terms = {"method": method, "price": Decimal(price), "vacancy_rate": Decimal(vacancy), "effective_from": _BEGAN}
        adopt_tariff(fee_item=item, by=None, **terms)
    with connection.cursor() as cursor:
        for statement in (_UNITS, _PARTIES, _OWNERSHIPS, _CHARGES):
            cursor.execute(statement, {"estate": estate.pk, "units": units, "per_building": _PER_BUILDING})
        cursor.execute("VACUUM (ANALYZE) registry_unit, registry_party, registry_ownership, billing_recurringcharge")


def _measure(estate: Estate) -> dict[str, Any]:
    _make_bare_table()
    ours: list[float] = []
    bare: list[float] = []
    rows = 0
    first = Period.of(clock.today()).plus(-ROUNDS)
    before = peak_memory_mb()
    for number in range(ROUNDS):
        period = first.plus(number)
        began = time.perf_counter()
        _run, outcome = run_month(estate=estate, period=period, by=None)
        ours.append(time.perf_counter() - began)
        rows = outcome.bills
        bare.append(_insert_bare(period))
    return {
        "rows": rows,
        "seconds": round(median(ours), 6),
        "bare_seconds": round(median(bare), 6),
        "ratio": round(median(ours) / median(bare), 2),
        "rows_per_second": round(rows / median(ours)),
        "peak_memory_mb": peak_memory_mb(),
        "memory_before_mb": before,
    }


def _make_bare_table() -> None:
    """A table with the columns, checks, indexes and foreign keys of the bills', and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare_bill (LIKE billing_bill INCLUDING ALL)")
        cursor.execute(
            """SELECT 'ALTER TABLE bare_bill ADD ' || replace(pg_get_constraintdef(oid), 'billing_bill(', 'bare_bill(')
               FROM pg_constraint WHERE conrelid = 'billing_bill'::regclass AND contype = 'f'"""
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


def _insert_bare(period: Period) -> float:
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute("INSERT INTO bare_bill SELECT * FROM billing_bill WHERE period = %s", [period.first])
        return time.perf_counter() - began
