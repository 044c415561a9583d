"""The demo world: complete, right in its books, the same for the same seed, and never half there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django_scopes import scopes_disabled

from anju.domains.billing.enums import DunningStage, PaymentMethod, StatementKind
from anju.domains.billing.models import (
    Bill,
    Demand,
    DemandLine,
    FeeItem,
    MeterReading,
    Payment,
    PrepaymentMovement,
    ReceiptCancellation,
    Statement,
    TransferReport,
    Waiver,
)
from anju.engines.ledger import checks
from anju.engines.ledger.enums import PARKING_HEADS, SERVICE_HEADS
from anju.engines.ledger.models import Line
from anju.engines.messaging.enums import DeliveryState
from anju.engines.messaging.models import Delivery
from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import Organisation, User
from anju.foundation.registry.enums import EstateKind, UnitKind
from anju.foundation.registry.models import Building, Estate, HomeApplication, ParkingZone, Unit, Vehicle
from anju.foundation.registry.plates import PlateKind, check_plate
from anju.kit import clock
from anju.kit.periods import Period
from anju.site import demo
from anju.site.demo import months, people, stories, world

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def demo_world(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The world, built once for this file in a transaction that is rolled back at its end."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic(), scopes_disabled():
        _empty()
        yield demo.build(seed=1)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _in_world(demo_world: Any, django_db_blocker: Any) -> Any:
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic(), scopes_disabled():
        yield
        transaction.set_rollback(True)


def lanting() -> Estate:
    return Estate.objects.get(code=people.LANTING)


def test_there_is_a_district_with_two_streets_three_communities_and_three_kinds_of_estate():
    def count(kind: str) -> int:
        return Organisation.objects.filter(kind=kind).count()

    assert count(OrganisationKind.DISTRICT_AUTHORITY) == 1
    assert count(OrganisationKind.STREET_OFFICE) == 2
    assert count(OrganisationKind.COMMUNITY_COMMITTEE) == 3
    assert set(Estate.objects.values_list("kind", flat=True)) == {
        EstateKind.RESIDENTIAL,
        EstateKind.QUASI,
        EstateKind.HOSPITAL,
    }
    assert Estate.objects.values("community").distinct().count() == 3
    old = Estate.objects.get(kind=EstateKind.QUASI)
    assert (Building.objects.filter(estate=old).count(), Unit.objects.filter(estate=old).count()) == (6, 120)


def test_the_commercial_estate_has_four_buildings_of_homes_apartments_and_shops():
    units = Unit.objects.filter(estate=lanting())
    assert Building.objects.filter(estate=lanting()).count() == 4
    assert 580 <= units.count() <= 620
    assert set(units.values_list("kind", flat=True)) == {UnitKind.RESIDENTIAL, UnitKind.APARTMENT, UnitKind.SHOP}
    kinds = {check_plate(plate).kind for plate in Vehicle.objects.values_list("plate", flat=True)}
    assert kinds >= {PlateKind.ORDINARY, PlateKind.NEW_ENERGY_SMALL}


@pytest.mark.clause("P01-17")
def test_the_upper_basement_is_shared_in_two_zones_with_signs_and_one_attendant_more():
    zones = ParkingZone.objects.filter(estate=lanting())
    upper = {zone.audience: zone for zone in zones.filter(level=-1)}
    assert {audience: zone.spaces.count() for audience, zone in upper.items()} == {
        "residential": 109,
        "commercial": 100,
    }
    signs = [zone.guidance_sign for zone in upper.values()]
    assert all(signs)
    assert len(set(signs)) == 2
    staff = {level: sum(zone.attendants for zone in zones if zone.level == level) for level in (-1, -2)}
    assert staff[-1] == staff[-2] + 1


def test_fourteen_months_are_billed_until_the_present_one_and_mostly_collected(demo_world):
    current = Period.of(clock.today())
    billed = set(Bill.objects.filter(estate=lanting(), late_for=None).values_list("period", flat=True))
    assert billed == {current.plus(-back).first for back in range(14)}
    # On the first day of a month its own bills are not due.
    due = Bill.objects.filter(reversed_at=None, due_on__lt=clock.today())
    of_due = due.aggregate(part=Sum("settled") / Sum("amount"))["part"]
    assert Decimal("0.9") < of_due < Decimal("0.99")
    assert Decimal("0.85") < demo_world.rate < of_due
    assert not Payment.objects.filter(received_on__gt=clock.today()).exists()
    methods = set(Payment.objects.values_list("method", flat=True))
    assert methods == set(PaymentMethod.values)
    assert Bill.objects.exclude(late_for=None).exists()
    assert PrepaymentMovement.objects.filter(amount__lt=0).exists()


@pytest.mark.clause("P17-05", "P01-19")
def test_pressurisation_lighting_and_both_kinds_of_spaces_are_items_of_their_own():
    prices = {
        item.name: item.tariffs.order_by("effective_from").first().price
        for item in FeeItem.objects.filter(estate=lanting())
        if item.tariffs.exists()
    }
    assert {"二次供水加压费", "楼内照明费", "住宅物业服务费"} <= set(prices)
    assert (prices["月租车位管理费"], prices["临停车位管理费"]) == (100, 150)


def test_the_books_are_right():
    report = checks.run()
    assert report["ok"], report["first_difference"]
    assert all(row["checked"] for row in report["checks"] if row["name"] in ("receivable", "payments_complete"))


@pytest.mark.clause("P17-04", "P01-20")
def test_costs_stand_under_every_head_and_statements_are_published_with_one_month_waiting():
    heads = set(Line.objects.filter(estate=lanting()).exclude(account__head="").values_list("account__head", flat=True))
    assert heads == {*SERVICE_HEADS, *PARKING_HEADS}
    for kind in (StatementKind.SERVICE, StatementKind.CAR_PARK):
        rows = Statement.objects.filter(estate=lanting(), kind=kind)
        assert rows.exclude(publication=None).count() >= 3
        assert rows.filter(publication=None).count() == 1


def test_every_stage_was_demanded_with_proof_and_some_decisions_wait():
    assert set(Demand.objects.values_list("stage", flat=True)) == set(DunningStage.values)
    delivered = Delivery.objects.filter(state=DeliveryState.DELIVERED)
    assert delivered.exists()
    assert not delivered.filter(proof="").exists()
    assert set(ReceiptCancellation.objects.values_list("state", flat=True)) == {"approved", "requested"}
    assert set(Waiver.objects.values_list("state", flat=True)) == {"approved", "requested"}
    assert TransferReport.objects.get().state == "reported"
    assert HomeApplication.objects.get().state == "pending"


def test_the_owner_finds_an_account_to_transfer_to():
    client = Client()
    client.force_login(User.objects.get(username="owner"))
    party = User.objects.get(username="owner").parties.get()
    bill = Bill.objects.filter(payer=party, reversed_at=None, transfer_reports=None).latest("pk")
    page = client.get(f"/my/pay/{party.pk}/", {"bills": bill.pk})
    assert "6210000100020003" in page.content.decode()


def test_a_demand_that_arrived_has_started_the_limitation_of_its_bills_anew():
    """As :func:`anju.domains.billing.actions.dunning.record_delivery` does, which the demo world does not call."""
    arrived = DemandLine.objects.filter(demand__notice__deliveries__state=DeliveryState.DELIVERED)
    rows = arrived.values_list("bill__limitation_on", "demand__notice__deliveries__delivered_at__date")
    assert rows
    assert all(limitation >= day + relativedelta(years=3) for limitation, day in rows)
    waiting = DemandLine.objects.exclude(bill__in=arrived.values("bill")).select_related("bill")
    assert waiting
    assert all(line.bill.limitation_on < line.bill.due_on + relativedelta(years=3, days=1) for line in waiting)


def test_somebody_of_every_role_can_sign_in_and_lands_on_a_page(demo_world):
    assert {one.role for one in people.CAST} == set(Role)
    for one in demo_world.sign_ins:
        user = User.objects.get(username=one.username)
        assert user.check_password(one.password)
        client = Client()
        client.force_login(user)
        answer = client.get("/", follow=True)
        assert answer.status_code == 200, (one.username, answer.redirect_chain)
    assert User.objects.filter(username="owner", parties__estate=lanting()).exists()


def test_building_again_keeps_what_is_there():
    before = Payment.objects.count(), Unit.objects.count()
    said: list[str] = []
    demo.build(progress=said.append, seed=2)
    assert (Payment.objects.count(), Unit.objects.count()) == before
    assert len(said) == 2


def test_a_build_that_fails_leaves_nothing_and_the_next_one_gives_the_same_world(monkeypatch):
    """The world is taken away first: the transaction around each test brings it back.

    The commercial estate is built again without its fourteen months, which would take most of the time of this file.
    """
    first = _fingerprint()
    _empty()
    with monkeypatch.context() as patched:
        patched.setattr(world, "_laohuai", _fail)
        patched.setattr(world, "_lanting", lambda *_given: None)
        with pytest.raises(KeyboardInterrupt):
            demo.build(seed=1)
    assert not Estate.objects.exists()
    assert not User.objects.exists()

    live = months.live
    monkeypatch.setattr(months, "live", lambda one, *rest: one.estate.code == people.LANTING or live(one, *rest))
    monkeypatch.setattr(stories.Lanting, "today_on_the_desks", lambda *_given: None)
    demo.build(seed=1)
    assert _fingerprint() == first


def _fail(*_given: Any) -> None:
    raise KeyboardInterrupt


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in connection.introspection.table_names():
            if table.split("_")[0] in {"accounts", "registry", "billing", "ledger", "messaging", "disclosure"}:
                cursor.execute(f'DELETE FROM "{table}"')
        cursor.execute("SET LOCAL session_replication_role = origin")


def _fingerprint() -> list[Any]:
    """What the world says, without keys, tokens and times of writing; of money only that of the two small estates."""
    small = Payment.objects.exclude(estate__code=people.LANTING)
    bills = Bill.objects.exclude(estate__code=people.LANTING)
    return [
        list(Unit.objects.order_by("estate__code", "code").values_list("code", "state", "exclusive_area")),
        list(Vehicle.objects.order_by("plate").values_list("plate", "party__name", "brand")),
        list(MeterReading.objects.order_by("meter__code", "period").values_list("meter__code", "period", "value")),
        list(
            small.order_by("estate__code", "receipt__number").values_list(
                "receipt__number", "payer__name", "amount", "received_on", "method", "reference"
            )
        ),
        list(
            bills.order_by(
                "estate__code", "fee_item__code", "period", "unit__code", "space__code", "since"
            ).values_list("fee_item__code", "period", "unit__code", "payer__name", "amount", "settled")
        ),
    ]
