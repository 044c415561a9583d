"""Workbooks on their way into the register."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.core.files.uploadedfile import UploadedFile as DjangoFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from anju.foundation.registry import permissions, selectors
from anju.foundation.registry.actions import imports as import_actions
from anju.foundation.registry.enums import ImportState
from anju.foundation.registry.imports.workbooks import WORKBOOKS
from anju.foundation.registry.models import (
    ImportBatch,
)
from anju.kit.access import access_of
from anju.kit.api import (
    Id,
    Input,
    Page,
    Paging,
    Routes,
    find,
    here,
    page_of,
)
from anju.kit.errors import Refusal

routes = Routes()


class ImportOut(Schema):
    """`state` is uploaded, checked, applied or failed.

    `result` says what was (or, when checked, would be) created and changed, and what is wrong with which row.
    """

    id: int
    layout: str
    name: str
    state: str
    good_rows_only: bool
    result: dict[str, Any] | None
    job_id: int | None
    created_at: datetime


class ImportForm(Schema):
    layout: Annotated[str, Field(max_length=20, description="register or hc; recognised when left out.")] = ""


class Confirmation(Input):
    """With `good_rows_only` the rows without errors are imported, else a workbook with any error changes nothing."""

    good_rows_only: bool = False


def _import(batch: ImportBatch) -> ImportOut:
    return ImportOut(
        id=batch.pk,
        layout=batch.layout,
        name=batch.name,
        state=batch.state,
        good_rows_only=batch.good_rows_only,
        result=batch.result,
        job_id=batch.job_id,
        created_at=batch.created_at,
    )


@routes.read("/imports", permission=permissions.IMPORT, response=Page[ImportOut])
def list_imports(request: HttpRequest, filters: Query[Paging]) -> Page[ImportOut]:
    """Uploaded workbooks."""
    return page_of(request, selectors.imports_of_estate(here(request)), filters, _import)


@routes.read("/imports/{int:id}", permission=permissions.IMPORT, response=ImportOut)
def get_import(request: HttpRequest, id: Id) -> ImportOut:
    """One workbook: its state, what checking it found, what importing it did."""
    return _import(find(selectors.imports_of_estate(here(request)), id))


@routes.write("/imports", permission=permissions.IMPORT, response=ImportOut, status=202, upload=True)
def upload_import(request: HttpRequest, file: File[UploadedFile], payload: Form[ImportForm]) -> Status[ImportOut]:
    """Upload a workbook (.xlsx). A background job checks it; nothing is imported before it is confirmed."""
    user = access_of(request).user
    if payload.layout and payload.layout not in WORKBOOKS:
        raise Refusal("unknown_layout", _("There is no workbook of this kind."), "layout")
    batch = import_actions.upload_import(
        estate=here(request), file=_file(file), name=file.name or "workbook", layout=payload.layout, by=user
    )
    import_actions.start_check(batch=batch, by=user)
    return Status(202, _import(batch))


def _file(file: DjangoFile) -> DjangoFile:
    file.seek(0)
    return file


@routes.write("/imports/{int:id}/confirm", permission=permissions.IMPORT, response=ImportOut, status=202)
def confirm_import(request: HttpRequest, id: Id, payload: Confirmation) -> Status[ImportOut]:
    """Let the checked workbook be imported by a background job. Refused with 409 until it has been checked."""
    rows = selectors.imports_of_estate(here(request))
    batch = find(rows, id)
    if batch.state == ImportState.UPLOADED:
        raise Refusal("not_checked", _("This workbook is still being checked."))
    import_actions.start_import(batch=batch, good_rows=payload.good_rows_only, by=access_of(request).user)
    return Status(202, _import(find(rows, id)))
