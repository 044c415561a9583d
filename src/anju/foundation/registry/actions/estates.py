"""Writers of estates, phases, buildings, entrances, places and management rooms."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from anju.foundation.accounts.models import Organisation, User
from anju.foundation.registry import rules
from anju.foundation.registry.actions.storing import store
from anju.foundation.registry.enums import EstateKind
from anju.foundation.registry.models import Building, Entrance, Estate, ManagementRoom, Phase, Place
from anju.kit.actions import action
from anju.kit.errors import Refusal

ESTATE_FIELDS = (
    "code", "name", "kind", "address", "company", "community", "committee", "developer",
    "total_floor_area", "first_phase_floor_area", "phone",
)  # fmt: skip
PHASE_FIELDS = ("code", "name")
BUILDING_FIELDS = ("phase", "code", "name", "floors", "position")
ENTRANCE_FIELDS = ("building", "code", "floors", "has_lift")
PLACE_FIELDS = ("parent", "building", "code", "name")
RESERVED_CODES = frozenset({"accounts", "estates", "jobs"})
"""Words that stand where an estate's code stands in the console's addresses."""
ROOM_FIELDS = ("purpose", "name", "area", "above_ground", "self_contained", "has_water", "has_electricity", "temporary")


@action
def create_estate(
    *,
    code: str,
    name: str,
    kind: str = EstateKind.RESIDENTIAL,
    company: Organisation | None = None,
    by: User | None,
    **details: Any,
) -> Estate:
    """Open a new estate; ``details`` are its other columns.

    Raises Refusal ``invalid``, ``code_reserved`` or ``organisation_kind``.
    """
    _check_code(code)
    values = {"code": code, "name": name, "kind": kind, "company": company, **details}
    _check_organisations(values)
    return store(Estate(), values, ESTATE_FIELDS)


@action
def edit_estate(*, estate: Estate, by: User | None, **changes: Any) -> Estate:
    """Change columns of an estate.

    Raises Refusal ``invalid``, ``code_reserved``, ``organisation_kind`` or ``foreign_estate``.
    """
    _check_code(changes.get("code", estate.code))
    _check_organisations(changes)
    return store(estate, changes, ESTATE_FIELDS)


def _check_code(code: str) -> None:
    if code.strip().lower() in RESERVED_CODES:
        raise Refusal(
            "code_reserved", _("“%(code)s” is used in addresses. Choose another code.") % {"code": code}, "code"
        )


def _check_organisations(values: dict[str, Any]) -> None:
    for column, kinds in rules.ORGANISATION_KINDS.items():
        organisation = values.get(column)
        if organisation is not None and organisation.kind not in kinds:
            raise Refusal("organisation_kind", _("An organisation of this kind can't be chosen here."), column)


@action
def create_phase(*, estate: Estate, code: str, name: str, by: User | None) -> Phase:
    """Add a phase of construction. Raises Refusal ``invalid``."""
    return store(Phase(estate=estate), {"code": code, "name": name}, PHASE_FIELDS)


@action
def edit_phase(*, phase: Phase, by: User | None, **changes: Any) -> Phase:
    """Change a phase. Raises Refusal ``invalid``."""
    return store(phase, changes, PHASE_FIELDS)


@action
def create_building(
    *,
    estate: Estate,
    code: str,
    name: str,
    phase: Phase | None = None,
    floors: int | None = None,
    position: int = 0,
    by: User | None,
) -> Building:
    """Add a building. Raises Refusal ``invalid`` or ``foreign_estate``."""
    values = {"code": code, "name": name, "phase": phase, "floors": floors, "position": position}
    return store(Building(estate=estate), values, BUILDING_FIELDS)


@action
def edit_building(*, building: Building, by: User | None, **changes: Any) -> Building:
    """Change a building; codes of its units stay as they are. Raises Refusal ``invalid`` or ``foreign_estate``."""
    return store(building, changes, BUILDING_FIELDS)


@action
def create_entrance(
    *, estate: Estate, building: Building, code: str, floors: int | None = None, has_lift: bool = False, by: User | None
) -> Entrance:
    """Add an entrance (单元) to a building. Raises Refusal ``invalid`` or ``foreign_estate``."""
    values = {"building": building, "code": code, "floors": floors, "has_lift": has_lift}
    return store(Entrance(estate=estate), values, ENTRANCE_FIELDS)


@action
def edit_entrance(*, entrance: Entrance, by: User | None, **changes: Any) -> Entrance:
    """Change an entrance. Raises Refusal ``invalid`` or ``foreign_estate``."""
    return store(entrance, changes, ENTRANCE_FIELDS)


@action
def create_place(
    *,
    estate: Estate,
    code: str,
    name: str,
    parent: Place | None = None,
    building: Building | None = None,
    by: User | None,
) -> Place:
    """Add a common part or point; it gets the token that its QR code carries. Raises Refusal ``invalid``."""
    values = {"code": code, "name": name, "parent": parent, "building": building}
    return store(Place(estate=estate, token=uuid.uuid4()), values, PLACE_FIELDS)


@action
def edit_place(*, place: Place, by: User | None, **changes: Any) -> Place:
    """Change a place; the token stays, so that a code on the wall stays valid. Raises Refusal ``invalid``."""
    return store(place, changes, PLACE_FIELDS)


@action
def create_management_room(
    *, estate: Estate, purpose: str, name: str, area: Decimal, by: User | None, **details: Any
) -> ManagementRoom:
    """Record a room of the company or of the owners' committee (P11-09..11). Raises Refusal ``invalid``."""
    return store(
        ManagementRoom(estate=estate), {"purpose": purpose, "name": name, "area": area, **details}, ROOM_FIELDS
    )


@action
def edit_management_room(*, room: ManagementRoom, by: User | None, **changes: Any) -> ManagementRoom:
    """Change a management room. Raises Refusal ``invalid``."""
    return store(room, changes, ROOM_FIELDS)


@action
def delete_management_room(*, room: ManagementRoom, by: User | None) -> None:
    """Take a room that is no longer there off the list; the audit trail keeps it."""
    room.delete()
