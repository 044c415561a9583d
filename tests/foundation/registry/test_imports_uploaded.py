"""Workbooks uploaded on a page: checked, applied once, and their refused rows."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from anju.foundation.registry.actions.imports import (
    apply_import,
    check_import,
    start_import,
    upload_import,
)
from anju.foundation.registry.imports import register_layouts as layouts
from anju.foundation.registry.imports import workbooks
from anju.foundation.registry.models import (
    Building,
    ImportBatch,
)
from anju.kit import jobs
from anju.kit.errors import Refusal
from anju.kit.sheets import open_book
from tests.foundation.registry.books import book, hc, own


def upload(world, sheets, name="take-over.xlsx"):
    content = sheets if isinstance(sheets, bytes) else book(sheets)
    return upload_import(estate=world.spring, file=ContentFile(content, name), name=name, by=world.director)


def test_upload_recognises_the_layout(in_spring):
    assert upload(in_spring, hc()).layout == "hc"
    assert upload(in_spring, own()).layout == "register"
    for content in (book({"Tabelle1": [["a", "b"], [1, 2]]}), b"nothing"):
        with pytest.raises(Refusal):
            upload(in_spring, content)
    assert ImportBatch.objects.count() == 2


def test_check_counts_the_good_rows_and_changes_nothing(in_spring):
    sheets = own()
    sheets["房屋"][1][5] = -5
    batch = upload(in_spring, sheets)
    check_import(batch=batch, by=in_spring.director)
    assert batch.state == "checked"
    assert batch.result["created"]["unit"] == 1
    assert batch.result["errors_total"] == 3  # the unit, and two owners of it
    assert not Building.objects.filter(code="5").exists()


def test_unusable_file_fails_and_says_why(in_spring, monkeypatch):
    batch = upload(in_spring, own())
    monkeypatch.setattr(workbooks, "MOST_ROWS", 1)
    for run in (check_import, lambda **given: apply_import(**given, good_rows=True)):
        batch = run(batch=batch, by=in_spring.director)
        assert batch.state == "failed"
        assert [problem["code"] for problem in batch.result["problems"]] == ["sheet.too_many_rows"]
    assert not Building.objects.filter(code="5").exists()


def test_apply_imports_once(in_spring):
    batch = apply_import(batch=upload(in_spring, own()), good_rows=False, by=in_spring.director)
    assert (batch.state, batch.result["created"]["unit"]) == ("applied", 2)
    again = apply_import(batch=batch, good_rows=False, by=in_spring.director)
    assert again.result["created"]["unit"] == 2
    with pytest.raises(Refusal):
        start_import(batch=again, good_rows=False, by=in_spring.director)


def test_apply_with_errors_imports_nothing(in_spring):
    sheets = own()
    sheets["房屋"][1][5] = -5
    batch = apply_import(batch=upload(in_spring, sheets), good_rows=False, by=in_spring.director)
    assert (batch.state, batch.result["applied"], sum(batch.result["created"].values())) == ("failed", False, 0)
    assert not Building.objects.filter(code="5").exists()
    batch = apply_import(batch=batch, good_rows=True, by=in_spring.director)
    assert (batch.state, batch.result["refused_rows"]) == ("applied", 3)


def test_refused_rows_come_back_as_a_workbook_to_correct(in_spring):
    sheets = own()
    sheets["房屋"][1][5] = -5
    batch = apply_import(batch=upload(in_spring, sheets), good_rows=True, by=in_spring.director)
    content = workbooks.refused_workbook(batch)
    with open_book(content) as refused:
        pages = {sheet.name: [list(cells.values()) for _number, cells in sheet.rows()] for sheet in refused.sheets}
    units, owners = layouts.UNITS.title, layouts.OWNERSHIP.title
    assert set(pages) == {units, owners}
    assert "-5" in pages[units][1]
    assert len(pages[owners]) == 3
    assert workbooks.recognise(content) == "register"


def test_import_runs_as_a_job(in_spring):
    batch = upload(in_spring, own())
    job = start_import(batch=batch, good_rows=False, by=in_spring.director)
    jobs.run(job.pk)
    job.refresh_from_db()
    batch.refresh_from_db()
    assert (job.state, job.result["created"]["unit"], batch.state) == ("done", 2, "applied")
    assert job.done == job.total > 0
