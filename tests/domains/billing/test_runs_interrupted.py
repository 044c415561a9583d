"""A bill run that is killed, doubled or run by the worker: it completes, and nothing is there twice."""

from __future__ import annotations

import threading
import time
from decimal import Decimal

import pytest
from django.db import connections
from django_scopes import scope

from anju.domains.billing import jobs as billing_jobs
from anju.domains.billing.actions import runs
from anju.domains.billing.enums import RunState
from anju.domains.billing.models import Bill, BillRun, RecurringCharge
from anju.engines.ledger.models import Line
from anju.engines.ledger.selectors import balances, control_account, main_fund
from anju.foundation.registry.models import Estate, Unit
from anju.kit import jobs
from anju.kit.models import Job
from anju.kit.periods import Period
from tests.domains.billing.charging import LONG_AGO, charge, fee, run
from tests.processes import kill, starting, wait_for

D = Decimal
NOVEMBER = Period(2026, 11)
MANY = 600


def run_slowly() -> None:
    """A real run takes 25,000 charges at a time; here it takes few, so that there is a middle to be killed in."""
    estate = Estate.objects.get(code="SPRING")
    with scope(estate=estate.pk):
        runs.run_month(estate=estate, period=NOVEMBER, by=None, chunk=5)


@pytest.fixture
def many(transactional_db, world):
    """An estate with MANY charged units, committed for other processes to see."""
    with scope(estate=world.spring.pk):
        tariff = fee(world.spring, "1", method="flat")
        units = Unit.objects.bulk_create(
            Unit(estate=world.spring, building=world.building, code=f"3-2-{number}", number=str(number),
                 exclusive_area=D(50), state="unsold")
            for number in range(MANY)
        )  # fmt: skip
        RecurringCharge.objects.bulk_create(
            RecurringCharge(estate=world.spring, fee_item=tariff.fee_item, unit=unit, since=LONG_AGO) for unit in units
        )
        yield world


def assert_billed_once(world) -> None:
    assert Bill.objects.count() == Bill.objects.values("charge").distinct().count() == MANY
    receivable = control_account(main_fund(world.spring), "receivable")
    assert balances(world.spring)[receivable.pk] == D(MANY)
    assert BillRun.objects.get().state == RunState.DONE
    assert (BillRun.objects.get().bills, BillRun.objects.get().amount) == (MANY, D(MANY))


def test_run_killed_in_the_middle_completes_when_started_again(many):
    with starting() as start:
        killed = start(run_slowly)
        wait_for(lambda: Bill.objects.exists())
        kill(killed)
    halfway = Bill.objects.count()
    assert 0 < halfway < MANY
    assert BillRun.objects.get().state == RunState.RUNNING
    assert Line.objects.count() >= 2
    _, outcome = run(many.spring, "2026-11")
    assert halfway + outcome.bills == MANY
    assert_billed_once(many)


def test_two_runs_at_once_share_the_work(many):
    outcomes: list[runs.Outcome] = []

    def work() -> None:
        try:
            with scope(estate=many.spring.pk):
                outcomes.append(run(many.spring, "2026-11", chunk=20)[1])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _two in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == 2
    assert sum(outcome.bills for outcome in outcomes) == MANY
    assert_billed_once(many)


def test_runs_of_two_months_at_once_do_not_disturb_each_other(many):
    errors: list[BaseException] = []

    def work(period: str) -> None:
        try:
            with scope(estate=many.spring.pk):
                run(many.spring, period, chunk=50)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(period,)) for period in ("2026-11", "2026-12")]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    for thread in threads:
        thread.join(60)
    assert not errors
    assert Bill.objects.filter(period=NOVEMBER.first).count() == MANY
    assert Bill.objects.count() == 2 * MANY


def test_job_runs_the_bills_and_tells_the_result(in_spring):
    world = in_spring
    charge(fee(world.spring, "1", method="flat"), world.unit)
    started = runs.start_run(estate=world.spring, period=NOVEMBER, by=world.director)
    assert runs.start_run(estate=world.spring, period=NOVEMBER, by=world.director).job == started.job
    assert Job.objects.count() == 1
    jobs.run(started.job.pk)
    job = Job.objects.get()
    assert (job.state, job.result["created"], job.result["amount"]) == ("done", 1, "1.00")
    assert billing_jobs.run_bills is jobs.KINDS["billing.run"]
    again = runs.start_run(estate=world.spring, period=NOVEMBER, by=world.director)
    assert again.job != started.job
    jobs.run(again.job.pk)
    assert Bill.objects.count() == 1
