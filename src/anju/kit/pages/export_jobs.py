"""A long list as a workbook, made in the background and kept for a while for the person who asked for it.

The job gets the address of the list and its query, and opens the page anew as that person: it has the rights, the
scope, the filters, the order and the columns of the list they looked at, and fails if they may not see it any more.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import resolve
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_scopes import scope

from anju.kit import clock, jobs
from anju.kit.access import access_for, scope_of
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.jobs import Progress
from anju.kit.models import Job, JobState
from anju.kit.pages import export
from anju.kit.pages.listing import Listing

KIND = "kit.export"
FOLDER = "exports"
KEPT_DAYS = 7


def begin(page: Listing) -> HttpResponseBase:
    """Start the export of ``page`` and lead to its progress; one that is on its way already is not started again."""
    if not page.exportable:
        raise PermissionDenied("export")
    query = QueryDict(page.narrowing(), mutable=True)
    query["cols"] = ",".join(page.columns)  # may stand in the session, which the job doesn't have
    job = start_export(
        path=page.request.path,
        query=query.urlencode(),
        language=translation.get_language(),
        estate=page.estate,
        title=_("Export: %(list)s") % {"list": page.get_title()},
        by=page.access.user,
    )
    return HttpResponseRedirect(page.url("kit:job", job.pk))


@action
def start_export(*, path: str, query: str, language: str, estate: Any, title: str, by: Any) -> Job:
    """Queue the export of the list at ``path``; the same that is queued or running already is given back."""
    params = {"path": path, "query": query, "language": language}
    under_way = Job.objects.filter(
        kind=KIND, requested_by=by, params=params, state__in=(JobState.QUEUED, JobState.RUNNING)
    )
    # One person's exports follow each other, so that they don't keep the worker from everybody else's work.
    return under_way.first() or jobs.start(KIND, estate=estate, by=by, title=title, lock=f"{KIND} {by.pk}", **params)


@jobs.job(KIND)
def run(progress: Progress, *, path: str, query: str, language: str) -> dict[str, Any]:
    """Write the workbook and keep it. Done again it replaces what a killed worker has left."""
    with translation.override(language), opened(path, query, progress.by) as page, tempfile.TemporaryFile() as file:
        total = page.matching.count()
        said = _("Writing the workbook")
        progress.update(0, total, said)
        rows = export.write(page, file, lambda done: progress.update(done, max(total, done), said))
        progress.update(rows, rows, said)
        size = file.tell()
        file.seek(0)
        name = stored_name(progress.job)
        default_storage.delete(name)
        default_storage.save(name, File(file))
        until = clock.today() + datetime.timedelta(days=KEPT_DAYS)
        return {
            "summary": [
                [_("Rows"), f"{rows:,}"],
                [_("Size"), filesizeformat(size)],
                [_("Can be downloaded until"), until.isoformat()],
            ],
            "workbook": export.file_name(page),
        }


@contextmanager
def opened(path: str, query: str, person: Any) -> Iterator[Listing]:
    """The list at ``path`` as ``person`` would see it now, within its scope.

    Raises Refusal ``not_allowed`` when they may not see or export it (any more).
    """
    match = resolve(path)
    view: Any = match.func
    request = HttpRequest()
    request.method, request.path, request.path_info, request.resolver_match = "GET", path, path, match
    request.GET = QueryDict(query)
    request.user, request.session = person, {}  # type: ignore[assignment]
    access = access_for(person, match.kwargs.get("estate"), path.split("/")[1])
    request.access = access  # type: ignore[attr-defined]
    with scope(estate=scope_of(access)):
        page: Listing = view.view_class(**view.view_initkwargs)
        page.setup(request, *match.args, **match.kwargs)
        try:
            if not person.is_active or (access.estate is None and "estate" in match.kwargs):
                raise PermissionDenied
            page.admit(request)
        except (PermissionDenied, Http404):
            raise _not_allowed() from None
        if not page.exportable:
            raise _not_allowed()
        yield page


def _not_allowed() -> Refusal:
    return Refusal("not_allowed", _("You may not export this list any more."))


def stored_name(job: Job) -> str:
    """Where the workbook of a job lies in the private storage, from which nothing is served by itself."""
    return f"{FOLDER}/{job.pk}.xlsx"


def download(request: HttpRequest, job: Job) -> FileResponse:
    """The finished workbook. Raises Refusal when it isn't there, or when the person may not see its list any more."""
    name = stored_name(job)
    if job.kind != KIND or job.state != JobState.DONE or job.result is None:
        raise Refusal("no_workbook", _("There is no workbook here."))
    with opened(job.params["path"], job.params["query"], request.user):
        pass
    try:
        file = default_storage.open(name)
    except FileNotFoundError:
        message = _("The workbook has been removed after %(days)s days. Export the list again.") % {"days": KEPT_DAYS}
        raise Refusal("gone", message) from None
    return FileResponse(file, as_attachment=True, filename=job.result["workbook"], content_type=export.CONTENT_TYPE)


def answer(request: HttpRequest, job: Job, otherwise: str) -> HttpResponseBase:
    """The workbook of ``job``, or the way to ``otherwise`` where the reason is said."""
    try:
        return download(request, job)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(otherwise)


@jobs.nightly("kit.tidy_exports", hour=3, title=gettext_lazy("Removing old exports"))
def tidy(progress: Progress) -> dict[str, Any]:
    """Remove workbooks that have had their time, also those whose job was never finished."""
    oldest = clock.now() - datetime.timedelta(days=KEPT_DAYS)
    removed = 0
    for name in _stored():
        if default_storage.get_modified_time(name) < oldest:
            default_storage.delete(name)
            removed += 1
    return {"summary": [[str(_("Removed")), removed]]}


def _stored() -> list[str]:
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return []
    return [f"{FOLDER}/{name}" for name in names]
