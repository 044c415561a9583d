"""Long lists as workbooks: made in the background with the rights of whoever asked, and only for them."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from anju.foundation.accounts.models import Membership
from anju.foundation.registry.console.estates import EstateListPage
from anju.foundation.registry.models import Unit
from anju.kit import clock, jobs
from anju.kit.models import AuditEntry, AuditOperation, Job
from anju.kit.pages import export, export_jobs
from tests.kit.exporting import finished, press_export, rows_in, workbook_of
from tests.processes import kill, starting, wait_for

UNITS = "/console/SPRING/registry/units/"
PARTIES = "/console/SPRING/registry/parties/"


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows are what a person waits for."""
    monkeypatch.setattr(export, "AT_ONCE", 3)


def stored() -> list[str]:
    folder = Path(settings.MEDIA_ROOT) / export_jobs.FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_long_list_offers_the_job_and_a_short_one_the_file(world, client_as):
    client = client_as(world.director)
    assert 'name="export"' in client.get(UNITS).content.decode()
    short = client.get(f"{UNITS}?q=S-101").content.decode()
    assert 'name="export"' not in short
    assert "export=xlsx" in short
    assert len(rows_in(client.get(f"{UNITS}?q=S-101&export=xlsx"))) == 2
    assert Job.objects.count() == 0


def test_a_list_that_has_grown_long_meanwhile_is_not_waited_for(world, client_as):
    answer = client_as(world.director).get(f"{UNITS}?sort=-code&export=xlsx", follow=True)
    assert answer.redirect_chain == [(f"{UNITS}?sort=-code", 302)]
    assert "后台" in answer.content.decode()
    assert Job.objects.count() == 0


def test_the_workbook_is_the_list_as_it_was_looked_at(world, client_as, monkeypatch):
    client = client_as(world.director)
    query = "q=3-1&sort=-code&cols=code,kind,owners,exclusive_area"
    job = finished(press_export(client, UNITS, query=query))
    assert (job.state, job.done, job.total, job.estate_id) == ("done", 4, 4, world.spring.pk)
    page = client.get(reverse("kit:job", args=[job.pk])).content.decode()
    assert workbook_of(job) in page
    answer = client.get(workbook_of(job))
    assert answer["Content-Disposition"].startswith("attachment")
    rows = rows_in(answer)
    assert rows[0] == ["房号", "类型", "业主", "专有面积（m²）"]
    assert [row[0] for row in rows[1:]] == ["3-1-1501", "3-1-1201", "3-1-0902", "3-1-0101"]
    assert rows[2][1:] == ["住宅", "王小明", 96.5]
    monkeypatch.setattr(export, "AT_ONCE", 100)
    assert rows_in(client.get(f"{UNITS}?{query}&export=xlsx")) == rows


def test_columns_chosen_before_are_those_of_the_workbook(world, client_as):
    client = client_as(world.director)
    client.get(f"{UNITS}?cols=state&cols=code")
    rows = rows_in(client.get(workbook_of(finished(press_export(client, UNITS)))))
    assert [len(row) for row in rows] == [2] * (len(rows))
    assert rows[0] == ["入住状态", "房号"]


def test_personal_data_stays_covered(world, client_as):
    client = client_as(world.director)
    text = str(rows_in(client.get(workbook_of(finished(press_export(client, PARTIES))))))
    assert world.owner_party.phone not in text
    assert f"{world.owner_party.phone[:3]}****{world.owner_party.phone[-4:]}" in text


def test_a_list_across_estates_has_those_of_the_person(world, client_as, monkeypatch):
    monkeypatch.setattr(EstateListPage, "exportable", True)
    monkeypatch.setattr(export, "AT_ONCE", 0)
    url = reverse("registry:estate_list")
    client = client_as(world.rival_director)
    job = finished(press_export(client, url))
    assert (job.state, job.estate_id) == ("done", None)
    rows = rows_in(client.get(workbook_of(job)))
    monkeypatch.setattr(export, "AT_ONCE", 100)
    assert rows == rows_in(client.get(f"{url}?export=xlsx"))
    assert [row[0] for row in rows[1:]] == [world.rival.name]


def test_nobody_but_the_person_gets_the_workbook(world, client_as):
    job = finished(press_export(client_as(world.director), UNITS))
    url = workbook_of(job)
    before = AuditEntry.objects.filter(operation=AuditOperation.DENIED).count()
    assert client_as(world.rival_director).get(url).status_code == 404
    assert AuditEntry.objects.filter(operation=AuditOperation.DENIED).count() == before + 1
    colleague = client_as(world.head_office).get(url)
    assert (colleague.status_code, colleague["Location"]) == (302, reverse("kit:job", args=[job.pk]))
    assert url not in client_as(world.head_office).get(colleague["Location"]).content.decode()
    assert client_as(None).get(url)["Location"].startswith("/accounts/login/")
    assert len(rows_in(client_as(world.director).get(url))) == 6


