"""Jobs that exist only for these tests."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.db import transaction

from anju.foundation.registry.models import Building
from anju.kit import jobs
from anju.kit.errors import Refusal
from anju.kit.jobs import Progress


@jobs.job("sample.count")
def count(progress: Progress) -> dict[str, Any]:
    progress.update(1, 2, "half")
    return {"buildings": Building.objects.count(), "summary": [["Buildings", Building.objects.count()]]}


@jobs.nightly("sample.night", hour=2, minute=30, title="Night")
def night(progress: Progress) -> dict[str, Any]:
    return {"nights": 1}


@jobs.job("sample.refuse")
def refuse(progress: Progress) -> None:
    raise Refusal("full_moon", "Not at full moon.")


@jobs.job("sample.break")
def fail(progress: Progress) -> None:
    raise ZeroDivisionError


@jobs.job("sample.roll_back")
def roll_back(progress: Progress) -> None:
    with transaction.atomic():
        progress.update(7, 10, "seven")
        raise Refusal("undone", "Undone.")


@jobs.job("sample.linger")
def linger(progress: Progress, *, marks: str) -> dict[str, Any]:
    """Leaves a mark for each run; the first one stays until it is killed."""
    runs = len(list(Path(marks).iterdir())) + 1
    (Path(marks) / str(runs)).touch()
    progress.update(1, 10, f"run {runs}")
    if runs == 1:
        time.sleep(120)
    return {"runs": runs}
