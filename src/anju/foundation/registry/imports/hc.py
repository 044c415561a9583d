"""From the take-over workbook of HC小区 to a dataset; its codes and placeholders are explained in the file itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.actions.units import unit_code
from anju.foundation.registry.enums import OccupancyState, OccupantKind, SpaceUse, UnitKind
from anju.foundation.registry.imports import hc_layouts as layouts
from anju.foundation.registry.imports.dataset import (
    BuildingRow,
    CarParkRow,
    Dataset,
    EntranceRow,
    OccupancyRow,
    OwnershipRow,
    PartyRow,
    Place,
    SpaceRow,
    UnitRow,
    VehicleRow,
    ZoneRow,
)
from anju.foundation.registry.imports.hc_fees import Fees, after
from anju.foundation.registry.imports.people import PeopleCheck
from anju.foundation.registry.plates import PlateError, check_plate
from anju.foundation.registry.rules import SHARE_PLACES
from anju.kit import clock
from anju.kit.sheets import Book, Layout, match_sheets, unread_sheets

# What the workbook asks to be entered for a shop's entrance, and where an area is not known.
NO_ENTRANCE = "0"
UNKNOWN_AREA = Decimal(1)


def read(book: Book) -> Dataset:
    """Read whatever sheets of the workbook are there. Raises ``SheetProblem`` when the file breaks off."""
    return _Reader(book).read()


class _Reader:
    def __init__(self, book: Book) -> None:
        self.sheets = match_sheets(book, layouts.LAYOUTS)
        self.data = Dataset(unread=unread_sheets(book, layouts.LAYOUTS, self.sheets))
        self.people = PeopleCheck(self.data)
        self.fees = Fees(self.data)
        self.since = clock.today()
        self.buildings: dict[str, BuildingRow] = {}
        self.entrances: dict[tuple[str, str], EntranceRow] = {}
        # Who else belongs to the household of each owner: the party's reference and what they are.
        self.households: dict[str, list[tuple[str, OccupantKind]]] = defaultdict(list)

    def read(self) -> Dataset:
        for place, values in self._rows(layouts.BUILDINGS):
            self._know_entrance(place, values)
        for place, values in self._rows(layouts.OWNERS):
            self._person(place, values)
        for place, values in self._rows(layouts.FEES):
            self.fees.add(place, values)
        self._homes()
        self._parking()
        self._assets()
        self.data.buildings = list(self.buildings.values())
        self.data.entrances = list(self.entrances.values())
        self.people.warn_of_duplicates()
        return self.data

    def _rows(self, layout: Layout) -> Iterator[tuple[Place, dict[str, Any]]]:
        return self.data.good_rows(self.sheets.get(layout.key), layout)

    def _know_entrance(self, place: Place, values: dict[str, Any]) -> None:
        code, entrance = values["building"], values["entrance"] or NO_ENTRANCE
        building = self.buildings.setdefault(code, BuildingRow(place, code))
        building.floors = max(building.floors or 0, values["floors"] or 0) or None
        if entrance != NO_ENTRANCE:
            row = EntranceRow(place, code, entrance, values["floors"], values["has_lift"])
            self.entrances.setdefault((code, entrance), row)

    # --- people ------------------------------------------------------------------------------------------------------

    def _person(self, place: Place, values: dict[str, Any]) -> None:
        kind = OccupantKind(values["type"] or OccupantKind.OWNER)
        is_owner = kind is OccupantKind.OWNER
        owner = values["owner"] or (values["number"] if is_owner else None)
        if owner is None:
            message = _("The owner's number is missing. Please fill in to whose household the person belongs.")
            self.data.refuse("required", place, "owner", "", message)
            return
        reference = owner if is_owner else f"{owner}/{values['number'] or values['name']}"[:40]
        party = PartyRow(place, reference, values["name"], phone=values["phone"], id_number=values["id_number"])
        if self.people.add(party) is not None and not is_owner:
            self.households[owner].append((reference, kind))

    # --- homes -------------------------------------------------------------------------------------------------------

    def _homes(self) -> None:
        homes = []
        for place, values in self._rows(layouts.UNITS):
            starts = self.fees.starts(place, values["fees"], values["starts"])
            if starts is not None:
                homes.append((place, values, starts))
        # Owners own at least since the earliest day that the workbook knows, so that every charge finds its payer.
        days = [day for _place, _values, starts in homes for _fee, day in starts]
        self.since = min([*days, self.fees.earliest or self.since], default=self.since)
        for place, values, starts in homes:
            code = self._home(place, values)
            self.fees.charge(place, code, starts)
            if values["owner"]:
                since = min((day for _fee, day in starts), default=self.since)
                self._owned(place, code, [values["owner"]], since)
                for reference, kind in self.households[values["owner"]]:
                    self.data.occupancies.append(OccupancyRow(place, code, reference, kind, since, dated=False))

    def _home(self, place: Place, values: dict[str, Any], state: str | None = None) -> str:
        """Take the home of a row of 房屋信息 or 资产信息 and return its code."""
        building, entrance = values["building"], values["entrance"] or NO_ENTRANCE
        if layouts.BUILDINGS.key not in self.sheets:
            self._know_entrance(place, {"floors": None, "has_lift": None} | values)
        entrance = "" if entrance == NO_ENTRANCE else entrance
        type_of = layouts.UNIT_KINDS.get(values["type"] or "")
        if values["type"] and type_of is None:
            message = _("This kind of room is not known; it is imported as “other room”.")
            self.data.warn("unknown_unit_type", place, "type", values["type"], message)
        owned = values.get("owner") or values.get("name")
        guess = {
            "kind": UnitKind.OTHER if values["type"] else UnitKind.RESIDENTIAL if entrance else UnitKind.SHOP,
            "state": state or (OccupancyState.OWNER_OCCUPIED if owned else OccupancyState.UNSOLD),
        }
        unit = UnitRow(
            place,
            building,
            entrance,
            unit_code(building, entrance, values["number"]),
            values["number"],
            values["area"],
            floor=values["floor"],
            kind=type_of,
            inner_area=values["inner_area"] or None,
            first=guess,
        )
        self.data.units.append(unit)
        return unit.code

    def _owned(self, place: Place, unit: str, owners: list[str], since: date) -> None:
        share = (Decimal(1) / len(owners)).quantize(SHARE_PLACES)
        for owner in owners:
            self.data.ownerships.append(OwnershipRow(place, owner, share, since, unit=unit, dated=False))

    # --- parking -----------------------------------------------------------------------------------------------------

    def _parking(self) -> None:
        rows = list(self._rows(layouts.SPACES))
        parks = {(values["car_park"], values["space"]) for _place, values in rows}
        used = Counter(space for _park, space in parks)
        known: dict[tuple[str, ...], Place] = {}
        for place, values in rows:
            park, space = values["car_park"], values["space"]
            # The workbook numbers spaces by car park, the register by estate.
            code = space if used[space] == 1 else f"{park}-{space}"
            if known.setdefault((park,), place) is place:
                self.data.car_parks.append(CarParkRow(place, park))
            zone = self._zone(place, values, known)
            if known.setdefault((park, "space", space), place) is place:
                self._space(place, values, zone, code)
            if values["plate"]:
                self._vehicle(place, values, code)

    def _zone(self, place: Place, values: dict[str, Any], known: dict[tuple[str, ...], Place]) -> str:
        underground = "地下" in (values["type"] or "")
        zone = "地下" if underground else "地上"
        if known.setdefault((values["car_park"], "zone", zone), place) is place:
            level = -1 if underground else 0
            self.data.zones.append(ZoneRow(place, values["car_park"], zone, f"{zone}停车位", level))
        return zone

    def _space(self, place: Place, values: dict[str, Any], zone: str, code: str) -> None:
        deal = values["deal"]
        use = {"sold": SpaceUse.PRIVATE, "let": SpaceUse.MONTHLY}.get(deal or "", SpaceUse.VACANT)
        area = None if values["area"] in (None, 0, UNKNOWN_AREA) else values["area"]
        self.data.spaces.append(SpaceRow(place, values["car_park"], zone, code, use, area))
        if deal == "sold":
            if not values["owner"]:
                message = _("A sold space needs the number of its owner. Please fill it in.")
                self.data.refuse("required", place, "owner", "", message)
                return
            since = values["since"] or self.since
            self.data.ownerships.append(
                OwnershipRow(place, values["owner"], Decimal(1), since, space=code, dated=values["since"] is not None)
            )
        elif deal == "let" and not values["plate"]:
            message = _("The space is let, but no plate says to whom; only the space is imported.")
            self.data.warn("let_without_plate", place, "plate", "", message)

    def _vehicle(self, place: Place, values: dict[str, Any], space: str) -> None:
        try:
            plate = check_plate(values["plate"]).normal
        except PlateError as problem:
            self.data.refuse(problem.code, place, "plate", values["plate"], problem.message)
            return
        let = values["deal"] == "let"
        vehicle = VehicleRow(
            place,
            plate,
            values["owner"],
            space,
            kind=values["vehicle_type"],
            brand=values["brand"],
            colour=values["colour"],
            since=values["since"],
            until=after(values["until"]) if let else None,
        )
        self.data.vehicles.append(vehicle)

    # --- one sheet for everything ------------------------------------------------------------------------------------

    def _assets(self) -> None:
        """Homes and their people row by row: the rows of one home follow each other in any order."""
        homes: dict[str, list[tuple[Place, dict[str, Any]]]] = defaultdict(list)
        for place, values in self._rows(layouts.ASSETS):
            entrance = "" if values["entrance"] == NO_ENTRANCE else values["entrance"]
            code = unit_code(values["building"], entrance, values["number"])
            homes[code].append((place, values))
        references: dict[tuple[str, str], str] = {}
        for code, rows in homes.items():
            place, values = rows[0]
            state = layouts.ROOM_STATES.get(values["state"] or "")
            self._home(place, values, state)
            owners = []
            for where, person in rows:
                if not person["name"]:
                    continue
                kind = OccupantKind(person["owner_type"] or OccupantKind.OWNER)
                reference = self._asset_person(where, person, code, references)
                if kind is OccupantKind.OWNER:
                    owners.append(reference)
                else:
                    self.data.occupancies.append(OccupancyRow(where, code, reference, kind, self.since, dated=False))
            if owners:
                self._owned(place, code, owners, self.since)

    def _asset_person(
        self, place: Place, values: dict[str, Any], code: str, references: dict[tuple[str, str], str]
    ) -> str:
        """The reference of a person without a number of their own: the home where they stand first, and their name."""
        identity = (values["name"], values["id_number"] or values["phone"] or code)
        if identity not in references:
            references[identity] = f"{code}/{values['name']}"[:40]
            self.people.add(
                PartyRow(
                    place, references[identity], values["name"], phone=values["phone"], id_number=values["id_number"]
                )
            )
        return references[identity]
