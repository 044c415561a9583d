"""Ownership, occupancy, spaces, home applications and management rooms as people at the desk do them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django_scopes import scope

from anju.foundation.registry import selectors
from anju.foundation.registry.models import HomeApplication, ManagementRoom, Occupancy, Ownership, Party, Unit
from anju.kit import clock

BASE = "/console/SPRING/registry"


@pytest.fixture
def desk(world, client_as):
    return client_as(world.front_desk)


def owners(world, unit, on=None):
    with scope(estate=world.spring.pk):
        return [(row.party.name, row.share) for row in selectors.owners_on(unit, on)]


def seen(client, url) -> dict[str, str]:
    page = client.get(url)
    assert page.status_code == 200
    return {"seen": page.context["form"]["seen"].value(), "_once": page.context["once"]}


def test_home_passes_to_two_new_owners_and_its_history_stays(world, desk):
    url = f"{BASE}/units/{world.unit.pk}/transfer/"
    sent = seen(desk, url) | {"party_1": "孙店主", "party_2": f"李租客 #{world.tenant_party.pk}", "on": "2026-11-16"}
    answer = desk.post(url, sent)
    assert answer.status_code == 302
    half = Decimal("0.5")
    assert owners(world, world.unit, date(2026, 11, 16)) == [("李租客", half), ("孙店主", half)]
    assert owners(world, world.unit, date(2026, 11, 15)) == [("王小明", Decimal(1))]
    page = desk.get(answer["Location"]).content.decode()
    assert "王小明" in page
    assert "2026-11-16" in page


def test_transfer_sent_from_an_old_page_changes_nothing(world, client_as, desk):
    url = f"{BASE}/units/{world.unit.pk}/transfer/"
    old = seen(desk, url)
    first = seen(client_as(world.director), url) | {"party_1": "孙店主", "on": "2026-10-01"}
    assert client_as(world.director).post(url, first).status_code == 302
    answer = desk.post(url, old | {"party_1": "李租客", "on": "2026-11-16"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert owners(world, world.unit) == [("孙店主", Decimal(1))]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"party_1": "不认识"}, "party_1"),
        ({"party_1": "孙店主", "share_1": "一半"}, "share_1"),
        ({"party_1": "孙店主", "share_1": "1/2"}, None),
        ({"party_1": "孙店主", "share_1": "1/2", "party_2": "李租客"}, None),
        ({"party_1": "孙店主", "share_2": "1/2"}, None),
        ({"party_1": "孙店主", "party_2": "孙店主"}, None),
    ],
)
def test_owners_that_make_no_whole_are_refused(world, desk, typed, field):
    url = f"{BASE}/units/{world.unit.pk}/transfer/"
    answer = desk.post(url, seen(desk, url) | typed | {"on": "2026-11-16"})
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert field in errors if field else errors.get("__all__")
    assert owners(world, world.unit) == [("王小明", Decimal(1))]


def test_an_owner_who_is_not_found_is_the_only_thing_wrong(world, desk):
    url = f"{BASE}/units/{world.unit.pk}/transfer/"
    answer = desk.post(url, seen(desk, url) | {"party_1": "无此人", "share_1": "1", "on": "2026-11-16"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"party_1"})


def test_two_people_of_one_name_must_be_told_apart(world, desk):
    with scope(estate=world.spring.pk):
        Party.objects.create(estate=world.spring, name="孙店主")
    url = f"{BASE}/units/{world.unit.pk}/transfer/"
    sent = seen(desk, url) | {"party_1": "孙店主", "on": "2026-11-16"}
    assert "party_1" in desk.post(url, sent).context["form"].errors
    assert desk.post(url, sent | {"party_1": f"孙店主 #{world.shopkeeper_party.pk}"}).status_code == 302


def test_person_of_another_estate_cannot_become_an_owner(world, desk):
    url = f"{BASE}/units/{world.unit.pk}/transfer/"
    sent = seen(desk, url) | {"party_1": f"周业主 #{world.rival_party.pk}", "on": "2026-11-16"}
    assert desk.post(url, sent).status_code == 422
    assert owners(world, world.unit) == [("王小明", Decimal(1))]


def test_unsold_home_gets_its_first_owner(world, desk):
    url = f"{BASE}/units/{world.unsold_unit.pk}/owners/"
    answer = desk.post(url, {"party_1": "孙店主", "share_1": "100%", "since": "2026-11-01"})
    assert answer.status_code == 302
    assert owners(world, world.unsold_unit) == [("孙店主", Decimal(1))]


def test_guard_may_not_transfer(world, client_as):
    url = f"{BASE}/units/{world.unit.pk}/transfer/"
    assert client_as(world.guard).post(url, {"party_1": "孙店主", "on": "2026-11-16"}).status_code == 403
    assert owners(world, world.unit) == [("王小明", Decimal(1))]


def test_space_is_sold_too(world, desk):
    url = f"{BASE}/spaces/{world.space.pk}/transfer/"
    assert desk.post(url, seen(desk, url) | {"party_1": "孙店主", "on": "2026-11-16"}).status_code == 302
    with scope(estate=world.spring.pk):
        newest = Ownership.objects.filter(space=world.space).latest("since")
        assert (newest.party, newest.since) == (world.shopkeeper_party, date(2026, 11, 16))


def test_tenant_moves_in_and_out(world, desk):
    sent = {"unit": "3-1-0101", "party": "李租客", "kind": "tenant", "since": "2026-01-01"}
    assert desk.post(f"{BASE}/occupancies/new/", sent).status_code == 302
    with scope(estate=world.spring.pk):
        stay = Occupancy.objects.get(unit=world.shared_unit)
        assert Unit.objects.get(pk=world.shared_unit.pk).state == "let"
    assert desk.post(f"{BASE}/occupancies/new/", sent).status_code == 422
    day = clock.today().isoformat()
    assert desk.post(f"{BASE}/occupancies/{stay.pk}/end/", {"until": day}).status_code == 302
    with scope(estate=world.spring.pk):
        assert Unit.objects.get(pk=world.shared_unit.pk).state == "vacant"


def test_vehicle_gets_a_space_and_leaves_it(world, desk):
    url = f"{BASE}/vehicles/{world.vehicle.pk}/"
    assert desk.post(f"{url}space/", {"space": "A-002", "use": "monthly"}).status_code == 302
    world.free_space.refresh_from_db()
    assert world.free_space.use == "monthly"
    assert desk.post(f"{url}release/").status_code == 302
    world.free_space.refresh_from_db()
    assert world.free_space.use == "vacant"


@pytest.fixture
def application(world):
    with scope(estate=world.spring.pk):
        return HomeApplication.objects.create(
            estate=world.spring, user=world.stranger, unit=world.shop, kind="owner", name="孙店主"
        )


def test_front_desk_binds_an_applicant_to_an_owner_of_that_home_only(world, desk, application):
    url = f"{BASE}/home-applications/{application.pk}/flow/approve/"
    offered = [party.name for party in desk.get(url).context["form"].fields["party"].queryset]
    assert offered == ["孙店主"]
    assert desk.post(url, {"party": world.owner_party.pk}).status_code == 422
    assert desk.post(url, {"party": world.shopkeeper_party.pk}).status_code == 302
    with scope(estate=world.spring.pk):
        assert Party.objects.get(pk=world.shopkeeper_party.pk).user == world.stranger


def test_rejection_needs_a_reason(world, desk, application):
    url = f"{BASE}/home-applications/{application.pk}/flow/reject/"
    assert desk.post(url, {"reason": ""}).status_code == 422
    assert desk.post(url, {"reason": "姓名与登记不符"}).status_code == 302
    with scope(estate=world.spring.pk):
        assert HomeApplication.objects.get(pk=application.pk).state == "rejected"


@pytest.mark.clause("P11-09")
@pytest.mark.clause("P11-10")
@pytest.mark.clause("P11-11")
def test_page_of_management_rooms_says_what_is_required_and_what_there_is(world, client_as):
    client = client_as(world.director)
    page = client.get(f"{BASE}/management-rooms/")
    company, committee = page.context["findings"]
    assert (company.required, company.actual, company.is_met) == (Decimal(100), Decimal(0), False)
    assert (committee.required, committee.is_met) == (Decimal(30), False)
    with scope(estate=world.spring.pk):
        room = {"estate": world.spring, "purpose": "company", "name": "用房"}
        ManagementRoom.objects.create(**room, area=Decimal("120"))
        ManagementRoom.objects.create(**room, area=Decimal("50"), above_ground=False)
    page = client.get(f"{BASE}/management-rooms/")
    assert (page.context["findings"][0].actual, page.context["findings"][0].is_met) == (Decimal(120), True)
    html = page.content.decode()
    assert "100.00" in html
    assert "120.00" in html
    assert "P11-09" in html
    assert "120.00" in client.get(f"{BASE}/estate/").content.decode()
