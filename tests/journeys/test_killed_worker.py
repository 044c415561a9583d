"""A run of bills started on the page, its worker killed in the middle: the next worker completes it, nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django_scopes import scope

from anju.domains.billing.actions import runs
from anju.domains.billing.enums import RunState
from anju.domains.billing.models import Bill, BillRun, RecurringCharge
from anju.foundation.registry.models import Ownership, Unit
from tests.domains.billing.charging import LONG_AGO, fee
from tests.processes import anju, kill, run_worker, starting, wait_for
from tests.world import DELIVERED, World

HOMES = 600


def work_slowly() -> None:
    """A real run takes 25,000 charges at a time; here it takes few, so that there is a middle to be killed in."""
    runs.complete_run.__kwdefaults__["chunk"] = 5
    run_worker()


@pytest.fixture
def estate(transactional_db: None, world: World) -> Any:
    """SPRING with many charged homes, committed for other processes to see."""
    with scope(estate=world.spring.pk):
        tariff = fee(world.spring, "10", method="flat")
        homes = Unit.objects.bulk_create(
            Unit(estate=world.spring, building=world.building, code=f"3-2-{number}", number=str(number),
                 exclusive_area=Decimal(50), delivery_date=DELIVERED)
            for number in range(HOMES)
        )  # fmt: skip
        Ownership.objects.bulk_create(
            Ownership(estate=world.spring, unit=home, party=world.neighbour_party, share=1, since=DELIVERED)
            for home in homes
        )
        RecurringCharge.objects.bulk_create(
            RecurringCharge(estate=world.spring, fee_item=tariff.fee_item, unit=home, since=LONG_AGO) for home in homes
        )
        yield world


@pytest.fixture
def start() -> Iterator[Callable[..., Any]]:
    with starting() as start:
        yield start


def test_a_killed_worker_s_run_is_completed_by_the_next(estate: Any, client_as: Any, start: Any) -> None:
    director = client_as(estate.director)
    new = reverse("billing:run_create", kwargs={"estate": "SPRING"})
    form = director.get(new)
    shown = director.post(new, {"period": "2026-11", "_once": form.context["once"]})["Location"]
    job = BillRun.objects.get().job

    first = start(work_slowly)
    wait_for(lambda: Bill.objects.exists())
    kill(first)
    halfway = Bill.objects.count()
    assert 0 < halfway < HOMES
    assert BillRun.objects.get().state == RunState.RUNNING
    assert director.get(shown).context["busy"]
    # What was committed is whole: the books agree even now.
    assert anju("audit")["ok"] is True

    start(run_worker)
    wait_for(lambda: BillRun.objects.get().state == RunState.DONE, 90)
    job.refresh_from_db()
    assert job.error == ""
    assert Bill.objects.count() == Bill.objects.values("charge").distinct().count() == HOMES
    assert anju("bill", "--estate", "SPRING", "--period", "2026-11")["created"] == 0
    assert anju("audit")["ok"] is True
    assert not director.get(shown).context["busy"]
