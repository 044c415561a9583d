"""What the lists of people, roles, tokens and the audit trail show."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from anju.kit.models import AuditEntry
from anju.kit.pages import timeline
from anju.kit.pages.columns import (
    BadgeColumn,
    Column,
    DateColumn,
    MaskedColumn,
    MomentColumn,
    NumberColumn,
    Table,
    YesNoColumn,
)

PERSONAL = {"phone": "phone", "id_number": "id", "email": "name", "mailing_address": "name"}
"""Columns of any table whose values are personal data, and how the audit trail covers them."""


class PersonTable(Table):
    name = Column(verbose_name=_("Name"))
    username = Column(verbose_name=_("Sign-in name"))
    phone = MaskedColumn(verbose_name=_("Mobile phone"), mask="phone")
    is_active = YesNoColumn(verbose_name=_("May sign in"))
    last_login = MomentColumn(verbose_name=_("Last sign-in"))


class MembershipTable(Table):
    user = Column(verbose_name=_("Person"), order_by=("user__name",))
    role = BadgeColumn(verbose_name=_("Role"))
    organisation = Column(verbose_name=_("Organisation"), order_by=("organisation__name",))
    estates = Column(verbose_name=_("Limited to"), orderable=False, empty_values=())
    since = DateColumn(verbose_name=_("Since"))
    until = DateColumn(verbose_name=_("Until"))

    def render_estates(self, record: Any) -> str:
        return "、".join(str(estate) for estate in record.estates.all()) or str(_("all estates"))

    def value_estates(self, record: Any) -> str:
        return ", ".join(estate.code for estate in record.estates.all())


class OrganisationTable(Table):
    name = Column(verbose_name=_("name"))
    code = Column(verbose_name=_("code"))
    kind = BadgeColumn(verbose_name=_("kind"))
    parent = Column(verbose_name=_("belongs to"), order_by=("parent__name",))
    people = NumberColumn(verbose_name=_("People in a role"))


class OfficeTable(Table):
    name = Column(verbose_name=_("name"))
    code = Column(verbose_name=_("code"))
    kind = BadgeColumn(verbose_name=_("kind"))
    parent = Column(verbose_name=_("belongs to"), order_by=("parent__name",))


class ReachedTable(Table):
    """Estates with which an organisation has to do."""

    name = Column(verbose_name=_("name"))
    code = Column(verbose_name=_("code"))


class TokenTable(Table):
    name = Column(verbose_name=_("Application"))
    owner = Column(verbose_name=_("Acts for"), order_by=("owner__name",))
    permissions = Column(verbose_name=_("Rights"), orderable=False)
    expires_at = MomentColumn(verbose_name=_("Valid until"))
    last_used_at = MomentColumn(verbose_name=_("Last used"))
    revoked_at = MomentColumn(verbose_name=_("Revoked"))

    def render_permissions(self, value: list[str]) -> str:
        return ", ".join(value)

    def value_permissions(self, value: list[str]) -> str:
        return ", ".join(value)


class AuditTable(Table):
    at = MomentColumn(verbose_name=_("Time"), orderable=False)
    actor = Column(verbose_name=_("Who"), orderable=False, default=_("the system"))
    operation = BadgeColumn(
        verbose_name=_("Operation"),
        orderable=False,
        tones={"insert": "brand", "update": "info", "delete": "bad", "view": "warn", "denied": "bad"},
    )
    table = Column(verbose_name=_("Kind of record"), orderable=False)
    object_id = Column(verbose_name=_("Record number"), orderable=False)
    action = Column(verbose_name=_("Action"), orderable=False)
    what = Column(verbose_name=_("Fields"), orderable=False, empty_values=(), accessor="pk")

    def render_table(self, value: str) -> Any:
        return label_of(value)

    def render_what(self, record: AuditEntry) -> str:
        return fields_of(record)


def label_of(table: str) -> Any:
    """What a table holds, in words: "registry.party" is a party."""
    try:
        return apps.get_model(table)._meta.verbose_name
    except (LookupError, ValueError):
        return table or _("page")


def column_label(table: str, column: str) -> Any:
    """A column in the words of its form field: "registry.unit", "building_id" is the building."""
    try:
        return timeline.label(apps.get_model(table), column)
    except (LookupError, ValueError):
        return column


def names_in(entry: AuditEntry) -> dict[Any, str]:
    """What the foreign keys of an entry point to, for :func:`value_of`."""
    try:
        model = apps.get_model(entry.table)
    except (LookupError, ValueError):
        return {}
    return timeline.names_of_related((model, values) for values in (entry.before or {}, entry.after or {}))


def value_of(table: str, column: str, value: Any, names: dict[Any, str]) -> str:
    """A recorded value in words, personal data covered; ``names`` are those of :func:`names_in`."""
    try:
        return timeline.shown(apps.get_model(table), column, value, PERSONAL, names)
    except (LookupError, ValueError):
        return "—" if value is None or value == "" else str(value)


def kinds_of_record() -> list[tuple[str, Any]]:
    """Every table whose changes are on record, with what it holds, for the filter."""
    models = [model for model in apps.get_models() if any(t.name == "audit_insert" for t in _triggers(model))]
    return sorted(((model._meta.label_lower, model._meta.verbose_name) for model in models), key=lambda kind: kind[0])


def _triggers(model: Any) -> list[Any]:
    return getattr(model._meta, "triggers", [])


def fields_of(entry: AuditEntry) -> str:
    """The names of the fields an entry is about; for a refusal, the address."""
    after = entry.after or {}
    if entry.operation == "denied":
        return str(after.get("path", ""))
    if entry.operation == "view":
        return "、".join(str(column_label(entry.table, name)) for name in after.get("fields", []))
    return "、".join(str(column_label(entry.table, name)) for name in after) if entry.operation == "update" else "—"
