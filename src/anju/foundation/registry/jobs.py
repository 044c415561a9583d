"""Background work of the register."""

from __future__ import annotations

from typing import Any

from anju.foundation.registry.actions.imports import apply_import, check_import
from anju.foundation.registry.models import ImportBatch
from anju.kit import jobs
from anju.kit.jobs import Progress


@jobs.job("registry.check_import")
def check(progress: Progress, *, batch: int) -> dict[str, Any]:
    """Check an uploaded workbook and note what importing it would do."""
    row = check_import(batch=ImportBatch.objects.get(pk=batch), by=progress.by, progress=progress.update)
    return _outcome(row)


@jobs.job("registry.import")
def run(progress: Progress, *, batch: int, good_rows: bool) -> dict[str, Any]:
    """Import an uploaded workbook in one transaction: a worker that dies leaves nothing, the next one starts over."""
    row = apply_import(
        batch=ImportBatch.objects.get(pk=batch), good_rows=good_rows, by=progress.by, progress=progress.update
    )
    return _outcome(row)


def _outcome(batch: ImportBatch) -> dict[str, Any]:
    result = batch.result or {}
    return {"state": batch.state} | {
        key: result.get(key) for key in ("created", "changed", "unchanged", "errors_total")
    }
