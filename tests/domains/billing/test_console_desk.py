"""The cashier's desk through real requests: find, tick, take, and everything that may go wrong on the way."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django_scopes import scope

from anju.domains.billing.models import Bill, Payment
from anju.domains.billing.selectors.collection import prepayment_balance
from anju.foundation.registry.models import Party
from anju.kit import clock
from anju.kit.testing import assert_same_queries
from tests.domains.billing.charging import fee
from tests.domains.billing.collecting import bill, fee_item, pay
from tests.domains.billing.desk import url
from tests.world import World

# --- finding the payer ------------------------------------------------------------------------------------------------


def test_enter_opens_the_best_hit(world: World, client_as: Any) -> None:
    answer = client_as(world.cashier).get(url("desk"), {"q": "王小明", "first": "1"})
    assert (answer.status_code, answer["Location"]) == (302, url("desk_payer", pk=world.owner_party.pk))


def test_behind_a_room_stand_owner_tenant_and_who_still_owes(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        Bill.objects.filter(pk=bill(world, payer=world.shopkeeper_party).pk)
    page = client_as(world.cashier).get(url("desk"), {"q": "3-1-0902"})
    assert [hit.party.name for hit, _url in page.context["hits"]] == ["赵邻居", "李租客"]
    page = client_as(world.cashier).get(url("desk"), {"q": "3-1-1201"})
    assert [hit.party.name for hit, _url in page.context["hits"]] == ["孙店主", "王小明"]  # who owes stands first


def test_a_search_that_may_fit_more_than_are_shown_says_so(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        Party.objects.bulk_create(
            Party(estate=world.spring, name=f"钱同名{number}", pinyin=f"qiantongming{number}", initials=f"qtm{number}")
            for number in range(9)
        )
    client, more = client_as(world.cashier), "可能还有更多"
    page = client.get(url("desk"), {"q": "钱同名"})
    assert (len(page.context["hits"]), more in page.content.decode()) == (8, True)
    page = client.get(url("desk"), {"q": "钱同名3"})
    assert (len(page.context["hits"]), more in page.content.decode()) == (1, False)


def test_what_nobody_is_called_says_what_to_try(world: World, client_as: Any) -> None:
    page = client_as(world.cashier).get(url("desk"), {"q": "没有此人"})
    assert page.context["hits"] == []
    assert "没有此人" in page.content.decode()


# --- what is owed -----------------------------------------------------------------------------------------------------


def test_the_till_shows_arrears_by_item_and_period_with_late_fees(world: World, till: Any) -> None:
    with scope(estate=world.spring.pk):
        tariff = fee(world.spring, late_daily_rate=Decimal("0.001"), grace_days=0)
        bill(world, "100.00", item=tariff.fee_item, tariff=tariff, due=clock.today() - timedelta(days=40))
        bill(world, "50.00", item=fee_item(world, name="车位费"))
    page = till().page
    groups = {group["name"]: group for group in page.context["groups"]}
    assert groups[tariff.fee_item.name]["late_fee"] == Decimal("4.00")
    assert groups["车位费"]["total"] == Decimal("50.00")
    assert page.context["due"] == Decimal("154.00")
    assert 'value="154.00"' in page.content.decode()


def test_the_till_costs_the_same_however_much_is_owed(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        bill(world)
        bill(world, payer=world.shopkeeper_party)
    client, page = client_as(world.cashier), url("desk_payer", pk=world.owner_party.pk)

    def grow() -> None:
        with scope(estate=world.spring.pk):
            for month in range(1, 9):
                bill(world, "10.00", due=date(2026, month, 28))
                bill(world, "10.00", due=date(2026, month, 28), payer=world.shopkeeper_party)

    assert_same_queries(lambda: client.get(page), grow)


# --- taking it --------------------------------------------------------------------------------------------------------


def test_a_late_fee_that_is_not_taken_stays_owed(world: World, till: Any) -> None:
    with scope(estate=world.spring.pk):
        tariff = fee(world.spring, late_daily_rate=Decimal("0.001"), grace_days=0)
        late = bill(world, "100.00", item=tariff.fee_item, tariff=tariff, due=clock.today() - timedelta(days=10))
    till().take("101.00", [late], late_fees="")
    with scope(estate=world.spring.pk):
        left = Bill.objects.get(late_for=late)
        assert (left.amount, left.settled) == (Decimal("1.00"), Decimal(0))
        assert prepayment_balance(world.owner_party) == Decimal("1.00")


def test_an_owner_pays_for_the_tenant(world: World, till: Any) -> None:
    with scope(estate=world.spring.pk):
        theirs = bill(world, payer=world.tenant_party)
    desk = till()
    assert [line.bill for line, _ticked, _part in desk.page.context["others"]] == [theirs]
    assert desk.take("231.60", [theirs]).status_code == 302
    with scope(estate=world.spring.pk):
        assert Payment.objects.get().payer == world.owner_party
        theirs.refresh_from_db()
        assert theirs.settled == theirs.amount


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "2020-06-01", "abc"])
def test_any_day_in_the_address_is_answered(world: World, client_as: Any, till: Any, day: str) -> None:
    """A date field hands over every day that typing passes through."""
    with scope(estate=world.spring.pk):
        tariff = fee(world.spring, late_daily_rate=Decimal("0.001"), grace_days=0)
        owed = bill(world, "100.00", item=tariff.fee_item, tariff=tariff, due=date(2020, 5, 2))
    page = client_as(world.cashier).get(url("desk_payer", pk=world.owner_party.pk), {"on": day})
    late = Decimal("3.00") if day == "2020-06-01" else page.context["desk"].late_fees
    assert (page.status_code, page.context["desk"].late_fees) == (200, late)
    for name in ("day_end", "figures"):
        asked = {"day": day, "on": day}
        assert client_as(world.director).get(url(name), asked).status_code == 200, name
    answer = till().take("100.00", [owed], received_on=day)
    assert answer.status_code == (302 if day == "2020-06-01" else 422)


def test_another_day_keeps_what_was_ticked_and_how_it_is_paid(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        first, _second = bill(world, "100.00"), bill(world, "50.00", item=fee_item(world, name="车位费"))
    client, page = client_as(world.cashier), url("desk_payer", pk=world.owner_party.pk)

    def shown(**asked: Any) -> tuple[Decimal, list[str]]:
        context = client.get(page, {"on": "2026-11-01"} | asked).context
        return context["due"], [method["value"] for method in context["methods"] if method["checked"]]

    assert shown() == (Decimal("150.00"), ["cash"])
    assert shown(bills=[first.pk], method="pos") == (Decimal("100.00"), ["pos"])
    assert shown(bills=[""], method="barter") == (Decimal("0.00"), ["cash"])


# --- what may go wrong ------------------------------------------------------------------------------------------------


def test_a_bill_of_another_estate_cannot_be_paid(world: World, till: Any) -> None:
    with scope(estate=world.spring.pk):
        mine = bill(world)
    foreign = till()
    answer = foreign.client.post(
        url("desk_payer", "RIVAL", pk=world.rival_party.pk), {"amount": "1", "bills": [mine.pk]}
    )
    assert answer.status_code == 404
    assert foreign.client.get(url("desk_payer", pk=world.rival_party.pk)).status_code == 404


def test_the_desk_counts_todays_takings(world: World, till: Any, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        fee_item(world)  # opens the books
        pay(world, "40.00", received_on=clock.today())
        pay(world, "7.00", received_on=clock.today(), by=world.second_cashier)
    page = client_as(world.cashier).get(url("desk"))
    assert [row.expected for _label, row in page.context["takings"]] == [Decimal("40.00"), Decimal(0), Decimal(0)]
    assert len(page.context["latest"]) == 1
