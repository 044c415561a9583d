"""Reads of the register, within the scope of one estate but for those that take the estate and need none:
:func:`room_findings` and :func:`fitting_committees`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.functional import Promise

from anju.foundation.accounts.models import Organisation, User
from anju.foundation.registry import plates, rules
from anju.foundation.registry.enums import OccupancyState, RoomPurpose
from anju.foundation.registry.models import (
    Building,
    CarPark,
    Entrance,
    Estate,
    HomeApplication,
    ImportBatch,
    ManagementRoom,
    Occupancy,
    Ownership,
    ParkingSpace,
    ParkingZone,
    Party,
    Phase,
    Place,
    Unit,
    Vehicle,
)
from anju.kit import clock, parameters
from anju.kit.searches import begins

DEVELOPER_PAYS = (OccupancyState.UNSOLD, OccupancyState.UNDELIVERED)


def in_force(on: date | None = None) -> Q:
    """The condition that a row with ``since`` and ``until`` holds on a day (today unless given)."""
    day = on or clock.today()
    return (Q(until=None) | Q(until__gt=day)) & Q(since__lte=day)


def phases_of_estate(estate: Estate) -> QuerySet[Phase]:
    return Phase.objects.filter(estate=estate).order_by("code")


def buildings_of_estate(estate: Estate) -> QuerySet[Building]:
    return Building.objects.filter(estate=estate).select_related("phase").order_by("position", "code")


def entrances_of_estate(estate: Estate) -> QuerySet[Entrance]:
    return Entrance.objects.filter(estate=estate).select_related("building").order_by("building__position", "code")


def units_of_estate(estate: Estate) -> QuerySet[Unit]:
    """The units with building and entrance, and their owners of today in ``current_ownerships``."""
    owners = Prefetch("ownerships", _current_owners(), to_attr="current_ownerships")
    return Unit.objects.filter(estate=estate).select_related("building", "entrance").prefetch_related(owners)


def units_of_building(building: Building) -> QuerySet[Unit]:
    """The units of one building as a unit board shows them: from the top floor down, by number."""
    owners = Prefetch("ownerships", _current_owners(), to_attr="current_ownerships")
    rows = Unit.objects.filter(estate=building.estate_id, building=building).select_related("entrance")
    return rows.prefetch_related(owners).order_by("-floor", "entrance__code", "number")


def _current_owners() -> QuerySet[Ownership]:
    return Ownership.objects.filter(in_force()).select_related("party").order_by("-share", "party_id")


def places_of_estate(estate: Estate) -> QuerySet[Place]:
    return Place.objects.filter(estate=estate).select_related("parent", "building").order_by("code")


def car_parks_of_estate(estate: Estate) -> QuerySet[CarPark]:
    return CarPark.objects.filter(estate=estate).order_by("code")


def zones_of_estate(estate: Estate) -> QuerySet[ParkingZone]:
    return ParkingZone.objects.filter(estate=estate).select_related("car_park").order_by("-level", "code")


def spaces_of_estate(estate: Estate) -> QuerySet[ParkingSpace]:
    """The parking spaces with zone and car park, and their owners of today in ``current_ownerships``."""
    owners = Prefetch("ownerships", _current_owners(), to_attr="current_ownerships")
    return ParkingSpace.objects.filter(estate=estate).select_related("zone__car_park").prefetch_related(owners)


def vehicles_of_estate(estate: Estate) -> QuerySet[Vehicle]:
    return Vehicle.objects.filter(estate=estate).select_related("party", "space").order_by("plate")


def parties_of_estate(estate: Estate) -> QuerySet[Party]:
    return Party.objects.filter(estate=estate)


def management_rooms_of_estate(estate: Estate) -> QuerySet[ManagementRoom]:
    return ManagementRoom.objects.filter(estate=estate).order_by("purpose", "name")


def home_applications_of_estate(estate: Estate) -> QuerySet[HomeApplication]:
    return HomeApplication.objects.filter(estate=estate).select_related("user", "unit").order_by("-pk")


def imports_of_estate(estate: Estate) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(estate=estate).select_related("by", "job").order_by("-pk")


def occupancies_of_estate(estate: Estate) -> QuerySet[Occupancy]:
    return Occupancy.objects.filter(estate=estate).select_related("unit", "party")


def ownership_history(*, unit: Unit | None = None, space: ParkingSpace | None = None) -> QuerySet[Ownership]:
    """Every ownership there has been of a unit or a space, newest first."""
    rows = Ownership.objects.filter(unit=unit) if unit is not None else Ownership.objects.filter(space=space)
    return rows.select_related("party").order_by("-since", "-share", "pk")


def owners_on(unit: Unit, on: date | None = None) -> list[Ownership]:
    """The ownerships of a unit in force on a day (today unless given), the largest share first."""
    return list(unit.ownerships.filter(in_force(on)).select_related("party").order_by("-share", "party_id"))


def payer_of(unit: Unit, on: date | None = None) -> Party | None:
    """Who pays for a unit on a day: the developer while unsold or undelivered, else the owner of the largest share."""
    day = on or clock.today()
    undelivered = unit.delivery_date is not None and unit.delivery_date > day
    if unit.state in DEVELOPER_PAYS or undelivered:
        return unit.estate.developer
    owners = owners_on(unit, day)
    return owners[0].party if owners else None


def residents(estate: Estate) -> QuerySet[Party]:
    """The parties who own or occupy something of the estate today."""
    owns = Ownership.objects.filter(in_force(), party=OuterRef("pk"))
    lives = Occupancy.objects.filter(in_force(), party=OuterRef("pk"))
    return Party.objects.filter(Exists(owns) | Exists(lives), estate=estate)


def people_of(unit: Unit) -> QuerySet[Party]:
    """The parties who own or occupy this unit today."""
    owns = Ownership.objects.filter(in_force(), unit=unit).values("party")
    lives = Occupancy.objects.filter(in_force(), unit=unit).values("party")
    return Party.objects.filter(Q(pk__in=owns) | Q(pk__in=lives)).order_by("name", "pk")


def homes_of(user: User, estate: Estate) -> QuerySet[Unit]:
    """The units of the estate that ``user`` owns or lives in today."""
    owns = Ownership.objects.filter(in_force(), party__user=user).values("unit")
    lives = Occupancy.objects.filter(in_force(), party__user=user).values("unit")
    return Unit.objects.filter(Q(pk__in=owns) | Q(pk__in=lives), estate=estate).order_by("code")


@dataclass(frozen=True, slots=True)
class RoomFinding:
    """One line of the check of management rooms; areas in m2, ``required`` None while the floor area is unknown."""

    purpose: RoomPurpose
    finding: rules.Finding
    required: Decimal | None
    actual: Decimal
    clause: str
    source: str

    @property
    def is_met(self) -> bool:
        return self.finding == rules.Finding.MET

    @property
    def label(self) -> str | Promise:
        return self.purpose.label


def units_called(text: str) -> QuerySet[Unit]:
    """The units in scope whose code begins with ``text``. This and its likes below go by index."""
    return Unit.objects.filter(begins("code", text))


def spaces_called(text: str) -> QuerySet[ParkingSpace]:
    """The parking spaces in scope whose number begins with ``text``."""
    return ParkingSpace.objects.filter(begins("code", text))


def vehicles_called(text: str) -> QuerySet[Vehicle]:
    """The vehicles in scope whose plate begins with ``text``, with or without the province."""
    plate = plates.bare(text)
    begun = Q(plate__startswith=plate) | Q(plate_tail__startswith=plate)
    return Vehicle.objects.filter(begun) if plate else Vehicle.objects.none()


def parties_called(text: str) -> QuerySet[Party]:
    """The parties in scope whose name or initials begin with ``text``."""
    return Party.objects.filter(Q(name__startswith=text) | Q(initials__startswith=text.lower()))


def fitting_committees(estate: Estate) -> QuerySet[Organisation]:
    """The committees that were entered for the estate, and the one that it has, by code."""
    mine = Q(kept_by=estate) | Q(pk=estate.committee_id)
    return Organisation.objects.filter(mine, kind__in=rules.ORGANISATION_KINDS["committee"]).order_by("code")


def room_findings(estate: Estate) -> list[RoomFinding]:
    """How the estate stands with regard to P11-09 to P11-11: the company's rooms, then the owners' committee's."""
    share = parameters.parameter("registry.company_room.min_share", estate_id=estate.pk)
    thresholds = rules.RoomThresholds(
        company_share=Decimal(str(share.value)),
        company_area=_figure("registry.company_room.min_area", estate),
        small_estate_area=_figure("registry.company_room.small_estate_area", estate),
        committee_area=_figure("registry.committee_room.min_area", estate),
    )
    rooms: dict[str, list[rules.Room]] = {purpose: [] for purpose in RoomPurpose.values}
    for row in ManagementRoom.objects.filter(estate=estate):
        rooms[row.purpose].append(
            rules.Room(
                row.area, row.above_ground, row.self_contained, row.has_water, row.has_electricity, row.temporary
            )
        )
    own = rooms[RoomPurpose.COMPANY]
    area = rules.basis_of_area(own, estate.total_floor_area, estate.first_phase_floor_area)
    required = None if area is None else rules.required_company_area(thresholds, area)
    findings = []
    for purpose, needed, clause in (
        (RoomPurpose.COMPANY, required, "P11-09"),
        (RoomPurpose.COMMITTEE, thresholds.committee_area, "P11-10"),
    ):
        actual, finding = rules.judge_rooms(rooms[purpose], needed)
        findings.append(RoomFinding(purpose, finding, needed, actual, clause, share.source))
    return findings


def _figure(key: str, estate: Estate) -> Decimal:
    return Decimal(str(parameters.value(key, estate_id=estate.pk)))
