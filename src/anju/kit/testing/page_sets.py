"""What a declared set of pages promises, as tests to inherit."""

# ruff: noqa: S101 -- assertions are what this module is for

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar

import pytest
from django.db import models
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django_scopes import scope
from python_calamine import CalamineWorkbook

from anju.kit.models import AuditEntry, AuditOperation
from anju.kit.pages.lists import ListPage
from anju.kit.pages.sets import PageSet
from anju.kit.pages.values import cells_of, readers_of
from anju.kit.testing.queries import Call, assert_same_queries

FRAGMENT = {"HX-Request": "true", "HX-Target": "listing"}


class PageSetTests:
    """Inherit, name the set, and say how rows are made::

    class TestPlacePages(PageSetTests):
        pages, namespace = PlacePages, "registry"

        def make_rows(self, world, number): ...
        def form_data(self, world): ...
    """

    pages: ClassVar[type[PageSet]]
    namespace: ClassVar[str]
    reader: ClassVar[str] = "director"
    writer: ClassVar[str] = "director"
    without_right: ClassVar[str] = "guard"
    """Somebody of the estate who may not see these pages ("" when everybody of the estate may)."""
    without_change: ClassVar[str] = "auditor"
    """Somebody who sees these pages but may not change anything."""
    foreigner: ClassVar[str] = "rival_director"
    bad_data: ClassVar[dict[str, Any]] = {}
    """Changes that make the form's data invalid; by default every field is left empty."""

    # --- what a module says -------------------------------------------------------------------------------------------

    def make_rows(self, world: Any, number: int) -> Sequence[models.Model]:
        """Write ``number`` rows of SPRING; called within its scope, perhaps several times."""
        raise NotImplementedError

    def form_data(self, world: Any) -> dict[str, Any]:
        """What to type into the form for one more valid row, as strings and keys; called within the scope of SPRING."""
        return {}

    def search_text(self, row: Any) -> str:
        """What finds ``row`` in the search box."""
        return str(row)

    def get_rows(self, world: Any) -> models.QuerySet[Any]:
        return self.pages.rows() if getattr(self.pages, "rows", None) else self.pages.model._default_manager.all()

    # --- tools --------------------------------------------------------------------------------------------------------

    @pytest.fixture(scope="class")
    @classmethod
    def prepared(cls, prepare: Callable[..., Call]) -> Call:
        """Three rows, written once for all tests of the class."""

        def write(world: Any) -> list[models.Model]:
            with scope(estate=world.spring.pk):
                return list(cls().make_rows(world, 3))

        return prepare(write)

    @pytest.fixture(autouse=True)
    def _tools(self, db: None, prepared: Call, client_as: Callable[..., Client]) -> None:
        self.world, self.rows = prepared()
        self.client = cache(lambda person: client_as(getattr(self.world, person)))

    def url(self, suffix: str, estate: str = "SPRING", **kwargs: Any) -> str:
        return reverse(f"{self.namespace}:{self.pages.get_name()}_{suffix}", kwargs={"estate": estate} | kwargs)

    def has(self, suffix: str, **kwargs: Any) -> bool:
        try:
            self.url(suffix, **kwargs)
        except NoReverseMatch:
            return False
        return True

    def listed(self, query: str = "", person: str = "") -> list[int]:
        """The primary keys on one page of the list, asked for as the part that changes: the same rows in less time."""
        page = self.client(person or self.reader).get(self.url("list") + query, headers=FRAGMENT)
        assert page.status_code == 200, page.status_code
        return [line["pk"] for line in page.context["lines"]]

    def data(self) -> dict[str, Any]:
        with scope(estate=self.world.spring.pk):
            return self.form_data(self.world)

    def count(self) -> int:
        with scope(estate=self.world.spring.pk):
            return self.pages.model._default_manager.count()

    def snapshot(self) -> list[Any]:
        with scope(estate=self.world.spring.pk):
            return list(self.pages.model._default_manager.order_by("pk").values())

    def view_of(self, suffix: str) -> Any:
        name = f"{self.pages.get_name()}_{suffix}"
        return next(pattern.callback for pattern in self.pages.urls() if pattern.name == name)

    def paged(self, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
        monkeypatch.setattr(ListPage, "page_size", size)
        resolver = get_resolver()
        view: Any = resolver.resolve(self.url("list")).func
        if "page_size" in view.view_initkwargs:
            monkeypatch.setitem(view.view_initkwargs, "page_size", size)
        elif "page_size" in vars(view.view_class):
            monkeypatch.setattr(view.view_class, "page_size", size)

    # --- lists --------------------------------------------------------------------------------------------------------

    def test_list_shows_rows(self) -> None:
        page = self.client(self.reader).get(self.url("list"))
        shown = [line["pk"] for line in page.context["lines"]]
        assert {row.pk for row in self.rows} <= set(shown)
        assert shown == self.listed()

    def test_list_answers_htmx_with_the_part_that_changes(self) -> None:
        page = self.client(self.reader).get(self.url("list"), headers=FRAGMENT)
        assert page.content.strip().startswith(b'<div id="listing"')

    def test_search_finds_the_row(self) -> None:
        if not self.pages.search:
            assert b"data-search-here" not in self.client(self.reader).get(self.url("list")).content
            return
        wanted = self.rows[0]
        found = self.listed(f"?q={self.search_text(wanted)}")
        assert wanted.pk in found
        assert self.listed("?q=zzz-nothing-is-called-so") == []

    def test_every_filter_answers(self) -> None:
        for name in self.pages.filters.base_filters if self.pages.filters else ():
            for value in ("", "1", "nonsense"):
                self.listed(f"?{name}={value}")

    def test_every_order_is_total_and_reversible(self) -> None:
        for name, column in self.pages.table.base_columns.items():
            if column.orderable is False:
                continue
            up, down = self.listed(f"?sort={name}"), self.listed(f"?sort=-{name}")
            assert up == down[::-1], f"order by {name}"

    def test_pages_lead_forward_and_back_over_every_row_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with scope(estate=self.world.spring.pk):
            self.make_rows(self.world, 4)
        everything = self.listed()
        self.paged(monkeypatch, 3)
        client, url = self.client(self.reader), self.url("list")
        forward: list[int] = []
        pages = 0
        while url:
            page = client.get(url, headers=FRAGMENT)
            forward += [line["pk"] for line in page.context["lines"]]
            back, url = page.context["previous_url"], page.context["next_url"]
            pages += 1
        assert forward == everything
        steps = 0
        while back:
            page = client.get(back, headers=FRAGMENT)
            back = page.context["previous_url"]
            steps += 1
        assert steps == pages - 1
        assert [line["pk"] for line in page.context["lines"]] == everything[:3]

    def test_cursor_that_was_made_up_leads_to_the_first_page(self) -> None:
        assert self.listed("?after=made-up") == self.listed()

    def test_list_costs_the_same_with_more_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        client = self.client(self.reader)
        self.paged(monkeypatch, 500)  # all of them on one page

        def grow() -> None:
            with scope(estate=self.world.spring.pk):
                self.make_rows(self.world, 4)

        assert_same_queries(lambda: client.get(self.url("list")), grow)

    def test_export_holds_every_row(self) -> None:
        page: Any = self.client(self.reader).get(self.url("list") + "?export=xlsx")
        book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(page.streaming_content)))
        with scope(estate=self.world.spring.pk):
            number = self.get_rows(self.world).count()
        assert len(book.get_sheet_by_index(0).to_python()) == number + 1

    def test_values_for_files_are_those_of_the_tables_library(self) -> None:
        with scope(estate=self.world.spring.pk):
            table = self.pages.table(list(self.get_rows(self.world)), orderable=False)
            readers = readers_of(table)
            ours = [[read(row.record) for read in readers] for row in table.rows]
            assert ours == list(table.as_values())[1:]

    def test_cells_are_those_of_the_tables_library(self) -> None:
        with scope(estate=self.world.spring.pk):
            table = self.pages.table(list(self.get_rows(self.world)), orderable=False)
            cells = cells_of(table)
            assert [[cell_of(row.record) for cell_of in cells] for row in table.rows] == [
                list(row) for row in table.rows
            ]

    # --- one object ---------------------------------------------------------------------------------------------------

    def test_detail_and_history_open(self) -> None:
        pk = self.rows[0].pk
        if not self.has("detail", pk=pk):
            return
        client = self.client(self.reader)
        for query in ("", "?tab=history", "?tab=nonsense"):
            assert client.get(self.url("detail", pk=pk) + query).status_code == 200

    def test_personal_data_is_covered_until_asked_for_and_asking_is_on_record(self) -> None:
        client = self.client(self.reader)
        for name in self.pages.personal:
            row = next(row for row in self.rows if getattr(row, name))
            value = getattr(row, name)
            assert value not in client.get(self.url("list")).content.decode()
            assert value not in client.get(self.url("detail", pk=row.pk)).content.decode()
            shown = client.post(self.url("reveal", pk=row.pk), {"field": name}, headers={"HX-Request": "true"})
            assert value in shown.content.decode()
            entry = AuditEntry.objects.filter(operation=AuditOperation.VIEW).latest("pk")
            assert (entry.object_id, entry.after) == (row.pk, {"fields": [name]})
            assert client.post(self.url("reveal", pk=row.pk), {"field": "pk"}).status_code == 404

    # --- rights -------------------------------------------------------------------------------------------------------

    def addresses(self) -> list[tuple[str, str]]:
        """(suffix, address) of every page of the set that needs no more than an object."""
        pk = self.rows[0].pk
        found = [("list", self.url("list"))]
        found += [("create", self.url("create"))] if self.has("create") else []
        found += [(name, self.url(name, pk=pk)) for name in ("detail", "edit", "delete") if self.has(name, pk=pk)]
        return found

    @pytest.mark.usefixtures("plain_error_pages")
    def test_foreign_estate_is_not_found_and_on_record(self) -> None:
        before = self.snapshot()
        client = self.client(self.foreigner)
        for suffix, url in self.addresses():
            recorded = AuditEntry.objects.filter(operation=AuditOperation.DENIED).count()
            assert client.get(url).status_code == 404, suffix
            assert client.post(url, self.data()).status_code == 404, suffix
            assert AuditEntry.objects.filter(operation=AuditOperation.DENIED).count() == recorded + 2
        assert self.snapshot() == before

    @pytest.mark.usefixtures("plain_error_pages")
    def test_object_of_another_estate_is_not_found_under_ones_own(self) -> None:
        """The foreigner puts somebody else's key behind the address of their own estate."""
        before = self.snapshot()
        client = self.client(self.foreigner)
        pk = self.rows[0].pk
        for suffix in ("detail", "edit", "delete"):
            if self.has(suffix, pk=pk):
                url = self.url(suffix, estate="RIVAL", pk=pk)
                assert client.get(url).status_code == 404, suffix
                assert client.post(url, self.data()).status_code == 404, suffix
        assert self.snapshot() == before

    @pytest.mark.usefixtures("plain_error_pages")
    def test_missing_right_is_refused_and_changes_nothing(self) -> None:
        before = self.snapshot()
        if self.without_right:
            for suffix, url in self.addresses():
                assert self.client(self.without_right).get(url).status_code == 403, suffix
        for suffix, url in self.addresses():
            if suffix in ("create", "edit", "delete"):
                assert self.client(self.without_change).post(url, self.data()).status_code == 403, suffix
        assert self.snapshot() == before

    # --- writing ------------------------------------------------------------------------------------------------------

    def test_create_makes_one_row_however_often_it_is_sent(self) -> None:
        if not self.pages.creates():
            assert not self.has("create")
            return
        client, before = self.client(self.writer), self.count()
        page = client.get(self.url("create"))
        assert page.status_code == 200
        data = self.data() | {"_once": page.context["once"]}
        answers = [client.post(self.url("create"), data) for _again in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302], _errors(answers[0])
        assert answers[0]["Location"] == answers[1]["Location"]
        assert self.count() == before + 1

    def test_bad_input_is_shown_and_changes_nothing(self) -> None:
        before = self.snapshot()
        data = self.data()
        bad = data | self.bad_data if self.bad_data else dict.fromkeys(data, "")
        for suffix, url in self.addresses():
            if suffix in ("create", "edit"):
                page = self.client(self.writer).post(url, bad)
                assert page.status_code == 422, suffix
                assert page.context["form"].errors
        assert self.snapshot() == before

    def test_edit_changes_the_row_and_is_on_record(self) -> None:
        row = self.rows[0]
        if self.pages.edit is None:
            assert not self.has("edit", pk=row.pk)
            return
        url = self.url("edit", pk=row.pk)
        assert self.client(self.writer).get(url).status_code == 200
        answer = self.client(self.writer).post(url, self.data())
        assert answer.status_code == 302, _errors(answer)
        entry = AuditEntry.objects.filter(table=row._meta.label_lower, object_id=row.pk).latest("pk")
        assert (entry.operation, entry.actor) == (AuditOperation.UPDATE, getattr(self.world, self.writer))


def _errors(answer: Any) -> Any:
    form = (answer.context or {}).get("form") if answer.context is not None else None
    return form.errors if form is not None else answer
