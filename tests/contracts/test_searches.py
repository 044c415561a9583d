"""What a search reads is what it finds: no search of a list passes over all that an estate has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet

from anju.domains.billing.console.decisions import find_waivers
from anju.domains.billing.console.meters import find_meters
from anju.domains.billing.console.receipts import CancellationPages, PaymentPages, ReceiptPages
from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.filters.charging import find_bills, find_charges
from anju.domains.billing.forms.tariffs import ExampleForm
from anju.domains.billing.models import (
    Bill,
    Meter,
    Payment,
    Receipt,
    ReceiptCancellation,
    RecurringCharge,
    Waiver,
)
from anju.domains.billing.selectors import collection
from anju.domains.billing.selectors.bills import bills_of_estate
from anju.domains.billing.selectors.charges import charges_of_estate
from anju.domains.billing.selectors.meters import meters_of_estate
from anju.foundation.registry import selectors
from anju.foundation.registry.cards import people_named
from anju.foundation.registry.console.parking import find_spaces, find_vehicles
from anju.foundation.registry.console.parties import find_parties
from anju.foundation.registry.console.units import find_occupancies, find_units
from anju.foundation.registry.models import Occupancy, Ownership, ParkingSpace, Party, Unit, Vehicle
from anju.foundation.registry.resident.finding import rooms_like
from anju.kit import searches
from tests.domains.billing import charging
from tests.world import World

MANY, FEW = 200, 40
LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def crowd(in_spring: World) -> World:
    """As many units, people, cars, spaces, meters, charges and bills as make passing over them all show."""
    world, estate, numbers = in_spring, in_spring.spring, range(MANY)
    item = charging.fee(estate).fee_item
    units = Unit.objects.bulk_create(
        Unit(estate=estate, building=world.building, code=f"8-{n:04}", number=f"{n:04}", exclusive_area=50)
        for n in numbers
    )
    people = Party.objects.bulk_create(
        Party(
            estate=estate, name=f"吴{n:04}", pinyin=f"wu{n:04}", initials=f"w{n:04}", phone=f"1770000{n:04}",
            reference=f"R{n:04}",
        )
        for n in numbers
    )  # fmt: skip
    spaces = ParkingSpace.objects.bulk_create(
        ParkingSpace(estate=estate, zone=world.zone, code=f"P{n:04}") for n in numbers
    )
    cars = Vehicle.objects.bulk_create(
        Vehicle(estate=estate, plate=f"京C{n:05}", plate_tail=f"C{n:05}", party=person, space=space)
        for n, person, space in zip(numbers, people, spaces, strict=True)
    )
    pairs = list(zip(units, people, strict=True))
    Ownership.objects.bulk_create(
        Ownership(estate=estate, unit=unit, party=person, share=1, since=LONG_AGO) for unit, person in pairs
    )
    Occupancy.objects.bulk_create(
        Occupancy(estate=estate, unit=unit, party=person, kind="owner", since=LONG_AGO) for unit, person in pairs
    )
    Meter.objects.bulk_create(Meter(estate=estate, fee_item=item, unit=unit, code=f"M{unit.number}") for unit in units)
    things = [
        *({"unit": one} for one in units),
        *({"space": one} for one in spaces),
        *({"vehicle": one} for one in cars),
    ]
    RecurringCharge.objects.bulk_create(
        RecurringCharge(estate=estate, fee_item=item, since=LONG_AGO, **thing) for thing in things
    )
    bills = Bill.objects.bulk_create(
        Bill(
            estate=estate, fee_item=item, payer=person, period=LONG_AGO, since=LONG_AGO, until=date(2020, 2, 1),
            quantity=1, price=1, amount=1, due_on=LONG_AGO, limitation_on=date(2023, 1, 1), **thing,
        )
        for thing, person in zip(things, people * 3, strict=True)
    )  # fmt: skip
    payments = Payment.objects.bulk_create(
        Payment(
            estate=estate, payer=person, method=PaymentMethod.CASH, amount=1, received_on=LONG_AGO,
            reference=f"slip-{n}", idempotency_key=str(n),
        )
        for n, person in zip(numbers, people, strict=True)
    )  # fmt: skip
    receipts = Receipt.objects.bulk_create(
        Receipt(estate=estate, payment=payment, number=n, token=uuid4()) for n, payment in enumerate(payments)
    )
    ReceiptCancellation.objects.bulk_create(
        ReceiptCancellation(estate=estate, receipt=receipt, reason="slip", requested_by=world.cashier)
        for receipt in receipts
    )
    Waiver.objects.bulk_create(
        Waiver(estate=estate, bill=bill, amount=1, reason="poor", requested_by=world.cashier) for bill in bills[:MANY]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return world


def by_form(_rows: QuerySet[Any], text: str) -> list[Unit]:
    form = ExampleForm({"example_unit": text})
    assert form.is_valid()
    return form.units()


SEARCHES: list[tuple[Callable[..., Any], Callable[[Any], Any], list[tuple[str, int]]]] = [
    (find_units, selectors.units_of_estate, [("8-0007", 1), ("0007", 1), ("吴0007", 1)]),
    (find_occupancies, selectors.occupancies_of_estate, [("8-0007", 1), ("吴0007", 1)]),
    (find_parties, selectors.parties_of_estate,
     [("吴0007", 1), ("wu0007", 1), ("W0007", 1), ("17700000007", 1), ("r0007", 1), ("00007", 1)]),
    (find_vehicles, selectors.vehicles_of_estate, [("京c·00007", 1), ("c00007", 1), ("吴0007", 1), ("p0007", 1)]),
    (find_spaces, selectors.spaces_of_estate, [("p0007", 1)]),
    (find_bills, bills_of_estate, [("8-0007", 1), ("p0007", 1), ("c00007", 1), ("吴0007", 3)]),
    (find_charges, charges_of_estate, [("8-0007", 1), ("p0007", 1), ("京C00007", 1)]),
    (find_waivers, collection.waivers, [("吴0007", 1), ("8-0007", 1)]),
    (PaymentPages.search, collection.payments, [("吴0007", 1), ("7", 1), ("slip-7", 1)]),
    (ReceiptPages.search, collection.receipts, [("吴0007", 1), ("7", 1), ("slip-7", 1)]),
    (CancellationPages.search, collection.cancellations, [("吴0007", 1), ("7", 1), ("slip-7", 1)]),
    (find_meters, meters_of_estate, [("m0007", 1), ("0007", 1), ("8-0007", 1)]),
    (lambda _rows, text: people_named(text), lambda _estate: None, [("吴0007", 1), ("R0007", 1), ("8-0007", 1)]),
    (lambda estate, text: rooms_like(estate, text), lambda estate: estate, [("8-0007", 1), ("0007", 1)]),
    (by_form, lambda _estate: None, [("8-0007", 1)]),
]  # fmt: skip


def test_a_search_reads_no_more_than_it_finds(crowd: World) -> None:
    for search, rows_of, texts in SEARCHES:
        for text, number in texts:
            found, asked = told_and_asked(search, rows_of(crowd.spring), text)
            assert len(found) == number, (search, text, found)
            for sql, values in asked:
                assert rows_read(sql, values) <= FEW, (search, text, sql)


def told_and_asked(search: Callable[..., Any], rows: Any, text: str) -> tuple[list[Any], list[tuple[str, Any]]]:
    """What a search finds, and the statements it needed."""
    asked: list[tuple[str, Any]] = []

    def remember(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        asked.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(remember):
        return list(search(rows, text)), asked


def rows_read(sql: str, values: Any) -> float:
    """How many rows of tables the database looks at for one statement, where it may not read whole tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        (answer,) = cursor.fetchone()
        cursor.execute("SET LOCAL enable_seqscan = on")
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return sum(_looked_at(node) for node in _nodes(plan[0]["Plan"]) if "Relation Name" in node)


