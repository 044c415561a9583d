"""Where people start, by role; what waits for them; and the estates they choose from."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse
from django_scopes import scope, scopes_disabled

from anju.foundation.registry import hooks
from anju.foundation.registry.actions import apply_for_home
from anju.foundation.registry.models import Estate, HomeApplication
from anju.kit import clock
from anju.kit.models import AuditEntry, Job
from anju.kit.testing import assert_same_queries
from anju.site.home import flow_pages
from tests.domains.billing.charging import fee
from tests.domains.billing.collecting import pay

HOME = "/console/SPRING/"


@pytest.fixture
def application(world):
    with scope(estate=world.spring.pk):
        return apply_for_home(unit=world.shop, user=world.stranger, kind="owner", name="孙店主", by=world.stranger)


def work(client, tab="todo"):
    page = client.get(HOME, {"work": tab})
    assert page.status_code == 200
    return [(item.title, item.state) for item in page.context["work"]]


def test_start_leads_to_where_a_person_works(world, client_as):
    assert client_as(None).get("/")["Location"].startswith("/accounts/")
    assert client_as(world.director).get("/")["Location"] == "/console/"
    assert client_as(world.director).get("/console/")["Location"] == HOME
    assert client_as(world.street_officer).get("/console/").status_code == 200
    try:
        residents = reverse("my:home")
    except NoReverseMatch:
        pytest.skip("there are no pages for residents here")
    assert client_as(world.owner).get("/")["Location"] == residents


def test_somebody_without_an_estate_is_told_what_to_do(world, client_as):
    page = client_as(world.stranger).get("/console/")
    assert page.status_code == 200
    assert page.context["cards"] == []


def test_every_role_of_the_console_has_a_start_page(world, client_as):
    for person in (world.director, world.cashier, world.guard, world.front_desk, world.auditor, world.head_office):
        assert client_as(person).get(HOME).status_code == 200, person
    assert client_as(world.rival_director).get(HOME).status_code == 404


def test_application_waits_for_those_who_may_decide_then_counts_as_done(world, client_as, application):
    entry = (str(application), "pending")
    assert work(client_as(world.front_desk)) == [entry]
    assert work(client_as(world.cashier)) == []
    page = client_as(world.front_desk).get(HOME)
    assert page.context["work"][0].url == f"/console/SPRING/registry/home-applications/{application.pk}/"
    url = f"{page.context['work'][0].url}flow/reject/"
    assert client_as(world.front_desk).post(url, {"reason": "不符"}).status_code == 302
    assert work(client_as(world.front_desk)) == []
    assert (str(application), "rejected") in work(client_as(world.front_desk), "done")
    assert (str(application), "rejected") in work(client_as(world.director), "copied")
    assert work(client_as(world.director), "done") == []
    assert work(client_as(world.guard), "copied") == []


def test_work_costs_the_same_however_much_waits(world, client_as, application):
    client = client_as(world.front_desk)

    def grow():
        with scope(estate=world.spring.pk):
            for unit in (world.unit, world.let_unit, world.shared_unit):
                apply_for_home(unit=unit, user=world.stranger, kind="owner", name="某人", by=world.stranger)

    assert_same_queries(lambda: client.get(HOME), grow)


def test_flows_are_found_by_their_pages():
    assert flow_pages()["registry.home_application"][0] == "registry:application_detail"


def test_running_work_is_shown_to_who_started_it(world, client_as):
    Job.objects.create(kind="x", title="正在导入", requested_by=world.director, estate_id=world.spring.pk)
    assert "正在导入" in client_as(world.director).get(HOME).content.decode()
    assert "正在导入" not in client_as(world.cashier).get(HOME).content.decode()


@pytest.mark.parametrize(("report", "tone"), [({"ok": True}, "ok"), ({"ok": False}, "bad"), (None, "muted")])
def test_state_of_the_books_is_shown_to_those_it_concerns(world, client_as, report, tone):
    if report is not None:
        Job.objects.create(kind="ledger.audit", title="x", state="done", result=report)
    assert f's-audit" data-tone="{tone}"' in client_as(world.director).get(HOME).content.decode()
    assert "s-audit" not in client_as(world.guard).get(HOME).content.decode()


def test_officer_sees_every_estate_as_a_card_with_its_figures(world, client_as, monkeypatch):
    monkeypatch.setattr(hooks, "_figures", [])
    hooks.register_estate_figures(
        lambda ids: {key: [hooks.Figure("收缴率", "93.42%")] for key in ids}, "disclosure.view"
    )
    page = client_as(world.street_officer).get("/console/")
    assert {card["estate"].code for card in page.context["cards"]} == {"SPRING", "RIVAL"}
    assert page.content.decode().count("93.42%") == 2


def test_figures_are_asked_only_for_estates_where_the_right_is_held(world, client_as, monkeypatch):
    asked = []
    monkeypatch.setattr(hooks, "_figures", [])
    hooks.register_estate_figures(lambda ids: asked.append(ids) or {}, "registry.transfer")
    client_as(world.street_officer).get("/console/")
    assert asked == []


def test_estate_list_holds_the_persons_own_estates(world, client_as):
    assert [row.code for row in _listed(client_as(world.director))] == ["SPRING"]
    assert {row.code for row in _listed(client_as(world.street_officer))} == {"SPRING", "RIVAL"}
    assert _listed(client_as(world.stranger)) == []


def _listed(client):
    page = client.get("/console/estates/")
    if page.status_code == 403:
        return []
    return [Estate.objects.get(pk=line["pk"]) for line in page.context["lines"]]


def test_head_office_adds_an_estate_and_changes_it(world, client_as):
    client = client_as(world.head_office)
    data = {"name": "秋水苑", "code": "AUTUMN", "kind": "residential", "company": world.company.pk}
    answer = client.post("/console/estates/new/", data)
    assert (answer.status_code, answer["Location"]) == (302, "/console/AUTUMN/")
    assert client.get("/console/AUTUMN/").status_code == 200
    edit = "/console/AUTUMN/registry/estate/edit/"
    answer = client.post(edit, data | {"name": "秋水雅苑", "total_floor_area": "60000"})
    assert answer.status_code == 302
    estate = Estate.objects.get(code="AUTUMN")
    assert estate.name == "秋水雅苑"
    assert AuditEntry.objects.filter(table="registry.estate", object_id=estate.pk, actor=world.head_office).count() == 2


def test_director_may_neither_add_nor_change_estates(world, client_as):
    client = client_as(world.director)
    before = Estate.objects.count()
    data = {"name": "秋水苑", "code": "AUTUMN", "kind": "residential", "company": world.company.pk}
    assert client.post("/console/estates/new/", data).status_code == 403
    assert client.post("/console/SPRING/registry/estate/edit/", data).status_code == 403
    assert Estate.objects.count() == before
    assert Estate.objects.get(pk=world.spring.pk).name == "春和苑"


def test_frame_leads_to_search_estates_and_jobs(world, client_as):
    page = client_as(world.cashier).get(HOME).content.decode()
    for address in ("/console/SPRING/registry/search/", "/console/estates/", "/console/jobs/"):
        assert address in page


def test_applications_of_another_estate_do_not_wait_here(world, client_as):
    with scope(estate=world.rival.pk):
        HomeApplication.objects.create(
            estate=world.rival, user=world.stranger, unit=world.rival_unit, kind="owner", name="周业主"
        )
    assert work(client_as(world.director)) == []


def test_takings_are_for_those_who_have_a_drawer(world, client_as):
    takings = "我今天的收款"
    assert takings in client_as(world.cashier).get(HOME).content.decode()
    assert takings not in client_as(world.director).get(HOME).content.decode()
    with scope(estate=world.spring.pk):
        fee(world.spring)  # opens the books
        pay(world, "10.00", received_on=clock.today(), by=world.director)
    assert takings in client_as(world.director).get(HOME).content.decode()


def test_an_empty_estate_says_how_to_begin(world, client_as):
    first = reverse("registry:import_create", kwargs={"estate": "BARE"})
    with scopes_disabled():  # set-up
        Estate.objects.create(code="BARE", name="新小区", company=world.company, community=world.community)
    assert client_as(world.head_office).get("/console/BARE/").context["import_url"] == first
    assert client_as(world.street_officer).get("/console/BARE/").context["import_url"] == ""
    assert client_as(world.head_office).get(HOME).context["import_url"] == ""
