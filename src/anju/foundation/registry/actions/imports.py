"""Writers that bring workbooks into the register: all of a file or nothing, unless only good rows are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from anju.foundation.accounts.models import User
from anju.foundation.registry.enums import ImportState
from anju.foundation.registry.imports.dataset import Dataset
from anju.foundation.registry.imports.judge import judge
from anju.foundation.registry.imports.workbooks import WORKBOOKS, read_dataset, recognise
from anju.foundation.registry.imports.write import Told, Writer
from anju.foundation.registry.models import Estate, ImportBatch
from anju.kit import jobs
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name, lock_rows
from anju.kit.models import Job
from anju.kit.sheets import Problem
from anju.kit.sheets.book import Source

PROBLEMS_KEPT = 1_000
"""How many problems a batch remembers for its page; the workbook of refused rows always has all of them."""


@dataclass(slots=True)
class Report:
    """What an import did, or on a dry run would do, by kind of thing; ``applied`` is False when errors forbade it."""

    created: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    """What the first changed rows were, and what they become."""
    unread: list[str | Promise] = field(default_factory=list)
    """Sheets and columns that were passed over, in sentences; for people, programs read only what they know."""
    refused_rows: int = 0
    applied: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Plain values for programs; warnings among the problems carry a severity."""
        problems = [problem.as_dict() for problem in self.errors]
        problems += [problem.as_dict() | {"severity": "warning"} for problem in self.warnings]
        return {
            "created": self.created,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "problems": problems,
        }

    def for_batch(self) -> dict[str, Any]:
        """As :meth:`as_dict`, with the first problems only and how many there are; personal data is covered."""
        covered = replace(
            self,
            errors=[problem.covered for problem in self.errors[:PROBLEMS_KEPT]],
            warnings=[problem.covered for problem in self.warnings[:PROBLEMS_KEPT]],
        )
        result = covered.as_dict()
        result["problems"] = result["problems"][:PROBLEMS_KEPT]
        return result | {
            "differences": self.differences,
            "unread": [str(said) for said in self.unread],
            "errors_total": len(self.errors),
            "warnings_total": len(self.warnings),
            "refused_rows": self.refused_rows,
            "applied": self.applied,
        }


class _Undo(Exception):
    """Takes back what a dry run has written."""


@action
def import_workbook(
    *,
    estate: Estate,
    source: Source,
    filename: str = "",
    layout: str,
    good_rows: bool = False,
    dry_run: bool = False,
    by: User | None,
    progress: Told | None = None,
) -> Report:
    """Bring a workbook of ``layout`` ("register" or "hc") into the register of an estate, within its scope.

    A file with errors changes nothing unless ``good_rows`` is set; warnings never hold anything back. Importing a file
    again changes nothing. ``dry_run`` writes, counts and takes everything back, so its figures are those of the real
    run. Raises ``SheetProblem`` (a Refusal) when the file is no workbook or has too many rows.
    """
    if progress is not None:
        progress(0, 0, _("Reading the workbook"))
    data = read_dataset(layout, source, filename)
    lock_name("registry.import", estate.pk)
    known = judge(data, estate)
    report = Report(errors=data.errors, warnings=data.warnings, unread=data.unread, refused_rows=len(data.refused))
    if data.errors and not good_rows:
        report.applied = False
        report.created, report.changed, report.unchanged = (dict.fromkeys(_kinds(data), 0) for _count in range(3))
        return report
    writer = Writer(estate, data, known, progress)
    try:
        with transaction.atomic():
            writer.write(by)
            if dry_run:
                raise _Undo
    except _Undo:
        pass
    report.created, report.changed = dict(writer.created), dict(writer.changed)
    report.unchanged, report.differences = dict(writer.unchanged), writer.differences.told
    return report


def _kinds(data: Dataset) -> list[str]:
    """The kinds of thing that a dataset speaks of."""
    tables = {
        "building": data.buildings, "entrance": data.entrances, "party": data.parties, "unit": data.units,
        "car_park": data.car_parks, "parking_zone": data.zones, "parking_space": data.spaces,
        "vehicle": data.vehicles, "ownership": data.ownerships, "occupancy": data.occupancies, "fee_item": data.fees,
        "tariff": data.fees, "recurring_charge": data.charges,
    }  # fmt: skip
    return [kind for kind, rows in tables.items() if rows]


