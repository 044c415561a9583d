"""Lists: filters, search, saved views, choice of columns, keyset pages, bulk actions and export, from a declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anju.kit.errors import Refusal
from anju.kit.models import SavedView
from anju.kit.pages import export, export_jobs, keyset, saved_views
from anju.kit.pages.base import Page, Text
from anju.kit.pages.columns import MoneyColumn, NumberColumn, Table
from anju.kit.pages.filters import Filters
from anju.kit.pages.values import Reader, cells_of
from anju.kit.templatetags.anju_ui import is_short

PAGE_SIZE = 50
BULK_LIMIT = 5_000
"""How many rows one bulk action takes at once; a larger piece of work is a job of its own."""


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Something done to many rows: ``action(rows=[…], by=…, **form data)`` returns the number done, or None for all."""

    name: str
    label: Text
    action: Callable[..., int | None]
    permission: str
    icon: str = ""
    confirm: Text = ""
    form: type[forms.Form] | None = None
    tone: str = "primary"


class ListPage(Page):
    """A list of rows of one scoped selector.

    ``rows`` is the selector (no arguments, called inside the request's scope) and must bring along, by
    ``select_related`` or ``prefetch_related``, what the table shows. ``search`` are lookups ("code__startswith", a
    bare name means ``icontains``) or a function ``(queryset, text) -> queryset``.
    """

    template_name = "kit/pages/list.html"
    table: type[Table] = Table
    filters: type[Filters] | None = None
    search: Sequence[str] | Callable[[models.QuerySet[Any], str], models.QuerySet[Any]] = ()
    search_hint: Text = ""
    ordering: Sequence[str] = ("pk",)
    page_size = PAGE_SIZE
    bulk: Sequence[BulkAction] = ()
    empty_title: Text = gettext_lazy("Nothing here yet")
    empty_text: Text = ""
    hidden_columns: Sequence[str] = ()
    """Columns that are offered but not shown until somebody chooses them."""
    exportable = True

    # --- what the list is about ---------------------------------------------------------------------------------------

    def get_rows(self) -> models.QuerySet[Any]:
        """Everything this person may see here, before filters."""
        if self.rows is None:
            raise NotImplementedError(f"{type(self).__name__} needs rows")
        return self.rows()

    def get_row_url(self, row: Any) -> str:
        """The page that a row opens; "" for rows that open nothing."""
        return self.sibling("detail", pk=row.pk)

    def get_create_url(self) -> str:
        """The page that the empty list and the header lead to for a first row."""
        permission = getattr(self.pages, "change_permission", "")
        if not self.pages or not self.pages.creates() or not self.access.can(permission):
            return ""
        return self.sibling("create")

    @property
    def list_name(self) -> str:
        """Under which saved views and column choices of this list are kept."""
        match = self.request.resolver_match
        return match.view_name if match else type(self).__name__

    # --- narrowing and order ------------------------------------------------------------------------------------------

    @cached_property
    def filterset(self) -> Filters | None:
        return self.filters(self.parameters, queryset=self.get_rows(), request=self.request) if self.filters else None

    @cached_property
    def parameters(self) -> QueryDict:
        """The query that narrows the list, wherever it was sent from."""
        if self.request.method == "GET":
            return self.request.GET
        return QueryDict(self.request.POST.get("query", ""))

    @cached_property
    def matching(self) -> models.QuerySet[Any]:
        """The rows that pass filters and search; all of them for a filter that can't be understood."""
        filterset = self.filterset
        rows: models.QuerySet[Any] = filterset.qs if filterset is not None and filterset.is_valid() else self.get_rows()
        text = self.parameters.get("q", "").strip()
        return self.apply_search(rows, text) if text else rows

    def apply_search(self, rows: models.QuerySet[Any], text: str) -> models.QuerySet[Any]:
        if callable(self.search):
            return self.search(rows, text)
        condition = Q()
        for lookup in self.search:
            condition |= Q(**{lookup if _has_lookup(lookup) else f"{lookup}__icontains": text})
        return rows.filter(condition)

    @cached_property
    def sort(self) -> tuple[str, bool]:
        """(column, descending); ("", False) means the list's own order."""
        asked = self.parameters.get("sort", "")
        name = asked.removeprefix("-")
        column = self.table.base_columns.get(name)
        if column is None or column.orderable is False:
            return "", False
        return name, asked.startswith("-")

    @property
    def order(self) -> list[str]:
        """The field paths to sort by, the column asked for before the list's own order."""
        name, descending = self.sort
        if not name:
            return list(self.ordering)
        column = self.table.base_columns[name]
        paths = [str(path) for path in column.order_by] if column.order_by else [str(column.accessor or name)]
        paths = [path.replace(".", "__") for path in paths]
        return [_flip(path) for path in paths] if descending else paths

    # --- columns ------------------------------------------------------------------------------------------------------

    @cached_property
    def columns(self) -> list[str]:
        """The names of the columns shown: chosen in the address, else in this session, else all that aren't hidden."""
        known = list(self.table.base_columns)
        asked = ",".join(self.parameters.getlist("cols"))
        chosen = asked.split(",") if asked else self.request.session.get(self._session_key, [])
        shown = [name for name in chosen if name in known]
        return shown or [name for name in known if name not in self.hidden_columns]

    @property
    def _session_key(self) -> str:
        return f"columns:{self.list_name}"

    def column_choices(self) -> list[tuple[str, Text, bool]]:
        """(name, heading, shown) of every column."""
        table = self.make_table([], every=True)
        return [(column.name, capfirst(str(column.header)), column.name in self.columns) for column in table.columns]

    def make_table(self, rows: Sequence[Any], *, every: bool = False) -> Table:
        """The table over ``rows`` with the chosen columns, in the chosen order."""
        hidden = () if every else tuple(name for name in self.table.base_columns if name not in self.columns)
        sequence = None if every else [*self.columns]
        table = self.table(rows, exclude=hidden, sequence=sequence, orderable=False)
        table.page = self
        return table

    # --- answers ------------------------------------------------------------------------------------------------------

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("export") and self.exportable:
            return export.workbook(self)
        if "cols" in request.GET:
            request.session[self._session_key] = self.columns
        fragment = self.wants_fragment("listing")
        return self.render(
            template="kit/pages/listing.html" if fragment else "", fragment=fragment, **self.get_listing()
        )

    def get_filter_form(self) -> forms.Form:
        """The filter bar's form, the search box first."""
        form: forms.Form = self.filterset.form if self.filterset is not None else forms.Form(self.request.GET)
        if self.search:
            hint = str(self.search_hint)
            attrs = {"type": "search", "placeholder": hint, "data-search-here": "", "autocomplete": "off"}
            box = forms.CharField(label=_("Search"), required=False, widget=forms.TextInput(attrs=attrs))
            form.fields = {"q": box, **form.fields}
        return form

    def get_listing(self) -> dict[str, Any]:
        """What the template needs besides the page itself."""
        found = keyset.page_of(
            self.matching, self.order, size=self.page_size, about=self.list_name,
            after=self.parameters.get("after", ""), before=self.parameters.get("before", ""),
        )  # fmt: skip
        if found.previous or found.next:
            number, capped = self.count()
        else:
            number, capped = len(found.rows), False
        return {
            "headings": self.get_headings(),
            "lines": lines_of(self.make_table(found.rows), self.get_row_url),
            "slice": found,
            "previous_url": self.link(before=found.previous) if found.previous else "",
            "next_url": self.link(after=found.next) if found.next else "",
            "count": number,
            "capped": capped,
            "narrowed": bool(self.parameters.get("q")) or bool(self.filterset and self.filterset.active()),
            "bulk_actions": [action for action in self.bulk if self.access.can(action.permission)],
            "create_url": self.get_create_url(),
            "filter_form": self.get_filter_form(),
            "export_url": self.link(export="xlsx") if self.exportable else "",
            "export_as_job": capped or number > export.AT_ONCE,
            "views": saved_views.of(self),
            "query": self.narrowing(),
            "state": [
                (name, value)
                for name, values in QueryDict(self.narrowing()).lists()
                for value in values
                if name != "cols"
            ],
            "kept": [(name, value) for name in ("sort", "cols") for value in self.parameters.getlist(name)],
        }

    def count(self) -> tuple[int, bool]:
        """How many rows match; (cap, True) for more. A list whose rows are costly to tell overrides it."""
        return keyset.capped_count(self.matching)

    def get_headings(self) -> list[dict[str, Any]]:
        """Each shown column with the address that sorts by it."""
        name, descending = self.sort
        headings = []
        for column in self.make_table([]).columns:
            base = self.table.base_columns[column.name]
            sortable = base.orderable is not False
            is_sorted = column.name == name
            flip = f"-{column.name}" if is_sorted and not descending else column.name
            headings.append({
                "label": capfirst(str(column.header)),
                "numeric": is_numeric(base),
                "url": self.link(sort=flip) if sortable else "",
                "sorted": ("descending" if descending else "ascending") if is_sorted else "",
            })  # fmt: skip
        return headings

    def link(self, **changes: str) -> str:
        """This list with some parameters changed, from its first page."""
        query = self.parameters.copy()
        for name in ("after", "before", "export"):
            query.pop(name, None)
        for name, value in changes.items():
            query[name] = value
        return f"{self.request.path}?{query.urlencode()}"

    def narrowing(self) -> str:
        """The query string without the place in the list: what a saved view keeps and a bulk action repeats."""
        query = self.parameters.copy()
        for name in ("after", "before", "export"):
            query.pop(name, None)
        for name in [name for name, values in query.lists() if not any(values)]:
            query.pop(name)
        return query.urlencode()

    # --- doing something to rows --------------------------------------------------------------------------------------

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "export" in request.POST:
            return export_jobs.begin(self)
        if "save_view" in request.POST or "delete_view" in request.POST:
            return saved_views.change(self)
        return self.run_bulk(request.POST.get("bulk", ""))

    def run_bulk(self, name: str) -> HttpResponse:
        """Do the bulk action ``name`` with the picked rows, or with all that match when the person chose so."""
        action = next((action for action in self.bulk if action.name == name), None)
        if action is None:
            raise Http404
        if not self.access.can(action.permission):
            raise PermissionDenied(action.permission)
        back = HttpResponseRedirect(f"{self.request.path}?{self.parameters.urlencode()}")
        rows = self.get_picked()
        if not rows:
            messages.warning(
                self.request, _("No rows were chosen. Tick the rows you mean, then choose what to do with them.")
            )
            return back
        form = None
        if action.form is not None:
            answered = "confirmed" in self.request.POST
            form = action.form(self.request.POST) if answered else action.form()
            if not answered or not form.is_valid():
                return self.ask_for(action, form, rows)
        try:
            done = action.action(rows=rows, by=self.access.user, **(form.cleaned_data if form else {}))
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
            return back
        number = len(rows) if done is None else done
        messages.success(
            self.request,
            ngettext("%(action)s: %(number)s row done.", "%(action)s: %(number)s rows done.", number)
            % {"action": action.label, "number": number},
        )
        return back

    def ask_for(self, action: BulkAction, form: forms.Form, rows: list[Any]) -> HttpResponse:
        """The page that asks what a bulk action needs to know."""
        return self.render(
            template="kit/pages/bulk.html",
            status=422 if form.is_bound else 200,
            action=action,
            form=form,
            rows=rows,
            picked=[row.pk for row in rows],
            query=self.request.POST.get("query", ""),
        )

    def get_picked(self) -> list[Any]:
        """The rows meant by the post, always out of those this person may see; none if they are too many."""
        if self.request.POST.get("everything"):
            rows = list(self.matching[: BULK_LIMIT + 1])
            if len(rows) > BULK_LIMIT:
                messages.error(
                    self.request,
                    _("More than %(limit)s rows match. Narrow the list first; nothing was changed.")
                    % {"limit": f"{BULK_LIMIT:,}"},
                )
                return []
            return rows
        keys = [key for key in self.request.POST.getlist("picked") if key.isdecimal()]
        return list(self.get_rows().filter(pk__in=keys[:BULK_LIMIT])) if keys else []

    def get_saved_views(self) -> models.QuerySet[SavedView]:
        return SavedView.objects.filter(user=self.access.user, page=self.list_name).order_by("name")


