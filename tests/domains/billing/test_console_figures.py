"""Figures on their pages, and the bills behind each of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django_scopes import scope

from anju.domains.billing.models import Bill
from anju.domains.billing.selectors.figures import figures
from anju.domains.billing.selectors.overview import figures_of_estates
from anju.kit.pages import export
from tests.domains.billing.charging import run
from tests.domains.billing.collecting import pay
from tests.domains.billing.desk import url
from tests.kit.exporting import finished, press_export, rows_in, workbook_of

MONTH = "2026-11"


@pytest.mark.clause("P15-05")
def test_figures_add_up_to_the_bills_behind_them(world, service, director):
    with scope(estate=world.spring.pk):
        for month in ("2026-09", "2026-10"):
            run(world.spring, month)
        pay(
            world,
            "200.00",
            [Bill.objects.get(unit=world.unit, period=date(2026, 9, 1))],
            received_on=date(2026, 11, 20),
            late_fees=False,
        )
        report = figures(world.spring, on=date(2026, 11, 21), by="building")
    shown = director.get(url("figures"), {"on": "2026-11-21"})
    total = shown.context["total"]
    assert (total.billed, total.collected) == (report.total.billed, report.total.collected)
    assert (total.billed, total.collected) == (Decimal("1288.80"), Decimal("200.00"))
    for name, address in shown.context["cells"].items():
        behind = director.get(address)
        assert behind.context["whole"] == getattr(total, name), name
    for by in ("item", "month"):
        assert director.get(url("figures"), {"by": by}).status_code == 200


def test_figures_show_no_payers_to_those_who_may_not_see_bills(world, service, client_as):
    officer = client_as(world.street_officer)
    with scope(estate=world.spring.pk):
        run(world.spring, MONTH)
    shown = officer.get(url("figures"))
    assert shown.status_code == 200
    assert set(shown.context["cells"].values()) == {""}
    assert officer.get(url("figure_bills"), {"figure": "billed", "on": "2026-11-21"}).status_code == 403


@pytest.mark.parametrize(
    "query",
    [{"figure": "billed"}, {"figure": "nonsense", "on": "2026-11-21"}, {"figure": "billed", "on": "2026-99-99"}],
)
def test_bills_behind_no_figure_are_not_found(director, service, query):
    assert director.get(url("figure_bills"), query).status_code == 404


def test_search_stays_within_the_figure(world, service, director):
    with scope(estate=world.spring.pk):
        run(world.spring, MONTH)
        bill = Bill.objects.get(unit=world.let_unit)
    shown = director.get(url("figure_bills"), {"figure": "billed", "on": "2026-11-21", "q": "3-1-0902"})
    assert [line["pk"] for line in shown.context["lines"]] == [bill.pk]
    assert 'type="hidden" name="figure" value="billed"' in shown.content.decode()
    assert director.get(url("figure_bills"))["Location"] == url("figures")


def test_bills_behind_a_figure_leave_as_a_workbook(world, service, director, monkeypatch):
    with scope(estate=world.spring.pk):
        run(world.spring, MONTH)
    query = "figure=billed&on=2026-11-21"
    at_once = rows_in(director.get(f"{url('figure_bills')}?{query}&export=xlsx"))
    assert len(at_once) > 2
    monkeypatch.setattr(export, "AT_ONCE", 1)
    assert rows_in(director.get(workbook_of(finished(press_export(director, url("figure_bills"), query))))) == at_once
    assert director.post(url("figure_bills"), {"export": "xlsx", "query": ""})["Location"] == url("figures")


def test_overview_of_estates_agrees_with_the_figures_of_each(world, service):
    with scope(estate=world.spring.pk):
        run(world.spring, MONTH)
        run(world.spring, "2026-08")
        pay(
            world,
            "231.60",
            [Bill.objects.get(unit=world.unit, period=date(2026, 8, 1))],
            received_on=date(2026, 11, 20),
            late_fees=False,
        )
        total = figures(world.spring).total
    row = figures_of_estates([world.spring.pk, world.rival.pk])[world.spring.pk]
    assert (row.billed, row.collected, row.arrears) == (total.billed, total.collected, total.arrears)
    assert row.collection_rate == total.collection_rate
