"""Demands in stages, the proof that they arrived, and what the product refuses to offer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import translation

from anju.domains.billing import flow, jobs, permissions
from anju.domains.billing.actions.dunning import issue_demands, record_delivery, start_dunning
from anju.domains.billing.enums import DunningStage
from anju.domains.billing.models import Bill, Demand, DemandLine
from anju.domains.billing.rules.dunning import NO_CUT_OFF, STAGES, Waits, earliest, next_stage
from anju.domains.billing.selectors.dunning import debtors, proofs_of
from anju.engines.messaging.actions import mark_read
from anju.engines.messaging.enums import Channel
from anju.engines.messaging.models import Notice
from anju.foundation.accounts.permissions import all_permissions
from anju.kit import clock
from anju.kit import jobs as kit_jobs
from anju.kit.errors import Refusal
from anju.kit.flow import FLOWS
from tests.domains.billing.collecting import bill, pay
from tests.world import World

FIRST = date(2026, 10, 1)


def issue(world: World, stage: str, day: date = FIRST, **choice) -> list[Demand]:
    return issue_demands(estate=world.spring, stage=stage, issued_on=day, by=world.cashier, **choice).demands


def test_a_notice_names_what_is_overdue_and_nothing_else(in_spring: World) -> None:
    overdue = bill(in_spring, "100.00")
    bill(in_spring, "50.00", due=date(2026, 10, 30))
    pay(in_spring, "30.00", [overdue], received_on=FIRST)
    [demand] = issue(in_spring, DunningStage.NOTICE)
    assert (demand.payer, demand.principal, demand.late_fee) == (in_spring.owner_party, Decimal("70.00"), 0)
    assert demand.pay_by == date(2026, 10, 16)
    assert [line.bill for line in demand.lines.all()] == [overdue]
    assert "70.00" in demand.notice.body
    assert {delivery.channel for delivery in demand.notice.deliveries.all()} == {Channel.IN_APP, Channel.PAPER}


def test_the_same_day_demands_once(in_spring: World) -> None:
    bill(in_spring)
    issue(in_spring, DunningStage.NOTICE)
    with pytest.raises(Refusal) as refused:
        issue(in_spring, DunningStage.NOTICE)
    assert refused.value.code == "nobody_to_dun"
    assert Demand.objects.count() == Notice.objects.count() == 1


@pytest.mark.parametrize(
    ("stage", "day", "allowed"),
    [
        (DunningStage.LETTER, FIRST + timedelta(days=14), False),
        (DunningStage.LETTER, FIRST + timedelta(days=15), True),
        (DunningStage.LAWYER, FIRST + timedelta(days=50), False),
    ],
)
def test_a_stage_follows_the_one_before_after_its_days(in_spring: World, stage: str, day: date, allowed: bool) -> None:
    bill(in_spring)
    issue(in_spring, DunningStage.NOTICE)
    if allowed:
        assert len(issue(in_spring, stage, day)) == 1
        return
    with pytest.raises(Refusal) as refused:
        issue(in_spring, stage, day)
    assert refused.value.code == "nobody_to_dun"
    assert Demand.objects.count() == 1


def test_a_demand_for_what_is_paid_does_not_open_the_next_stage(in_spring: World) -> None:
    first = bill(in_spring, "10.00")
    issue(in_spring, DunningStage.NOTICE)
    pay(in_spring, "10.00", [first])
    bill(in_spring, "20.00", due=date(2026, 10, 2))
    with pytest.raises(Refusal):
        issue(in_spring, DunningStage.LETTER, FIRST + timedelta(days=30))


def test_stages_follow_their_table() -> None:
    waits = Waits(letter=15, lawyer=30, to_pay=15)
    issued = {"notice": date(2026, 1, 1), "letter": date(2026, 1, 20)}
    assert earliest(DunningStage.LAWYER, issued, waits) == date(2026, 2, 19)
    assert next_stage(issued, waits, date(2026, 2, 18)) == DunningStage.LETTER
    assert next_stage(issued, waits, date(2026, 2, 19)) == DunningStage.LAWYER
    assert next_stage({}, waits, date(2026, 2, 19)) == DunningStage.NOTICE


def test_a_delivered_demand_starts_the_limitation_anew(in_spring: World) -> None:
    owed = bill(in_spring)
    assert owed.limitation_on == date(2029, 9, 30)
    [demand] = issue(in_spring, DunningStage.NOTICE)
    now = clock.now()
    record_delivery(
        demand=demand, channel=Channel.IN_PERSON, delivered_at=now, proof="王小明本人签收", by=in_spring.cashier
    )
    owed.refresh_from_db()
    assert owed.limitation_on == now.date() + relativedelta(years=3)
    [proof] = proofs_of(owed)
    assert proof.proof == "王小明本人签收"


def test_opening_the_demand_in_the_app_is_a_delivery_too(in_spring: World) -> None:
    owed = bill(in_spring)
    [demand] = issue(in_spring, DunningStage.NOTICE)
    mark_read(notice=demand.notice, by=in_spring.owner)
    owed.refresh_from_db()
    assert owed.limitation_on == clock.today() + relativedelta(years=3)


def test_a_refused_delivery_moves_nothing(in_spring: World) -> None:
    owed = bill(in_spring)
    [demand] = issue(in_spring, DunningStage.NOTICE)
    with pytest.raises(Refusal):
        record_delivery(
            demand=demand,
            channel=Channel.IN_PERSON,
            delivered_at=datetime(2026, 1, 1, tzinfo=clock.CHINA),
            proof="x",
            by=in_spring.cashier,
        )
    owed.refresh_from_db()
    assert owed.limitation_on == date(2029, 9, 30)


def test_debtors_show_arrears_and_what_may_follow(in_spring: World, django_assert_num_queries) -> None:
    bill(in_spring, "100.00")
    bill(in_spring, "40.00", payer=in_spring.neighbour_party)
    issue(in_spring, DunningStage.NOTICE, payers=[in_spring.owner_party.pk])
    with django_assert_num_queries(7):
        found = debtors(in_spring.spring, FIRST + timedelta(days=20))
    assert [(row.party, row.principal, row.last_stage, row.next_stage) for row in found] == [
        (in_spring.owner_party, Decimal("100.00"), DunningStage.NOTICE, DunningStage.LETTER),
        (in_spring.neighbour_party, Decimal("40.00"), None, DunningStage.NOTICE),
    ]
    assert found[0].overdue_days == 21


def test_many_demands_cost_as_many_statements_as_one(in_spring: World, django_assert_max_num_queries) -> None:
    for party in (in_spring.owner_party, in_spring.neighbour_party, in_spring.tenant_party, in_spring.shopkeeper_party):
        for _ in range(3):
            bill(in_spring, "5.00", payer=party)
    with django_assert_max_num_queries(32):
        demands = issue(in_spring, DunningStage.NOTICE)
    assert len(demands) == 4
    assert DemandLine.objects.count() == 12


def test_the_job_issues_what_was_asked_for(in_spring: World) -> None:
    bill(in_spring)
    bill(in_spring, payer=in_spring.neighbour_party)
    job = start_dunning(
        estate=in_spring.spring,
        stage=DunningStage.NOTICE,
        payers=[in_spring.neighbour_party.pk],
        issued_on=FIRST,
        by=in_spring.cashier,
    )
    kit_jobs.run(job.pk)
    job.refresh_from_db()
    assert job.result["issued"] == 1
    assert Demand.objects.get().payer == in_spring.neighbour_party
    assert jobs.demand_arrears


def test_there_is_no_way_to_cut_off_a_supply() -> None:
    """Civil Code 944: no right, no move of a process, no stage, no column of a bill does it; and it is said."""
    assert flow.CANCELLATION.name in FLOWS
    words = ("cut", "disconnect", "suspend", "shut", "power", "supply", "停", "断")
    names = [permission.code for permission in all_permissions()]
    names += [f"{name}.{move.name}>{move.target}" for name, process in FLOWS.items() for move in process.transitions]
    names += [field.name for model in (Bill, Demand) for field in model._meta.get_fields()]
    assert [name for name in names if any(word in name.lower() for word in words)] == []
    assert STAGES == (DunningStage.NOTICE, DunningStage.LETTER, DunningStage.LAWYER) == tuple(DunningStage)
    assert "第九百四十四条" in str(NO_CUT_OFF)
    with translation.override("en"):
        assert "Civil Code 944" in str(NO_CUT_OFF)
    assert permissions.DUN
