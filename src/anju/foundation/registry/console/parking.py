"""Pages of vehicles, car parks, zones and spaces."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry import actions, filters, forms, permissions, selectors, tables
from anju.foundation.registry.console.base import RegistryPages, here
from anju.foundation.registry.console.units import owner_urls
from anju.foundation.registry.models import CarPark, ParkingSpace, ParkingZone, Vehicle
from anju.kit.chinese import normalise
from anju.kit.pages import DetailPage, Field, ObjectActionPage, PageAction, Related, Section
from anju.kit.searches import begins, by_any


def find_vehicles(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """By plate, with or without the province, by keeper or space."""
    text = normalise(text)
    return by_any(
        rows,
        selectors.vehicles_called(text).values_list("pk"),
        Q(party__in=selectors.parties_called(text)),
        Q(space__in=selectors.spaces_called(text)),
    )


class VehiclePages(RegistryPages):
    model, path = Vehicle, "vehicles"
    title, subtitle, icon = _("Vehicles"), _("Plates, keepers and the spaces they may stand on."), "car"
    rows = here(selectors.vehicles_of_estate)
    table, filters, search = tables.VehicleTable, filters.VehicleFilters, find_vehicles
    search_hint, ordering, hidden_columns = _("Plate, keeper or space"), ("plate",), ("since", "until")
    empty_text = _("Register the first vehicle; blue and green plates are checked as you type them.")
    form, create, edit = forms.VehicleForm, actions.register_vehicle, actions.edit_vehicle
    detail_actions = (
        PageAction(_("Give a space"), "vehicle_space", permissions.CHANGE, icon="parking", with_object=True),
        PageAction(_("Free the space"), "vehicle_release", permissions.CHANGE, icon="parking-off", with_object=True),
    )
    sections = (
        Section(
            _("Vehicle"),
            (
                "plate",
                Field("party", link="registry:party_card"),
                Field("space", link="registry:space_detail"),
                "kind",
                "brand",
                "colour",
                "since",
                "until",
            ),
        ),
    )

    @classmethod
    def urls(cls) -> list[URLPattern]:
        given = {"pages": cls, "rows": cls.rows, "permission": permissions.CHANGE}
        give = GiveSpace.as_view(action=actions.assign_space, **given)
        release = ReleaseSpace.as_view(action=actions.release_space, **given)
        return [
            *super().urls(),
            path("vehicles/<int:pk>/space/", give, name="vehicle_space"),
            path("vehicles/<int:pk>/release/", release, name="vehicle_release"),
        ]


class GiveSpace(ObjectActionPage):
    title = _("Give a space")
    form = forms.SpaceGrantForm

    def get_initial(self) -> dict[str, Any]:
        return {"space": self.object.space} | super().get_initial()


class ReleaseSpace(ObjectActionPage):
    title = _("Free the space")
    intro = _("The vehicle stays on the register without a space; a space under a monthly permit becomes vacant.")
    form = django_forms.Form
    submit_label = _("Free the space")


class CarParkPages(RegistryPages):
    model, name, path = CarPark, "car_park", "car-parks"
    title, icon = _("Car parks"), "parking-circle"
    rows = here(selectors.car_parks_of_estate)
    table, search, ordering = tables.CarParkTable, ("code", "name"), ("code",)
    empty_text = _("Add a car park, then its zones by level, then the spaces; an import does all three.")
    form, create, edit = forms.CarParkForm, actions.create_car_park, actions.edit_car_park
    object_argument = "car_park"
    sections = (Section(_("Car park"), ("code", "name")),)
    related = (
        Related(
            "zones", _("Zones"), lambda park: park.zones.select_related("car_park").order_by("-level", "code"),
            tables.ZoneTable, row_url="zone_detail", add="zone_create", add_permission=permissions.CHANGE,
            add_query=lambda park: f"car_park={park.pk}",
        ),
    )  # fmt: skip


class ZonePages(RegistryPages):
    model, name, path = ParkingZone, "zone", "zones"
    title, icon = _("Parking zones"), "map"
    subtitle = _("Parts of one level, each with its own guidance sign and staffing.")
    rows = here(selectors.zones_of_estate)
    table, filters, search = tables.ZoneTable, filters.ZoneFilters, ("code", "name")
    ordering = ("-level", "code")
    form, create, edit, object_argument = forms.ZoneForm, actions.create_zone, actions.edit_zone, "zone"
    sections = (
        Section(
            _("Zone"),
            (
                "code",
                "name",
                Field("car_park", link="registry:car_park_detail"),
                "level",
                Field("audience", tone=""),
                "guidance_sign",
                "attendants",
            ),
        ),
    )
    related = (
        Related(
            "spaces", _("Spaces"), lambda zone: zone.spaces.order_by("code"), tables.PlainSpaceTable,
            row_url="space_detail", add="space_create", add_permission=permissions.CHANGE,
            add_query=lambda zone: f"zone={zone.pk}", more_url=lambda zone: f"../../spaces/?zone={zone.pk}",
        ),
    )  # fmt: skip


def find_spaces(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return rows.filter(begins("code", normalise(text)))


class SpaceDetail(DetailPage):
    def get_history_objects(self) -> list[models.Model]:
        return [self.object, *self.object.ownerships.all()]


class SpacePages(RegistryPages):
    model, name, path = ParkingSpace, "space", "spaces"
    title, subtitle, icon = _("Parking spaces"), _("Sold, under a monthly permit, temporary or vacant."), "parking"
    rows = here(selectors.spaces_of_estate)
    table, filters, search = tables.SpaceTable, filters.SpaceFilters, find_spaces
    search_hint, ordering = _("Number of the space"), ("code",)
    form, create, edit, object_argument = forms.SpaceForm, actions.create_space, actions.edit_space, "space"
    detail_page = SpaceDetail
    detail_actions = (
        PageAction(_("Change of ownership"), "space_transfer", permissions.TRANSFER, icon="transfer", with_object=True),
        PageAction(_("Correct the owners"), "space_owners", permissions.CHANGE, icon="user-edit", with_object=True),
    )
    sections = (
        Section(
            _("Parking space"),
            (
                "code",
                Field("zone", link="registry:zone_detail"),
                Field("zone__car_park", _("Car park"), link="registry:car_park_detail"),
                Field("use", tone=""),
                Field("area", unit="m²"),
            ),
        ),
    )
    related = (
        Related("owners", _("Owners, present and former"), lambda space: selectors.ownership_history(space=space),
                tables.OwnershipTable),
        Related("vehicles", _("Vehicles"),
                lambda space: space.vehicles.select_related("party", "space").order_by("plate"), tables.VehicleTable,
                row_url="vehicle_detail", add="vehicle_create", add_permission=permissions.CHANGE,
                add_query=lambda space: f"space={space.code}"),
    )  # fmt: skip

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return super().urls() + owner_urls(cls, cls.rows, "space")
