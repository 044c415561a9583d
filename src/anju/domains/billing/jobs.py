"""Background work of charging: thin, and safe to run twice."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from anju.domains.billing.actions import dunning, runs
from anju.domains.billing.models import BillRun
from anju.foundation.registry.models import Estate
from anju.kit import jobs
from anju.kit.jobs import Progress


@jobs.job("billing.run")
def run_bills(progress: Progress, *, run: int) -> dict[str, Any]:
    """Complete one bill run."""
    bill_run = BillRun.objects.select_related("estate").get(pk=run)
    outcome = runs.complete_run(run=bill_run, by=progress.by, progress=progress.update)
    return {
        "created": outcome.bills,
        "amount": str(outcome.amount),
        "summary": [[_("Bills created"), outcome.bills], [_("Amount"), str(outcome.amount)]],
        "run": run,
        "url": reverse("billing:run_detail", kwargs={"estate": bill_run.estate.code, "pk": run}),
    }


@jobs.job(dunning.JOB)
def demand_arrears(progress: Progress, *, issued_on: str, **choice: Any) -> dict[str, Any]:
    """Issue the demands of one stage; a payer who got one of the day already gets no second one."""
    estate = Estate.objects.get(pk=progress.estate_id or 0)  # every demand is of an estate
    issued = dunning.issue_demands(estate=estate, issued_on=date.fromisoformat(issued_on), by=progress.by, **choice)
    count = len(issued.demands)
    return {
        "issued": count,
        "passed_over": issued.passed_over,
        "demands": [demand.pk for demand in issued.demands],
        "summary": [[_("Demands issued"), count], [_("Payers passed over"), issued.passed_over]],
    }
