"""The page that says whether the books are right: the last check, what each part of it found, and a new one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anju.engines.ledger import checks, permissions, selectors
from anju.engines.ledger.actions import AUDIT, start_audit
from anju.kit.models import Job, JobState
from anju.kit.pages import Page

SHOWN = 50
"""Differences shown of one check."""


class AuditPage(Page):
    """Every balance proven: entries, funds, sub-ledgers, receipt numbers.

    A check only reads, so who may see its result may start it.
    """

    permission = permissions.VIEW_CHECKS
    title, icon = _("Check of the books"), "shield-check"
    subtitle = _("Runs every night by itself. It changes nothing.")
    template_name = "ledger/audit.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        job = selectors.last_audit(self.estate)
        rows = [self.row(check) for check in (job.result or {}).get("checks", [])] if job else []
        under_way = self.under_way()
        answer = self.render(
            audit=job,
            rows=rows,
            found=sum(row["count"] for row in rows),
            job=under_way,
            mine=True,
        )
        if self.wants_fragment("audit") and under_way is None:
            answer.headers["HX-Refresh"] = "true"  # the check is over: the button for a new one comes back
        return answer

    def under_way(self) -> Job | None:
        """The check of this estate that is going on, if one is."""
        rows = Job.objects.filter(kind=AUDIT, estate_id=self.estate.pk)
        return rows.filter(state__in=(JobState.QUEUED, JobState.RUNNING)).order_by("-pk").first()

    def row(self, check: dict[str, Any]) -> dict[str, Any]:
        """One check as far as this estate is concerned; a nightly report speaks of all estates."""
        here = [one for one in check["differences"] if one["estate"] == self.estate.code]
        return {
            "label": checks.label_of(check["name"]),
            "checked": check["checked"],
            "count": len(here),
            "differences": here[:SHOWN],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.under_way() is None:
            start_audit(estate=self.estate, by=self.access.user)
        return HttpResponseRedirect(request.path)
