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

from anju.foundation.registry.imports.fees import FeeRow, UnitFeeRow
from anju.foundation.registry.imports.known import Known
from anju.kit.sheets import Column, Layout, Problem, Sheet, SheetProblem, SheetReader, cell_problem, row_problem
from anju.kit.sheets.values import number_text

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
    """``unit`` or ``space`` is set, by code. Where the file gives no date, ``dated`` is False and ``since`` a guess.

    An empty ``share`` or ``until`` is that of the register; of a new ownership the whole, and no end.
    """

    place: Place
    party: str
    share: Decimal | None
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

    def with_ids(self, known: Known) -> UnitFeeRow:
        """The charge as whoever charges takes it, once its unit or space is on the register."""
        unit = known.units[self.unit][0] if self.unit is not None else None
        space = known.spaces[self.space][0] if self.space is not None else None
        return UnitFeeRow(self.fee_code, unit, space, self.since, self.until, self.place.sheet, self.place.row)


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
    columns: dict[str, dict[str, Column]] = field(default_factory=dict)
    """By sheet and key: the columns, with the titles that the file gives them."""
    unread: list[str | Promise] = field(default_factory=list)
    """What of the workbook was passed over, in sentences: sheets and columns that are not known."""

    def refuse(
        self, code: str, place: Place, column: str | tuple[str, ...], value: Any, message: str | Promise
    ) -> None:
        """Put an error on record and refuse the whole row; of a row that is refused already, nothing more is said.

        ``column`` is the key of the column at fault, or the keys it has in different layouts: the first one counts
        that the sheet has.
        """
        if place in self.refused:
            return
        self._note(self._problem(code, place, column, value, message))
        self.refused.add(place)

    def sort(self) -> None:
        """Bring problems into the order in which somebody walks through the workbook: by sheet and row."""
        order = {sheet: number for number, sheet in enumerate(self.columns)}
        for problems in (self.errors, self.warnings):
            problems.sort(key=lambda problem: (order.get(problem.sheet, -1), problem.row))

    def good_fees(self) -> list[FeeRow]:
        """The fees whose rows have no error."""
        return [fee for fee in self.fees if Place(fee.sheet, fee.row) not in self.refused]

    def good_rows(self, sheet: Sheet | None, layout: Layout) -> Iterator[tuple[Place, dict[str, Any]]]:
        """The rows of a sheet that could be read, none where the workbook has no such sheet; the others are refused."""
        if sheet is None:
            return
        reader = SheetReader(sheet, layout)
        self.columns[sheet.name] = {column.key: column for column in reader.layout_as_read.columns}
        self.refuse_read(reader.problems)
        if reader.unread and not reader.problems:
            message = _("Sheet “{sheet}”: these columns are not known and were not read: {columns}.")
            self.unread.append(format_lazy(message, sheet=sheet.name, columns="、".join(reader.unread)))
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

    def warn(self, code: str, place: Place, column: str | tuple[str, ...], value: Any, message: str | Promise) -> None:
        """Put on record what somebody should look at; the row is imported all the same."""
        if len(self.warnings) >= MOST_PROBLEMS:
            return  # nobody looks at so many
        self.warnings.append(self._problem(code, place, column, value, message))

    def _problem(
        self, code: str, place: Place, column: str | tuple[str, ...], value: Any, message: str | Promise
    ) -> Problem:
        shown = _shown(value)
        keys = (column,) if isinstance(column, str) else column
        columns = self.columns.get(place.sheet, {})
        at_fault = next((columns[key] for key in keys if key in columns), None)
        if at_fault is not None:
            return cell_problem(
                code,
                sheet=place.sheet,
                row=place.row,
                column=at_fault.title,
                value=shown,
                message=message,
                personal=at_fault.personal,
            )
        return row_problem(code, sheet=place.sheet, row=place.row, value=shown, message=message)


def _shown(value: Any) -> str:
    """A value as people write it: no zeros behind a share."""
    if isinstance(value, Decimal):
        return number_text(value)
    return "" if value is None else str(value)
