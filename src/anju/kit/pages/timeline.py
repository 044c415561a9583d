"""The history of an object: the moves of its flows and every change on record, in one line of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.kit.flow import Flow
from anju.kit.models import AuditEntry, AuditOperation, FlowStep
from anju.kit.pages.columns import MASKS
from anju.kit.templatetags.anju_ui import moment, tone

LIMIT = 200
_NOT_WORTH_TELLING = frozenset(
    {"id", "estate_id", "created_at", "pinyin", "initials", "plate_tail", "password_changed_at"}
)


USUAL_NAMES = {
    "created_at": gettext_lazy("Added"),
    "started_at": gettext_lazy("started"),
    "finished_at": gettext_lazy("finished"),
    "revoked_at": gettext_lazy("Revoked"),
    "last_used_at": gettext_lazy("Last used"),
    "by": gettext_lazy("by"),
    "created_by": gettext_lazy("by"),
    "user": gettext_lazy("user"),
    "result": gettext_lazy("result"),
    "source": gettext_lazy("Caused by"),
    "second_factor": gettext_lazy("second factor"),
}
"""What columns are called that no form shows, and that have no name of their own therefore."""


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(slots=True)
class Event:
    """One thing that happened: who did it, when, under which name, and what changed from what to what."""

    at: datetime
    who: str
    title: str
    subject: str = ""
    note: str = ""
    tone: str = ""
    changes: list[Change] = field(default_factory=list)


def of(objects: Sequence[models.Model], flows: Sequence[Flow], personal: dict[str, str]) -> list[Event]:
    """What happened to ``objects``, the latest first; ``personal`` names the fields that are shown masked."""
    events = _steps(objects, flows) + _entries(objects, {flow.field for flow in flows}, personal)
    events.sort(key=lambda event: event.at, reverse=True)
    return events[:LIMIT]


def _steps(objects: Sequence[models.Model], flows: Sequence[Flow]) -> list[Event]:
    events = []
    for flow in flows:
        keys = [obj.pk for obj in objects if isinstance(obj, flow.model)]
        labels = {move.name: move for move in flow.transitions}
        rows = FlowStep.objects.filter(flow=flow.name, object_id__in=keys).select_related("by").order_by("-pk")
        for step in rows[:LIMIT]:
            move = labels.get(step.transition)
            state = str(flow.states(step.target).label) if step.target in flow.states.values else step.target
            events.append(
                Event(
                    at=step.at,
                    who=str(step.by) if step.by else _("the system"),
                    title=str(move.label) if move else _("Started"),
                    subject=state,
                    note=str(step.data.get("note") or step.data.get("reason") or ""),
                    tone=tone(step.target),
                )
            )
    return events


def _entries(objects: Sequence[models.Model], told: set[str], personal: dict[str, str]) -> list[Event]:
    condition = Q(pk__in=[])
    by_key = {}
    for obj in objects:
        condition |= Q(table=obj._meta.label_lower, object_id=obj.pk)
        by_key[obj._meta.label_lower, obj.pk] = obj
    rows = list(AuditEntry.objects.filter(condition).select_related("actor").order_by("-pk")[:LIMIT])
    related = names_of_related(
        (type(by_key[entry.table, entry.object_id]), _worth_telling(values))
        for entry in rows
        if entry.operation in (AuditOperation.UPDATE, AuditOperation.DELETE)
        for values in (entry.before or {}, entry.after or {})
    )
    events = []
    for entry in rows:
        obj = by_key[entry.table, entry.object_id]
        changes = _changes(entry, obj, told, personal, related)
        if entry.operation == AuditOperation.UPDATE and not changes:
            continue  # only the state moved, which the flow's own step tells better
        events.append(
            Event(
                at=entry.at,
                who=str(entry.actor) if entry.actor else _("the system"),
                title=capfirst(str(AuditOperation(entry.operation).label)),
                subject="" if obj is objects[0] else str(obj),
                tone={"delete": "bad", "view": "warn", "insert": "brand"}.get(entry.operation, ""),
                changes=changes,
            )
        )
    return events


def _worth_telling(values: dict[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in values.items() if column not in _NOT_WORTH_TELLING}


def _changes(
    entry: AuditEntry, obj: models.Model, told: set[str], personal: dict[str, str], related: dict[Any, str]
) -> list[Change]:
    if entry.operation == AuditOperation.VIEW:
        names = (entry.after or {}).get("fields", [])
        return [Change(label(obj, name), "", "") for name in names]
    if entry.operation == AuditOperation.INSERT:
        return []
    before, after = entry.before or {}, entry.after or {}
    changes = []
    for column in _worth_telling(before if entry.operation == AuditOperation.DELETE else after):
        if column in told:
            continue
        changes.append(
            Change(label(obj, column), *(shown(obj, column, v.get(column), personal, related) for v in (before, after)))
        )
    return changes


def shown(
    obj: models.Model | type[models.Model],
    column: str,
    value: Any,
    personal: dict[str, str],
    related: dict[Any, str] | None = None,
) -> str:
    """A recorded value of a column as people read it: choices by label, moments in China's time, personal data covered.

    ``related`` names what foreign keys point to, by (model, key); without it the key stands for itself.
    """
    if value is None or value == "":
        return "—"
    name = column.removesuffix("_id")
    if name in personal or column in personal:
        return MASKS[personal.get(column) or personal[name]](str(value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    model_field = _field(obj, column)
    if model_field is not None and model_field.is_relation:
        return (related or {}).get((model_field.related_model, value), str(value))
    if model_field is not None and model_field.choices:
        return str(dict(model_field.flatchoices).get(value, value))
    if isinstance(model_field, models.DateTimeField):
        at = parse_datetime(str(value))
        return moment(at) if at else str(value)
    if isinstance(model_field, models.DateField):
        return date.fromisoformat(str(value)).isoformat()
    return str(value)


def names_of_related(changes: Iterable[tuple[type[models.Model], dict[str, Any]]]) -> dict[Any, str]:
    """What recorded foreign keys point to, by (model, key): one query per model, whatever the number of changes.

    What the reader may not see, or what is gone, has no name.
    """
    wanted: dict[type[models.Model], set[int]] = {}
    for model, values in changes:
        for column, value in values.items():
            model_field = _field(model, column)
            if model_field is not None and model_field.is_relation and isinstance(value, int):
                wanted.setdefault(model_field.related_model, set()).add(value)
    return {
        (model, obj.pk): str(obj)
        for model, keys in wanted.items()
        for obj in model._default_manager.filter(pk__in=keys)
    }


def _field(obj: models.Model | type[models.Model], column: str) -> Any:
    for name in (column, column.removesuffix("_id")):
        try:
            return obj._meta.get_field(name)
        except FieldDoesNotExist:
            continue
    return None


def label(obj: models.Model | type[models.Model], column: str) -> str:
    """A column in words: as its form field is called, else by what it points to, else by its usual meaning."""
    model_field = _field(obj, column)
    return capfirst(str(USUAL_NAMES.get(column, column) if model_field is None else name_of(model_field)))


def name_of(model_field: Any) -> Any:
    """What a field of a model is called; one that was given no name by what it points to, or by :data:`USUAL_NAMES`."""
    name = getattr(model_field, "verbose_name", model_field.name)
    if isinstance(name, Promise) or name != model_field.name.replace("_", " "):
        return name
    if model_field.name in USUAL_NAMES:
        return USUAL_NAMES[model_field.name]
    return model_field.related_model._meta.verbose_name if model_field.is_relation else name
