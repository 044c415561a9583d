"""Long pieces of work: how far they are and what came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Schema

from anju.foundation.registry import permissions
from anju.kit import jobs
from anju.kit.access import access_of
from anju.kit.api import Choice, Id, Page, Paging, Routes, find, here, page_of
from anju.kit.models import Job, JobState

routes = Routes()


class JobOut(Schema):
    """`state` is queued, running, done or failed; `error` says why it failed."""

    id: int
    kind: str
    title: str
    state: str
    done: int
    total: int
    percent: int
    message: str
    result: Any = None
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobFilter(Paging):
    state: Annotated[str, Choice(JobState)] | None = None


def own_jobs(request: HttpRequest) -> QuerySet[Job]:
    """The work that was asked for in the name of the token's owner."""
    return Job.objects.filter(estate_id=here(request).pk, requested_by=access_of(request).user)


@routes.read("/jobs", permission=permissions.VIEW, response=Page[JobOut])
def list_jobs(request: HttpRequest, filters: Query[JobFilter]) -> Page[JobOut]:
    """The work that the token's owner has started in this estate."""
    found = own_jobs(request)
    if filters.state:
        found = found.filter(state=filters.state)
    return page_of(request, found, filters, _out)


@routes.read("/jobs/{int:id}", permission=permissions.VIEW, response=JobOut)
def get_job(request: HttpRequest, id: Id) -> JobOut:
    """How far a piece of work is. Ask again every second or so until `state` is done or failed."""
    return _out(find(own_jobs(request), id))


def _out(job: Job) -> JobOut:
    return JobOut(**jobs.as_dict(job))
