"""What the register's pages have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django_scopes import get_scope

from anju.foundation.registry import permissions
from anju.foundation.registry.forms import PartyField
from anju.kit.pages import CreatePage, EditPage, ListPage, PageSet
from anju.kit.pages.base import Page

Rows = Callable[[], QuerySet[Any]]


def here(selector: Callable[[Any], QuerySet[Any]]) -> Rows:
    """``selector(estate)`` as pages want it: without arguments, of the estate whose scope the request is in."""

    def rows() -> QuerySet[Any]:
        return selector(get_scope()["estate"])

    return rows


class WithParties(Page):
    """A form in which people are named; typing offers those of the estate."""

    def get_form(self) -> Any:
        form = super().get_form()  # type: ignore[misc]
        for field in form.fields.values():
            if isinstance(field, PartyField):
                field.offer_from(self.url("party_options"))
        return form


class EstateList(ListPage):
    @property
    def exportable(self) -> bool:  # type: ignore[override]
        """Lists leave the building only with those who hold that right."""
        return self.access.can(permissions.EXPORT)


class EstateCreate(WithParties, CreatePage):
    form_columns = 2


class EstateEdit(WithParties, EditPage):
    form_columns = 2


class RegistryPages(PageSet):
    """The pages of one noun of the register."""

    view_permission: ClassVar[str] = permissions.VIEW
    change_permission: ClassVar[str] = permissions.CHANGE
    reveal_permission: ClassVar[str] = permissions.REVEAL
    list_page, create_page, edit_page = EstateList, EstateCreate, EstateEdit
