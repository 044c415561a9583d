"""Pages of the streets and communities of a district, for its officers; they belong to no estate."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts import actions, authority, filters, forms, permissions, tables
from anju.foundation.accounts.models import Organisation
from anju.kit.pages.base import Page
from anju.kit.pages.details import DetailPage, Field, Section
from anju.kit.pages.edits import CreatePage, EditPage
from anju.kit.pages.lists import ListPage
from anju.kit.pages.sets import PageSet


class OfDistrict(Page):
    def get_rows(self) -> QuerySet[Organisation]:
        return authority.offices_below(self.access)  # type: ignore[arg-type]


class OfficeList(OfDistrict, ListPage): ...


class OfficeDetail(OfDistrict, DetailPage): ...


class OfficeCreate(OfDistrict, CreatePage):
    title = _("New street or community")

    def get_form(self) -> Any:
        form = super().get_form()
        form.fields["parent"].queryset = authority.offices_over(self.access)  # type: ignore[arg-type]
        return form


class OfficeEdit(OfDistrict, EditPage):
    def get_initial(self) -> dict[str, Any]:
        return {"name": self.object.name}


class OfficePages(PageSet):
    model = Organisation
    name, path = "office", "offices"
    title, icon = _("Streets and communities"), "map-pin"
    subtitle = _("The offices of the district. Companies name the community in which their estate lies.")
    view_permission = change_permission = permissions.MANAGE_OFFICES
    rows = authority.offices_below
    table, filters = tables.OfficeTable, filters.OrganisationFilters
    search, search_hint = ("name", "code"), _("Name or code")
    ordering = ("code",)
    sections = (Section(_("The organisation"), ("name", "code", Field("kind", tone=""), "parent")),)
    form, edit_form = forms.OfficeForm, forms.OrganisationForm
    create, edit = actions.add_office, actions.edit_organisation
    object_argument = "organisation"
    list_page, detail_page, create_page, edit_page = OfficeList, OfficeDetail, OfficeCreate, OfficeEdit
