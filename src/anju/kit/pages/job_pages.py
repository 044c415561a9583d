"""Where a person finds the long work they started, whatever page they have gone to meanwhile."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from anju.kit import jobs
from anju.kit.models import Job, JobState
from anju.kit.pages import export_jobs
from anju.kit.pages.base import SIGNED_IN, Crumb
from anju.kit.pages.columns import BadgeColumn, Column, MomentColumn, Table
from anju.kit.pages.edits import ObjectPage
from anju.kit.pages.lists import ListPage

TONES: dict[str, str] = {
    JobState.QUEUED: "muted",
    JobState.RUNNING: "info",
    JobState.DONE: "ok",
    JobState.FAILED: "bad",
}


class JobTable(Table):
    title = Column(verbose_name=_("work"), orderable=False)
    state = BadgeColumn(verbose_name=_("state"), tones=TONES, orderable=False)
    percent = Column(verbose_name=_("progress"), orderable=False)
    created_at = MomentColumn(verbose_name=_("started"), order_by=("pk",))
    finished_at = MomentColumn(verbose_name=_("finished"), orderable=False)

    def render_percent(self, value: int) -> str:
        return f"{value}%"


class JobListPage(ListPage):
    """The work that this person has started, the latest first; ``?count=1`` answers how much of it is going on."""

    permission = SIGNED_IN
    title = _("My background work")
    icon = "progress"
    table = JobTable
    ordering = ("-pk",)
    exportable = False
    empty_text = _("Imports, bill runs and letters that you start show up here, with their progress and result.")

    def get_rows(self) -> QuerySet[Job]:
        return Job.objects.filter(requested_by=self.access.user)

    def get_row_url(self, row: Any) -> str:
        return self.url("job", pk=row.pk)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "count" not in request.GET:
            return super().get(request, *args, **kwargs)
        number = self.get_rows().filter(state__in=(JobState.QUEUED, JobState.RUNNING)).count()
        return render(request, "kit/pages/job_count.html", {"number": number})


class _JobPage(ObjectPage):
    permission = SIGNED_IN

    def get_rows(self) -> QuerySet[Job]:
        """One's own work, and work going on in the estates that one sees."""
        estates = self.access.estate_ids
        return Job.objects.filter(Q(requested_by=self.access.user) | Q(estate_id__in=estates))

    @property
    def is_mine(self) -> bool:
        """What came out of it is told to who asked for it; others see only that it is going on."""
        return bool(self.object.requested_by_id == self.access.user.pk)


class JobPage(_JobPage):
    """How one piece of work is getting on, and what came of it."""

    template_name = "kit/pages/job.html"

    def get_title(self) -> str:
        return str(self.object.title)

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(JobListPage.title, self.url("job_list"))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render(job=self.object, mine=self.is_mine)


class JobProgressPage(_JobPage):
    """The fragment that a page asks for every second until the work is over."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return render(request, "kit/pages/job_progress.html", {"job": self.object, "mine": self.is_mine})


class JobWorkbookPage(_JobPage):
    """The workbook that an export has made, for whoever asked for it and still may see its list."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        back = self.url("job", pk=self.object.pk)
        return export_jobs.answer(request, self.object, back) if self.is_mine else HttpResponseRedirect(back)


class JobStatePage(_JobPage):
    """The same for programs."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        state = jobs.as_dict(self.object)
        return JsonResponse(state if self.is_mine else state | {"result": None, "error": ""})
