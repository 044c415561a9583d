"""Lists: filters, search, saved views, choice of columns, keyset pages, bulk actions and export, from a declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anju.kit.errors import Refusal
from anju.kit.pages import export, export_jobs, keyset, saved_views
from anju.kit.pages.base import Text
from anju.kit.pages.columns import MoneyColumn, NumberColumn, Table
from anju.kit.pages.listing import Listing
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


class ListPage(Listing):
    """A list as people see it: page by page, with filters, saved views, a choice of columns, bulk actions, export."""

    template_name = "kit/pages/list.html"
    search_hint: Text = ""
    page_size = PAGE_SIZE
    bulk: Sequence[BulkAction] = ()
    empty_title: Text = gettext_lazy("Nothing here yet")
    empty_text: Text = ""

    def get_row_url(self, row: Any) -> str:
        """The page that a row opens; "" for rows that open nothing."""
        return self.sibling("detail", pk=row.pk)

    def get_create_url(self) -> str:
        """The page that the empty list and the header lead to for a first row."""
        permission = getattr(self.pages, "change_permission", "")
        if not self.pages or not self.pages.creates() or not self.access.can(permission):
            return ""
        return self.sibling("create")

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
                "name": column.name,
                "label": capfirst(str(column.header)),
                "numeric": is_numeric(base),
                "url": self.link(sort=flip) if sortable else "",
                "sorted": ("descending" if descending else "ascending") if is_sorted else "",
            })  # fmt: skip
        return headings

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
