"""Who owes since when, and demanding it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from anju.domains.billing.actions.dunning import issue_demands
from anju.domains.billing.console.dunning import ArrearsList
from anju.domains.billing.enums import DunningStage
from anju.domains.billing.models import Demand
from anju.domains.billing.rules.dunning import NO_CUT_OFF
from anju.engines.messaging.enums import Channel
from anju.kit import clock, jobs
from anju.kit.models import Job
from anju.kit.pages import export
from anju.kit.testing import assert_same_queries
from tests.domains.billing.collecting import bill, fee_item
from tests.domains.billing.desk import url
from tests.kit.exporting import finished, press_export, rows_in, workbook_of
from tests.world import World


def test_arrears_list_who_owes_how_much_since_when(world: World, client_as: Any, arrears: Decimal) -> None:
    client = client_as(world.cashier)
    page = client.get(url("arrears"))
    rows = {
        line["pk"]: [re.sub("<[^>]+>", "", str(cell)) for cell, _kind in line["cells"]]
        for line in page.context["lines"]
    }
    assert set(rows) == {world.owner_party.pk, world.neighbour_party.pk}
    assert rows[world.owner_party.pk][:5] == ["王小明", "281.60", "0.00", "2", "2026-09-30"]
    item = client.get(url("arrears"), {"item": fee_item_pk(world, "车位费")})
    assert [line["pk"] for line in item.context["lines"]] == [world.owner_party.pk]
    assert str(NO_CUT_OFF) in page.content.decode()


def test_arrears_leave_as_a_workbook_with_what_each_owes(
    world: World, client_as: Any, arrears: Decimal, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_as(world.cashier)
    at_once = rows_in(client.get(f"{url('arrears')}?export=xlsx"))
    assert ["王小明", 281.6, 0, 2] in [row[:4] for row in at_once]
    monkeypatch.setattr(export, "AT_ONCE", 1)
    assert rows_in(client.get(workbook_of(finished(press_export(client, url("arrears")))))) == at_once


def fee_item_pk(world: World, name: str) -> int:
    with scope(estate=world.spring.pk):
        return fee_item(world, name=name).pk


def test_debtors_are_counted_without_looking_at_them(
    world: World, client_as: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each filter by itself, as on the list: whoever owes for parking and whoever is 90 days late, for whatever."""
    late, recent = (clock.today() - timedelta(days=days) for days in (100, 10))
    with scope(estate=world.spring.pk):
        parking = fee_item(world, name="车位费")
        bill(world, item=parking, due=late)
        bill(world, due=late)
        bill(world, payer=world.neighbour_party, item=parking, due=recent)
        bill(world, payer=world.neighbour_party, due=late)
        bill(world, payer=world.tenant_party, due=late)
        bill(world, payer=world.shopkeeper_party, due=recent)
    monkeypatch.setattr(ArrearsList, "page_size", 1)
    client = client_as(world.cashier)
    choices = ({}, 4), ({"item": parking.pk}, 2), ({"days": 90}, 3), ({"item": parking.pk, "days": 90}, 2)
    for choice, number in (*choices, ({"building": world.building.pk}, 4), ({"days": "nonsense"}, 4)):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(url("arrears"), choice)
        assert (page.context["count"], page.context["capped"]) == (number, False), choice
        counts = [
            one["sql"] for one in asked if 'COUNT(*) FROM (SELECT DISTINCT "billing_bill"."payer_id"' in one["sql"]
        ]
        assert len(counts) == 1
        assert "registry_party" not in counts[0]


def test_arrears_cost_the_same_with_more_debtors(world: World, client_as: Any) -> None:
    with scope(estate=world.spring.pk):
        bill(world)
    client = client_as(world.cashier)

    def grow() -> None:
        with scope(estate=world.spring.pk):
            for party in (world.neighbour_party, world.tenant_party, world.shopkeeper_party, world.developer_party):
                bill(world, payer=party)
                bill(world, payer=party, due=date(2026, 8, 31))

    assert_same_queries(lambda: client.get(url("arrears")), grow)


def test_demands_are_previewed_issued_by_a_job_and_printed(world: World, client_as: Any, arrears: Decimal) -> None:
    cashier = client_as(world.cashier)
    preview = cashier.get(url("dunning"))
    assert [one.principal for one in preview.context["page"].due] == [arrears, Decimal("80.00")]
    assert cashier.get(url("dunning"), {"stage": "letter"}).context["page"].due == []  # the notice comes first
    assert str(NO_CUT_OFF) in preview.content.decode()
    answer = cashier.post(url("dunning"), {"stage": "notice", "payers": [world.owner_party.pk]})
    job = Job.objects.get(kind="billing.dun")
    assert answer["Location"] == reverse("kit:job", args=[job.pk])
    jobs.run(job.pk)
    with scope(estate=world.spring.pk):
        demand = Demand.objects.get()
        assert (demand.payer, demand.stage, demand.principal) == (world.owner_party, DunningStage.NOTICE, arrears)
    assert cashier.get(url("demand_letters")).content.startswith(b"%PDF-")
    assert cashier.get(url("demand_pdf", pk=demand.pk)).content.startswith(b"%PDF-")
    assert cashier.get(url("demand_letters"), {"stage": "lawyer"})["Location"] == url("demand_list")
    again = cashier.get(url("dunning"))
    assert [one.party for one in again.context["page"].due] == [world.neighbour_party]


def test_ticked_debtors_lead_to_the_preview_for_them(world: World, client_as: Any, arrears: Decimal) -> None:
    answer = client_as(world.cashier).post(url("arrears"), {"bulk": "demand", "picked": [world.neighbour_party.pk]})
    assert answer["Location"] == f"{url('dunning')}?payers={world.neighbour_party.pk}"
    everybody = {"bulk": "demand", "everything": "1", "query": "days=30"}
    assert client_as(world.cashier).post(url("arrears"), everybody)["Location"] == f"{url('dunning')}?days=30"
    named = everybody | {"query": "q=赵"}  # what the preview can't narrow by is told by name
    answer = client_as(world.cashier).post(url("arrears"), named)
    assert answer["Location"] == f"{url('dunning')}?payers={world.neighbour_party.pk}"
    assert client_as(world.auditor).post(url("arrears"), {"bulk": "demand", "picked": ["1"]}).status_code == 403


def test_a_proven_delivery_moves_the_day_the_claim_lapses(world: World, client_as: Any, arrears: Decimal) -> None:
    with scope(estate=world.spring.pk):
        demand = issue_demands(estate=world.spring, stage="notice", by=world.cashier).demands[0]
    cashier, page = client_as(world.cashier), url("demand_deliver", pk=demand.pk)
    now = clock.now().astimezone(clock.CHINA).strftime("%Y-%m-%dT%H:%M")
    assert cashier.post(page, {"channel": Channel.IN_PERSON, "delivered_at": now, "proof": ""}).status_code == 422
    assert cashier.post(page, {"channel": Channel.IN_APP, "delivered_at": now, "proof": "x"}).status_code == 422
