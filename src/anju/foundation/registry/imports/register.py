"""From our own workbook to a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.actions.units import unit_code
from anju.foundation.registry.imports import register_layouts as layouts
from anju.foundation.registry.imports.dataset import (
    BuildingRow,
    CarParkRow,
    ChargeOf,
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
from anju.foundation.registry.imports.fees import FeeRow
from anju.foundation.registry.imports.people import PeopleCheck
from anju.foundation.registry.plates import PlateError, check_plate
from anju.kit.sheets import Book, Layout, match_sheets, unread_sheets

CYCLES = (1, 3, 6, 12)


def read(book: Book) -> Dataset:
    """Read whatever sheets of the workbook are there. Raises ``SheetProblem`` when the file breaks off."""
    return _Reader(book).read()


class _Reader:
    def __init__(self, book: Book) -> None:
        self.sheets = match_sheets(book, layouts.LAYOUTS)
        self.data = Dataset(unread=unread_sheets(book, layouts.LAYOUTS, self.sheets))

    def read(self) -> Dataset:
        self._tree()
        self._people()
        self._parking()
        self._fees()
        return self.data

    def _rows(self, layout: Layout) -> Iterator[tuple[Place, dict[str, Any]]]:
        return self.data.good_rows(self.sheets.get(layout.key), layout)

    def _tree(self) -> None:
        for place, values in self._rows(layouts.BUILDINGS):
            self.data.buildings.append(BuildingRow(place, values["code"], values["name"], values["floors"]))
        for place, values in self._rows(layouts.ENTRANCES):
            self.data.entrances.append(
                EntranceRow(place, values["building"], values["code"], values["floors"], values["has_lift"])
            )
        for place, values in self._rows(layouts.UNITS):
            building, entrance, number = values["building"], values["entrance"] or "", values["number"]
            unit = UnitRow(place, building, entrance, unit_code(building, entrance, number), number, values["area"])
            unit.floor, unit.kind, unit.state = values["floor"], values["kind"], values["state"]
            unit.inner_area, unit.delivery_date, unit.note = values["inner_area"], values["delivered"], values["note"]
            self.data.units.append(unit)

    def _people(self) -> None:
        people = PeopleCheck(self.data)
        for place, values in self._rows(layouts.PARTIES):
            party = PartyRow(place, values["reference"], values["name"], values["kind"], values["phone"])
            party.id_number, party.mailing_address = values["id_number"], values["address"]
            party.prepayment_agreed, party.note = values["prepay"], values["note"]
            people.add(party)
        people.warn_of_duplicates()
        for place, values in self._rows(layouts.OWNERSHIP):
            if self._names_one_thing(place, values) and self._in_order(place, values):
                self.data.ownerships.append(
                    OwnershipRow(
                        place, values["party"], values["share"], values["since"], values["until"],
                        values["unit"], values["space"],
                    )
                )  # fmt: skip
        for place, values in self._rows(layouts.OCCUPANCIES):
            if self._in_order(place, values):
                self.data.occupancies.append(
                    OccupancyRow(
                        place, values["unit"], values["party"], values["kind"], values["since"], values["until"]
                    )
                )

    def _parking(self) -> None:
        parks: dict[str, CarParkRow] = {}
        for place, values in self._rows(layouts.ZONES):
            park = parks.setdefault(values["car_park"], CarParkRow(place, values["car_park"]))
            park.name = park.name or values["car_park_name"]
            zone = ZoneRow(place, values["car_park"], values["code"], values["name"], values["level"])
            zone.audience, zone.guidance_sign = values["audience"], values["guidance_sign"]
            zone.attendants = values["attendants"]
            self.data.zones.append(zone)
        self.data.car_parks = list(parks.values())
        for place, values in self._rows(layouts.SPACES):
            self.data.spaces.append(
                SpaceRow(place, values["car_park"], values["zone"], values["code"], values["use"], values["area"])
            )
        for place, values in self._rows(layouts.VEHICLES):
            try:
                plate = check_plate(values["plate"]).normal
            except PlateError as problem:
                self.data.refuse(problem.code, place, "plate", values["plate"], problem.message)
                continue
            if self._in_order(place, values):
                rest = {key: values[key] for key in ("kind", "brand", "colour", "since", "until")}
                self.data.vehicles.append(VehicleRow(place, plate, values["party"], values["space"], **rest))

    def _fees(self) -> None:
        names: dict[str, FeeRow] = {}
        for place, values in self._rows(layouts.FEES):
            twin = next((fee for key in (values["code"], values["name"]) if (fee := names.get(key))), None)
            if twin is not None:
                message = format_lazy(_("Row {row} has the same. Each fee needs its own."), row=twin.row)
                self.data.refuse("duplicate_fee", place, "code", values["code"], message)
                continue
            if (values["cycle"] or 1) not in CYCLES:
                message = _("Bills cover 1, 3, 6 or 12 months. Please enter one of these.")
                self.data.refuse("not_a_choice", place, "cycle", values["cycle"], message)
                continue
            price = (values["price"] or Decimal(0)) if values["method"] == "area" else Decimal(0)
            fee = FeeRow(
                values["code"], values["name"], values["kind"], values["method"], price,
                values["fixed"] or Decimal(0), values["cycle"] or 1, values["timing"] or "advance", values["since"],
                None, "", place.sheet, place.row,
            )  # fmt: skip
            names[fee.code] = names[fee.name] = fee
            self.data.fees.append(fee)
        for place, values in self._rows(layouts.CHARGES):
            if self._names_one_thing(place, values) and self._in_order(place, values):
                self.data.charges.append(
                    ChargeOf(place, values["fee"], values["since"], values["until"], values["unit"], values["space"])
                )

    def _names_one_thing(self, place: Place, values: dict[str, Any]) -> bool:
        if bool(values["unit"]) != bool(values["space"]):
            return True
        message = _("Fill in either the unit or the parking space, not both.")
        self.data.refuse("one_thing", place, "unit", values["unit"], message)
        return False

    def _in_order(self, place: Place, values: dict[str, Any]) -> bool:
        if values["until"] is None or values["since"] is None or values["until"] > values["since"]:
            return True
        message = _("The end must be later than the beginning. Please check both dates.")
        self.data.refuse("dates", place, "until", values["until"], message)
        return False
