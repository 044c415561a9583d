"""An import whose worker is killed leaves nothing half written, and the next worker completes it."""

from __future__ import annotations

import time
from typing import Any

from django.core.files.base import ContentFile
from django_scopes import scope

from anju.foundation.registry.actions.imports import start_import, upload_import
from anju.foundation.registry.imports.write import Writer
from anju.foundation.registry.models import ImportBatch, Party, Unit
from anju.kit import jobs
from tests.foundation.registry.books import book
from tests.processes import kill, run_worker, starting, wait_for
from tests.world import World

UNITS = 300


def stop_while_writing() -> None:
    """A worker that writes the owners and waits before the rest, so that there is a middle to be killed in."""
    tell = Writer._tell

    def tell_and_wait(writer: Writer, *said: Any) -> None:
        tell(writer, *said)
        if writer._done > UNITS:
            time.sleep(600)

    Writer._tell = tell_and_wait  # type: ignore[method-assign]
    jobs.Progress.EVERY = 0  # so that the test hears of it
    run_worker()


def large() -> dict[str, Any]:
    """A building, its owners, then its rooms."""
    return {
        "楼栋": [["楼栋", "楼栋名称"], ["8", "八号楼"]],
        "业主住户": [["编号", "姓名"], *([f"K{number}", f"业主{number}"] for number in range(UNITS))],
        "房屋": [["楼栋", "房号", "专有面积"], *(["8", f"{number}", 80] for number in range(UNITS))],
        "产权": [
            ["房屋", "业主编号", "份额", "起始日期"],
            *([f"8-{number}", f"K{number}", 1, "2020-01-01"] for number in range(UNITS)),
        ],
    }


def test_killed_import_leaves_nothing_and_is_completed(transactional_db: None, world: World) -> None:
    with starting() as start, scope(estate=world.spring.pk):
        units, parties = Unit.objects.count(), Party.objects.count()
        batch = upload_import(
            estate=world.spring, file=ContentFile(book(large()), "large.xlsx"), name="large.xlsx", by=world.director
        )
        job = start_import(batch=batch, good_rows=False, by=world.director)

        def writing() -> bool:
            job.refresh_from_db()
            return job.done > UNITS or job.is_over

        first = start(stop_while_writing)
        wait_for(writing)
        kill(first)
        assert job.state == "running"
        assert (Unit.objects.count(), Party.objects.count()) == (units, parties)
        assert ImportBatch.objects.get().state == "uploaded"

        start(run_worker)
        wait_for(lambda: writing() and job.is_over, 90)
        assert (job.state, job.error) == ("done", "")
        assert (Unit.objects.count(), Party.objects.count()) == (units + UNITS, parties + UNITS)
        assert ImportBatch.objects.get().state == "applied"
