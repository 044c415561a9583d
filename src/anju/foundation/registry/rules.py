"""Pure decisions about shares, ownership over time, and the rooms that management must have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from anju.foundation.accounts.enums import OrganisationKind
from anju.foundation.accounts.rules import COMMITTEES
from anju.foundation.registry.enums import OccupancyState

ORGANISATION_KINDS: dict[str, tuple[str, ...]] = {
    "company": (OrganisationKind.PROPERTY_COMPANY,),
    "community": (OrganisationKind.COMMUNITY_COMMITTEE,),
    "committee": COMMITTEES,
}
"""Which kind of organisation an estate can have as what."""
SHARE_PLACES = Decimal("0.00000001")
# What thirds and sevenths lose when people type them with a few decimals.
SHARE_TOLERANCE = Decimal("0.0001")


def whole_shares(shares: Sequence[Decimal]) -> list[Decimal]:
    """``shares`` rounded to eight places and summing to exactly 1; the largest takes up what rounding has lost.

    Raises ValueError when a share is not above 0, or when the sum is further from 1 than rounding explains.
    """
    rounded = [Decimal(share).quantize(SHARE_PLACES) for share in shares]
    if not rounded or any(share <= 0 for share in rounded):
        raise ValueError("every share must be above 0")
    rest = 1 - sum(rounded, Decimal(0))
    if abs(rest) > SHARE_TOLERANCE:
        raise ValueError("the shares must sum to 1")
    rounded[rounded.index(max(rounded))] += rest
    return rounded


@dataclass(frozen=True, slots=True)
class Holding:
    """One ownership as far as time is concerned: ``until`` is the first day without it."""

    share: Decimal
    since: date
    until: date | None = None


def first_day_overowned(holdings: Iterable[Holding]) -> date | None:
    """The first day on which the shares in force exceed 1, or None when ownership never overlaps."""
    changes: dict[date, Decimal] = {}
    for holding in holdings:
        changes[holding.since] = changes.get(holding.since, Decimal(0)) + holding.share
        if holding.until is not None:
            changes[holding.until] = changes.get(holding.until, Decimal(0)) - holding.share
    held = Decimal(0)
    for day in sorted(changes):
        held += changes[day]
        if held > 1 + SHARE_TOLERANCE:
            return day
    return None


def state_after_sale(state: str, delivered: bool) -> str:
    """The occupancy state of a unit once it has an owner: an unsold one waits for delivery or is empty, others stay."""
    if state != OccupancyState.UNSOLD:
        return state
    return OccupancyState.VACANT if delivered else OccupancyState.UNDELIVERED


@dataclass(frozen=True, slots=True)
class RoomThresholds:
    """The figures of P11-09 and P11-10; areas in m2."""

    company_share: Decimal
    company_area: Decimal
    small_estate_area: Decimal
    committee_area: Decimal


@dataclass(frozen=True, slots=True)
class Room:
    """A management room as the rules see it; ``area`` in m2."""

    area: Decimal
    above_ground: bool
    self_contained: bool
    has_water: bool
    has_electricity: bool
    temporary: bool = False

    @property
    def is_usable(self) -> bool:
        """Above ground, self-contained, with water and electricity (P11-11)."""
        return self.above_ground and self.self_contained and self.has_water and self.has_electricity


class Finding(StrEnum):
    """How an estate stands with regard to one kind of management room."""

    MET = "met"
    TOO_SMALL = "too_small"
    UNUSABLE = "unusable"
    MISSING = "missing"
    AREA_UNKNOWN = "area_unknown"


def required_company_area(thresholds: RoomThresholds, floor_area: Decimal) -> Decimal:
    """The least area of the company's rooms in m2: a share of the floor area, a fixed one in small estates (P11-09)."""
    share = floor_area * thresholds.company_share
    if floor_area < thresholds.small_estate_area:
        return max(share, thresholds.company_area)
    return share


def basis_of_area(rooms: Sequence[Room], total: Decimal | None, first_phase: Decimal | None) -> Decimal | None:
    """The floor area that rooms are measured against: of the first phase while all are temporary (P11-11)."""
    if rooms and all(room.temporary for room in rooms) and first_phase is not None:
        return first_phase
    return total


def judge_rooms(rooms: Sequence[Room], required: Decimal | None) -> tuple[Decimal, Finding]:
    """The area in m2 that counts, and the finding; a room that is not usable counts nothing (P11-11)."""
    counted = sum((room.area for room in rooms if room.is_usable), Decimal(0))
    if not rooms:
        return counted, Finding.MISSING
    if required is None:
        return counted, Finding.AREA_UNKNOWN
    if counted >= required:
        return counted, Finding.MET
    unusable = any(not room.is_usable for room in rooms) and sum(room.area for room in rooms) >= required
    return counted, Finding.UNUSABLE if unusable else Finding.TOO_SMALL
