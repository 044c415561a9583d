"""Pressing the export button of a long list, and what comes of it."""

from __future__ import annotations

import io
from typing import Any

from django.urls import reverse
from python_calamine import CalamineWorkbook

from anju.kit import jobs
from anju.kit.models import Job


def press_export(client: Any, url: str, query: str = "") -> Job:
    """What the button of a long list sends."""
    answer = client.post(url, {"export": "xlsx", "query": query})
    assert answer.status_code == 302
    job = Job.objects.latest("pk")
    assert answer["Location"] == reverse("kit:job", args=[job.pk])
    return job


def finished(job: Job) -> Job:
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def workbook_of(job: Job) -> str:
    return reverse("kit:job_workbook", args=[job.pk])


def rows_in(answer: Any) -> list[list[Any]]:
    assert answer.status_code == 200, answer.get("Location")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    rows: list[list[Any]] = book.get_sheet_by_index(0).to_python()
    return rows
