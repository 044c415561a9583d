"""All pages of one model from one declaration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.urls import URLPattern, path

from anju.kit.flow import Flow
from anju.kit.pages.base import Page, PageAction, Text
from anju.kit.pages.columns import Table
from anju.kit.pages.details import DetailPage, Related, Section
from anju.kit.pages.edits import CreatePage, DeletePage, EditPage
from anju.kit.pages.filters import Filters
from anju.kit.pages.flows import FlowPage
from anju.kit.pages.lists import PAGE_SIZE, BulkAction, ListPage
from anju.kit.pages.reveal import RevealPage


class PageSet:
    """List, detail, create, edit, delete, reveal and flow pages of ``model``; what isn't declared does not exist.

    ::

        class BuildingPages(PageSet):
            model = Building
            title = _("Buildings")
            view_permission, change_permission = permissions.VIEW, permissions.CHANGE
            rows = selectors.buildings
            table, filters, search, ordering = BuildingTable, BuildingFilters, ("code", "name"), ("position", "code")
            form, create, edit = BuildingForm, actions.create_building, actions.change_building
            sections = (Section(_("Building"), ("code", "name", "floors")),)

    Addresses: ``<path>/`` named ``<name>_list``, ``<path>/new/`` ``<name>_create``, ``<path>/<pk>/``
    ``<name>_detail``, and below that ``edit/``, ``delete/``, ``reveal/``, ``flow/<transition>/``. A page that needs
    more than a declaration is a subclass named in ``list_page``, ``detail_page`` and so on; its own attributes win.
    """

    model: ClassVar[type[models.Model]]
    name: ClassVar[str] = ""
    path: ClassVar[str] = ""
    title: ClassVar[Text] = ""
    subtitle: ClassVar[Text] = ""
    icon: ClassVar[str] = ""
    view_permission: ClassVar[str] = ""
    change_permission: ClassVar[str] = ""
    reveal_permission: ClassVar[str] = ""

    rows: ClassVar[Callable[[], models.QuerySet[Any]]]
    table: ClassVar[type[Table]]
    filters: ClassVar[type[Filters] | None] = None
    search: ClassVar[Sequence[str] | Callable[..., models.QuerySet[Any]]] = ()
    search_hint: ClassVar[Text] = ""
    ordering: ClassVar[Sequence[str]] = ("pk",)
    page_size: ClassVar[int] = PAGE_SIZE
    hidden_columns: ClassVar[Sequence[str]] = ()
    bulk: ClassVar[Sequence[BulkAction]] = ()
    empty_title: ClassVar[Text] = ""
    empty_text: ClassVar[Text] = ""
    create_label: ClassVar[Text] = ""
    """What the list's button for a new object says where "New" says too little."""
    list_actions: ClassVar[Sequence[PageAction]] = ()

    sections: ClassVar[Sequence[Section]] = ()
    related: ClassVar[Sequence[Related]] = ()
    detail_actions: ClassVar[Sequence[PageAction]] = ()
    personal: ClassVar[dict[str, str]] = {}
    flow: ClassVar[Flow | None] = None

    form: ClassVar[type[forms.BaseForm] | None] = None
    edit_form: ClassVar[type[forms.BaseForm] | None] = None
    create: ClassVar[Callable[..., Any] | None] = None
    edit: ClassVar[Callable[..., Any] | None] = None
    delete: ClassVar[Callable[..., Any] | None] = None
    object_argument: ClassVar[str] = ""

    list_page: ClassVar[type[ListPage]] = ListPage
    detail_page: ClassVar[type[DetailPage] | None] = DetailPage
    create_page: ClassVar[type[CreatePage]] = CreatePage
    edit_page: ClassVar[type[EditPage]] = EditPage
    delete_page: ClassVar[type[DeletePage]] = DeletePage
    flow_page: ClassVar[type[FlowPage]] = FlowPage
    reveal_page: ClassVar[type[RevealPage]] = RevealPage

    @classmethod
    def get_name(cls) -> str:
        return cls.name or str(cls.model._meta.model_name)

    @classmethod
    def get_path(cls) -> str:
        return cls.path or f"{cls.get_name().replace('_', '-')}s"

    @classmethod
    def creates(cls) -> bool:
        """Whether new objects can be made through these pages."""
        return cls.create is not None

    @classmethod
    def urls(cls) -> list[URLPattern]:
        """The addresses of every page that the declaration makes possible."""
        name, base = cls.get_name(), cls.get_path()
        view, change = cls.view_permission, cls.change_permission
        found = [
            path(f"{base}/", cls._view(
                cls.list_page, view, "title", "subtitle", "icon", "table", "filters", "search", "search_hint",
                "ordering", "page_size", "hidden_columns", "bulk", "empty_title", "empty_text",
                page_actions=cls.list_actions,
            ), name=f"{name}_list"),
        ]  # fmt: skip
        if cls.create is not None:
            form = {"form": cls.form, "action": cls.create}
            found.append(path(f"{base}/new/", cls._view(cls.create_page, change, **form), name=f"{name}_create"))
        one = f"{base}/<int:pk>/"
        if cls.detail_page is not None:
            detail = cls._view(
                cls.detail_page,
                view,
                "icon",
                "sections",
                "related",
                "personal",
                "flow",
                page_actions=cls.detail_actions,
            )
            found.append(path(one, detail, name=f"{name}_detail"))
        argument = {"object_argument": cls.object_argument}
        if cls.edit is not None:
            form = {"form": cls.edit_form or cls.form, "action": cls.edit}
            found.append(path(f"{one}edit/", cls._view(cls.edit_page, change, **form, **argument), name=f"{name}_edit"))
        if cls.delete is not None:
            page = cls._view(cls.delete_page, change, action=cls.delete, **argument)
            found.append(path(f"{one}delete/", page, name=f"{name}_delete"))
        if cls.personal:
            page = cls._view(cls.reveal_page, cls.reveal_permission or view, "personal")
            found.append(path(f"{one}reveal/", page, name=f"{name}_reveal"))
        if cls.flow is not None:
            page = cls._view(cls.flow_page, view, "flow")
            found.append(path(f"{one}flow/<slug:transition>/", page, name=f"{name}_flow"))
        return found

    @classmethod
    def _view(cls, page: type[Page], permission: str, *declared: str, **given: Any) -> Callable[..., Any]:
        """``page`` as a view with what this set declares; what the page's own class says is left alone."""
        wanted = {name: getattr(cls, name) for name in declared} | given
        wanted |= {"permission": permission, "pages": cls, "rows": getattr(cls, "rows", None)}
        own = {name for base in page.__mro__ if not base.__module__.startswith(__package__) for name in vars(base)}
        taken = {
            name: value
            for name, value in wanted.items()
            if hasattr(page, name) and name not in own and value not in (None, "", ())
        }
        return page.as_view(**taken)


def urls_for(*sets: type[PageSet]) -> list[URLPattern]:
    """The addresses of several sets, in order."""
    return [pattern for pages in sets for pattern in pages.urls()]
