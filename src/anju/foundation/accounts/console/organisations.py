"""Pages of organisations: those that have to do with an estate, and across all estates that somebody sees."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts import actions, authority, filters, forms, permissions, rules, selectors, tables
from anju.foundation.accounts.access import Access
from anju.foundation.accounts.console.base import OfEstates
from anju.foundation.accounts.models import Organisation
from anju.kit.pages.details import DetailPage, Field, Related, Section
from anju.kit.pages.edits import CreatePage, EditPage
from anju.kit.pages.lists import ListPage
from anju.kit.pages.sets import PageSet


class OfOrganisations(OfEstates):
    """Across estates, officers also see the offices below their own that have no estate yet."""

    def get_rows(self) -> QuerySet[Organisation]:
        offices = set()
        if self.estate is None:
            standings = self.access.standings  # type: ignore[attr-defined]
            offices = {held.organisation_id for held in standings if held.role in permissions.OFFICERS}
        return selectors.organisations(self.estate_ids(), offices)


class OrganisationList(OfOrganisations, ListPage): ...


class OrganisationDetail(OfOrganisations, DetailPage):
    def prepare(self) -> None:
        super().prepare()
        self.everywhere = Access(self.access.user)
        seen = self.everywhere.estates_with(permissions.VIEW_ORGANISATIONS)
        # What the people of an estate did that somebody does not see is none of their business.
        self.history = self.object.kept_by_id is None or self.object.kept_by_id in seen
        known = [self.estate.pk] if self.estate is not None else self.everywhere.estates_with(permissions.VIEW)
        offered = authority.roles_to_give(self.everywhere, self.estate) if self.estate is not None else []
        gives = self.object in [organisation for organisation, _roles in offered]
        self.related = (
            Related(
                "people", _("People in a role"),
                lambda one: selectors.acting(known).filter(organisation=one).order_by("user__name", "pk"),
                tables.MembershipTable, permission=permissions.VIEW, row_url="membership_detail",
                without=("organisation",), add="membership_create" if gives else "", add_label=_("Give a role"),
                add_permission=permissions.MANAGE, add_query=lambda one: f"organisation={one.pk}",
                empty_text=_("Nobody acts for this organisation here."),
            ),
            Related(
                "estates", _("Estates"), lambda one: selectors.estates_of(one, seen), tables.ReachedTable,
                empty_text=_("It has to do with none of the estates that you see."),
            ),
        )  # fmt: skip

    def get_edit_url(self) -> str:
        return super().get_edit_url() if authority.can_keep(self.everywhere, self.object) else ""

    def get_actions(self) -> list[dict[str, Any]]:
        """A committee that the estate does not have yet leads to where it is named as such."""
        found = super().get_actions()
        estate, committee = self.estate, self.object
        if estate is None or committee.kept_by_id != estate.pk or committee.kind not in rules.COMMITTEES:
            return found
        url = self.url("registry:estate_committee")
        if url and estate.committee_id != committee.pk and self.access.can(permissions.MANAGE):
            label = _("Make it the estate's committee")
            found.append({"label": label, "url": f"{url}?committee={committee.pk}", "icon": "users", "primary": False})
        return found


class OrganisationCreate(OfOrganisations, CreatePage):
    title = _("New organisation")
    intro = _(
        "A committee of the estate, a supplier or a developer. "
        "Companies and authorities are entered by those who run the installation."
    )


class OrganisationEdit(OfOrganisations, EditPage):
    def prepare(self) -> None:
        super().prepare()
        if not authority.can_keep(Access(self.access.user), self.object):
            raise PermissionDenied(self.get_permission())

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.object.name}


class OrganisationOverview(PageSet):
    """Across estates there is nothing to enter: what is new belongs to one of them."""

    model = Organisation
    name, path = "organisation", "organisations"
    title, icon = _("Organisations"), "sitemap"
    subtitle = _("Who runs, oversees and serves the estate: companies, authorities, committees, suppliers.")
    view_permission = permissions.VIEW_ORGANISATIONS
    rows = selectors.organisations
    table, filters = tables.OrganisationTable, filters.OrganisationFilters
    search, search_hint = ("name", "code"), _("Name or code")
    ordering = ("code",)
    sections = (
        Section(
            _("The organisation"),
            (
                "name",
                "code",
                Field("kind", tone=""),
                Field("parent", link="accounts:organisation_detail"),
            ),
        ),
    )
    list_page, detail_page = OrganisationList, OrganisationDetail


class OrganisationPages(OrganisationOverview):
    """Those of one estate."""

    change_permission = permissions.MANAGE
    form, edit_form = forms.NewOrganisationForm, forms.OrganisationForm
    create, edit = actions.add_organisation, actions.edit_organisation
    create_page, edit_page = OrganisationCreate, OrganisationEdit
