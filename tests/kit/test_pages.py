"""Declared pages: the promises inherited by every module, tried on a module made for these tests, and the kit's own."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django_scopes import scope

from anju.foundation.registry.models import Building, HomeApplication, Party, Phase, Unit
from anju.kit.models import AuditEntry, FlowStep, IdempotencyRecord, SavedView
from anju.kit.pages import keyset
from anju.kit.testing import PageSetTests
from tests.kit import sample_console as sample

pytestmark = pytest.mark.urls("tests.kit.sample_console")
BASE = "/console/SPRING/sample"


class TestBuildingPages(PageSetTests):
    pages, namespace = sample.BuildingPages, "sample"

    def make_rows(self, world, number):
        taken = Building.objects.count()
        return Building.objects.bulk_create(
            Building(estate=world.spring, code=f"B{taken + n}", name=f"{taken + n}栋", floors=(taken + n) % 4 or None)
            for n in range(number)
        )

    def form_data(self, world):
        number = 70 + Building.objects.count()  # asked for in scope, as rows are made
        return {"code": str(number), "name": f"{number}号楼", "floors": "6"}


class TestUnitPages(PageSetTests):
    pages, namespace = sample.UnitPages, "sample"

    def make_rows(self, world, number):
        taken = Unit.objects.count()
        return Unit.objects.bulk_create(
            Unit(
                estate=world.spring,
                building=world.building,
                code=f"0-{taken + n}",
                number=str(taken + n),
                exclusive_area=50,
            )
            for n in range(number)
        )

    def listed(self, query="", person=""):
        with pytest.MonkeyPatch.context() as patch:
            super().paged(patch, 100)
            return super().listed(query, person)


class TestPartyPages(PageSetTests):
    pages, namespace = sample.PartyPages, "sample"

    def make_rows(self, world, number):
        taken = Party.objects.count()
        return Party.objects.bulk_create(
            Party(
                estate=world.spring,
                name=f"何{taken + n}",
                phone=f"1370000{taken + n:04}",
                id_number=f"21020219900101{taken + n:04}",
            )
            for n in range(number)
        )


@pytest.fixture
def director(world, client_as):
    return client_as(world.director)


# --- order and cursors ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "order", [["floors"], ["-floors"], ["phase__name", "-floors"], ["name"], ["-phase__code", "code"]]
)
def test_keyset_walks_every_row_once_also_over_empty_values(in_spring, order):
    phases = [Phase.objects.create(estate=in_spring.spring, code=code, name=code) for code in "ab"]
    Building.objects.bulk_create(
        Building(
            estate=in_spring.spring, code=f"k{n}", name="同名", floors=n % 3 or None, phase=[*phases, None][n % 3 - 1]
        )
        for n in range(11)
    )
    rows = Building.objects.all()
    straight = list(rows.order_by(*order, "-pk" if order[-1].startswith("-") else "pk"))
    forward, cursor, pages = [], "", []
    while True:
        found = keyset.page_of(rows, order, size=4, after=cursor)
        forward += found.rows
        pages.append(found)
        cursor = found.next
        if not cursor:
            break
    assert forward == straight
    for earlier, later in pairwise(pages):
        assert keyset.page_of(rows, order, size=4, before=later.previous).rows == earlier.rows


def test_cursor_of_another_list_or_order_is_not_accepted(in_spring):
    cursor = keyset.page_of(Building.objects.all(), ["code"], size=1, about="one").next
    first = keyset.page_of(Building.objects.all(), ["code"], size=1, about="two").rows
    assert keyset.page_of(Building.objects.all(), ["code"], size=1, after=cursor, about="two").rows == first
    assert keyset.page_of(Building.objects.all(), ["-code"], size=1, after=cursor, about="one").previous == ""
    assert keyset.page_of(Building.objects.all(), ["code"], size=1, after=cursor, about="one").rows != first


def test_count_stops_at_its_cap(in_spring):
    assert keyset.capped_count(Building.objects.all(), cap=1) == (1, True)
    assert keyset.capped_count(Building.objects.all()) == (2, False)


# --- views and columns ------------------------------------------------------------------------------------------------


def test_view_is_kept_for_its_owner_and_its_address_works_for_others(world, director, client_as):
    assert director.post(f"{BASE}/buildings/", {"save_view": "\0", "query": ""}).status_code == 302  # no name at all
    director.post(f"{BASE}/buildings/", {"save_view": "高楼", "query": "q=3&cols=name&cols=floors&sort=-floors"})
    view = SavedView.objects.get()
    assert (view.name, view.columns) == ("高楼", ["name", "floors"])
    page = director.get(f"{BASE}/buildings/")
    [shown] = page.context["views"]
    assert "高楼" in page.content.decode()
    other = client_as(world.cashier).get(shown["url"])
    assert [heading["label"] for heading in other.context["headings"]] == [
        heading["label"] for heading in director.get(shown["url"]).context["headings"]
    ]
    assert other.context["views"] == []
    client_as(world.cashier).post(f"{BASE}/buildings/", {"delete_view": view.pk})
    assert SavedView.objects.exists()
    director.post(f"{BASE}/buildings/", {"delete_view": view.pk})
    assert not SavedView.objects.exists()


def test_columns_are_chosen_and_remembered(director):
    assert len(director.get(f"{BASE}/buildings/").context["headings"]) == 3
    assert len(director.get(f"{BASE}/buildings/?cols=phase&cols=code").context["headings"]) == 2
    assert len(director.get(f"{BASE}/buildings/").context["headings"]) == 2
    assert len(director.get(f"{BASE}/buildings/?cols=nonsense").context["headings"]) == 3


# --- bulk -------------------------------------------------------------------------------------------------------------


def test_bulk_action_does_the_picked_rows_of_this_estate_only(world, director):
    with scope(estate=world.rival.pk):
        foreign = Building.objects.get()
    picked = {"bulk": "reset", "picked": [world.building.pk, foreign.pk]}
    director.post(f"{BASE}/buildings/", picked)
    for building, position in ((world.building, 0), (world.shops, 9), (foreign, 1)):
        with scope(estate=building.estate_id):
            building.refresh_from_db()
        assert building.position == position


def test_bulk_action_asks_what_it_needs_and_takes_all_that_match(world, director):
    asked = director.post(f"{BASE}/buildings/", {"bulk": "renumber", "everything": "1", "query": "q=沿街"})
    assert asked.status_code == 200
    assert asked.context["picked"] == [world.shops.pk]
    data = {"bulk": "renumber", "picked": [world.shops.pk], "confirmed": "1"}
    assert director.post(f"{BASE}/buildings/", data | {"position": "0"}).status_code == 422
    assert director.post(f"{BASE}/buildings/", data | {"position": "5"}).status_code == 302
    with scope(estate=world.spring.pk):
        assert list(Building.objects.order_by("code").values_list("position", flat=True)) == [3, 5]


def test_bulk_action_without_the_right_changes_nothing(world, client_as):
    answer = client_as(world.cashier).post(f"{BASE}/buildings/", {"bulk": "reset", "picked": [world.building.pk]})
    assert answer.status_code == 403
    with scope(estate=world.spring.pk):
        world.building.refresh_from_db()
    assert world.building.position == 3


# --- forms ------------------------------------------------------------------------------------------------------------


def test_refusal_is_shown_at_its_field_and_the_form_can_be_sent_again(director, world):
    data = {"code": "13", "name": "十三号楼", "_once": "token"}
    page = director.post(f"{BASE}/buildings/new/", data)
    assert page.status_code == 422
    assert page.context["form"].errors["code"] == ["Nobody would move into building 13."]
    assert not IdempotencyRecord.objects.exists()
    assert director.post(f"{BASE}/buildings/new/", data | {"code": "14"}).status_code == 302


def test_value_in_use_is_an_error_of_the_form(director, world):
    page = director.post(f"{BASE}/buildings/new/", {"code": "3", "name": "又一栋"})
    assert page.status_code == 422
    assert page.context["form"].errors


def test_choices_of_a_form_are_those_of_the_estate(world, director):
    with scope(estate=world.rival.pk):
        foreign = Phase.objects.create(estate=world.rival, code="x", name="外地一期")
    assert "外地一期" not in director.get(f"{BASE}/buildings/new/").content.decode()
    data = {"code": "8", "name": "八号楼", "phase": foreign.pk}
    assert director.post(f"{BASE}/buildings/new/", data).status_code == 422
    assert "3号楼" in director.get(f"{BASE}/units/").content.decode()
    assert "1号楼" not in director.get(f"{BASE}/units/").content.decode()


def test_delete_page_asks_and_shows_a_refusal(world, director):
    page = director.post(f"{BASE}/buildings/{world.building.pk}/delete/")
    assert page.status_code == 422
    assert "The building has units." in page.content.decode()
    with scope(estate=world.spring.pk):
        empty = Building.objects.create(estate=world.spring, code="e", name="空楼")
    assert director.get(f"{BASE}/buildings/{empty.pk}/delete/").status_code == 200
    assert director.post(f"{BASE}/buildings/{empty.pk}/delete/").status_code == 302
    with scope(estate=world.spring.pk):
        assert not Building.objects.filter(pk=empty.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_same_form_sent_twice_at_the_same_moment_does_its_work_once(world, client_as):
    answers = []

    def send():
        client = client_as(world.director)
        answers.append(client.post(f"{BASE}/buildings/new/", {"code": "21", "name": "双击楼", "_once": "same"}))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    with scope(estate=world.spring.pk):
        assert Building.objects.filter(code="21").count() == 1


# --- flow and history -------------------------------------------------------------------------------------------------


@pytest.fixture
def application(world):
    with scope(estate=world.spring.pk):
        return HomeApplication.objects.create(estate=world.spring, user=world.stranger, unit=world.unit, name="陌生人")


def test_moves_are_buttons_for_those_who_may_make_them(application, world, director, client_as):
    url = reverse("sample:application_detail", kwargs={"estate": "SPRING", "pk": application.pk})
    assert [button["move"].name for button in director.get(url).context["transitions"]] == ["approve", "reject"]
    assert client_as(world.cashier).get(url).context["transitions"] == []


def test_move_with_a_form_asks_and_then_moves_once(application, director):
    url = reverse("sample:application_flow", kwargs={"estate": "SPRING", "pk": application.pk, "transition": "reject"})
    assert "reason" in director.get(url).context["form"].fields
    assert director.post(url, {"reason": ""}).status_code == 422
    assert director.post(url, {"reason": "不是业主", "_once": "t"}).status_code == 302
    assert director.post(url, {"reason": "不是业主", "_once": "t"}).status_code == 302
    assert FlowStep.objects.filter(object_id=application.pk).count() == 1
    late = director.post(url, {"reason": "再来"})
    assert late.status_code == 422
    assert FlowStep.objects.count() == 1
    history = director.get(
        reverse("sample:application_detail", kwargs={"estate": "SPRING", "pk": application.pk}) + "?tab=history"
    )
    assert "不是业主" in history.content.decode()


def test_move_without_the_right_is_refused(application, world, client_as):
    url = reverse("sample:application_flow", kwargs={"estate": "SPRING", "pk": application.pk, "transition": "approve"})
    assert client_as(world.cashier).post(url).status_code == 403
    assert client_as(world.director).post(url.replace("approve", "vanish")).status_code == 404
    assert not FlowStep.objects.exists()


def test_history_tells_before_and_after_and_covers_personal_data(world, director):
    with scope(estate=world.spring.pk):
        Party.objects.filter(pk=world.owner_party.pk).update(phone="13700000000", mailing_address="新地址")
    text = director.get(f"{BASE}/people/{world.owner_party.pk}/?tab=history").content.decode()
    assert "新地址" in text
    assert "13700000000" not in text
    assert "137****0000" in text
    assert AuditEntry.objects.filter(object_id=world.owner_party.pk, operation="update").exists()


# --- imports ----------------------------------------------------------------------------------------------------------


def upload(client, content: str):
    file = SimpleUploadedFile("春和苑.xlsx", content.encode())
    return client.post(f"{BASE}/imports/new/", {"layout": "own", "file": file}, follow=True)


def test_import_is_previewed_confirmed_and_not_done_twice(world, director):
    page = upload(director, "a b c")
    assert page.context["counts"] == [("Buildings", 3, 0, 0)]
    batch = page.context["batch"]
    assert batch.state == "checked"
    url = f"{BASE}/imports/{batch.pk}/confirm/"
    assert director.post(url, {"rows": "all"}, follow=True).context["batch"].state == "applied"
    again = director.post(url, {"rows": "all"}, follow=True)
    assert "This has been imported before." in again.content.decode()
    assert "春和苑.xlsx" in director.get(f"{BASE}/imports/").content.decode()


def test_import_with_problems_offers_the_good_rows_and_the_refused_ones(director):
    page = upload(director, "a ?")
    assert page.context["number_of_problems"] == 1
    assert "No name." in page.content.decode()
    assert b'value="good"' in page.content
    assert b'value="all"' not in page.content
    batch = page.context["batch"]
    assert director.get(f"{BASE}/imports/{batch.pk}/refused/").content == b"refused"
    director.post(f"{BASE}/imports/{batch.pk}/confirm/", {"rows": "good"})
    assert director.get(f"{BASE}/imports/{batch.pk}/").context["batch"].good_rows_only


def test_upload_that_is_refused_says_so_at_the_field(director):
    page = director.post(f"{BASE}/imports/new/", {"layout": "own", "file": SimpleUploadedFile("x.xlsx", b" ")})
    assert page.status_code == 422
    assert page.context["form"].errors["file"] == ["The workbook is empty."]


def test_template_is_offered_for_own_layouts_only(director):
    assert director.get(f"{BASE}/imports/template/own/").content == b"template"
    assert director.get(f"{BASE}/imports/template/foreign/").status_code == 404
    assert b"template/foreign" not in director.get(f"{BASE}/imports/new/").content


def test_import_needs_its_right(world, client_as):
    cashier = client_as(world.cashier)
    assert cashier.get(f"{BASE}/imports/").status_code == 200
    assert cashier.get(f"{BASE}/imports/new/").status_code == 403
