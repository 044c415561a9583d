"""The nightly proof that the books are right."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_scopes import scopes_disabled

from anju.engines.ledger import checks
from anju.kit import jobs
from anju.kit.jobs import Progress


@jobs.nightly("ledger.audit", hour=2, title=_("Check of the books"))
def audit(progress: Progress) -> dict[str, Any]:
    """Every check over all estates (one estate, when the job was started for it); the report is the job's result."""
    with scopes_disabled():  # the books of all estates are proven together
        return checks.run([progress.estate_id] if progress.estate_id is not None else None)
