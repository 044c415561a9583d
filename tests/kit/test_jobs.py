"""Background work: queued with its cause, seen while it goes on, finished by another worker when one is killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from anju.foundation.accounts.models import User
from anju.kit import jobs
from anju.kit.models import Job
from tests.kit import jobs_sample  # noqa: F401 -- declares the jobs
from tests.processes import kill, run_worker, starting, wait_for


def queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'kit.run_job'")
        return int(cursor.fetchone()[0])


def begin(world, kind: str, **params) -> Job:
    return jobs.start(kind, estate=world.spring, by=world.director, title="Sample", **params)


def finish(job: Job) -> Job:
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def test_start_queues_with_the_transaction_or_not_at_all(world):
    job = begin(world, "sample.count")
    assert (job.state, queued()) == ("queued", 1)
    with transaction.atomic():
        begin(world, "sample.count")
        transaction.set_rollback(True)
    assert (Job.objects.count(), queued()) == (1, 1)


def test_start_refuses_an_unknown_kind(world):
    with pytest.raises(LookupError):
        begin(world, "sample.nothing")


def test_work_runs_in_the_scope_of_its_estate_and_its_result_is_kept(world):
    job = finish(begin(world, "sample.count"))
    assert (job.state, job.percent) == ("done", 100)
    assert job.result["buildings"] == 2
    assert job.started_at <= job.finished_at


def test_refused_work_fails_with_the_reason(world):
    job = finish(begin(world, "sample.refuse"))
    assert (job.state, job.error, job.result) == ("failed", "Not at full moon.", {"code": "full_moon"})


def test_broken_work_fails_with_a_reference_and_without_its_innards(world):
    job = finish(begin(world, "sample.break"))
    assert job.state == "failed"
    assert "ZeroDivision" not in job.error
    assert job.error.isprintable()


def test_work_that_is_over_is_not_done_again(world):
    job = finish(begin(world, "sample.count"))
    ended = job.finished_at
    assert finish(job).finished_at == ended


def test_nightly_work_is_due_at_its_hour_in_china_and_becomes_a_job(world):
    [periodic] = [
        task for task in app.periodic_registry.periodic_tasks.values() if task.task.name == "nightly.sample.night"
    ]
    assert periodic.cron == "30 18 * * *"  # UTC
    periodic.task(timestamp=0)
    job = Job.objects.get()
    assert (job.kind, job.title, job.estate_id, job.requested_by) == ("sample.night", "Night", None, None)
    assert finish(job).result == {"nights": 1}


def test_pages_show_the_person_their_own_work_and_nobody_else_the_result(world, client_as):
    job = finish(begin(world, "sample.count"))
    director, cashier, stranger = (client_as(user) for user in (world.director, world.cashier, world.rival_director))
    assert "Sample" in director.get("/console/jobs/").content.decode()
    assert "Sample" not in cashier.get("/console/jobs/").content.decode()
    assert "Buildings" in director.get(f"/console/jobs/{job.pk}/").content.decode()
    assert "Buildings" not in cashier.get(f"/console/jobs/{job.pk}/").content.decode()
    assert cashier.get(f"/console/jobs/{job.pk}/state.json").json()["result"] is None
    assert stranger.get(f"/console/jobs/{job.pk}/").status_code == 404
    assert stranger.get(f"/console/jobs/{job.pk}/state.json").status_code == 404


def test_progress_fragment_asks_again_only_while_the_work_goes_on(world, client_as):
    client, job = client_as(world.director), begin(world, "sample.count")
    assert b"every 1s" in client.get(f"/console/jobs/{job.pk}/progress/").content
    assert b">1<" in client.get("/console/jobs/?count=1").content
    finish(job)
    assert b"every 1s" not in client.get(f"/console/jobs/{job.pk}/progress/").content
    assert client.get("/console/jobs/?count=1").content.strip() == b""
    assert client.get(f"/console/jobs/{job.pk}/state.json").json()["percent"] == 100


# --- with real workers ------------------------------------------------------------------------------------------------


@pytest.fixture
def committed(transactional_db: None, world):
    """The world, committed, so that other processes see it."""
    return world


@pytest.fixture
def start_worker() -> Iterator[Callable[[], ForkServerProcess]]:
    """``start_worker()``: a worker in a process of its own, on this test's database."""
    with starting() as start:
        yield lambda: start(run_worker)


def test_killed_worker_loses_its_job_to_the_next_one(committed, start_worker, tmp_path):
    job = jobs.start(
        "sample.linger",
        estate=committed.spring,
        by=User.objects.get(username="director"),
        title="Linger",
        marks=str(tmp_path),
    )

    def state(*wanted: str) -> bool:
        job.refresh_from_db()
        return job.state in wanted and (job.state != "running" or job.done == 1)

    first = start_worker()
    wait_for(lambda: state("running"))
    assert job.message == "run 1"
    kill(first)

    start_worker()
    wait_for(lambda: state("done", "failed"))
    assert (job.state, job.result) == ("done", {"runs": 2})


def test_progress_is_seen_though_the_work_is_rolled_back(committed):
    job = finish(jobs.start("sample.roll_back", estate=committed.spring, by=None, title="Roll back"))
    assert (job.state, job.done, job.total) == ("failed", 7, 10)
