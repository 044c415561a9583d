"""What the register of an estate holds already, by the keys that workbooks use."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from anju.foundation.registry.imports.fees import known_codes
from anju.foundation.registry.models import (
    Building,
    CarPark,
    Entrance,
    Estate,
    Occupancy,
    Ownership,
    ParkingSpace,
    ParkingZone,
    Party,
    Unit,
    Vehicle,
)

Key = Any
Columns = dict[str, Any]

BUILDING_COLUMNS = ("name", "floors")
ENTRANCE_COLUMNS = ("floors", "has_lift")
UNIT_COLUMNS = (
    "building_id", "entrance_id", "number", "floor", "kind", "exclusive_area", "inner_area", "delivery_date", "state",
    "note",
)  # fmt: skip
PARTY_COLUMNS = ("name", "kind", "phone", "id_number", "mailing_address", "prepayment_agreed", "note")
CAR_PARK_COLUMNS = ("name",)
ZONE_COLUMNS = ("name", "level", "audience", "guidance_sign", "attendants")
SPACE_COLUMNS = ("zone_id", "use", "area")
VEHICLE_COLUMNS = ("party_id", "space_id", "kind", "brand", "colour", "since", "until")


class Held(NamedTuple):
    """An ownership on the register; ``party`` is the reference, or # and the id of a party that has none."""

    id: int
    party: str
    share: Decimal
    since: date
    until: date | None


class Lived(NamedTuple):
    """An occupancy on the register."""

    id: int
    since: date
    until: date | None


@dataclass(slots=True)
class Known:
    """Rows by key, each as its id and the values of its columns; memory grows with the estate, queries do not."""

    buildings: dict[Key, tuple[int, tuple[Any, ...]]] = field(default_factory=dict)
    entrances: dict[Key, tuple[int, tuple[Any, ...]]] = field(default_factory=dict)
    units: dict[Key, tuple[int, tuple[Any, ...]]] = field(default_factory=dict)
    parties: dict[Key, tuple[int, tuple[Any, ...]]] = field(default_factory=dict)
    car_parks: dict[Key, tuple[int, tuple[Any, ...]]] = field(default_factory=dict)
    zones: dict[Key, tuple[int, tuple[Any, ...]]] = field(default_factory=dict)
    spaces: dict[Key, tuple[int, tuple[Any, ...]]] = field(default_factory=dict)
    vehicles: dict[Key, tuple[int, tuple[Any, ...]]] = field(default_factory=dict)
    ownerships: dict[tuple[str, str], list[Held]] = field(default_factory=lambda: defaultdict(list))
    """By ("unit", code) or ("space", code)."""
    occupancies: dict[tuple[str, str, str], list[Lived]] = field(default_factory=lambda: defaultdict(list))
    """By unit code, party reference and kind."""
    fees: frozenset[str] = frozenset()


def load(estate: Estate) -> Known:
    """Read the register of an estate in eleven queries."""
    known = Known(
        buildings=_by(Building, estate, ("code",), BUILDING_COLUMNS),
        entrances=_by(Entrance, estate, ("building__code", "code"), ENTRANCE_COLUMNS),
        units=_by(Unit, estate, ("code",), UNIT_COLUMNS),
        parties=_by(Party, estate, ("reference",), PARTY_COLUMNS),
        car_parks=_by(CarPark, estate, ("code",), CAR_PARK_COLUMNS),
        zones=_by(ParkingZone, estate, ("car_park__code", "code"), ZONE_COLUMNS),
        spaces=_by(ParkingSpace, estate, ("code",), SPACE_COLUMNS),
        vehicles=_by(Vehicle, estate, ("plate",), VEHICLE_COLUMNS),
        fees=known_codes(estate),
    )
    known.parties.pop("", None)
    rows = Ownership.objects.filter(estate=estate).values_list(
        "unit__code", "space__code", "party__reference", "party_id", "id", "share", "since", "until"
    )
    for unit, space, reference, party, key, share, since, until in rows.iterator(chunk_size=10_000):
        thing = ("unit", unit) if unit is not None else ("space", space)
        known.ownerships[thing].append(Held(key, reference or f"#{party}", share, since, until))
    stays = Occupancy.objects.filter(estate=estate).values_list(
        "unit__code", "party__reference", "party_id", "kind", "id", "since", "until"
    )
    for unit, reference, party, kind, key, since, until in stays.iterator(chunk_size=10_000):
        known.occupancies[unit, reference or f"#{party}", kind].append(Lived(key, since, until))
    return known


def _by(model: Any, estate: Estate, key: tuple[str, ...], columns: tuple[str, ...]) -> dict[Key, Any]:
    rows = model.objects.filter(estate=estate).values_list("id", *key, *columns).iterator(chunk_size=10_000)
    if len(key) == 1:
        return {row[1]: (row[0], row[2:]) for row in rows}
    return {row[1:3]: (row[0], row[3:]) for row in rows}
