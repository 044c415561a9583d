"""Estates, buildings and units."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Schema, Status
from pydantic import Field

from anju.foundation.registry import actions, permissions, selectors
from anju.foundation.registry.enums import OccupancyState, UnitKind
from anju.foundation.registry.models import (
    Building,
    Entrance,
    Estate,
    Ownership,
    Unit,
)
from anju.kit.access import access_of
from anju.kit.api import (
    Choice,
    Day,
    Id,
    Input,
    Number,
    NumberIn,
    Page,
    Paging,
    Routes,
    Text,
    find,
    here,
    page_of,
)
from anju.kit.errors import Refusal

estates = Routes()
units = Routes()


class EstateOut(Schema):
    id: int
    code: str
    name: str
    kind: str
    address: str
    phone: str
    total_floor_area: Number | None


def _estate(estate: Estate) -> EstateOut:
    return EstateOut(
        id=estate.pk,
        code=estate.code,
        name=estate.name,
        kind=estate.kind,
        address=estate.address,
        phone=estate.phone,
        total_floor_area=estate.total_floor_area,
    )


@estates.read("/estates", permission=permissions.VIEW, response=Page[EstateOut])
def list_estates(request: HttpRequest, filters: Query[Paging]) -> Page[EstateOut]:
    """The estates in which the token may see the register."""
    access: Any = access_of(request)
    return page_of(request, Estate.objects.filter(pk__in=access.estates_with(permissions.VIEW)), filters, _estate)


@units.read("", permission=permissions.VIEW, response=EstateOut)
def get_estate(request: HttpRequest) -> EstateOut:
    """One estate."""
    return _estate(here(request))


class BuildingOut(Schema):
    id: int
    code: str
    name: str
    floors: int | None


class OwnerOut(Schema):
    party_id: int
    name: str
    share: Number
    since: date


class UnitOut(Schema):
    """`code` is the whole address within the estate, `number` its last part; areas in m2."""

    id: int
    code: str
    number: str
    building_id: int
    building: str
    entrance_id: int | None
    floor: int
    kind: str
    state: str
    exclusive_area: Number
    inner_area: Number | None
    delivery_date: date | None
    note: str
    owners: list[OwnerOut]


class UnitFilter(Paging):
    code: Annotated[str, Field(max_length=60, description="Exactly this room.")] = ""
    building: Annotated[str, Field(max_length=30, description="Code of the building.")] = ""
    state: Annotated[str, Choice(OccupancyState)] | None = None


class UnitChange(Input):
    """Only what is to change; a field that is left out stays as it is."""

    kind: Annotated[str, Choice(UnitKind)] = "residential"
    state: Annotated[str, Choice(OccupancyState)] = "owner_occupied"
    floor: Annotated[int, Field(ge=-20, le=300)] = 1
    exclusive_area: NumberIn = Decimal(1)
    inner_area: NumberIn | None = None
    delivery_date: Day | None = None
    note: Annotated[str, Text(200)] = ""


class UnitIn(UnitChange):
    """Without `code` it is made of building, entrance and number."""

    building_id: Id
    entrance_id: Id | None = None
    number: Annotated[str, Text(30, least=1)]
    code: Annotated[str, Text(60)] = ""
    exclusive_area: NumberIn


def _building(building: Building) -> BuildingOut:
    return BuildingOut(id=building.pk, code=building.code, name=building.name, floors=building.floors)


def _owner(row: Ownership) -> OwnerOut:
    return OwnerOut(party_id=row.party_id, name=row.party.name, share=row.share, since=row.since)


def _unit(unit: Unit) -> UnitOut:
    current: list[Ownership] = getattr(unit, "current_ownerships", [])
    return UnitOut(
        id=unit.pk,
        code=unit.code,
        number=unit.number,
        building_id=unit.building_id,
        building=unit.building.code,
        entrance_id=unit.entrance_id,
        floor=unit.floor,
        kind=unit.kind,
        state=unit.state,
        exclusive_area=unit.exclusive_area,
        inner_area=unit.inner_area,
        delivery_date=unit.delivery_date,
        note=unit.note,
        owners=[_owner(row) for row in current],
    )


@units.read("/buildings", permission=permissions.VIEW, response=Page[BuildingOut])
def list_buildings(request: HttpRequest, filters: Query[Paging]) -> Page[BuildingOut]:
    """Buildings of the estate."""
    return page_of(request, selectors.buildings_of_estate(here(request)), filters, _building)


@units.read("/units", permission=permissions.VIEW, response=Page[UnitOut])
def list_units(request: HttpRequest, filters: Query[UnitFilter]) -> Page[UnitOut]:
    """Units with their owners of today."""
    found = selectors.units_of_estate(here(request))
    if filters.code:
        found = found.filter(code=filters.code)
    if filters.building:
        found = found.filter(building__code=filters.building)
    if filters.state:
        found = found.filter(state=filters.state)
    return page_of(request, found, filters, _unit)


@units.read("/units/{int:id}", permission=permissions.VIEW, response=UnitOut)
def get_unit(request: HttpRequest, id: Id) -> UnitOut:
    """One unit with its owners of today."""
    return _unit(find(selectors.units_of_estate(here(request)), id))


@units.write("/units", permission=permissions.CHANGE, response=UnitOut, status=201)
def create_unit(request: HttpRequest, payload: UnitIn) -> Status[UnitOut]:
    """Add a unit to a building."""
    estate, values = here(request), payload.dict()
    unit = actions.create_unit(
        estate=estate,
        building=_named(selectors.buildings_of_estate(estate), values.pop("building_id"), "building_id"),
        entrance=_entrance(estate, values.pop("entrance_id")),
        by=access_of(request).user,
        **values,
    )
    return Status(201, _unit(unit))


@units.write("/units/{int:id}", permission=permissions.CHANGE, response=UnitOut, method="PATCH")
def change_unit(request: HttpRequest, id: Id, payload: UnitChange) -> UnitOut:
    """Change some fields of a unit; a change of owners is recorded elsewhere."""
    rows = selectors.units_of_estate(here(request))
    actions.edit_unit(unit=find(rows, id), by=access_of(request).user, **payload.dict(exclude_unset=True))
    return _unit(find(rows, id))


def _named(rows: QuerySet[Any], id: int, field: str) -> Any:
    row = rows.filter(pk=id).first()
    if row is None:
        raise Refusal("unknown", _("There is no such object in this estate."), field)
    return row


def _entrance(estate: Estate, id: int | None) -> Entrance | None:
    return None if id is None else _named(selectors.entrances_of_estate(estate), id, "entrance_id")
