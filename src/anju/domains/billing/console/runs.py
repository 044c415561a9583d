"""Pages of bill runs: what a month would bill, the run itself with its progress, the result, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.actions import runs as actions
from anju.domains.billing.console.base import BillingPages
from anju.domains.billing.enums import RunProblem, RunState
from anju.domains.billing.filters.charging import RunFilters
from anju.domains.billing.forms.charging import RunForm
from anju.domains.billing.forms.collecting import ReasonForm
from anju.domains.billing.models import Bill, BillRun
from anju.domains.billing.selectors import bills as reads
from anju.domains.billing.selectors.charges import preview_run, run_exceptions
from anju.domains.billing.selectors.collection import receipts_of_run
from anju.domains.billing.tables.charging import RunTable
from anju.foundation.registry.console.base import EstateCreate, here
from anju.kit.errors import Refusal
from anju.kit.pages import DetailPage, ObjectActionPage, ObjectPage, Page, PageAction
from anju.kit.periods import Period

SHOWN = 100
"""How many exceptions, and differences from the month before, a page shows; the numbers count all."""


def reasons(page: Page, period: Period, counts: Mapping[str, int]) -> list[tuple[str, int, str, Any]]:
    """(why, how many charges, address, name of the address) of what a month can't bill; no address where none helps or
    the person may not go there."""
    tariffs = (permissions.VIEW, page.url("tariff_list"), _("Tariffs"))
    readings = (permissions.READ_METERS, f"{page.url('reading_round')}?period={period}", _("Enter readings"))
    mended: dict[str, tuple[str, str, Any]] = {
        RunProblem.NO_READING: readings,
        RunProblem.NO_TARIFF: tariffs,
        RunProblem.NO_AMOUNT: tariffs,
        RunProblem.NEGATIVE: tariffs,
    }
    told = []
    for problem, number in counts.items():
        permission, url, name = mended.get(problem, ("", "", ""))
        where = (url, name) if permission and page.access.can(permission) else ("", "")
        told.append((str(RunProblem(problem).label), number, *where))
    return told


class RunCreate(EstateCreate):
    """Choose a month, see what it would bill, start."""

    template_name = "billing/run_new.html"
    title = _("Run the bills of a month")
    success = _("The bills are being computed.")
    submit_label = _("Issue these bills")

    def get_context(self, **extra: Any) -> dict[str, Any]:
        return super().get_context(preview_url=self.url("run_preview"), **extra)


class RunPreview(Page):
    """The fragment that says what a run of ``?period=`` would create now; nothing is written."""

    permission = permissions.CHARGE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            preview = preview_run(self.estate, Period.parse(request.GET.get("period", "")), limit=SHOWN)
        except Refusal as refusal:
            return render(request, "billing/run_refused.html", {"refusal": refusal})
        context = {"reasons": reasons(self, preview.period, preview.problem_counts)}
        return render(request, "billing/run_preview.html", context | {"preview": preview, "estate": self.estate})


class RunComparison(ObjectPage):
    """The fragment that compares a finished run's month with the month before."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        preview = preview_run(self.estate, Period.of(self.object.period), limit=SHOWN)
        context = {"preview": preview, "estate": self.estate, "run": self.object}
        return render(request, "billing/run_comparison.html", context)


class RunDetail(DetailPage):
    """How far the run is; when it is over, what it has billed and what it could not."""

    template_name = "billing/run.html"

    def get_title(self) -> str:
        return _now("Bills of %(period)s") % {"period": Period.of(self.object.period)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The part that waits for the run asks for itself; when the run is over it is time for the whole page."""
        answer = super().get(request, *args, **kwargs)
        if self.wants_fragment("run") and not self.is_busy():
            answer.headers["HX-Refresh"] = "true"
        return answer

    def is_busy(self) -> bool:
        run: BillRun = self.object
        return run.state == RunState.RUNNING and run.job is not None and not run.job.is_over

    def get_actions(self) -> list[dict[str, Any]]:
        return super().get_actions() if self.object.state == RunState.DONE else []

    def get_detail(self) -> dict[str, Any]:
        run: BillRun = self.object
        standing = Bill.objects.filter(estate=self.estate, run=run, reversed_at=None)
        items = standing.values("fee_item", "fee_item__name").annotate(bills=Count("pk"), amount=Sum("amount"))
        payers = standing.aggregate(count=Count("payer", distinct=True))["count"]
        busy = self.is_busy()
        problems = run.exceptions.values_list("problem").annotate(number=Count("pk"))
        counts = dict(problems.order_by("-number", "problem"))
        return super().get_detail() | {
            "run": run,
            "state": {"value": run.state, "label": str(run.get_state_display())},
            "busy": busy,
            "stopped": run.state == RunState.RUNNING and not busy,
            "job": run.job,
            "mine": True,
            "period": Period.of(run.period),
            "items": list(items.order_by("fee_item__code")),
            "payers": payers,
            "exceptions": run_exceptions(run, limit=SHOWN),
            "exception_count": sum(counts.values()),
            "reasons": reasons(self, Period.of(run.period), counts),
            "bills_url": f"{self.url('bill_list')}?run={run.pk}",
            "comparison_url": self.url("run_comparison", pk=run.pk),
            "again_url": self.url("run_create") if self.access.can(permissions.CHARGE) else "",
        }


class ReverseRun(ObjectActionPage):
    """Takes a run back, or names the receipts that stand in the way: also those of prepayments that the run used."""

    template_name = "billing/run_reverse.html"
    title = _("Reverse this run")
    form, action = ReasonForm, staticmethod(actions.reverse_run)
    object_argument = "run"
    submit_label, submit_tone = _("Reverse all its bills"), "danger"
    success = _("The run has been reversed; the month can be run again.")
    intro = _(
        "Every bill of this run is taken back, in the journal too. That is possible while none of them has been "
        "settled, not even in part."
    )

    def get_breadcrumbs(self) -> list[Any]:
        crumbs = super().get_breadcrumbs()
        return [crumbs[0]]

    def get_context(self, **extra: Any) -> dict[str, Any]:
        rows = receipts_of_run(self.object)
        return super().get_context(holding=list(rows[:SHOWN]), holding_count=rows.count(), **extra)


class RunPages(BillingPages):
    model, name, path = BillRun, "run", "runs"
    title, subtitle, icon = _("Bill runs"), _("A month's bills of the whole estate, in one go."), "calculator"
    change_permission = permissions.CHARGE
    rows = here(reads.runs_of_estate)
    table, filters = RunTable, RunFilters
    ordering = ("-period", "-pk")
    create_label = _("Bill a month")
    empty_text = _("See what the month would bill, then issue the bills. It can be taken back while nothing is paid.")
    form, create, create_page, detail_page = RunForm, actions.start_run, RunCreate, RunDetail
    detail_actions = (
        PageAction(_("Reverse"), "run_reverse", permissions.REVERSE_BILLS, icon="arrow-back-up", with_object=True),
    )

    @classmethod
    def urls(cls) -> list[URLPattern]:
        given = {"pages": cls, "rows": cls.rows}
        reverse = ReverseRun.as_view(permission=permissions.REVERSE_BILLS, **given)
        comparison = RunComparison.as_view(permission=permissions.VIEW, **given)
        return [
            path("runs/preview/", RunPreview.as_view(), name="run_preview"),
            *super().urls(),
            path("runs/<int:pk>/comparison/", comparison, name="run_comparison"),
            path("runs/<int:pk>/reverse/", reverse, name="run_reverse"),
        ]
