"""HTTP API of the register: estates, buildings, units, parties, home applications, imports."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.core.files.uploadedfile import UploadedFile as DjangoFile
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from anju.foundation.registry import actions, permissions, selectors
from anju.foundation.registry.actions import imports as import_actions
from anju.foundation.registry.enums import ImportState, OccupancyState, PartyKind, UnitKind
from anju.foundation.registry.flow import HOME_APPLICATION
from anju.foundation.registry.imports.workbooks import WORKBOOKS
from anju.foundation.registry.models import (
    Building,
    Entrance,
    Estate,
    HomeApplication,
    ImportBatch,
    Ownership,
    Party,
    Unit,
)
from anju.kit import audit
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
    add_flow,
    find,
    here,
    page_of,
)
from anju.kit.errors import Refusal
from anju.kit.idcards import mask_id, mask_phone

estates = Routes()
units = Routes()
parties = Routes()
applications = Routes()
imports = Routes()


# --- Estates ----------------------------------------------------------------------------------------------------------


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


# --- Buildings and units ----------------------------------------------------------------------------------------------


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


# --- Parties ----------------------------------------------------------------------------------------------------------


class PartyOut(Schema):
    """`phone` and `id_number` are masked; see `personal-data`."""

    id: int
    kind: str
    reference: str
    name: str
    phone: str
    id_number: str
    prepayment_agreed: bool
    created_at: datetime


class PersonalData(Schema):
    phone: str
    id_number: str
    mailing_address: str


class PartyFilter(Paging):
    name: Annotated[str, Field(max_length=100, description="Names that begin so.")] = ""
    phone: Annotated[str, Field(max_length=30, description="Exactly this number.")] = ""
    reference: Annotated[str, Field(max_length=40, description="Number in the company's own books.")] = ""


class PartyChange(Input):
    """Only what is to change; a field that is left out stays as it is."""

    kind: Annotated[str, Choice(PartyKind)] = "person"
    name: Annotated[str, Text(100, least=1)] = ""
    reference: Annotated[str, Text(40)] = ""
    phone: Annotated[str, Text(30)] = ""
    id_number: Annotated[str, Text(30)] = ""
    mailing_address: Annotated[str, Text(200)] = ""
    prepayment_agreed: bool = False
    note: Annotated[str, Text(300)] = ""


class PartyIn(PartyChange):
    name: Annotated[str, Text(100, least=1)]


def _party(party: Party) -> PartyOut:
    return PartyOut(
        id=party.pk,
        kind=party.kind,
        reference=party.reference,
        name=party.name,
        phone=mask_phone(party.phone),
        id_number=mask_id(party.id_number),
        prepayment_agreed=party.prepayment_agreed,
        created_at=party.created_at,
    )


@parties.read("/parties", permission=permissions.VIEW, response=Page[PartyOut])
def list_parties(request: HttpRequest, filters: Query[PartyFilter]) -> Page[PartyOut]:
    """People and organisations known to the estate; personal data masked."""
    found = selectors.parties_of_estate(here(request))
    if filters.name:
        found = found.filter(name__startswith=filters.name)
    if filters.phone:
        found = found.filter(phone=filters.phone)
    if filters.reference:
        found = found.filter(reference=filters.reference)
    return page_of(request, found, filters, _party)


@parties.read("/parties/{int:id}", permission=permissions.VIEW, response=PartyOut)
def get_party(request: HttpRequest, id: Id) -> PartyOut:
    """One party; personal data masked."""
    return _party(find(selectors.parties_of_estate(here(request)), id))


@parties.read("/parties/{int:id}/personal-data", permission=permissions.REVEAL, response=PersonalData)
def get_personal_data(request: HttpRequest, id: Id) -> PersonalData:
    """Phone, ID number and address in full. Every call is put on record with who asked (PIPL)."""
    party = find(selectors.parties_of_estate(here(request)), id)
    audit.record_view(by=access_of(request).user, obj=party, fields=["phone", "id_number", "mailing_address"])
    return PersonalData(phone=party.phone, id_number=party.id_number, mailing_address=party.mailing_address)


@parties.write("/parties", permission=permissions.CHANGE, response=PartyOut, status=201)
def create_party(request: HttpRequest, payload: PartyIn) -> Status[PartyOut]:
    """Add a person or an organisation."""
    party = actions.create_party(estate=here(request), by=access_of(request).user, **payload.dict())
    return Status(201, _party(party))


@parties.write("/parties/{int:id}", permission=permissions.CHANGE, response=PartyOut, method="PATCH")
def change_party(request: HttpRequest, id: Id, payload: PartyChange) -> PartyOut:
    """Change some fields of a party."""
    party = find(selectors.parties_of_estate(here(request)), id)
    return _party(actions.edit_party(party=party, by=access_of(request).user, **payload.dict(exclude_unset=True)))


# --- Home applications ------------------------------------------------------------------------------------------------


class HomeApplicationOut(Schema):
    id: int
    unit_id: int
    unit: str
    kind: str
    name: str
    message: str
    state: str
    created_at: datetime


def _application(row: HomeApplication) -> HomeApplicationOut:
    return HomeApplicationOut(
        id=row.pk,
        unit_id=row.unit_id,
        unit=row.unit.code,
        kind=row.kind,
        name=row.name,
        message=row.message,
        state=row.state,
        created_at=row.created_at,
    )


def _offer_people(form: Any, row: HomeApplication) -> Any:
    return form.for_application(row) if hasattr(form, "for_application") else form


add_flow(
    applications,
    HOME_APPLICATION,
    "/home-applications",
    "home_application",
    rows=selectors.home_applications_of_estate,
    response=HomeApplicationOut,
    shape=_application,
    permission=permissions.REVIEW,
    prepare=_offer_people,
)


# --- Imports ----------------------------------------------------------------------------------------------------------


class ImportOut(Schema):
    """`state` is uploaded, checked, applied or failed.

    `result` says what was (or, when checked, would be) created and changed, and what is wrong with which row.
    """

    id: int
    layout: str
    name: str
    state: str
    good_rows_only: bool
    result: dict[str, Any] | None
    job_id: int | None
    created_at: datetime


class ImportForm(Schema):
    layout: Annotated[str, Field(max_length=20, description="register or hc; recognised when left out.")] = ""


class Confirmation(Input):
    """With `good_rows_only` the rows without errors are imported, else a workbook with any error changes nothing."""

    good_rows_only: bool = False


def _import(batch: ImportBatch) -> ImportOut:
    return ImportOut(
        id=batch.pk,
        layout=batch.layout,
        name=batch.name,
        state=batch.state,
        good_rows_only=batch.good_rows_only,
        result=batch.result,
        job_id=batch.job_id,
        created_at=batch.created_at,
    )


@imports.read("/imports", permission=permissions.IMPORT, response=Page[ImportOut])
def list_imports(request: HttpRequest, filters: Query[Paging]) -> Page[ImportOut]:
    """Uploaded workbooks."""
    return page_of(request, selectors.imports_of_estate(here(request)), filters, _import)


@imports.read("/imports/{int:id}", permission=permissions.IMPORT, response=ImportOut)
def get_import(request: HttpRequest, id: Id) -> ImportOut:
    """One workbook: its state, what checking it found, what importing it did."""
    return _import(find(selectors.imports_of_estate(here(request)), id))


@imports.write("/imports", permission=permissions.IMPORT, response=ImportOut, status=202, upload=True)
def upload_import(request: HttpRequest, file: File[UploadedFile], payload: Form[ImportForm]) -> Status[ImportOut]:
    """Upload a workbook (.xlsx). A background job checks it; nothing is imported before it is confirmed."""
    user = access_of(request).user
    if payload.layout and payload.layout not in WORKBOOKS:
        raise Refusal("unknown_layout", _("There is no workbook of this kind."), "layout")
    batch = import_actions.upload_import(
        estate=here(request), file=_file(file), name=file.name or "workbook", layout=payload.layout, by=user
    )
    import_actions.start_check(batch=batch, by=user)
    return Status(202, _import(batch))


def _file(file: DjangoFile) -> DjangoFile:
    file.seek(0)
    return file


@imports.write("/imports/{int:id}/confirm", permission=permissions.IMPORT, response=ImportOut, status=202)
def confirm_import(request: HttpRequest, id: Id, payload: Confirmation) -> Status[ImportOut]:
    """Let the checked workbook be imported by a background job. Refused with 409 until it has been checked."""
    rows = selectors.imports_of_estate(here(request))
    batch = find(rows, id)
    if batch.state == ImportState.UPLOADED:
        raise Refusal("not_checked", _("This workbook is still being checked."))
    import_actions.start_import(batch=batch, good_rows=payload.good_rows_only, by=access_of(request).user)
    return Status(202, _import(find(rows, id)))
