"""What a list is about: its rows, how they are narrowed and ordered, and the columns shown.

Pages, exports and saved views (:mod:`anju.kit.pages.lists`, ``export``, ``saved_views``) stand on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import capfirst

from anju.kit.models import SavedView
from anju.kit.pages.base import Page, Text
from anju.kit.pages.columns import Table
from anju.kit.pages.filters import Filters


class Listing(Page):
    """The rows of one scoped selector as the address of the request narrows and orders them.

    ``rows`` is the selector (no arguments, called inside the request's scope) and must bring along, by
    ``select_related`` or ``prefetch_related``, what the table shows. ``search`` are lookups ("code__startswith", a
    bare name means ``icontains``) or a function ``(queryset, text) -> queryset``.
    """

    table: type[Table] = Table
    filters: type[Filters] | None = None
    search: Sequence[str] | Callable[[models.QuerySet[Any], str], models.QuerySet[Any]] = ()
    ordering: Sequence[str] = ("pk",)
    hidden_columns: Sequence[str] = ()
    """Columns that are offered but not shown until somebody chooses them."""
    exportable = True

    def get_rows(self) -> models.QuerySet[Any]:
        """Everything this person may see here, before filters."""
        if self.rows is None:
            raise NotImplementedError(f"{type(self).__name__} needs rows")
        return self.rows()

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

    # --- addresses ----------------------------------------------------------------------------------------------------

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

    def get_saved_views(self) -> models.QuerySet[SavedView]:
        return SavedView.objects.filter(user=self.access.user, page=self.list_name).order_by("name")


def _has_lookup(path: str) -> bool:
    return path.rsplit("__", 1)[-1] in {"exact", "iexact", "startswith", "istartswith", "contains", "icontains"}


def _flip(path: str) -> str:
    return path[1:] if path.startswith("-") else f"-{path}"
