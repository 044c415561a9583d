"""How the lists of the register are narrowed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.enums import (
    ApplicationState,
    EstateKind,
    OccupancyState,
    OccupantKind,
    PartyKind,
    RoomPurpose,
    SpaceUse,
    UnitKind,
    VehicleKind,
)
from anju.foundation.registry.models import Building, CarPark, ParkingZone, Phase
from anju.foundation.registry.selectors import in_force
from anju.kit.pages import ChoiceFilter, Filters, ObjectFilter, YesNoFilter


class EstateFilters(Filters):
    kind = ChoiceFilter(label=_("Kind"), choices=EstateKind.choices)


class BuildingFilters(Filters):
    phase = ObjectFilter(label=_("Phase"), rows=lambda: Phase.objects.order_by("code"))


class OfBuilding(Filters):
    building = ObjectFilter(label=_("Building"), rows=lambda: Building.objects.order_by("position", "code"))


class RoomFilters(Filters):
    purpose = ChoiceFilter(label=_("Purpose"), choices=RoomPurpose.choices)


class UnitFilters(OfBuilding):
    kind = ChoiceFilter(label=_("Kind"), choices=UnitKind.choices)
    state = ChoiceFilter(label=_("Occupancy"), choices=OccupancyState.choices)


class InForce(Filters):
    """Today's rows, or those of other days."""

    now = YesNoFilter(label=_("Today"), method="filter_now")

    def filter_now(self, rows: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(in_force()) if value else rows.exclude(in_force())


class OccupancyFilters(InForce):
    kind = ChoiceFilter(label=_("As"), choices=OccupantKind.choices)


class PartyFilters(Filters):
    kind = ChoiceFilter(label=_("Kind"), choices=PartyKind.choices)
    prepayment_agreed = YesNoFilter(label=_("Prepayment agreed"))


class VehicleFilters(Filters):
    kind = ChoiceFilter(label=_("Kind"), choices=VehicleKind.choices)
    has_space = YesNoFilter(label=_("With a space"), field_name="space", lookup_expr="isnull", exclude=True)


class ZoneFilters(Filters):
    car_park = ObjectFilter(label=_("Car park"), rows=lambda: CarPark.objects.order_by("code"))


class SpaceFilters(Filters):
    car_park = ObjectFilter(
        label=_("Car park"), field_name="zone__car_park", rows=lambda: CarPark.objects.order_by("code")
    )
    zone = ObjectFilter(label=_("Zone"), rows=lambda: ParkingZone.objects.order_by("-level", "code"))
    use = ChoiceFilter(label=_("Use"), choices=SpaceUse.choices)


class ApplicationFilters(Filters):
    state = ChoiceFilter(label=_("State"), choices=ApplicationState.choices)
