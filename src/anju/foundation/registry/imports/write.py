"""Writing a settled dataset into the register: one pass per table, differences only, no query per row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from anju.foundation.accounts.models import User
from anju.foundation.registry.actions.parties import sound_of
from anju.foundation.registry.enums import OccupancyState
from anju.foundation.registry.imports import fees
from anju.foundation.registry.imports import known as state
from anju.foundation.registry.imports.dataset import Dataset
from anju.foundation.registry.imports.differences import Differences
from anju.foundation.registry.imports.people import kind_by_name
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
from anju.foundation.registry.rules import state_after_sale
from anju.kit import clock
from anju.kit.copying import change_rows, copy_rows

BATCH = 2_000
Told = Callable[[int, int, str | Promise], None]


class Writer:
    """Writes one dataset; ``created``, ``changed`` and ``unchanged`` count by kind."""

    def __init__(self, estate: Estate, data: Dataset, known: state.Known, progress: Told | None) -> None:
        self.estate = estate
        self.data = data
        self.known = known
        self.created: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.unchanged: Counter[str] = Counter()
        self.differences = Differences(known)
        self._progress = progress
        self._done = 0
        self._total = sum(
            len(rows)
            for rows in (
                data.buildings, data.entrances, data.units, data.parties, data.ownerships, data.occupancies,
                data.car_parks, data.zones, data.spaces, data.vehicles, data.charges,
            )
        )  # fmt: skip

    def write(self, by: User | None) -> None:
        """Write everything, in the order in which the tables refer to each other."""
        self._buildings()
        self._parties()
        self._units()
        self._parking()
        self._ownerships()
        self._occupancies()
        self._fees(by)

    def _good(self, rows: Iterable[Any]) -> Iterator[Any]:
        return (row for row in rows if row.place not in self.data.refused)

    def _tell(self, rows: int, message: str | Promise) -> None:
        self._done += rows
        if self._progress is not None:
            self._progress(self._done, self._total, message)

    # --- one table ---------------------------------------------------------------------------------------------------

    def _merge(
        self,
        kind: str,
        model: type[models.Model],
        known: dict[Any, tuple[int, tuple[Any, ...]]],
        columns: tuple[str, ...],
        rows: Iterable[tuple[Any, dict[str, Any], dict[str, Any]]],
        derive: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    ) -> None:
        """Bring a table to what ``rows`` say: key, columns (None: not said), and what a new row gets besides.

        Afterwards ``known`` holds the ids of new rows as well. ``derive`` adds columns that follow from others.
        """
        new: list[tuple[Any, dict[str, Any]]] = []
        changes: list[tuple[int, dict[str, Any]]] = []
        touched: set[str] = set()
        for key, said, first in rows:
            said = {column: value for column, value in said.items() if value is not None}
            found = known.get(key)
            if found is None:
                values = first | said
                new.append((key, values | (derive(values) if derive else {})))
                continue
            identity, now = found
            before = dict(zip(columns, now, strict=True))
            diff = {column: value for column, value in said.items() if before[column] != value}
            if not diff:
                self.unchanged[kind] += 1
                continue
            values = before | diff
            derived = derive(values) if derive else {}
            changes.append((identity, values | derived))
            touched.update(diff, derived)
            self.changed[kind] += 1
            for column, value in diff.items():
                self.differences.add(kind, key, column, before[column], value)
        keys = self._create(kind, model, [values for _key, values in new])
        known.update({key: (identity, ()) for (key, _values), identity in zip(new, keys, strict=True)})
        if changes:
            names = sorted(touched)
            change_rows(model, names, ((key, [values[name] for name in names]) for key, values in changes))
        self._tell(len(changes) + self.unchanged[kind], str(model._meta.verbose_name))

    def _create(self, kind: str, model: type[models.Model], rows: list[dict[str, Any]]) -> list[int]:
        """Add rows, given by their columns, and return their keys."""
        self.created[kind] += len(rows)
        self.unchanged[kind] += 0
        self.changed[kind] += 0
        return copy_rows(
            model,
            ({"estate_id": self.estate.pk} | row for row in rows),
            len(rows),
            told=lambda number: self._tell(number, str(model._meta.verbose_name)),
        )

    # --- the tree ----------------------------------------------------------------------------------------------------

    def _buildings(self) -> None:
        rows = list(self._good(self.data.buildings))
        if rows:
            self._merge(
                "building", Building, self.known.buildings, state.BUILDING_COLUMNS,
                (
                    (row.code, {"name": row.name, "floors": row.floors}, _new_building(row.code))
                    for row in rows
                ),
            )  # fmt: skip
        rows = list(self._good(self.data.entrances))
        if rows:
            self._merge(
                "entrance", Entrance, self.known.entrances, state.ENTRANCE_COLUMNS,
                (
                    (
                        (row.building, row.code),
                        {"floors": row.floors, "has_lift": row.has_lift},
                        {"building_id": self.known.buildings[row.building][0], "code": row.code},
                    )
                    for row in rows
                ),
            )  # fmt: skip

    def _units(self) -> None:
        rows = list(self._good(self.data.units))
        if not rows:
            return
        self._merge(
            "unit", Unit, self.known.units, state.UNIT_COLUMNS,
            (
                (
                    row.code,
                    {
                        "building_id": self.known.buildings[row.building][0],
                        "entrance_id": self.known.entrances[row.building, row.entrance][0] if row.entrance else None,
                        "number": row.number,
                        "floor": row.floor,
                        "kind": row.kind,
                        "exclusive_area": row.exclusive_area,
                        "inner_area": row.inner_area,
                        "delivery_date": row.delivery_date,
                        "state": row.state,
                        "note": row.note,
                    },
                    {"code": row.code} | row.first,
                )
                for row in rows
            ),
        )  # fmt: skip

    def _parties(self) -> None:
        rows = list(self._good(self.data.parties))
        if not rows:
            return
        self._merge(
            "party", Party, self.known.parties, state.PARTY_COLUMNS,
            (
                (
                    row.reference,
                    {
                        "name": row.name,
                        "kind": row.kind,
                        "phone": row.phone,
                        "id_number": row.id_number,
                        "mailing_address": row.mailing_address,
                        "prepayment_agreed": row.prepayment_agreed,
                        "note": row.note,
                    },
                    {"reference": row.reference, "kind": kind_by_name(row.name)},
                )
                for row in rows
            ),
            derive=lambda values: sound_of(values["name"]),
        )  # fmt: skip

    def _parking(self) -> None:
        parks = list(self._good(self.data.car_parks))
        if parks:
            self._merge(
                "car_park", CarPark, self.known.car_parks, state.CAR_PARK_COLUMNS,
                ((row.code, {"name": row.name}, {"code": row.code, "name": row.code}) for row in parks),
            )  # fmt: skip
        zones = list(self._good(self.data.zones))
        if zones:
            self._merge(
                "parking_zone", ParkingZone, self.known.zones, state.ZONE_COLUMNS,
                (
                    (
                        (row.car_park, row.code),
                        {
                            "name": row.name,
                            "level": row.level,
                            "audience": row.audience,
                            "guidance_sign": row.guidance_sign,
                            "attendants": row.attendants,
                        },
                        {"car_park_id": self.known.car_parks[row.car_park][0], "code": row.code, "name": row.code},
                    )
                    for row in zones
                ),
            )  # fmt: skip
        spaces = list(self._good(self.data.spaces))
        if spaces:
            self._merge(
                "parking_space", ParkingSpace, self.known.spaces, state.SPACE_COLUMNS,
                (
                    (
                        row.code,
                        {"zone_id": self.known.zones[row.car_park, row.zone][0], "use": row.use, "area": row.area},
                        {"code": row.code},
                    )
                    for row in spaces
                ),
            )  # fmt: skip
        vehicles = list(self._good(self.data.vehicles))
        if vehicles:
            self._merge(
                "vehicle", Vehicle, self.known.vehicles, state.VEHICLE_COLUMNS,
                (
                    (
                        row.plate,
                        {
                            "party_id": self.known.parties[row.party][0] if row.party else None,
                            "space_id": self.known.spaces[row.space][0] if row.space else None,
                            "kind": row.kind,
                            "brand": row.brand,
                            "colour": row.colour,
                            "since": row.since,
                            "until": row.until,
                        },
                        {"plate": row.plate, "plate_tail": row.plate[1:]},
                    )
                    for row in vehicles
                ),
            )  # fmt: skip

    # --- who owns and who lives there --------------------------------------------------------------------------------

    def _ownerships(self) -> None:
        rows = list(self._good(self.data.ownerships))
        if not rows:
            return
        today = clock.today()
        new, changes = [], []
        for row in rows:
            thing = ("unit", row.unit) if row.unit is not None else ("space", row.space)
            held = _found(self.known.ownerships.get(thing, ()), row, today)
            if held is None:
                new.append(
                    {
                        "unit_id": self.known.units[row.unit][0] if row.unit is not None else None,
                        "space_id": self.known.spaces[row.space][0] if row.space is not None else None,
                        "party_id": self.known.parties[row.party][0],
                        "share": row.share,
                        "since": row.since,
                        "until": row.until,
                    }
                )
            elif row.dated and (held.share, held.until) != (row.share, row.until):
                changes.append((held.id, (row.share, row.until)))
                for column in ("share", "until"):
                    if getattr(held, column) != getattr(row, column):
                        key = (row.unit or row.space, row.party, row.since)
                        self.differences.add("ownership", key, column, getattr(held, column), getattr(row, column))
            else:
                self.unchanged["ownership"] += 1
        self._create("ownership", Ownership, new)
        self.changed["ownership"] += len(changes)
        if changes:
            change_rows(Ownership, ("share", "until"), changes)
        self._sell([row["unit_id"] for row in new if row["unit_id"] is not None and row["until"] is None])

    def _sell(self, units: list[int]) -> None:
        """An unsold unit that gets its first owner is sold."""
        today = clock.today()
        for start in range(0, len(units), BATCH):
            some = Unit.objects.filter(pk__in=units[start : start + BATCH], state=OccupancyState.UNSOLD)
            delivered = Q(delivery_date__lte=today)
            some.filter(delivered).update(state=state_after_sale(OccupancyState.UNSOLD, True))
            some.exclude(delivered).update(state=state_after_sale(OccupancyState.UNSOLD, False))

    def _occupancies(self) -> None:
        rows = list(self._good(self.data.occupancies))
        if not rows:
            return
        today = clock.today()
        new, changes = [], []
        for row in rows:
            stays = self.known.occupancies.get((row.unit, row.party, row.kind), ())
            stay = next((s for s in stays if s.since == row.since or (not row.dated and _holds(s, today))), None)
            if stay is None:
                new.append(
                    {
                        "unit_id": self.known.units[row.unit][0],
                        "party_id": self.known.parties[row.party][0],
                        "kind": row.kind,
                        "since": row.since,
                        "until": row.until,
                    }
                )
            elif row.dated and row.until is not None and stay.until != row.until:
                changes.append((stay.id, (row.until,)))
                self.differences.add("occupancy", (row.unit, row.party, row.since), "until", stay.until, row.until)
            else:
                self.unchanged["occupancy"] += 1
        self._create("occupancy", Occupancy, new)
        self.changed["occupancy"] += len(changes)
        if changes:
            change_rows(Occupancy, ("until",), changes)

    # --- fees --------------------------------------------------------------------------------------------------------

    def _fees(self, by: User | None) -> None:
        taker = fees.taker()
        if not (self.data.fees or self.data.charges) or taker is None:
            return
        rows = self.data.good_fees()
        charges = [row.with_ids(self.known) for row in self._good(self.data.charges)]
        counts = taker(estate=self.estate, fees=rows, unit_fees=charges, by=by)
        self.created.update(counts["created"])
        self.changed.update(counts["changed"])
        self.unchanged.update(counts["unchanged"])
        self._tell(len(charges), _("Regular charges"))


def _new_building(code: str) -> dict[str, Any]:
    """A building that the file names by its code only: 3 is 3号楼, and stands third."""
    numbered = code.isdecimal() and len(code) <= 6
    return {"code": code, "name": f"{code}号楼" if numbered else code, "position": int(code) if numbered else 0}


def _holds(row: Any, on: date) -> bool:
    return row.since <= on and (row.until is None or row.until > on)


def _found(held: Iterable[state.Held], row: Any, today: date) -> state.Held | None:
    """The ownership on the register that a row means: the same day, or for a row without a day the one in force."""
    for holding in held:
        if holding.party == row.party and (holding.since == row.since or (not row.dated and _holds(holding, today))):
            return holding
    return None