def test_who_may_not_export_starts_nothing(world, client_as):
    client = client_as(world.street_officer)
    assert client.get(UNITS).status_code == 200
    assert "export" not in client.get(UNITS).content.decode()
    assert client.post(UNITS, {"export": "xlsx", "query": ""}).status_code == 403
    assert client_as(world.rival_director).post(UNITS, {"export": "xlsx"}).status_code == 404
    assert client_as(world.guard).post(UNITS, {"export": "xlsx"}).status_code == 403
    assert Job.objects.count() == 0


@pytest.mark.parametrize("taken", ["membership", "account"])
def test_rights_lost_while_waiting_end_the_work(world, client_as, taken):
    job = press_export(client_as(world.director), UNITS)
    if taken == "membership":
        Membership.objects.filter(user=world.director).update(until=clock.today())
    else:
        type(world.director).objects.filter(pk=world.director.pk).update(is_active=False)
    finished(job)
    assert (job.state, job.result) == ("failed", {"code": "not_allowed"})
    assert f"{job.pk}.xlsx" not in stored()


def test_rights_lost_afterwards_close_the_download(world, client_as):
    client = client_as(world.director)
    job = finished(press_export(client, UNITS))
    assert client.get(workbook_of(job)).status_code == 200
    Membership.objects.filter(user=world.director).update(until=clock.today())
    answer = client.get(workbook_of(job))
    assert (answer.status_code, answer["Location"]) == (302, reverse("kit:job", args=[job.pk]))


def test_pressed_twice_is_one_job(world, client_as):
    client = client_as(world.director)
    first = press_export(client, UNITS)
    assert press_export(client, UNITS) == first
    assert press_export(client, UNITS, query="q=S") != first
    finished(first)
    assert press_export(client, UNITS) != first


def test_done_twice_leaves_one_whole_file(world, client_as, in_spring):
    client = client_as(world.director)
    job = press_export(client, UNITS)
    default_storage.save(export_jobs.stored_name(job), ContentFile(b"half of it"))
    for _again in range(2):
        Job.objects.filter(pk=job.pk).update(state="queued")
        finished(job)
    assert [name for name in stored() if name.startswith(f"{job.pk}")] == [f"{job.pk}.xlsx"]
    assert len(rows_in(client.get(workbook_of(job)))) == Unit.objects.count() + 1


def test_old_workbooks_are_tidied_and_the_page_says_so(world, client_as):
    client = client_as(world.director)
    old, young = finished(press_export(client, UNITS)), finished(press_export(client, UNITS, query="q=3-1"))
    path = Path(default_storage.path(export_jobs.stored_name(old)))
    long_ago = (clock.now() - datetime.timedelta(days=export_jobs.KEPT_DAYS, minutes=1)).timestamp()
    os.utime(path, (long_ago, long_ago))
    night = finished(jobs.start("kit.tidy_exports", estate=None, by=None, title="Tidy"))
    assert night.state == "done"
    assert f"{old.pk}.xlsx" not in stored()
    assert client.get(workbook_of(young)).status_code == 200
    answer = client.get(workbook_of(old), follow=True)
    assert "已删除" in answer.content.decode()


def test_what_is_no_export_has_no_workbook(world, client_as):
    job = Job.objects.create(kind="sample", title="Sample", state="done", result={}, requested_by=world.director)
    assert client_as(world.director).get(workbook_of(job)).status_code == 302


def stop_in_the_middle(job: int, mark: Path) -> None:
    """Write the workbook of a job, but wait for ever after 2,500 rows."""
    rows = export.rows_of

    def slow(page: Any) -> Iterator[Any]:
        for number, row in enumerate(rows(page)):
            if number == 2_500:
                mark.touch()
                time.sleep(600)
            yield row

    export.rows_of = slow
    jobs.run(job)


def test_killed_in_the_middle_it_is_written_anew_and_whole(
    transactional_db: None, world, client_as, in_spring, tmp_path
):
    client = client_as(world.director)
    Unit.objects.bulk_create(
        Unit(
            estate=world.spring, building=world.building, code=f"K-{n:04}", number=f"{n:04}", floor=1, exclusive_area=80
        )
        for n in range(3_000)
    )
    job = press_export(client, UNITS)
    mark = tmp_path / "in-the-middle"
    with starting() as start:
        killed = start(stop_in_the_middle, job.pk, mark)
        wait_for(mark.exists)
        kill(killed)
    job.refresh_from_db()
    assert job.state == "running"
    assert client.get(workbook_of(job)).status_code == 302

    assert finished(job).state == "done"
    assert len(rows_in(client.get(workbook_of(job)))) == Unit.objects.count() + 1 > 3_000
