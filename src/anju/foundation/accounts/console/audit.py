"""The audit trail: who did, saw or was refused what, and when."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.foundation.accounts import filters, permissions, selectors, tables
from anju.foundation.accounts.console.base import OfEstates
from anju.kit.models import AuditEntry, AuditOperation
from anju.kit.pages.details import DetailPage, Field, Section
from anju.kit.pages.lists import ListPage
from anju.kit.pages.sets import PageSet

REASONS = {
    "forbidden": gettext_lazy("The role does not allow it."),
    "not_found": gettext_lazy("It is not there, or belongs to another estate."),
    "locked": gettext_lazy("Sign-in is locked after repeated failures."),
}
"""Why an access was refused, as :func:`anju.kit.audit.record_denial` is told it."""


class AuditList(OfEstates, ListPage): ...


class AuditDetail(OfEstates, DetailPage):
    """One entry, with every field before and after; personal data stays covered here too."""

    history = False

    def get_title(self) -> str:
        entry: AuditEntry = self.object
        return f"{capfirst(str(entry.get_operation_display()))} · {tables.label_of(entry.table)}"

    def get_sections(self) -> list[dict[str, Any]]:
        entry: AuditEntry = self.object
        before, after = entry.before or {}, entry.after or {}
        if entry.operation == AuditOperation.DENIED:
            reason = str(after.get("reason", ""))
            said = [_said(_("Address"), tables.fields_of(entry)), _said(_("Reason"), REASONS.get(reason, reason))]
            return [*super().get_sections(), {"title": _("What was refused"), "fields": said}]
        if entry.operation == AuditOperation.VIEW:
            seen = [_said(_("Fields"), tables.fields_of(entry))]
            return [*super().get_sections(), {"title": _("What was shown"), "fields": seen}]
        names = tables.names_in(entry)
        changes = [
            _said(
                capfirst(str(tables.column_label(entry.table, name))),
                " → ".join(
                    tables.value_of(entry.table, name, values[name], names)
                    for values in (before, after)
                    if name in values
                ),
                wide=bool(before and after),
            )
            for name in {**before, **after}
        ]
        return [*super().get_sections(), {"title": _("Before → after"), "fields": changes}]


def _said(label: Any, value: Any, *, wide: bool = False) -> dict[str, Any]:
    """One line of a section."""
    return {"label": label, "value": value, "url": "", "badge": False, "tone": "", "wide": wide, "numeric": False}


class AuditPages(PageSet):
    model = AuditEntry
    name, path = "audit", "audit"
    title, icon = gettext_lazy("Audit trail"), "history"
    subtitle = gettext_lazy("Every change, every look at personal data and every refusal. Nobody can alter it.")
    view_permission = permissions.VIEW_AUDIT
    rows = selectors.audit_entries
    table, filters = tables.AuditTable, filters.AuditFilters
    ordering = ("-pk",)
    hidden_columns = ("action",)
    sections = (
        Section(
            gettext_lazy("Entry"),
            (
                "at",
                Field(lambda entry: entry.actor or _("the system"), gettext_lazy("Who")),
                Field("operation", tone=""),
                Field(lambda entry: tables.label_of(entry.table), gettext_lazy("Kind of record")),
                Field("object_id", gettext_lazy("Record number")),
                "action",
            ),
        ),
    )
    list_page, detail_page = AuditList, AuditDetail
