"""A long list leaves as a workbook while the person does something else."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from anju.kit import jobs
from anju.kit.models import Job
from anju.kit.pages import export

UNITS = "/console/SPRING/registry/units/"


@pytest.fixture
def world(transactional_db, world):
    return world


def test_a_long_list_is_exported_while_the_person_is_elsewhere(world, desktop, sign_in, axe, monkeypatch):
    monkeypatch.setattr(export, "AT_ONCE", 3)
    sign_in(desktop, world.director)
    desktop.goto(f"{UNITS}?sort=-code")
    desktop.locator("button[name=export]").click()
    desktop.wait_for_url("**/console/jobs/*/")
    expect(desktop.locator("progress")).to_be_visible()
    assert axe(desktop) == []

    desktop.goto(UNITS)
    jobs.run(Job.objects.latest("pk").pk)
    desktop.goto("/console/jobs/")
    desktop.locator("tbody tr").first.click()
    desktop.wait_for_url("**/console/jobs/*/")
    assert axe(desktop) == []
    with desktop.expect_download() as download:
        desktop.locator("a[href$='/workbook/']").click()
    content = Path(download.value.path()).read_bytes()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == ["S-101", "3-1-1501", "3-1-1201", "3-1-0902", "3-1-0101"]
    assert desktop.problems == []


def test_a_short_list_is_a_file_at_once(world, desktop, sign_in):
    sign_in(desktop, world.director)
    desktop.goto(UNITS)
    with desktop.expect_download() as download:
        desktop.locator("a[href*='export=xlsx']").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert Job.objects.count() == 0
    assert desktop.problems == []
