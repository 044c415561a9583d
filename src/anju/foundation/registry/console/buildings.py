"""Pages of phases, buildings, entrances, places and management rooms."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.foundation.registry import actions, filters, forms, permissions, selectors, tables
from anju.foundation.registry.console.base import EstateList, RegistryPages, here
from anju.foundation.registry.models import Building, Entrance, ManagementRoom, Phase, Place
from anju.kit.pages import Field, PageAction, Related, Section


class PhasePages(RegistryPages):
    model, path = Phase, "phases"
    title, subtitle, icon = _("Phases"), _("Stages in which the estate was built."), "layers-subtract"
    rows = here(selectors.phases_of_estate)
    table, search, ordering = tables.PhaseTable, ("code", "name"), ("code",)
    empty_text = _("An estate built in one go needs none. Add phases when parts were delivered at different times.")
    form, create, edit = forms.PhaseForm, actions.create_phase, actions.edit_phase
    sections = (Section(_("Phase"), ("code", "name")),)
    related = (
        Related(
            "buildings", _("Buildings"),
            lambda phase: phase.buildings.select_related("phase").order_by("position", "code"), tables.BuildingTable,
            row_url="building_detail",
        ),
    )  # fmt: skip


class BuildingPages(RegistryPages):
    model, path = Building, "buildings"
    title, subtitle, icon = _("Buildings"), _("Every building with its entrances and units."), "building"
    rows = here(selectors.buildings_of_estate)
    table, filters, search = tables.BuildingTable, filters.BuildingFilters, ("code", "name")
    ordering = ("position", "code")
    empty_text = _("Import a workbook to bring buildings and units in at once, or add the first building by hand.")
    list_actions = (
        PageAction(_("Unit board"), "board", permissions.VIEW, icon="layout-grid"),
        PageAction(_("Import"), "import_list", permissions.IMPORT, icon="file-import"),
    )
    form, create, edit = forms.BuildingForm, actions.create_building, actions.edit_building
    sections = (Section(_("Building"), ("code", "name", Field("phase", link="registry:phase_detail"), "floors")),)
    related = (
        Related(
            "entrances", _("Entrances"),
            lambda building: building.entrances.select_related("building").order_by("code"), tables.EntranceTable,
            row_url="entrance_detail", add="entrance_create", add_permission=permissions.CHANGE,
            add_query=lambda building: f"building={building.pk}",
        ),
        Related(
            "units", _("Units"), lambda building: building.units.order_by("code"), tables.PlainUnitTable,
            row_url="unit_detail", add="unit_create", add_permission=permissions.CHANGE,
            add_query=lambda building: f"building={building.pk}",
            more_url=lambda building: f"../../units/?building={building.pk}",
        ),
    )  # fmt: skip


class EntrancePages(RegistryPages):
    model, path = Entrance, "entrances"
    title, icon = _("Entrances"), "door-enter"
    rows = here(selectors.entrances_of_estate)
    table, filters, search = tables.EntranceTable, filters.OfBuilding, ("code", "building__code", "building__name")
    ordering = ("building__code", "code")
    form, create, edit = forms.EntranceForm, actions.create_entrance, actions.edit_entrance
    sections = (
        Section(_("Entrance"), ("code", Field("building", link="registry:building_detail"), "floors", "has_lift")),
    )
    related = (
        Related(
            "units", _("Units"), lambda entrance: entrance.units.order_by("code"), tables.PlainUnitTable,
            row_url="unit_detail", add="unit_create", add_permission=permissions.CHANGE,
            add_query=lambda entrance: f"building={entrance.building_id}&entrance={entrance.pk}",
        ),
    )  # fmt: skip


class PlacePages(RegistryPages):
    model, path = Place, "places"
    title, icon = _("Places"), "map-pin"
    subtitle = _("Common parts and points: lobbies, garage levels, pump rooms, lawns. Each has a code to scan.")
    rows = here(selectors.places_of_estate)
    table, filters, search, ordering = tables.PlaceTable, filters.OfBuilding, ("code", "name"), ("code",)
    form, create, edit = forms.PlaceForm, actions.create_place, actions.edit_place
    sections = (
        Section(
            _("Place"),
            (
                "code",
                "name",
                Field("parent", link="registry:place_detail"),
                Field("building", link="registry:building_detail"),
                Field("token", _("Code on its sign")),
            ),
        ),
    )
    related = (
        Related(
            "children", _("Parts of it"),
            lambda place: place.children.select_related("parent", "building").order_by("code"), tables.PlaceTable,
            row_url="place_detail", add="place_create", add_permission=permissions.CHANGE,
            add_query=lambda place: f"parent={place.pk}",
        ),
    )  # fmt: skip


class RoomList(EstateList):
    """The rooms, under what the law asks for and what there is (P11-09 to P11-11)."""

    template_name = "registry/room_list.html"

    def get_listing(self) -> dict[str, Any]:
        return super().get_listing() | {"findings": selectors.room_findings(self.estate)}


class RoomPages(RegistryPages):
    model, name, path = ManagementRoom, "room", "management-rooms"
    title, icon = _("Management rooms"), "building-skyscraper"
    subtitle = _("Rooms that the developer must provide for the company and for the owners' committee.")
    rows = here(selectors.management_rooms_of_estate)
    table, filters, search, ordering = tables.RoomTable, filters.RoomFilters, ("name",), ("purpose", "name")
    empty_text = _("Add the rooms that the developer has handed over; the check above counts them.")
    form, object_argument = forms.RoomForm, "room"
    create, edit, delete = actions.create_management_room, actions.edit_management_room, actions.delete_management_room
    sections = (
        Section(
            _("Management room"),
            (
                "name",
                Field("purpose", tone=""),
                Field("area", unit="m²"),
                "above_ground",
                "self_contained",
                "has_water",
                "has_electricity",
                "temporary",
            ),
        ),
    )
    list_page = RoomList
