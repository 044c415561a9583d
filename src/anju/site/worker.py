"""The background worker: runs queued and periodic jobs, and takes over what a dead worker left unfinished."""

from __future__ import annotations

import asyncio

import structlog
from django.conf import settings
from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app as django_app
from procrastinate.utils import utcnow

log = structlog.get_logger(__name__)

DEAD_AFTER_SECONDS: float = settings.WORKER_DEAD_AFTER_SECONDS
"""A worker that was killed says nothing; after this long without a heartbeat its jobs go to another one."""
HEARTBEAT_SECONDS = DEAD_AFTER_SECONDS / 4


async def rescue_jobs(app: App) -> int:
    """Put the jobs of dead workers back into the queue; they are written to be safe to run twice."""
    jobs = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS))
    for job in jobs:
        await app.job_manager.retry_job(job, retry_at=utcnow())
        log.warning("job of a dead worker queued again", job=job.task_name, id=job.id)
    return len(jobs)


async def _keep_rescuing(app: App) -> None:
    while True:
        await rescue_jobs(app)
        await asyncio.sleep(HEARTBEAT_SECONDS)


async def _run(*, until_idle: bool, concurrency: int) -> None:
    with django_app.replace_connector(django_app.connector.get_worker_connector()) as app:  # type: ignore[attr-defined]
        async with app.open_async():
            await (_work_off if until_idle else _work_on)(app, concurrency=concurrency)


async def _work_on(app: App, *, concurrency: int) -> None:
    rescuer = asyncio.create_task(_keep_rescuing(app))
    try:
        await _work(app, wait=True, concurrency=concurrency)
    finally:
        rescuer.cancel()


async def _work_off(app: App, *, concurrency: int) -> None:
    """Until nothing waits. A round ends when no job can be begun: one whose lock another holds needs a further round.

    Rescues between the rounds, for towards the end of a round a worker sends no heartbeats and would rescue its own.
    """
    while True:
        await rescue_jobs(app)
        await _work(app, wait=False, concurrency=concurrency)
        now = utcnow()
        waiting = await app.job_manager.list_jobs_async(status="todo")
        if not any(job.scheduled_at is None or job.scheduled_at <= now for job in waiting):
            return
        await asyncio.sleep(0.1)


async def _work(app: App, *, wait: bool, concurrency: int) -> None:
    await app.run_worker_async(
        wait=wait,
        concurrency=concurrency,
        listen_notify=wait,
        fetch_job_polling_interval=HEARTBEAT_SECONDS,  # nothing is heard of a job that is queued again
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=DEAD_AFTER_SECONDS,
        shutdown_graceful_timeout=8,
        delete_jobs="never",
    )


def run(*, until_idle: bool = False, concurrency: int = 2) -> None:
    """Work until stopped by a signal, or (``until_idle``) until the queue is empty."""
    close_old_connections()
    asyncio.run(_run(until_idle=until_idle, concurrency=concurrency))
