"""Whether the rows of a workbook fit together and fit the register; pure, nothing is written.

A row that is refused takes along those that refer to it, so the checks are repeated until no further row falls.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry.imports.dataset import Dataset, Place
from anju.foundation.registry.imports.known import Known
from anju.foundation.registry.rules import SHARE_TOLERANCE, Holding, first_day_overowned, whole_shares
from anju.kit import clock

# The keys of the columns that mean the same in different layouts.
_PARTY = ("party", "owner", "name")
_UNIT = ("unit", "number")
_SPACE = ("space", "code")
_FEE = ("fee", "fees")
_COLUMNS = {"owner": _PARTY, "party": _PARTY, "unit": _UNIT, "space": _SPACE, "fee": _FEE}


def settle(data: Dataset, known: Known) -> None:
    """Refuse in ``data`` every row that is there twice, refers to nothing, or makes somebody own what others own."""
    _Settler(data, known).settle()


def settle_again(data: Dataset, known: Known) -> None:
    """Refuse what refers to rows that somebody else has refused in the meantime."""
    _Settler(data, known).refuse_until_stable()


class _Settler:
    def __init__(self, data: Dataset, known: Known) -> None:
        self.data = data
        self.known = known

    def settle(self) -> None:
        self._refuse_repeated()
        self._refuse_overlapping_charges()
        self.refuse_until_stable()
        self._refuse_overowned()
        self.refuse_until_stable()

    def refuse_until_stable(self) -> None:
        before = -1
        while before != len(self.data.refused):
            before = len(self.data.refused)
            self._refuse_dangling()

    def _good(self, rows: Iterable[Any]) -> list[Any]:
        refused = self.data.refused
        return [row for row in rows if row.place not in refused]

    # --- rows that are there twice -----------------------------------------------------------------------------------

    def _refuse_repeated(self) -> None:
        data = self.data
        for rows, key_of, code, columns, noun in (
            (data.buildings, lambda row: row.code, "duplicate_building", ("code", "building"), _("building")),
            (data.entrances, lambda row: (row.building, row.code), "duplicate_entrance", ("code", "entrance"),
             _("entrance")),
            (data.units, lambda row: row.code, "duplicate_unit", ("number",), _("unit")),
            (data.zones, lambda row: (row.car_park, row.code), "duplicate_zone", ("code",), _("parking zone")),
            (data.spaces, lambda row: row.code, "duplicate_space", _SPACE, _("parking space")),
            (data.vehicles, lambda row: row.plate, "duplicate_vehicle", ("plate",), _("vehicle")),
            (data.ownerships, lambda row: (row.unit, row.space, row.party, row.since), "duplicate_ownership",
             _PARTY, _("ownership")),
            (data.occupancies, lambda row: (row.unit, row.party, row.kind, row.since), "duplicate_occupancy",
             _PARTY, _("stay")),
            (data.charges, lambda row: (row.unit, row.space, row.fee_code, row.since), "duplicate_charge",
             _FEE, _("recurring charge")),
        ):  # fmt: skip
            self._repeated(rows, key_of, code, columns, noun)

    def _repeated(
        self, rows: list[Any], key_of: Callable[[Any], Any], code: str, columns: tuple[str, ...], noun: str | Promise
    ) -> None:
        seen: dict[Any, Place] = {}
        for row in self._good(rows):
            key = key_of(row)
            first = seen.setdefault(key, row.place)
            if first is not row.place:
                shown = "-".join(str(part) for part in key if part) if isinstance(key, tuple) else key
                message = format_lazy(
                    _("The {noun} {shown} is already in row {row}. Please delete or correct one of them."),
                    noun=noun, shown=shown, row=first.row,
                )  # fmt: skip
                self.data.refuse(code, row.place, columns, shown, message)

    def _refuse_overlapping_charges(self) -> None:
        """Two rows by which the same home pays the same fee on the same days: which one is meant, nobody can tell."""
        by_thing: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for row in self._good(self.data.charges):
            by_thing[row.unit, row.space, row.fee_code].append(row)
        for rows in by_thing.values():
            rows.sort(key=lambda row: row.since)
            for before, row in pairwise(rows):
                if before.until is None or before.until > row.since:
                    for one, other in ((before, row), (row, before)):
                        message = format_lazy(
                            _("Row {row} charges the same fee on some of these days. Please end the earlier charge, "
                              "or delete one of them."),
                            row=other.place.row,
                        )  # fmt: skip
                        self.data.refuse("charges_overlap", one.place, ("since", *_FEE), one.since, message)

    # --- references --------------------------------------------------------------------------------------------------

    def _refuse_dangling(self) -> None:
        data, known = self.data, self.known
        buildings = known.buildings.keys() | {row.code for row in self._good(data.buildings)}
        for row in self._good(data.entrances):
            self._must(row, row.building in buildings, "building", row.building, _("building"))
        entrances = known.entrances.keys() | {(row.building, row.code) for row in self._good(data.entrances)}
        parties = known.parties.keys() | {row.reference for row in self._good(data.parties)}
        for row in self._good(data.units):
            self._must(row, row.building in buildings, "building", row.building, _("building"))
            found = not row.entrance or (row.building, row.entrance) in entrances
            self._must(row, found, "entrance", f"{row.building}-{row.entrance}", _("entrance"))
        units = known.units.keys() | {row.code for row in self._good(data.units)}
        parks = known.car_parks.keys() | {row.code for row in self._good(data.car_parks)}
        for row in self._good(data.zones):
            self._must(row, row.car_park in parks, "car_park", row.car_park, _("car park"))
        zones = known.zones.keys() | {(row.car_park, row.code) for row in self._good(data.zones)}
        for row in self._good(data.spaces):
            found = (row.car_park, row.zone) in zones
            self._must(row, found, "zone", f"{row.car_park}-{row.zone}", _("parking zone"))
        spaces = known.spaces.keys() | {row.code for row in self._good(data.spaces)}
        for row in self._good(data.ownerships):
            self._must_know_thing(row, units, spaces)
            self._must(row, row.party in parties, "owner", row.party, _("owner"))
        for row in self._good(data.occupancies):
            self._must(row, row.unit in units, "unit", row.unit, _("unit"))
            self._must(row, row.party in parties, "party", row.party, _("person"))
        for row in self._good(data.vehicles):
            self._must(row, not row.party or row.party in parties, "party", row.party, _("person"))
            self._must(row, not row.space or row.space in spaces, "space", row.space, _("parking space"))
        fees = known.fees | {fee.code for fee in data.good_fees()}
        for row in self._good(data.charges):
            self._must_know_thing(row, units, spaces)
            self._must(row, row.fee_code in fees, "fee", row.fee_code, _("fee item"))

    def _must_know_thing(self, row: Any, units: set[Any], spaces: set[Any]) -> None:
        if row.unit is not None:
            self._must(row, row.unit in units, "unit", row.unit, _("unit"))
        else:
            self._must(row, row.space in spaces, "space", row.space, _("parking space"))

    def _must(self, row: Any, found: bool, what: str, value: str, noun: str | Promise) -> None:
        if not found:
            message = format_lazy(
                _("The {noun} {value} is neither in this workbook nor on the register, or its own row has an error."),
                noun=noun, value=value,
            )  # fmt: skip
            self.data.refuse(f"unknown_{what}", row.place, _COLUMNS.get(what, (what,)), value, message)

    # --- ownership over time -----------------------------------------------------------------------------------------

    def _refuse_overowned(self) -> None:
        today = clock.today()
        new: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for row in self._good(self.data.ownerships):
            new[("unit", row.unit) if row.unit is not None else ("space", row.space)].append(row)
        for thing, rows in new.items():
            held = self.known.ownerships.get(thing, [])
            _fill_empty(rows, held)
            if not held and len(rows) == 1 and rows[0].share == 1:
                continue
            self._even_out(rows)
            undated = [row for row in rows if not row.dated]
            owners = {holding.party for holding in held if holding.until is None or holding.until > today}
            if undated and owners and owners != {row.party for row in undated}:
                message = _("Others are on the register as owners. Record a change of ownership with its day instead.")
                for row in undated:
                    self.data.refuse("other_owner", row.place, _PARTY, row.party, message)
                continue
            self._refuse_overlap([row for row in rows if row.dated], held)

    def _even_out(self, rows: list[Any]) -> None:
        """Let shares typed with few decimals (0.3333 thrice) sum to exactly 1; warn where a part has no owner."""
        by_day: dict[Any, list[Any]] = defaultdict(list)
        for row in rows:
            by_day[row.since].append(row)
        for together in by_day.values():
            total = sum(row.share for row in together)
            if abs(total - 1) <= SHARE_TOLERANCE:
                for row, share in zip(together, whole_shares([row.share for row in together]), strict=True):
                    row.share = share
            elif total < 1 and len(by_day) == 1:
                message = _("The shares of these owners do not sum to 1. Please check whether an owner is missing.")
                self.data.warn("shares_incomplete", together[-1].place, ("share", *_PARTY), total, message)

    def _refuse_overlap(self, rows: list[Any], held: list[Any]) -> None:
        told = {(row.party, row.since) for row in rows}
        holdings = [Holding(row.share, row.since, row.until) for row in rows]
        holdings += [Holding(h.share, h.since, h.until) for h in held if (h.party, h.since) not in told]
        day = first_day_overowned(holdings) if rows else None
        if day is not None:
            message = format_lazy(
                _("From {day} the shares of all owners are more than the whole. Please check shares and dates."),
                day=day.isoformat(),
            )  # fmt: skip
            # Which of them is wrong nobody can tell; half of them would be wrong owners on the register.
            for row in rows:
                if row.since <= day and (row.until is None or row.until > day):
                    self.data.refuse("shares", row.place, ("share", *_PARTY), row.share, message)


def _fill_empty(rows: list[Any], held: list[Any]) -> None:
    """What the workbook leaves empty is as on the register: importing it again must not undo what was done since."""
    known = {(holding.party, holding.since): holding for holding in held}
    for row in rows:
        holding = known.get((row.party, row.since))
        row.until = row.until or (holding.until if holding else None)
        row.share = row.share or (holding.share if holding else Decimal(1))
