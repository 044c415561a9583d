"""What the register's pages have in common: their selectors take the estate of the address."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet

from anju.foundation.registry import permissions
from anju.foundation.registry.forms import PartyField
from anju.kit.pages import CreatePage, DeletePage, DetailPage, EditPage, FlowPage, ListPage, PageSet, RevealPage
from anju.kit.pages.base import Page


class OfEstate(Page):
    """A page whose ``rows`` is a selector ``rows(estate)``."""

    def get_rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.rows(self.estate)
        return rows


class WithParties(Page):
    """A form in which people are named; typing offers those of the estate."""

    def get_form(self) -> Any:
        form = super().get_form()  # type: ignore[misc]
        for field in form.fields.values():
            if isinstance(field, PartyField):
                field.offer_from(self.url("party_options"))
        return form


class EstateList(OfEstate, ListPage):
    @property
    def exportable(self) -> bool:  # type: ignore[override]
        """Lists leave the building only with those who hold that right."""
        return self.access.can(permissions.EXPORT)


class EstateDetail(OfEstate, DetailPage): ...


class EstateCreate(WithParties, CreatePage):
    form_columns = 2


class EstateEdit(OfEstate, WithParties, EditPage):
    form_columns = 2


class EstateDelete(OfEstate, DeletePage): ...


class EstateFlow(OfEstate, FlowPage): ...


class EstateReveal(OfEstate, RevealPage): ...


class RegistryPages(PageSet):
    """The pages of one noun of the register."""

    view_permission: ClassVar[str] = permissions.VIEW
    change_permission: ClassVar[str] = permissions.CHANGE
    reveal_permission: ClassVar[str] = permissions.REVEAL
    list_page, detail_page, create_page, edit_page = EstateList, EstateDetail, EstateCreate, EstateEdit
    delete_page, flow_page, reveal_page = EstateDelete, EstateFlow, EstateReveal
