"""An import whose worker is killed leaves nothing half written, and the next worker completes it."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django_scopes import scope

from anju.foundation.registry.actions.imports import start_import, upload_import
from anju.foundation.registry.models import ImportBatch, Party, Unit
from tests.foundation.registry.books import book
from tests.kit.test_jobs import committed, start_worker  # noqa: F401 -- fixtures
from tests.processes import kill, wait_for

UNITS = 3_000


def large():
    """A building of many rooms, so that writing takes a while."""
    return {
        "楼栋": [["楼栋", "楼栋名称"], ["8", "八号楼"]],
        "业主住户": [["编号", "姓名"], *([f"K{number}", f"业主{number}"] for number in range(UNITS))],
        "房屋": [["楼栋", "房号", "专有面积"], *(["8", f"{number}", 80] for number in range(UNITS))],
        "产权": [
            ["房屋", "业主编号", "份额", "起始日期"],
            *([f"8-{number}", f"K{number}", 1, "2020-01-01"] for number in range(UNITS)),
        ],
    }


@pytest.mark.django_db(transaction=True)
def test_killed_import_leaves_nothing_and_is_completed(
    committed, start_worker  # noqa: F811
):  # fmt: skip
    world = committed
    with scope(estate=world.spring.pk):
        units, parties = Unit.objects.count(), Party.objects.count()
        batch = upload_import(
            estate=world.spring, file=ContentFile(book(large()), "large.xlsx"), name="large.xlsx", by=world.director
        )
        job = start_import(batch=batch, good_rows=False, by=world.director)

        def writing() -> bool:
            job.refresh_from_db()
            return job.done > 500 or job.is_over

        first = start_worker()
        wait_for(writing)
        kill(first)
        assert job.state == "running"
        assert (Unit.objects.count(), Party.objects.count()) == (units, parties)
        assert ImportBatch.objects.get().state == "uploaded"

        start_worker()
        wait_for(lambda: writing() and job.is_over, 90)
        assert (job.state, job.error) == ("done", "")
        assert (Unit.objects.count(), Party.objects.count()) == (units + UNITS, parties + UNITS)
        assert ImportBatch.objects.get().state == "applied"
