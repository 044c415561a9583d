"""Every page of the console that shows rows costs the same number of statements with few rows and with many.

The estate does some business of every kind, each page is counted, the estate does twice as much again, and each is
counted once more. What a module adds to the console is tried by itself; what it has to show is added to ``_business``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django_scopes import scope

from anju.domains.billing.actions.cash_counts import count_cash
from anju.domains.billing.actions.dunning import issue_demands
from anju.domains.billing.actions.readings import add_meter, record_reading
from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.actions.runs import run_month
from anju.domains.billing.actions.transfers import report_transfer
from anju.domains.billing.actions.waivers import request_waiver
from anju.domains.billing.enums import DunningStage, FeeKind, Method, PaymentMethod, WaiverKind
from anju.domains.billing.models import Bill, FeeItem, RecurringCharge
from anju.engines.disclosure.actions import publish_words
from anju.engines.disclosure.enums import PublicationKind
from anju.foundation.accounts.enums import Role
from anju.foundation.accounts.models import ApiToken, Membership, User
from anju.foundation.registry.enums import OccupantKind
from anju.foundation.registry.models import (
    Building,
    CarPark,
    Entrance,
    HomeApplication,
    ImportBatch,
    Occupancy,
    Ownership,
    ParkingSpace,
    ParkingZone,
    Party,
    Phase,
    Place,
    Unit,
    Vehicle,
)
from anju.kit.models import Job
from anju.kit.pages.lists import ListPage
from anju.kit.periods import Period
from anju.kit.testing import AccessMatrix, Address, count_queries
from anju.site import home
from tests.domains.billing import charging
from tests.domains.billing.collecting import pay
from tests.world import World

MONTH = Period(2026, 8)
FEW, MANY = 2, 4
PROVEN_ELSEWHERE = {"registry:room_list", "billing:statement_list", "registry:estate_list"}
"""Lists that their own tests (``PageSetTests``) grow, or that are as long as there are estates."""
_numbers = itertools.count(1)


def _business(world: World, number: int) -> None:
    """``number`` more homes with all that may befall them, from moving in to a lawyer's letter."""
    estate, keys = world.spring, list(itertools.islice(_numbers, number))
    units, parties = _homes(world, keys)
    for fee in FeeItem.objects.filter(estate=estate, code="SERVICE"):
        RecurringCharge.objects.bulk_create(
            RecurringCharge(estate=estate, fee_item=fee, unit=unit, since=charging.LONG_AGO) for unit in units
        )
    run_month(estate=estate, period=MONTH.plus(-keys[0]), by=world.director)
    run_month(estate=estate, period=MONTH, by=world.director)
    water = FeeItem.objects.get(estate=estate, code="WATER")
    for unit in units:
        meter = add_meter(fee_item=water, unit=unit, code=f"M{unit.pk}", by=world.director)
        record_reading(meter=meter, period=MONTH, value=Decimal(9), previous=Decimal(1), by=world.director)
    day = MONTH.plus(2).first
    payers = [party.pk for party in parties]
    issue_demands(estate=estate, stage=DunningStage.NOTICE, issued_on=day, payers=payers, by=world.cashier)
    for number_of_home, party in enumerate(parties):
        bills = list(Bill.objects.filter(estate=estate, payer=party).order_by("pk"))
        request_waiver(bill=bills[0], kind=WaiverKind.PRINCIPAL, amount=Decimal(1), reason="漏水", by=world.cashier)
        report_transfer(
            estate=estate, payer=party, bills=[bills[0].pk], amount=bills[0].amount, transferred_on=day,
            reference="8899", idempotency_key=f"transfer-{party.pk}", by=world.owner,
        )  # fmt: skip
        paid = pay(world, "500.00", bills[1:2], payer=party, method=PaymentMethod.CASH, received_on=day)
        request_cancellation(receipt=paid.receipt, reason="录错", by=world.cashier)
        count_cash(
            estate=estate, cashier=world.cashier, day=day - timedelta(days=keys[number_of_home]), note="备用金",
            counted_cash=Decimal(7), by=world.cashier,
        )  # fmt: skip
        publish_words(
            estate=estate, kind=PublicationKind.NOTICE, title=f"停水 {party.pk}", text="明日停水。", by=world.director
        )


