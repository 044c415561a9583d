"""Pages of imports: what the kit's import pages need to know of the register's workbooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry import permissions, selectors, tables
from anju.foundation.registry.actions import imports as actions
from anju.foundation.registry.console.base import EstateList, here
from anju.foundation.registry.imports.workbooks import KINDS, WORKBOOKS, refused_workbook, template
from anju.foundation.registry.models import ImportBatch
from anju.kit.pages import timeline
from anju.kit.pages.base import Text
from anju.kit.pages.imports import BatchPage, ImportSet

RECOGNISE = "auto"


class RegisterImporter:
    """Fulfils ``anju.kit.pages.imports.SheetImporter``."""

    kinds: dict[str, Text] = KINDS
    layouts: Sequence[tuple[str, Text]] = (
        (RECOGNISE, _("recognise it by its sheets and titles")),
        *((key, workbook.label) for key, workbook in WORKBOOKS.items()),
    )

    def has_template(self, layout: str) -> bool:
        return layout == "register"

    def template(self, layout: str) -> bytes:
        return template()

    def receive(self, *, estate: Any, layout: str, file: Any, by: Any) -> ImportBatch:
        known = "" if layout == RECOGNISE else layout
        batch = actions.upload_import(estate=estate, file=file, name=file.name, layout=known, by=by)
        actions.start_check(batch=batch, by=by)
        return batch

    def apply(self, *, batch: Any, good_rows_only: bool, by: Any) -> Any:
        return actions.start_import(batch=batch, good_rows=good_rows_only, by=by)

    def refused(self, batch: Any) -> bytes:
        return refused_workbook(batch)


class Batch(BatchPage):
    """Tells errors, which refuse a row, from warnings, which do not."""

    template_name = "registry/batch.html"

    def get_detail(self) -> dict[str, Any]:
        shown = super().get_detail()
        result = self.object.result or {}
        totals = {name: sum(result.get(name, {}).values()) for name in ("created", "changed", "unchanged")}
        return shown | {
            "refused_rows": result.get("refused_rows", 0),
            "errors_total": result.get("errors_total", 0),
            "warnings_total": result.get("warnings_total", 0),
            "unread": result.get("unread", []),
            "differences": [_difference(told) for told in result.get("differences", [])],
            **{f"total_{name}": number for name, number in totals.items()},
        }


def _difference(told: dict[str, Any]) -> dict[str, str]:
    """One changed value in words."""
    model = apps.get_model("registry", told["kind"].replace("_", ""))
    column = told["column"]
    return {
        "kind": capfirst(str(KINDS[told["kind"]])),
        "key": told["key"],
        "column": timeline.label(model, column),
        "before": timeline.shown(model, column, told["before"], {}),
        "after": timeline.shown(model, column, told["after"], {}),
    }


class ImportPages(ImportSet):
    model = ImportBatch
    title, subtitle = _("Imports"), _("Bring an estate into the register from a workbook.")
    view_permission = change_permission = permissions.IMPORT
    rows = here(selectors.imports_of_estate)
    table, importer = tables.ImportTable, RegisterImporter()
    list_page, detail_page = EstateList, Batch
    create_label = _("Upload a workbook")