def _looked_at(node: dict[str, Any]) -> float:
    dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + dropped) * node["Actual Loops"])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def test_what_finds_much_is_found_whole(crowd: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the list is asked for the conditions themselves, and shows the same rows."""
    told_by_keys = {row.pk for row in find_units(Unit.objects.all(), "吴")}
    monkeypatch.setattr(searches, "FEW", 10)
    told_by_condition = {row.pk for row in find_units(Unit.objects.all(), "吴")}
    assert len(told_by_keys) == MANY
    assert told_by_condition == told_by_keys


def test_a_row_found_in_two_ways_hides_no_other(in_spring: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six units by code and by number alike, six more by their owner: eleven keys hold the first six only."""
    estate, numbers = in_spring.spring, range(6)
    for code, number in (("66-{}", "66{}"), ("5-{}", "{}")):
        units = Unit.objects.bulk_create(
            Unit(
                estate=estate,
                building=in_spring.building,
                code=code.format(n),
                number=number.format(n),
                exclusive_area=50,
            )
            for n in numbers
        )
    people = Party.objects.bulk_create(Party(estate=estate, name=f"66号{n}") for n in numbers)
    Ownership.objects.bulk_create(
        Ownership(estate=estate, unit=unit, party=person, share=1, since=LONG_AGO)
        for unit, person in zip(units, people, strict=True)
    )
    monkeypatch.setattr(searches, "FEW", 10)
    assert find_units(Unit.objects.all(), "66").count() == 12