def _homes(world: World, keys: list[int]) -> tuple[list[Unit], list[Party]]:
    estate = world.spring
    Phase.objects.bulk_create(Phase(estate=estate, code=f"Q{key}", name=f"{key}期") for key in keys)
    Building.objects.bulk_create(Building(estate=estate, code=f"Q{key}", name=f"Q{key}", floors=3) for key in keys)
    Entrance.objects.bulk_create(Entrance(estate=estate, building=world.building, code=f"Q{key}") for key in keys)
    Place.objects.bulk_create(Place(estate=estate, code=f"Q{key}", name=f"泵房{key}", token=uuid4()) for key in keys)
    units = Unit.objects.bulk_create(
        Unit(
            estate=estate, building=world.building, entrance=world.entrance, code=f"3-1-8{key:03}", number=f"8{key:03}",
            floor=8, exclusive_area=Decimal(100), delivery_date=charging.LONG_AGO,
        )
        for key in keys
    )  # fmt: skip
    parties = Party.objects.bulk_create(
        Party(estate=estate, reference=f"Q{key}", name=f"住户{key}", phone=f"1370000{key:04}") for key in keys
    )
    since = charging.LONG_AGO
    homes = list(zip(units, parties, strict=True))
    Ownership.objects.bulk_create(Ownership(estate=estate, unit=unit, party=who, since=since) for unit, who in homes)
    Occupancy.objects.bulk_create(Occupancy(estate=estate, unit=unit, party=who, since=since) for unit, who in homes)
    park = CarPark.objects.create(estate=estate, code=f"Q{keys[0]}", name="车库")
    zones = ParkingZone.objects.bulk_create(
        ParkingZone(estate=estate, car_park=park, level=-1, code=f"Q{key}", name=f"{key}区") for key in keys
    )
    spaces = ParkingSpace.objects.bulk_create(
        ParkingSpace(estate=estate, zone=zone, code=f"Q-{key}") for zone, key in zip(zones, keys, strict=True)
    )
    Vehicle.objects.bulk_create(
        Vehicle(estate=estate, plate=f"辽B8{key:04}", plate_tail=f"B8{key:04}", party=who, space=space)
        for key, who, space in zip(keys, parties, spaces, strict=True)
    )
    HomeApplication.objects.bulk_create(
        HomeApplication(estate=estate, user=world.stranger, unit=unit, kind=OccupantKind.TENANT, name="租客")
        for unit in units
    )
    ImportBatch.objects.bulk_create(ImportBatch(estate=estate, layout="register", by=world.director) for _key in keys)
    Job.objects.bulk_create(
        Job(kind="sample", title="工作", estate_id=estate.pk, requested_by=world.head_office) for _key in keys
    )
    people = User.objects.bulk_create(User(username=f"q{key}", name=f"员工{key}", password="!") for key in keys)
    Membership.objects.bulk_create(
        Membership(user=user, organisation=world.company, role=Role.GUARD, since=date(2020, 1, 1)) for user in people
    )
    for user in people:
        token = ApiToken.objects.create(name=user.name, digest=uuid4().hex * 2, owner=user, permissions=[])
        token.estates.add(estate)
    return units, parties


def _pages(world: World) -> Iterator[tuple[Address, str]]:
    """The addresses that need no more than an estate, but for forms, whose choices are the whole register by intent."""
    for address in AccessMatrix().addresses():
        wanted = set(address.route.replace("<str:estate>", "").split("<")[1:])
        if not wanted and not address.name.endswith(("_create", "letters")):
            yield address, reverse(address.name, kwargs={"estate": "SPRING"} if "<str:estate>" in address.route else {})


def _count(client: Client, url: str) -> int:
    """How many statements the page costs, with those whose answers it will remember."""
    caches["default"].clear()
    return count_queries(lambda: client.get(url))


@pytest.fixture
def grow(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    monkeypatch.setattr(ListPage, "page_size", 500)
    # The start page asks the checks of each decision that waits, of so many at most: here it is full from the start.
    monkeypatch.setattr(home, "WORK_SHOWN", FEW)
    with scope(estate=world.spring.pk):
        service = charging.fee(world.spring, "2.40", late_daily_rate=Decimal("0.0005"))
        charging.fee(
            world.spring, "0", code="WATER", kind=FeeKind.UTILITY, method=Method.METERED,
            tiers=[{"upto": None, "price": "3.50"}],
        )  # fmt: skip
        charging.charge(service, world.unit)

    def more(number: int) -> None:
        with scope(estate=world.spring.pk):
            _business(world, number)

    return more


def test_pages_cost_the_same_with_more_rows(world: World, grow: Callable[[int], None], client_as) -> None:
    client = client_as(world.head_office)
    grow(FEW)
    before = {}
    empty = []
    for address, url in _pages(world):
        page = client.get(url)  # fills what is read once per process
        if page.status_code == 200:
            before[url] = _count(client, url)
            is_list = address.page is not None and issubclass(address.page, ListPage)
            if is_list and address.name not in PROVEN_ELSEWHERE and len(page.context["lines"]) < FEW:
                empty.append(address.name)
    assert empty == [], "counting an empty list proves nothing: add its rows to _business"
    assert len(before) > 45, "hardly any page answers"
    grow(MANY)
    after = {url: _count(client, url) for url in before}
    assert {url: (before[url], after[url]) for url in after if after[url] > before[url]} == {}
