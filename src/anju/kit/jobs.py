"""Long pieces of work in the background, with progress that outlives the page and the worker.

A module's ``jobs.py`` declares what it can do::

    @jobs.job("billing.run")
    def run_bills(progress: Progress, *, period: str) -> dict[str, Any]:
        ...
        progress.update(done, total, _("Computing bills"))

and an action starts it, in its own transaction: ``jobs.start("billing.run", estate=estate, by=by, title=…, period=…)``.

A job whose worker dies is run again from the beginning, so every job is written to be safe to run twice; it never
runs twice at the same moment.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_scopes import scope
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from psycopg.types.json import Jsonb

from anju.kit import clock
from anju.kit.errors import Refusal
from anju.kit.frames import roomy
from anju.kit.models import Job, JobState

log = structlog.get_logger(__name__)

Work = Callable[..., dict[str, Any] | None]

TASK = "kit.run_job"
_ATTEMPTS = 4
_LOCK_SPACE = 0x6A6F62  # keeps our advisory locks apart from anybody else's
_CHINA_AHEAD_OF_UTC = 8

KINDS: dict[str, Work] = {}


class Progress:
    """What a job's function is told, and how it tells how far it has come.

    ``by`` is who asked for the work (None: the system), ``estate_id`` the estate it is about, or None.
    """

    EVERY = 0.25
    """Seconds between two updates that reach the database; more would only cost time."""

    def __init__(self, job: Job, write: Callable[..., None]) -> None:
        self.job = job
        self.by = job.requested_by
        self.estate_id = job.estate_id
        self._write = write
        self._written = 0.0

    def update(self, done: int, total: int, message: str | Promise = "") -> None:
        """Commit how far the job is, whatever becomes of the transaction that the job itself is in."""
        now = time.monotonic()
        if now - self._written < self.EVERY and done != total:
            return
        self._written = now
        self._write(done=done, total=total, message=str(message)[:300])


def job(kind: str) -> Callable[[Work], Work]:
    """Register ``function(progress, **params)`` as the work of ``kind``; what it returns (JSON) is the job's result.

    In the result, ``summary`` (pairs of label and value) and ``url`` (where to go next) are shown by the job's page.
    """

    def register(function: Work) -> Work:
        if KINDS.get(kind, function).__qualname__ != function.__qualname__:
            raise ValueError(f"job {kind} is declared twice")
        KINDS[kind] = function
        return function

    return register


def nightly(kind: str, *, hour: int, minute: int = 0, title: str | Promise = "") -> Callable[[Work], Work]:
    """Register work that also starts by itself daily at this time in China. It enters the scopes it needs itself."""

    def register(function: Work) -> Work:
        job(kind)(function)

        @app.periodic(cron=f"{minute} {(hour - _CHINA_AHEAD_OF_UTC) % 24} * * *")
        @app.task(name=f"nightly.{kind}")
        def begin(timestamp: int) -> None:
            start(kind, estate=None, by=None, title=str(title or kind))

        return function

    return register


def start(kind: str, *, estate: Any, by: Any, title: str | Promise, lock: str | None = None, **params: Any) -> Job:
    """Queue a job; it exists, and will run, only if the surrounding transaction commits.

    Jobs with the same ``lock`` run one after the other. ``params`` must be JSON. Raises LookupError for an unknown
    kind.
    """
    if kind not in KINDS:
        raise LookupError(f"no job is called {kind}")
    with transaction.atomic():
        row = Job.objects.create(
            kind=kind,
            title=str(title)[:200],
            estate_id=estate.pk if estate is not None else None,
            requested_by=by,
            params=params,
        )
        app.configure_task(TASK, lock=lock).defer(job_id=row.pk)
    return row


@app.task(
    name=TASK,
    pass_context=True,
    retry=RetryStrategy(max_attempts=_ATTEMPTS, linear_wait=2, retry_exceptions={OperationalError}),
)
def run_job(context: JobContext, job_id: int) -> None:
    """Do the work of one queued job. A lost connection or a deadlock is tried again a few times."""
    run(job_id, last_attempt=context.job.attempts >= _ATTEMPTS - 1)


def run(job_id: int, *, last_attempt: bool = True) -> None:
    """Do the work of one job and write down how it ended. A job that is over is left alone."""
    with _side_door(job_id) as write:
        row = Job.objects.select_related("requested_by").filter(pk=job_id).first()
        if row is None or row.is_over:
            return
        write(state=JobState.RUNNING, started_at=clock.now(), done=0, total=0, error="")
        language = getattr(row.requested_by, "language", "") or settings.LANGUAGE_CODE
        with translation.override(language):
            outcome = _attempt(row, Progress(row, write), last_attempt)
        write(finished_at=clock.now(), **outcome)


@roomy
def _attempt(row: Job, progress: Progress, last_attempt: bool) -> dict[str, Any]:
    """Call the work and return the columns that tell how it ended."""
    try:
        work = KINDS[row.kind]
        with scope(estate=row.estate_id) if row.estate_id is not None else nullcontext():
            result = work(progress, **row.params)
    except Refusal as refusal:
        return {"state": JobState.FAILED, "error": str(refusal), "result": {"code": refusal.code}}
    except Exception as error:
        if isinstance(error, OperationalError) and not last_attempt:
            raise
        reference = secrets.token_hex(4)
        log.exception("job failed", job=row.pk, kind=row.kind, reference=reference)
        return {
            "state": JobState.FAILED,
            "error": _(
                "The work stopped because of a fault (reference %(reference)s). What was finished before is kept; "
                "starting it again goes on from there."
            )
            % {"reference": reference},
        }
    return {"state": JobState.DONE, "result": result, "message": ""}


@contextmanager
def _side_door(job_id: int) -> Iterator[Callable[..., None]]:
    """A function that writes columns of the job at once, from a connection of its own that also holds the job's lock.

    The lock ends with the connection, thus with the process: a job is never run by two workers at the same moment,
    and never stays locked. Within a transaction (in tests) the job's row is visible to that transaction only, which
    then writes.
    """
    if connection.in_atomic_block:

        def write_inside(**columns: Any) -> None:
            Job.objects.filter(pk=job_id).update(**columns)

        yield write_inside
        return
    with psycopg.connect(**connector_params(), autocommit=True) as side:
        side.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCK_SPACE, job_id % 2**31])

        def write(**columns: Any) -> None:
            names = psycopg.sql.SQL(", ").join(
                psycopg.sql.SQL("{} = %s").format(psycopg.sql.Identifier(name)) for name in columns
            )
            values = [Jsonb(value) if isinstance(value, dict) else value for value in columns.values()]
            side.execute(psycopg.sql.SQL("UPDATE kit_job SET {} WHERE id = %s").format(names), [*values, job_id])

        yield write


def as_dict(row: Job) -> dict[str, Any]:
    """A job as programs read it."""
    return {
        "id": row.pk,
        "kind": row.kind,
        "title": row.title,
        "state": row.state,
        "done": row.done,
        "total": row.total,
        "percent": row.percent,
        "message": row.message,
        "result": row.result,
        "error": row.error,
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
    }
