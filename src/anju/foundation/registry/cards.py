"""What the customer card and the unit board show, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet

from anju.foundation.registry import selectors
from anju.foundation.registry.enums import OccupancyState, OccupantKind
from anju.foundation.registry.hooks import Mark
from anju.foundation.registry.models import Building, Entrance, Estate, Occupancy, Ownership, Party, Unit, Vehicle
from anju.kit import clock
from anju.kit.searches import by_any

MOST_BESIDE = 8
"""Tiles of one entrance that stand side by side; a longer floor (a shopping street) takes several lines."""


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """Everything of the register that hangs on one party. What is over is in ``former``."""

    party: Party
    homes: list[Ownership]
    spaces: list[Ownership]
    stays: list[Occupancy]
    household: list[Occupancy]
    vehicles: list[Vehicle]
    former: list[Ownership | Occupancy]

    @property
    def area(self) -> Decimal:
        """The exclusive area owned, in m2, by share."""
        return sum((row.unit.exclusive_area * row.share for row in self.homes if row.unit), Decimal(0))


def customer_card(party: Party) -> CustomerCard:
    """The card of ``party`` in four queries."""
    today = clock.today()
    owned = list(
        Ownership.objects.filter(party=party)
        .select_related("unit__building", "unit__entrance", "space__zone__car_park")
        .order_by("unit__code", "space__code", "-since")
    )
    stays = list(
        Occupancy.objects.filter(party=party).select_related("unit__building").order_by("unit__code", "-since")
    )
    now = [row for row in owned if _holds(row, today)]
    lived = [row for row in stays if _holds(row, today)]
    homes = [row for row in now if row.unit_id]
    units = {row.unit_id for row in homes} | {row.unit_id for row in lived}
    household = (
        Occupancy.objects.filter(selectors.in_force(), unit__in=units)
        .exclude(party=party)
        .select_related("party", "unit")
        .order_by("unit__code", "kind", "since")
    )
    return CustomerCard(
        party=party,
        homes=homes,
        spaces=[row for row in now if row.space_id],
        stays=[row for row in lived if row.kind != OccupantKind.OWNER or row.unit_id not in {h.unit_id for h in homes}],
        household=list(household) if units else [],
        vehicles=list(party.vehicles.select_related("space").order_by("plate")),
        former=[*filter(_over, owned), *filter(_over, stays)],
    )


def _holds(row: Ownership | Occupancy, day: object) -> bool:
    return row.since <= day and (row.until is None or row.until > day)  # type: ignore[operator]


def _over(row: Ownership | Occupancy) -> bool:
    return row.until is not None and row.until <= clock.today()


@dataclass(slots=True)
class Tile:
    """One unit on the board."""

    unit: Unit
    mark: Mark | None

    @property
    def owners(self) -> str:
        return "、".join(row.party.name for row in self.unit.current_ownerships)  # type: ignore[attr-defined]


@dataclass(slots=True)
class Floor:
    """One floor: for each column of the board how many tiles stand side by side there, and this floor's tiles."""

    number: int
    cells: list[tuple[int, list[Tile]]]


@dataclass(slots=True)
class Board:
    """One building as a grid: floors from the top down, a column per entrance (None: units without one)."""

    building: Building
    entrances: list[Entrance | None]
    floors: list[Floor] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    owing: int = 0
    owed: Decimal = Decimal(0)
    shown: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def buildings_with_counts(estate: Estate) -> QuerySet[Building]:
    """The buildings in order, each with ``unit_count`` and ``vacant_count``."""
    rows: QuerySet[Building] = selectors.buildings_of_estate(estate).annotate(
        unit_count=Count("units"), vacant_count=Count("units", filter=Q(units__state=OccupancyState.VACANT))
    )
    return rows


def board_of(
    building: Building, units: Sequence[Unit], marks: dict[int, Mark], state: str = "", owing: bool = False
) -> Board:
    """Lay ``units`` out; ``state`` and ``owing`` narrow the tiles, the counts stay those of the whole building."""
    entrances = {unit.entrance_id: unit.entrance for unit in units}
    codes = {key: entrance.code if entrance else "" for key, entrance in entrances.items()}
    columns = sorted(entrances, key=lambda key: (key is None, codes[key]))
    board = Board(building, [entrances[key] for key in columns], counts=dict.fromkeys(OccupancyState.values, 0))
    grid: dict[int, dict[int | None, list[Tile]]] = {}
    for unit in units:
        mark = marks.get(unit.pk)
        owes = mark is not None and mark.amount > 0
        board.counts[unit.state] += 1
        board.owing += owes
        board.owed += mark.amount if mark is not None else Decimal(0)
        if (state and unit.state != state) or (owing and not owes):
            continue
        board.shown += 1
        grid.setdefault(unit.floor, {}).setdefault(unit.entrance_id, []).append(Tile(unit, mark))
    widths = {key: min(MOST_BESIDE, max(len(cells.get(key, ())) for cells in grid.values())) for key in columns if grid}
    board.floors = [
        Floor(floor, [(widths[key], sorted(grid[floor].get(key, []), key=_by_number)) for key in columns])
        for floor in sorted(grid, reverse=True)
    ]
    return board


def _by_number(tile: Tile) -> str:
    return tile.unit.number


def people_named(text: str, limit: int = 8) -> QuerySet[Party]:
    """Parties whose name, pinyin, initials, phone or reference begins with ``text``, for fields that name people."""
    sound = text.lower().replace(" ", "")
    return by_any(
        Party.objects.all(),
        Q(name__startswith=text),
        Q(pinyin__startswith=sound),
        Q(initials__startswith=sound),
        Q(phone__startswith=text),
        Q(reference__in={text, text.upper(), text.lower()}) & ~Q(reference=""),
        Ownership.objects.filter(selectors.in_force(), unit__code=text).values_list("party"),
    ).order_by(F("name"), "pk")[:limit]
