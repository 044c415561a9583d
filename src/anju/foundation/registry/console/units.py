"""Pages of units, of their owners over time, and of who lives there."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry import actions, filters, forms, permissions, selectors, tables
from anju.foundation.registry.console.base import EstateCreate, RegistryPages, WithParties, here
from anju.foundation.registry.models import Occupancy, Ownership, Unit
from anju.kit import clock, panels
from anju.kit.chinese import normalise
from anju.kit.pages import DetailPage, Field, ObjectActionPage, PageAction, Related, Section
from anju.kit.searches import begins, by_any


def find_units(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Units whose code or number begins with ``text``, or whose owner of today is called so."""
    text = normalise(text)
    owned = Ownership.objects.filter(selectors.in_force(), party__name__startswith=text, unit__isnull=False)
    return by_any(rows, begins("code", text), Q(number__startswith=text), owned.values_list("unit"))


class UnitDetail(DetailPage):
    """A unit with its owners and occupants; modules above add panels ("registry.unit")."""

    template_name = "registry/with_panels.html"

    def get_detail(self) -> dict[str, Any]:
        shown = super().get_detail()
        tab = shown["tab"]
        return shown | {"panels": panels.render("registry.unit", self.request, self.object) if not tab else []}

    def get_history_objects(self) -> list[models.Model]:
        """A unit's history tells who owned it and lived there."""
        unit = self.object
        return [unit, *unit.ownerships.all(), *unit.occupancies.all()]


class UnitPages(RegistryPages):
    model, path = Unit, "units"
    title, subtitle, icon = _("Units"), _("Homes, shops and offices with their owners of today."), "door"
    rows = here(selectors.units_of_estate)
    table, filters, search, search_hint = tables.UnitTable, filters.UnitFilters, find_units, _("Room or owner")
    ordering, hidden_columns = ("code",), ("inner_area", "note")
    empty_text = _("Import a workbook to bring all units and owners in at once, or add the first unit by hand.")
    list_actions = (
        PageAction(_("Unit board"), "board", permissions.VIEW, icon="layout-grid"),
        PageAction(_("Import"), "import_list", permissions.IMPORT, icon="file-import"),
    )
    form, edit_form, create, edit = forms.UnitForm, forms.UnitEditForm, actions.create_unit, actions.edit_unit
    detail_page = UnitDetail
    detail_actions = (
        PageAction(_("Change of ownership"), "unit_transfer", permissions.TRANSFER, icon="transfer", with_object=True),
        PageAction(_("Correct the owners"), "unit_owners", permissions.CHANGE, icon="user-edit", with_object=True),
    )
    sections = (
        Section(
            _("Unit"),
            (
                "code",
                Field("building", link="registry:building_detail"),
                Field("entrance", link="registry:entrance_detail"),
                "floor",
                "kind",
                Field("state", tone=""),
                Field("exclusive_area", unit="m²"),
                Field("inner_area", unit="m²"),
                "delivery_date",
                Field("note", wide=True),
            ),
        ),
    )
    related = (
        Related("owners", _("Owners, present and former"), lambda unit: selectors.ownership_history(unit=unit),
                tables.OwnershipTable, empty_text=_("Nobody owns it yet: the developer pays.")),
        Related("occupants", _("Who lives there"),
                lambda unit: unit.occupancies.select_related("party", "unit").order_by("-since", "pk"),
                tables.OccupancyTable, row_url="occupancy_detail", add="occupancy_create",
                add_permission=permissions.CHANGE, add_query=lambda unit: f"unit={unit.code}"),
    )  # fmt: skip

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return super().urls() + owner_urls(cls, cls.rows, "unit")


class OwnersPage(WithParties, ObjectActionPage):
    """Who owns a unit or space: a first entry, or a correction of what one day's entry says."""

    template_name = "registry/owners.html"
    form = forms.OwnersForm
    title = _("Correct the owners")
    intro = _("For a first entry or a mistake in it. When it was sold, record a change of ownership instead.")

    def present(self) -> list[Ownership]:
        """The ownerships of today."""
        rows: list[Ownership] = list(
            self.object.ownerships.filter(selectors.in_force()).select_related("party").order_by("-share", "pk")
        )
        return rows

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_initial()
        for number, row in enumerate(self.present()[: forms.OWNER_ROWS], start=1):
            initial |= {
                f"party_{number}": row.party,
                f"share_{number}": f"{row.share.normalize():f}",
                "since": row.since,
            }
        return initial

    def show(self, form: Any, status: int = 200) -> Any:
        self.owners_now = self.present()
        return super().show(form, status)


class TransferPage(OwnersPage):
    """A unit or space passes to others; what was stays on record."""

    form = forms.TransferForm
    title = _("Change of ownership")
    intro = _("From the day given the new owners pay and vote. Bills of that month are split by days.")
    success = _("The change of ownership is on record.")
    submit_label = _("Record the change")

    def get_initial(self) -> dict[str, Any]:
        seen = ",".join(str(row.pk) for row in self.present())
        return {"seen": seen, "on": clock.today()}


def owner_urls(pages: Any, rows: Any, name: str) -> list[URLPattern]:
    """The addresses where owners of ``name`` ("unit" or "space") are recorded."""
    given = {"pages": pages, "rows": rows, "object_argument": name}
    transfer = TransferPage.as_view(permission=permissions.TRANSFER, action=actions.transfer_ownership, **given)
    owners = OwnersPage.as_view(permission=permissions.CHANGE, action=actions.set_owners, **given)
    return [
        path(f"{name}s/<int:pk>/transfer/", transfer, name=f"{name}_transfer"),
        path(f"{name}s/<int:pk>/owners/", owners, name=f"{name}_owners"),
    ]


class OccupancyCreate(EstateCreate):
    title = _("Somebody moves in")

    def get_arguments(self) -> dict[str, Any]:
        return {}  # the unit says which estate it is

    def get_initial(self) -> dict[str, Any]:
        return {"since": clock.today()} | super().get_initial()


class EndOccupancy(ObjectActionPage):
    title = _("Moves out")
    form = forms.EndOccupancyForm

    def get_initial(self) -> dict[str, Any]:
        return {"until": clock.today()}


def find_occupancies(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    text = normalise(text)
    return by_any(rows, Q(unit__in=selectors.units_called(text)), Q(party__in=selectors.parties_called(text)))


class OccupancyPages(RegistryPages):
    model, name, path = Occupancy, "occupancy", "occupancies"
    title, subtitle, icon = _("Residents and tenants"), _("Who lives in or uses which unit, since when."), "users-group"
    rows = here(selectors.occupancies_of_estate)
    table, filters, search = tables.OccupancyTable, filters.OccupancyFilters, find_occupancies
    search_hint, ordering = _("Room or name"), ("-pk",)
    empty_text = _("Record tenants and families as they move in: charging and access follow from it.")
    form, create, create_page = forms.OccupancyForm, actions.start_occupancy, OccupancyCreate
    detail_actions = (
        PageAction(_("Moves out"), "occupancy_end", permissions.CHANGE, icon="door-exit", with_object=True),
    )
    sections = (
        Section(
            _("Occupancy"),
            (
                Field("unit", link="registry:unit_detail"),
                Field("party", link="registry:party_card"),
                Field("kind", tone=""),
                "since",
                "until",
            ),
        ),
    )

    @classmethod
    def urls(cls) -> list[URLPattern]:
        end = EndOccupancy.as_view(
            pages=cls, rows=cls.rows, permission=permissions.CHANGE, action=actions.end_occupancy
        )
        return [*super().urls(), path("occupancies/<int:pk>/end/", end, name="occupancy_end")]