@action
def upload_import(*, estate: Estate, file: File, name: str, layout: str = "", by: User | None) -> ImportBatch:
    """Keep an uploaded workbook; without ``layout`` it is recognised by its sheets and headers.

    Raises ``SheetProblem`` (a Refusal) when it is no workbook, Refusal ``unknown_layout`` when no sheet is known.
    """
    layout = layout or recognise(file, name)
    if layout not in WORKBOOKS:
        raise Refusal("unknown_layout", _("There is no workbook of this kind."), "file")
    file.seek(0)
    batch = ImportBatch(estate=estate, layout=layout, name=name[:200], by=by)
    batch.file.save(name, file, save=False)
    batch.save()
    return batch


@action
def check_import(*, batch: ImportBatch, by: User | None, progress: Told | None = None) -> ImportBatch:
    """Find out what importing the good rows would do, and which rows have errors; nothing is changed but the batch.

    A file that cannot be used at all leaves the batch failed, its only problem saying why.
    """
    report = _run(batch, good_rows=True, dry_run=True, by=by, progress=progress)
    batch.result = report.for_batch()
    batch.state = ImportState.CHECKED if report.applied else ImportState.FAILED
    batch.save(update_fields=["result", "state"])
    return batch


@action
def apply_import(*, batch: ImportBatch, good_rows: bool, by: User | None, progress: Told | None = None) -> ImportBatch:
    """Import an uploaded workbook; a second call leaves the first one's result.

    With errors and without ``good_rows`` nothing is imported and the batch has failed, its result saying why.
    """
    (batch,) = lock_rows(ImportBatch.objects.filter(pk=batch.pk))
    if batch.state == ImportState.APPLIED:
        return batch
    report = _run(batch, good_rows=good_rows, dry_run=False, by=by, progress=progress)
    batch.result = report.for_batch()
    batch.good_rows_only = good_rows
    batch.state = ImportState.APPLIED if report.applied else ImportState.FAILED
    batch.save(update_fields=["result", "good_rows_only", "state"])
    return batch


@action
def start_check(*, batch: ImportBatch, by: User | None) -> Job:
    """Let the worker check a workbook."""
    return _start("registry.check_import", _("Checking %(file)s") % {"file": batch.name}, batch, by)


@action
def start_import(*, batch: ImportBatch, good_rows: bool, by: User | None) -> Job:
    """Let the worker import a workbook. Raises Refusal ``already_applied``."""
    if batch.state == ImportState.APPLIED:
        raise Refusal("already_applied", _("This workbook has been imported already."))
    return _start("registry.import", _("Importing %(file)s") % {"file": batch.name}, batch, by, good_rows=good_rows)


def _start(kind: str, title: str, batch: ImportBatch, by: User | None, **params: Any) -> Job:
    job = jobs.start(
        kind,
        estate=batch.estate,
        by=by,
        title=title,
        lock=f"registry.import {batch.estate_id}",
        batch=batch.pk,
        **params,
    )
    batch.job = job
    batch.save(update_fields=["job"])
    return job


def _run(batch: ImportBatch, *, good_rows: bool, dry_run: bool, by: User | None, progress: Told | None) -> Report:
    """Import the batch's file; a file or fee that is refused as a whole becomes a problem like any other."""
    try:
        # Within its own bounds, for the batch goes on after a refusal and says what was wrong.
        with batch.file.open("rb") as file, transaction.atomic():
            return import_workbook(
                estate=batch.estate,
                source=file,
                filename=batch.name,
                layout=batch.layout,
                good_rows=good_rows,
                dry_run=dry_run,
                by=by,
                progress=progress,
            )
    except Refusal as refusal:
        return refused_whole(refusal, batch.name)


def refused_whole(refusal: Refusal, name: str) -> Report:
    """The report of a workbook of which nothing could be used."""
    return Report(errors=[Problem(refusal.code, "", 0, "", name, refusal.message)], applied=False)
