"""Detail pages: declared sections of fields, related rows, the flow's buttons, and the history of the object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from anju.kit.flow import Flow
from anju.kit.pages import timeline
from anju.kit.pages.base import Text
from anju.kit.pages.columns import MASKS, Table, masked_html, plain
from anju.kit.pages.edits import ObjectPage
from anju.kit.pages.lists import is_numeric, lines_of

RELATED_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a section. ``path`` is an attribute path or a function of the object.

    ``link`` is the name of an address taking ``estate`` and ``pk`` of the value; ``unit`` is written behind it ("m2");
    ``tone`` shows it as a badge ("" picks the tone by the value); ``wide`` gives it the whole line.
    """

    path: str | Callable[[Any], Any]
    label: Text = ""
    link: str = ""
    unit: Text = ""
    tone: str | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields; a bare string stands for ``Field(path)``."""

    title: Text
    fields: Sequence[str | Field]


@dataclass(frozen=True, slots=True)
class Related:
    """Rows that belong to the object, as a table: the first :data:`RELATED_LIMIT`, with a link to all of them.

    ``rows(obj)`` is a scoped selector in its final order. With ``tab`` they stand on a tab of their own. ``add`` is
    the name of an address that takes ``estate`` (with ``?<query>`` from ``add_query(obj)``) for one more row.
    """

    key: str
    title: Text
    rows: Callable[[Any], models.QuerySet[Any]]
    table: type[Table]
    permission: str = ""
    row_url: str = ""
    more_url: Callable[[Any], str] | None = None
    add: str = ""
    add_label: Text = ""
    add_permission: str = ""
    add_query: Callable[[Any], str] | None = None
    tab: bool = False
    empty_text: Text = ""
    without: Sequence[str] = ()
    """Columns of the table that say nothing here, such as the object itself."""


class DetailPage(ObjectPage):
    """One object: what it is (``sections``), what belongs to it (``related``), what can be done, what has happened."""

    template_name = "kit/pages/detail.html"
    sections: Sequence[Section] = ()
    related: Sequence[Related] = ()
    flow: Flow | None = None
    personal: dict[str, str] = {}
    """Personal data by field name, each with its mask (phone, id, name); shown in full only through the reveal page."""
    history = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render(**self.get_detail())

    def get_detail(self) -> dict[str, Any]:
        """What the template needs besides the page itself."""
        related = [part for part in self.related if not part.permission or self.access.can(part.permission)]
        tabs = self.get_tabs(related)
        tab = self.request.GET.get("tab", "")
        if tab not in {key for key, _label, _url in tabs}:
            tab = ""
        return {
            "object": self.object,
            "tabs": tabs,
            "tab": tab,
            "sections": self.get_sections() if not tab else [],
            "related": [self.get_related(part) for part in related if (part.key if part.tab else "") == tab],
            "timeline": timeline.of(self.get_history_objects(), self.get_flows(), self.personal)
            if tab == "history"
            else None,
            "state": self.get_state(),
            "transitions": self.get_transitions(),
            "edit_url": self.get_edit_url(),
            "delete_url": self.get_delete_url(),
        }

    def get_tabs(self, related: Sequence[Related]) -> list[tuple[str, Text, str]]:
        """(key, label, address) of each tab; none when there is only one."""
        tabs: list[tuple[str, Text, str]] = [("", _("Overview"), self.request.path)]
        tabs += [(part.key, part.title, f"?tab={part.key}") for part in related if part.tab]
        if self.history:
            tabs.append(("history", _("History"), "?tab=history"))
        return tabs if len(tabs) > 1 else []

    # --- what it is ---------------------------------------------------------------------------------------------------

    def get_sections(self) -> list[dict[str, Any]]:
        return [
            {"title": section.title, "fields": [self.get_field(_as_field(field)) for field in section.fields]}
            for section in self.sections
        ]

    def get_field(self, field: Field) -> dict[str, Any]:
        value = field.path(self.object) if callable(field.path) else _resolve(self.object, field.path)
        name = "" if callable(field.path) else field.path
        shown: Any = self.get_personal(name, value) if name in self.personal else display(self.object, name, value)
        if field.unit and value not in (None, ""):
            shown = f"{shown} {field.unit}"
        raw = getattr(value, "value", value)
        return {
            "label": field.label or _label(self.object, name),
            "value": shown,
            "url": self.get_link(field.link, value),
            "badge": field.tone is not None,
            "tone": field.tone or str(raw),
            "wide": field.wide and value not in (None, ""),  # nothing needs no line of its own
            "numeric": isinstance(value, (int, Decimal)) and not isinstance(value, bool),
        }

    def get_personal(self, name: str, value: Any) -> Any:
        if not value:
            return ""
        return masked_html(MASKS[self.personal[name]](str(value)), self.sibling("reveal", pk=self.object.pk), name)

    def get_link(self, name: str, value: Any) -> str:
        if not name or not isinstance(value, models.Model) or self.estate is None:
            return ""
        try:
            return reverse(name, kwargs={"estate": self.estate.code, "pk": value.pk})
        except NoReverseMatch:
            return ""

    # --- what belongs to it -------------------------------------------------------------------------------------------

    def get_related(self, part: Related) -> dict[str, Any]:
        rows = list(part.rows(self.object)[: RELATED_LIMIT + 1])
        table = part.table(rows[:RELATED_LIMIT], orderable=False, exclude=part.without)
        table.page = self
        can_add = part.add and (not part.add_permission or self.access.can(part.add_permission))
        query = part.add_query(self.object) if part.add_query else ""
        return {
            "part": part,
            "headings": [
                {
                    "label": capfirst(str(column.header)),
                    "numeric": is_numeric(table.base_columns[column.name]),
                    "url": "",
                    "sorted": "",
                }
                for column in table.columns
            ],
            "lines": lines_of(table, lambda row: self.url(part.row_url, pk=row.pk) if part.row_url else ""),
            "more": len(rows) > RELATED_LIMIT,
            "more_url": part.more_url(self.object) if part.more_url else "",
            "add_url": f"{self.url(part.add)}{'?' + query if query else ''}" if can_add else "",
        }

    # --- what can be done ---------------------------------------------------------------------------------------------

    def get_flows(self) -> list[Flow]:
        return [self.flow] if self.flow else []

    def get_state(self) -> dict[str, str] | None:
        if self.flow is None:
            return None
        value = getattr(self.object, self.flow.field)
        return {"value": str(value), "label": str(self.flow.states(value).label)}

    def get_transitions(self) -> list[dict[str, Any]]:
        """The moves that this person may make now, as buttons."""
        if self.flow is None:
            return []
        return [
            {"move": move, "url": self.sibling("flow", pk=self.object.pk, transition=move.name)}
            for move in self.flow.available(self.object, self.access)
        ]

    def get_edit_url(self) -> str:
        permission = getattr(self.pages, "change_permission", "")
        return self.sibling("edit", pk=self.object.pk) if permission and self.access.can(permission) else ""

    def get_delete_url(self) -> str:
        permission = getattr(self.pages, "change_permission", "")
        return self.sibling("delete", pk=self.object.pk) if permission and self.access.can(permission) else ""

    # --- what has happened --------------------------------------------------------------------------------------------

    def get_history_objects(self) -> list[models.Model]:
        """The objects whose changes make up the history; a page may add parts that tell of this object."""
        return [self.object]


def display(obj: models.Model, name: str, value: Any) -> Any:
    """``value`` as people here read it; choices by their label."""
    if value is None or value == "":
        return ""
    getter = getattr(obj, f"get_{name}_display", None)
    if getter is not None:
        return getter()
    return plain(value)


def _as_field(field: str | Field) -> Field:
    return Field(field) if isinstance(field, str) else field


def _resolve(obj: Any, path: str) -> Any:
    for part in path.split("__"):
        if obj is None:
            return None
        obj = getattr(obj, part)
        if callable(obj) and not isinstance(obj, models.Manager):
            obj = obj()
    return obj


def _label(obj: models.Model, path: str) -> str:
    """The verbose name of the field at the end of ``path``."""
    model: Any = type(obj)
    field: Any = None
    for part in path.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return capfirst(part.replace("_", " "))
        model = field.related_model
    return capfirst(str(timeline.name_of(field)))
