"""Pages of estates: the list across all that a person sees, and one estate's own data."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts.models import Organisation
from anju.foundation.registry import actions, filters, forms, permissions, rules, selectors, tables
from anju.foundation.registry.console.base import WithParties
from anju.foundation.registry.models import Estate, Unit
from anju.kit.pages import ActionPage, CreatePage, Crumb, DetailPage, Field, ListPage, PageAction, Section
from anju.kit.pages.base import Page


def estates_seen(access: Any, permission: str) -> QuerySet[Estate]:
    """The estates in which a person holds ``permission``, with the number of units of each."""
    ids = sorted(access.estates_with(permission))
    rows: QuerySet[Estate] = Estate.objects.filter(pk__in=ids).select_related("company", "community")
    return rows


class EstateListPage(ListPage):
    """Choosing an estate; head office adds new ones here."""

    permission = permissions.VIEW
    title, icon = _("Estates"), "building-community"
    table, filters = tables.EstateTable, filters.EstateFilters
    search, search_hint = ("name", "code", "address"), _("Name, code or address")
    ordering = ("name", "pk")
    empty_text = _("Nobody has given you a role in an estate yet. Ask the head office of your company.")
    page_actions = (
        PageAction(_("New estate"), "estate_create", permissions.MANAGE_ESTATES, icon="plus", primary=True),
    )
    exportable = False

    def get_rows(self) -> QuerySet[Estate]:
        return estates_seen(self.access, permissions.VIEW)

    def make_table(self, rows: Any, *, every: bool = False) -> Any:
        counts = dict(
            Unit.objects.filter(estate__in=[row.pk for row in rows]).values_list("estate").annotate(Count("pk"))
        )
        for row in rows:
            row.unit_count = counts.get(row.pk, 0)
        return super().make_table(rows, every=every)

    def get_row_url(self, row: Estate) -> str:
        return self.url("home", estate=row.code)

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        return super().url("site:home" if name == "home" else name, *args, **kwargs)


class WithOrganisations(Page):
    """Offers the organisations that fit: companies and committees in which the person works or that are the estate's
    already, and every community, since where an estate lies is for no company to decide."""

    def get_form(self) -> Any:
        form = super().get_form()  # type: ignore[misc]
        mine = [standing.organisation_id for standing in self.access.standings]  # type: ignore[attr-defined]
        own = Q(pk__in=mine)
        estate = self.estate
        near = {
            "company": own | Q(pk=estate.company_id) if estate else own,
            "community": Q(),
            "committee": own | Q(pk__in=selectors.fitting_committees(estate).values("pk")) if estate else own,
        }
        for name, condition in near.items():
            fitting = Organisation.objects.filter(condition, kind__in=rules.ORGANISATION_KINDS[name])
            form.fields[name].queryset = fitting.order_by("name", "pk")
        return form


class EstateCreatePage(WithOrganisations, CreatePage):
    permission = permissions.MANAGE_ESTATES
    title = _("New estate")
    form, form_columns = forms.EstateForm, 2
    action = staticmethod(actions.create_estate)

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(_("Estates"), self.url("registry:estate_list"))]

    def get_initial(self) -> dict[str, Any]:
        companies = {estate.company for estate in self.access.estates if estate.company_id}  # type: ignore[attr-defined]
        return {"company": companies.pop() if len(companies) == 1 else None}

    def get_cancel_url(self) -> str:
        return self.url("registry:estate_list")

    def get_success_url(self, result: Any) -> str:
        return self.url("site:home", estate=result.code)


class EstateProfile(DetailPage):
    """What is known of one estate, with the findings on its management rooms."""

    permission = permissions.VIEW
    template_name = "registry/estate.html"
    icon = "building-community"
    page_actions = (
        PageAction(_("Committee"), "estate_committee", permissions.APPOINT, icon="users"),
        PageAction(_("Edit"), "estate_edit", permissions.MANAGE_ESTATES, icon="pencil"),
    )
    sections = (
        Section(
            _("Estate"),
            (
                "name",
                "code",
                Field("kind", tone=""),
                "address",
                "phone",
                "company",
                "community",
                "committee",
                Field("developer", link="registry:party_card"),
                Field("total_floor_area", unit="m²"),
                Field("first_phase_floor_area", unit="m²"),
            ),
        ),
    )

    def prepare(self) -> None:
        self.object = self.estate

    def get_detail(self) -> dict[str, Any]:
        return super().get_detail() | {"findings": selectors.room_findings(self.estate)}


class OneEstateForm(ActionPage):
    """A form about the estate of the address."""

    def prepare(self) -> None:
        self.object = self.estate

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(self.estate.name, self.url("estate_detail"))]

    def get_cancel_url(self) -> str:
        return self.url("estate_detail")

    def get_success_url(self, result: Any) -> str:
        return self.url("estate_detail")


class EstateEditPage(WithOrganisations, WithParties, OneEstateForm):
    permission = permissions.MANAGE_ESTATES
    title = _("Edit the estate")
    form, form_columns = forms.EstateEditForm, 2
    action = staticmethod(actions.edit_estate)

    def get_initial(self) -> dict[str, Any]:
        return {"developer": self.estate.developer}


class CommitteePage(OneEstateForm):
    """Which of the committees entered for the estate is the one that speaks for its owners now."""

    permission = permissions.APPOINT
    title = _("The estate's committee")
    intro = _("Members of this committee see the estate; those of an earlier one see it no more.")
    form = forms.CommitteeForm
    action = staticmethod(actions.appoint_committee)

    def get_form(self) -> Any:
        form = super().get_form()
        form.fields["committee"].queryset = selectors.fitting_committees(self.estate)
        return form

    def get_initial(self) -> dict[str, Any]:
        return {"committee": self.estate.committee_id} | super().get_initial()
