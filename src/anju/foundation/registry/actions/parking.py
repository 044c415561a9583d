"""Writers of car parks, zones, spaces and vehicles."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from anju.foundation.accounts.models import User
from anju.foundation.registry.actions.storing import store
from anju.foundation.registry.enums import SpaceAudience, SpaceUse, VehicleKind
from anju.foundation.registry.models import CarPark, Estate, ParkingSpace, ParkingZone, Party, Vehicle
from anju.foundation.registry.plates import PlateError, check_plate
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_rows

CAR_PARK_FIELDS = ("code", "name")
ZONE_FIELDS = ("car_park", "level", "code", "name", "audience", "guidance_sign", "attendants")
SPACE_FIELDS = ("zone", "code", "use", "area")
VEHICLE_FIELDS = ("plate", "plate_tail", "party", "space", "kind", "brand", "colour", "since", "until")


@action
def create_car_park(*, estate: Estate, code: str, name: str, by: User | None) -> CarPark:
    """Add a car park. Raises Refusal ``invalid``."""
    return store(CarPark(estate=estate), {"code": code, "name": name}, CAR_PARK_FIELDS)


@action
def edit_car_park(*, car_park: CarPark, by: User | None, **changes: Any) -> CarPark:
    """Change a car park. Raises Refusal ``invalid``."""
    return store(car_park, changes, CAR_PARK_FIELDS)


@action
def create_zone(
    *,
    estate: Estate,
    car_park: CarPark,
    code: str,
    name: str,
    level: int = 0,
    audience: str = SpaceAudience.SHARED,
    guidance_sign: str = "",
    attendants: int = 0,
    by: User | None,
) -> ParkingZone:
    """Add a zone of one level, with its own guidance sign and staffing (P01-17). Raises Refusal ``invalid``."""
    values = {
        "car_park": car_park, "code": code, "name": name, "level": level, "audience": audience,
        "guidance_sign": guidance_sign, "attendants": attendants,
    }  # fmt: skip
    return store(ParkingZone(estate=estate), values, ZONE_FIELDS)


@action
def edit_zone(*, zone: ParkingZone, by: User | None, **changes: Any) -> ParkingZone:
    """Change a zone. Raises Refusal ``invalid`` or ``foreign_estate``."""
    return store(zone, changes, ZONE_FIELDS)


@action
def create_space(
    *,
    estate: Estate,
    zone: ParkingZone,
    code: str,
    use: str = SpaceUse.VACANT,
    area: Decimal | None = None,
    by: User | None,
) -> ParkingSpace:
    """Add a parking space. Raises Refusal ``invalid`` or ``foreign_estate``."""
    return store(ParkingSpace(estate=estate), {"zone": zone, "code": code, "use": use, "area": area}, SPACE_FIELDS)


@action
def edit_space(*, space: ParkingSpace, by: User | None, **changes: Any) -> ParkingSpace:
    """Change a parking space. Raises Refusal ``invalid`` or ``foreign_estate``."""
    return store(space, changes, SPACE_FIELDS)


@action
def register_vehicle(
    *,
    estate: Estate,
    plate: str,
    party: Party | None = None,
    space: ParkingSpace | None = None,
    kind: str = VehicleKind.CAR,
    brand: str = "",
    colour: str = "",
    since: date | None = None,
    until: date | None = None,
    by: User | None,
) -> Vehicle:
    """Put a vehicle on the register. Raises Refusal ``plate_bad``, ``invalid`` or ``foreign_estate``."""
    values = {
        "party": party, "space": space, "kind": kind, "brand": brand, "colour": colour, "since": since, "until": until,
    }  # fmt: skip
    return store(Vehicle(estate=estate), values | plate_columns(plate), VEHICLE_FIELDS)


@action
def edit_vehicle(*, vehicle: Vehicle, by: User | None, **changes: Any) -> Vehicle:
    """Change a vehicle. Raises Refusal ``plate_bad``, ``invalid`` or ``foreign_estate``."""
    if "plate" in changes:
        changes |= plate_columns(changes["plate"])
    return store(vehicle, changes, VEHICLE_FIELDS)


@action
def assign_space(
    *, space: ParkingSpace, vehicle: Vehicle, use: str = SpaceUse.MONTHLY, since: date | None = None, by: User | None
) -> Vehicle:
    """Give ``vehicle`` the right to stand on ``space`` from ``since`` (today unless given).

    A sold space stays sold. Raises Refusal ``space_taken`` when a vehicle of somebody else already stands there
    (several vehicles of one keeper may share a space) or ``foreign_estate``.
    """
    (space,) = lock_rows(ParkingSpace.objects.filter(pk=space.pk))
    day = since or clock.today()
    for other in space.vehicles.exclude(pk=vehicle.pk):
        if (other.until is None or other.until > day) and (
            other.party_id is None or other.party_id != vehicle.party_id
        ):
            raise Refusal(
                "space_taken",
                _("Space %(space)s is already used by %(plate)s.") % {"space": space.code, "plate": other.plate},
                "space",
            )
    store(vehicle, {"space": space, "since": vehicle.since or day}, VEHICLE_FIELDS)
    if space.use != SpaceUse.PRIVATE and space.use != use:
        store(space, {"use": use}, SPACE_FIELDS)
    return vehicle


@action
def release_space(*, vehicle: Vehicle, by: User | None) -> Vehicle:
    """Take the vehicle off its space; a space that nobody uses any more and that is not sold becomes vacant."""
    if vehicle.space_id is None:
        return vehicle
    (space,) = lock_rows(ParkingSpace.objects.filter(pk=vehicle.space_id))
    store(vehicle, {"space": None}, VEHICLE_FIELDS)
    if space.use == SpaceUse.MONTHLY and not space.vehicles.exists():
        store(space, {"use": SpaceUse.VACANT}, SPACE_FIELDS)
    return vehicle


def plate_columns(text: str) -> dict[str, str]:
    """The columns made from a plate; the tail leaves out the province. Raises Refusal ``plate_bad``."""
    try:
        plate = check_plate(text).normal
    except PlateError as problem:
        raise Refusal("plate_bad", problem.message, "plate") from problem
    return {"plate": plate, "plate_tail": plate[1:]}
