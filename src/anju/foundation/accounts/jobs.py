"""What is tidied up at night."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.models import Session
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.kit import clock, jobs
from anju.kit.jobs import Progress


@jobs.nightly("accounts.tidy_sessions", hour=4, title=gettext_lazy("Removing ended sessions"))
def tidy_sessions(progress: Progress) -> dict[str, Any]:
    """Remove sessions that have ended for being idle; nobody signs them out, so they would stay for good."""
    removed, _each = Session.objects.filter(expire_date__lte=clock.now()).delete()
    return {"summary": [[_("Removed"), removed]]}
