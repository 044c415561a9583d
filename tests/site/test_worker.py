"""A worker that was killed loses its jobs to the next one."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from anju.kit import jobs
from anju.kit.models import Job
from anju.site import worker
from tests.kit import jobs_sample  # noqa: F401 -- declares the jobs


def job_of_worker(*, silent_for: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id",
            [silent_for],
        )
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)"
            " VALUES ('default', 'test', 'doing', %s) RETURNING id",
            cursor.fetchone(),
        )
        return int(cursor.fetchone()[0])


def status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        return str(cursor.fetchone()[0])


async def rescue() -> int:
    with app.replace_connector(app.connector.get_worker_connector()) as running:
        async with running.open_async():
            return await worker.rescue_jobs(running)


@pytest.mark.django_db(transaction=True)
def test_jobs_of_a_silent_worker_are_queued_again_and_those_of_a_living_one_are_not() -> None:
    dead, alive = job_of_worker(silent_for="1 minute"), job_of_worker(silent_for="1 second")
    with ThreadPoolExecutor(1) as thread:  # a browser test of the same process may have left this one an event loop
        assert thread.submit(asyncio.run, rescue()).result() == 1
    assert (status(dead), status(alive)) == ("todo", "doing")


@pytest.mark.django_db(transaction=True)
def test_until_idle_also_does_what_waited_for_the_lock_of_another(world) -> None:
    for _each in range(3):
        jobs.start("sample.count", estate=world.spring, by=None, title="Sample", lock="one after the other")
    with ThreadPoolExecutor(1) as thread:
        thread.submit(worker.run, until_idle=True).result(60)
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
