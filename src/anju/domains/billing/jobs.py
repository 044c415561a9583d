"""Background work of charging: thin, and safe to run twice."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from anju.domains.billing.actions import runs
from anju.domains.billing.models import BillRun
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
    }
