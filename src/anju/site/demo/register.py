"""Bulk writing of one estate's register: rows are gathered here and stored in a handful of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from anju.foundation.registry.actions import create_building, create_entrance
from anju.foundation.registry.actions.parties import sound_of
from anju.foundation.registry.enums import OccupancyState, OccupantKind, PartyKind, SpaceUse, UnitKind
from anju.foundation.registry.models import (
    Building,
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
from anju.site.demo.names import CARS, COLOURS, Names


@dataclass
class Register:
    """What is being gathered for one estate; :meth:`store` writes it, parents before children."""

    estate: Estate
    names: Names
    today: date
    units: list[Unit] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    ownerships: list[Ownership] = field(default_factory=list)
    occupancies: list[Occupancy] = field(default_factory=list)
    spaces: list[ParkingSpace] = field(default_factory=list)
    vehicles: list[Vehicle] = field(default_factory=list)

    @property
    def rng(self) -> Random:
        return self.names.rng

    def building(
        self, code: str, name: str, floors: int, position: int, entrances: Sequence[str], *, lift: bool
    ) -> tuple[Building, list[Entrance]]:
        building = create_building(estate=self.estate, code=code, name=name, floors=floors, position=position, by=None)
        doors = [
            create_entrance(estate=self.estate, building=building, code=one, floors=floors, has_lift=lift, by=None)
            for one in entrances
        ]
        return building, doors

    def unit(
        self,
        building: Building,
        entrance: Entrance | None,
        number: str,
        floor: int,
        kind: UnitKind,
        area: Decimal,
        state: OccupancyState,
        delivered: date | None,
        note: str = "",
    ) -> Unit:
        parts = [building.code, *([entrance.code] if entrance else []), number]
        unit = Unit(
            estate_id=self.estate.pk,
            building=building,
            entrance=entrance,
            code="-".join(parts),
            number=number,
            floor=floor,
            kind=kind,
            exclusive_area=area,
            inner_area=(area * Decimal("0.82")).quantize(Decimal("0.01")),
            delivery_date=delivered,
            state=state,
            note=note,
        )
        self.units.append(unit)
        return unit

    def party(
        self,
        name: str,
        *,
        kind: PartyKind = PartyKind.PERSON,
        phone: str | None = None,
        id_number: str | None = None,
        **details: object,
    ) -> Party:
        if id_number is None:
            id_number = self.names.credit_code() if kind == PartyKind.ORGANISATION else self.names.id_number(self.today)
        party = Party(
            estate_id=self.estate.pk,
            kind=kind,
            reference=f"{'Y' if kind == PartyKind.PERSON else 'D'}{len(self.parties) + 1:04d}",
            name=name,
            phone=phone if phone is not None else self.names.phone(),
            id_number=id_number,
            **sound_of(name),
            **details,
        )
        self.parties.append(party)
        return party

    def own(
        self,
        party: Party,
        since: date,
        *,
        unit: Unit | None = None,
        space: ParkingSpace | None = None,
        share: Decimal = Decimal(1),
        until: date | None = None,
    ) -> None:
        self.ownerships.append(
            Ownership(
                estate_id=self.estate.pk, unit=unit, space=space, party=party, share=share, since=since, until=until
            )
        )

    def live(self, party: Party, unit: Unit, since: date, kind: OccupantKind, until: date | None = None) -> None:
        self.occupancies.append(
            Occupancy(estate_id=self.estate.pk, unit=unit, party=party, kind=kind, since=since, until=until)
        )

    def space(self, zone: ParkingZone, code: str, use: SpaceUse) -> ParkingSpace:
        space = ParkingSpace(estate_id=self.estate.pk, zone=zone, code=code, use=use, area=Decimal("13.25"))
        self.spaces.append(space)
        return space

    def vehicle(
        self, party: Party | None, since: date, *, space: ParkingSpace | None = None, plate: str | None = None
    ) -> Vehicle:
        plate = plate or self.names.plate(new_energy=self.rng.random() < 0.4)
        vehicle = Vehicle(
            estate_id=self.estate.pk,
            plate=plate,
            plate_tail=plate[1:],
            party=party,
            space=space,
            brand=self.rng.choice(CARS),
            colour=self.rng.choice(COLOURS),
            since=since,
        )
        self.vehicles.append(vehicle)
        return vehicle

    def store(self) -> None:
        """Write everything gathered."""
        gathered: tuple[list[Any], ...] = (
            self.parties,
            self.units,
            self.spaces,
            self.ownerships,
            self.occupancies,
            self.vehicles,
        )
        for rows in gathered:
            fresh = [row for row in rows if row.pk is None]
            if fresh:
                type(fresh[0])._base_manager.bulk_create(fresh, batch_size=1000)