def lines_of(table: Table, url_of: Callable[[Any], str]) -> list[dict[str, Any]]:
    """The rows of ``table`` as the template shows them: primary key, address, and the cells with their class.

    The first cell of a row that opens something leads there. Decided here for some hundred cells: a template takes
    several times as long over each condition.
    """
    numeric = [is_numeric(column.column) for column in table.columns]
    cells = list(zip(cells_of(table), numeric, strict=True))
    return [
        {
            "pk": row.pk,
            "url": url,
            "amount": getattr(row, "amount", ""),
            "cells": _cells(row, url, cells),
        }
        for row in table.data
        for url in [url_of(row)]
    ]


def _cells(row: Any, url: str, columns: list[tuple[Reader, bool]]) -> list[tuple[Any, str]]:
    """Each cell of a row with its class: figures stand at the right, short texts are not broken into two lines."""
    cells: list[tuple[Any, str]] = []
    for cell_of, is_figure in columns:
        cell = cell_of(row)
        kind = "num" if is_figure else "a-short" if is_short(cell) else ""
        cells.append((format_html('<a href="{}">{}</a>', url, cell) if url and not cells else cell, kind))
    return cells


def is_numeric(column: Any) -> bool:
    """Whether a column's values stand at the right."""
    return isinstance(column, MoneyColumn | NumberColumn)


def _has_lookup(path: str) -> bool:
    return path.rsplit("__", 1)[-1] in {"exact", "iexact", "startswith", "istartswith", "contains", "icontains"}


def _flip(path: str) -> str:
    return path[1:] if path.startswith("-") else f"-{path}"
