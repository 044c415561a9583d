"""When the claim on a bill lapses, and what starts its time anew: a demand that arrived, a part payment (Civil Code
195)."""

from __future__ import annotations

from datetime import date

import pytest
from dateutil.relativedelta import relativedelta

from anju.domains.billing.actions import limitation
from anju.domains.billing.actions.dunning import issue_demands, record_delivery
from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.enums import DunningStage
from anju.domains.billing.flow import CANCELLATION
from anju.domains.billing.models import Bill, Payment
from anju.engines.messaging.enums import Channel
from anju.kit import clock
from tests.domains.billing.collecting import PAID, bill, pay
from tests.world import World

DUE = date(2029, 9, 30)
"""When the claim on a bill that was due on 2026-09-30 lapses."""


def lapses(owed: Bill) -> date:
    owed.refresh_from_db()
    return owed.limitation_on


def cancel(world: World, payment: Payment) -> None:
    asked = request_cancellation(receipt=payment.receipt, reason="x", by=world.cashier)
    CANCELLATION.advance(obj=asked, transition="approve", by=world.director)


def test_a_part_payment_starts_the_time_anew_and_taken_back_it_never_did(in_spring: World) -> None:
    owed = bill(in_spring, "100.00")
    first = pay(in_spring, "10.00", {owed.pk: None})
    assert lapses(owed) == PAID.replace(year=2029)
    second = pay(in_spring, "20.00", {owed.pk: None}, received_on=date(2026, 11, 1))
    assert lapses(owed) == date(2029, 11, 1)
    cancel(in_spring, second)
    assert lapses(owed) == PAID.replace(year=2029)
    cancel(in_spring, first)
    assert lapses(owed) == DUE


def test_a_demand_that_arrived_counts_when_a_payment_is_taken_back(in_spring: World) -> None:
    owed = bill(in_spring, "100.00")
    [demand] = issue_demands(estate=in_spring.spring, stage=DunningStage.NOTICE, by=in_spring.cashier).demands
    arrived = clock.now()
    record_delivery(
        demand=demand, channel=Channel.IN_PERSON, delivered_at=arrived, proof="本人签收", by=in_spring.cashier
    )
    cancel(in_spring, pay(in_spring, "10.00", {owed.pk: None}))
    assert lapses(owed) == arrived.date() + relativedelta(years=3)


def test_who_pays_for_somebody_else_acknowledges_nothing_for_them(in_spring: World) -> None:
    owed = bill(in_spring, "100.00", payer=in_spring.tenant_party)
    pay(in_spring, "10.00", {owed.pk: None})
    assert lapses(owed) == DUE


def test_money_before_the_due_date_changes_nothing(in_spring: World) -> None:
    owed = bill(in_spring, "100.00")
    pay(in_spring, "10.00", {owed.pk: None}, received_on=date(2026, 9, 1))
    assert lapses(owed) == DUE


@pytest.mark.parametrize(("day", "until"), [(date(2023, 9, 30), date(2026, 9, 30)), (date(2023, 10, 1), None)])
def test_a_claim_that_has_lapsed_is_not_brought_back(in_spring: World, day: date, until: date | None) -> None:
    """Due on 2020-09-30, it could be demanded up to the last day of the third year."""
    old = bill(in_spring, "100.00", due=date(2020, 9, 30))
    assert lapses(old) == date(2023, 9, 30)
    limitation.restart([old.pk], in_spring.spring.pk, day)
    assert lapses(old) == (until or date(2023, 9, 30))
