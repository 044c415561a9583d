"""What a workbook says, whatever its layout: plain rows with natural keys, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.imports.fees import FeeRow
from anju.kit.sheets import Layout, Problem, Sheet, SheetProblem, SheetReader, cell_problem, row_problem

MOST_PROBLEMS = 50_000
"""Errors that are kept; a workbook with more of them is not one of ours, and is refused as a whole."""


class Place(NamedTuple):
    """Where in the workbook something stands."""

    sheet: str
    row: int


@dataclass(slots=True)
class BuildingRow:
    place: Place
    code: str
    name: str | None = None
    floors: int | None = None


@dataclass(slots=True)
class EntranceRow:
    place: Place
    building: str
    code: str
    floors: int | None = None
    has_lift: bool | None = None


@dataclass(slots=True)
class UnitRow:
    """``entrance`` is empty where the building has none. What is None is not said by the file and stays as it is."""

    place: Place
    building: str
    entrance: str
    code: str
    number: str
    exclusive_area: Decimal
    floor: int | None = None
    kind: str | None = None
    inner_area: Decimal | None = None
    delivery_date: date | None = None
    state: str | None = None
    note: str | None = None
    first: dict[str, Any] = field(default_factory=dict)
    """Columns of a new unit that the file does not say; guesses, so they never overwrite what is on the register."""


@dataclass(slots=True)
class PartyRow:
    place: Place
    reference: str
    name: str
    kind: str | None = None
    phone: str | None = None
    id_number: str | None = None
    mailing_address: str | None = None
    prepayment_agreed: bool | None = None
    note: str | None = None


@dataclass(slots=True)
class OwnershipRow:
    """``unit`` or ``space`` is set, by code. Where the file gives no date, ``dated`` is False and ``since`` a guess."""

    place: Place
    party: str
    share: Decimal
    since: date
    until: date | None = None
    unit: str | None = None
    space: str | None = None
    dated: bool = True


@dataclass(slots=True)
class OccupancyRow:
    place: Place
    unit: str
    party: str
    kind: str
    since: date
    until: date | None = None
    dated: bool = True


@dataclass(slots=True)
class CarParkRow:
    place: Place
    code: str
    name: str | None = None


@dataclass(slots=True)
class ZoneRow:
    place: Place
    car_park: str
    code: str
    name: str | None = None
    level: int | None = None
    audience: str | None = None
    guidance_sign: str | None = None
    attendants: int | None = None


@dataclass(slots=True)
class SpaceRow:
    place: Place
    car_park: str
    zone: str
    code: str
    use: str | None = None
    area: Decimal | None = None


@dataclass(slots=True)
class VehicleRow:
    place: Place
    plate: str
    party: str | None = None
    space: str | None = None
    kind: str | None = None
    brand: str | None = None
    colour: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(slots=True)
class ChargeOf:
    """A regular charge before ids are known: ``unit`` or ``space`` by code."""

    place: Place
    fee_code: str
    since: date
    until: date | None = None
    unit: str | None = None
    space: str | None = None


@dataclass(slots=True)
class Dataset:
    """A whole workbook. ``refused`` holds the places of rows with an error: nothing of them is imported."""

    buildings: list[BuildingRow] = field(default_factory=list)
    entrances: list[EntranceRow] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)
    parties: list[PartyRow] = field(default_factory=list)
    ownerships: list[OwnershipRow] = field(default_factory=list)
    occupancies: list[OccupancyRow] = field(default_factory=list)
    car_parks: list[CarParkRow] = field(default_factory=list)
    zones: list[ZoneRow] = field(default_factory=list)
    spaces: list[SpaceRow] = field(default_factory=list)
    vehicles: list[VehicleRow] = field(default_factory=list)
    fees: list[FeeRow] = field(default_factory=list)
    charges: list[ChargeOf] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    refused: set[Place] = field(default_factory=set)
    titles: dict[str, str] = field(default_factory=dict)
    """Under which column title the file refers to a building, entrance, unit, owner, person, space, zone, fee …"""

    def refuse(self, code: str, place: Place, column: str, value: Any, message: str | Promise) -> None:
        """Put an error on record and refuse the whole row; of a row that is refused already, nothing more is said."""
        if place in self.refused:
            return
        self._note(_problem(code, place, column, value, message))
        self.refused.add(place)

    def good_rows(self, sheet: Sheet | None, layout: Layout) -> Iterator[tuple[Place, dict[str, Any]]]:
        """The rows of a sheet that could be read, none where the workbook has no such sheet; the others are refused."""
        if sheet is None:
            return
        reader = SheetReader(sheet, layout)
        self.refuse_read(reader.problems)
        for row in reader:
            if row.problems:
                self.refuse_read(row.problems)
            else:
                yield Place(sheet.name, row.number), row.values

    def refuse_read(self, problems: Iterable[Problem]) -> None:
        """Take over what reading the sheet has found; a problem of row 0 or of the header is one of the whole sheet."""
        for problem in problems:
            self._note(problem)
            self.refused.add(Place(problem.sheet, problem.row))

    def _note(self, problem: Problem) -> None:
        self.errors.append(problem)
        if len(self.errors) > MOST_PROBLEMS:
            raise SheetProblem(
                "sheet.too_many_problems",
                format_lazy(
                    _("More than {count} things are wrong in this workbook. Please correct it first. {problem}"),
                    count=MOST_PROBLEMS,
                    problem=self.errors[0].message,
                ),
            )

    def warn(self, code: str, place: Place, column: str, value: Any, message: str | Promise) -> None:
        """Put on record what somebody should look at; the row is imported all the same."""
        if len(self.warnings) >= MOST_PROBLEMS:
            return  # nobody looks at so many
        self.warnings.append(_problem(code, place, column, value, message))


def _problem(code: str, place: Place, column: str, value: Any, message: str | Promise) -> Problem:
    shown = "" if value is None else str(value)
    if column:
        return cell_problem(code, sheet=place.sheet, row=place.row, column=column, value=shown, message=message)
    return row_problem(code, sheet=place.sheet, row=place.row, value=shown, message=message)
