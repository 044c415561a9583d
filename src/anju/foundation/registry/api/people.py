"""Parties, and applications for homes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Schema, Status
from pydantic import Field

from anju.foundation.registry import actions, permissions, selectors
from anju.foundation.registry.enums import PartyKind
from anju.foundation.registry.flow import HOME_APPLICATION
from anju.foundation.registry.models import (
    HomeApplication,
    Party,
)
from anju.kit import audit
from anju.kit.access import access_of
from anju.kit.api import (
    Choice,
    Id,
    Input,
    Page,
    Paging,
    Routes,
    Text,
    add_flow,
    find,
    here,
    page_of,
)
from anju.kit.idcards import mask_id, mask_phone

parties = Routes()
applications = Routes()


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
