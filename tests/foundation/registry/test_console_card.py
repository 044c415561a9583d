"""Finding a customer and what the card shows; what modules above add to both."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django_scopes import scope

from anju.foundation.registry import hooks
from anju.foundation.registry.models import Occupancy, Ownership, Party, Vehicle
from anju.kit import panels
from anju.kit.models import AuditEntry
from anju.kit.testing import assert_same_queries

BASE = "/console/SPRING/registry"
HTMX = {"HX-Request": "true"}


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def card(world):
    return reverse("registry:party_card", kwargs={"estate": "SPRING", "pk": world.owner_party.pk})


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("3栋1单元1201", "3-1-1201"),
        ("1201", "3-1-1201"),
        ("王小", "王小明"),
        ("wxm", "王小明"),
        ("0008", "王小明"),
        ("b12345", "辽B12345"),
        ("A-001", "A-001"),
    ],
)
def test_search_finds_by_anything_people_know(world, client_as, typed, title):
    page = text_of(client_as(world.cashier).get(f"{BASE}/search/", {"q": typed}, headers=HTMX))
    assert title in page
    assert 'class="a-hit"' in page
    assert "<html" not in page


def test_search_covers_phones_and_stays_in_the_estate(world, client_as):
    client = client_as(world.cashier)
    page = text_of(client.get(f"{BASE}/search/", {"q": "13900000008"}, headers=HTMX))
    assert "139****0008" in page
    assert "13900000008</" not in page
    assert 'class="a-hit"' not in text_of(client.get(f"{BASE}/search/", {"q": "周业主"}, headers=HTMX))
    assert client_as(world.rival_director).get(f"{BASE}/search/", {"q": "wxm"}).status_code == 404


def test_first_hit_opens_at_once_and_leads_to_the_card(world, client_as, card):
    answer = client_as(world.cashier).get(f"{BASE}/search/", {"q": "wxm", "first": "1"})
    assert (answer.status_code, answer["Location"]) == (302, card)


def test_search_works_as_a_page_of_its_own(world, client_as):
    assert "王小明" in text_of(client_as(world.cashier).get(f"{BASE}/search/", {"q": "wxm"}))


def test_modules_above_add_hits(world, client_as, monkeypatch):
    asked = []

    def receipts(estate, text, limit, access):
        asked.append((estate, text, access.user))
        return [hooks.SearchHit("/receipt/", "SPRING-000123", "王小明", "receipt", "231.60")]

    monkeypatch.setattr(hooks, "_searches", [])
    hooks.register_search(receipts)
    hooks.register_search(receipts)
    page = text_of(client_as(world.cashier).get(f"{BASE}/search/", {"q": "000123"}, headers=HTMX))
    assert page.count("SPRING-000123") == 1
    assert "231.60" in page
    assert asked == [(world.spring, "000123", world.cashier)]


def test_card_shows_what_is_theirs_with_personal_data_covered(world, client_as, card):
    with scope(estate=world.spring.pk):
        wife = Party.objects.create(estate=world.spring, name="林家人", phone="13700001111")
        Occupancy.objects.create(
            estate=world.spring, unit=world.unit, party=wife, kind="family", since=date(2021, 1, 1)
        )
        Ownership.objects.create(
            estate=world.spring,
            unit=world.shop,
            party=world.owner_party,
            since=date(2010, 1, 1),
            until=date(2012, 1, 1),
        )
    page = text_of(client_as(world.director).get(card))
    for shown in ("王小明", "3-1-1201", "A-001", "辽B12345", "林家人", "137****1111", "139****0008", "S-101"):
        assert shown in page, shown
    for covered in ("13900000008", "11010519491231002X", "13700001111"):
        assert covered not in page


def test_showing_a_phone_in_full_is_on_record_and_takes_the_right(world, client_as, card):
    reveal = reverse("registry:party_reveal", kwargs={"estate": "SPRING", "pk": world.owner_party.pk})
    assert "hx-post" not in text_of(client_as(world.guard).get(card)).split("r-card")[0].split("r-who")[1]
    before = AuditEntry.objects.filter(operation="view").count()
    assert client_as(world.guard).post(reveal, {"field": "phone"}, headers=HTMX).status_code == 403
    assert AuditEntry.objects.filter(operation="view").count() == before
    assert "13900000008" in text_of(client_as(world.cashier).post(reveal, {"field": "phone"}, headers=HTMX))
    assert AuditEntry.objects.filter(operation="view", actor=world.cashier).count() == 1


def test_card_of_another_estate_is_not_found(world, client_as):
    foreign = reverse("registry:party_card", kwargs={"estate": "SPRING", "pk": world.rival_party.pk})
    assert client_as(world.director).get(foreign).status_code == 404


def test_panels_of_modules_above_stand_on_the_card_for_those_with_the_right(world, client_as, card, monkeypatch):
    monkeypatch.setattr(panels, "_panels", {})
    panels.register(
        "registry.party_card",
        template="kit/hits.html",
        context=lambda request, party: {"hits": [{"url": "#", "title": f"欠费:{party.name}"}]},
        permission="registry.transfer",
    )
    assert "欠费:王小明" in text_of(client_as(world.director).get(card))
    assert "欠费:王小明" not in text_of(client_as(world.guard).get(card))


def test_card_costs_the_same_however_much_somebody_owns(world, client_as, card):
    client = client_as(world.director)

    def grow():
        with scope(estate=world.spring.pk):
            for unit in (world.let_unit, world.shared_unit, world.shop):
                Ownership.objects.create(
                    estate=world.spring, unit=unit, party=world.owner_party, share="0.1", since=date(2022, 1, 1)
                )
                tenant = Party.objects.create(estate=world.spring, name=f"住{unit.code}")
                Occupancy.objects.create(
                    estate=world.spring, unit=unit, party=tenant, kind="tenant", since=date(2022, 1, 1)
                )
            for key in range(5):
                Vehicle.objects.create(
                    estate=world.spring, plate=f"辽B8000{key}", plate_tail=f"B8000{key}", party=world.owner_party
                )

    assert_same_queries(lambda: client.get(card), grow)


def test_fields_that_name_people_offer_those_of_the_estate(world, client_as):
    page = text_of(client_as(world.front_desk).get(f"{BASE}/parties/options/", {"party": "w"}))
    assert f"王小明 #{world.owner_party.pk}" in page
    assert "139****0008" in page
    assert "13900000008" not in page
    assert text_of(client_as(world.front_desk).get(f"{BASE}/parties/options/", {"party": "周"})).strip() == ""
