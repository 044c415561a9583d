"""Writers of ownership and occupancy over time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from anju.foundation.accounts.models import User
from anju.foundation.registry import rules
from anju.foundation.registry.actions.storing import check, refuse_foreign, store
from anju.foundation.registry.enums import OccupancyState, OccupantKind, SpaceUse
from anju.foundation.registry.models import Occupancy, Ownership, ParkingSpace, Party, Unit
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_rows

Owners = Sequence[tuple[Party, Decimal]]


@action
def transfer_ownership(
    *,
    unit: Unit | None = None,
    space: ParkingSpace | None = None,
    owners: Owners,
    on: date,
    seen: Collection[int] | None = None,
    by: User | None,
) -> list[Ownership]:
    """A unit or parking space passes to ``owners`` (party, share) ``on`` the first day that is theirs; history is kept.

    ``seen`` are the ids of the ownerships that the person at the desk was looking at: when somebody else has changed
    them meanwhile, nothing happens. Occupancies of former owners end, an unsold unit counts as sold.

    Raises Refusal ``owners_changed``, ``same_day`` (an owner of today can't sell today: use :func:`set_owners` to
    correct an entry), ``later_transfer``, ``shares`` or ``foreign_estate``.
    """
    thing, current = _lock(unit, space, on)
    if seen is not None and {row.pk for row in current} != set(seen):
        raise Refusal("owners_changed", _("Somebody has changed the owners meanwhile. Reload the page and look again."))
    if any(row.since == on for row in current):
        raise Refusal("same_day", _("The present owners own it only since this day. Choose a later day."), "on")
    for row in current:
        row.until = on
        row.save(update_fields=["until"])
    created = _own(thing, owners, on)
    _end_stays_of_former_owners(thing, current, created, on)
    return created


@action
def set_owners(
    *, unit: Unit | None = None, space: ParkingSpace | None = None, owners: Owners, since: date, by: User | None
) -> list[Ownership]:
    """Record who owns a unit or space from ``since`` on: its first owners, or a correction of that day's entry.

    Raises Refusal ``has_owners`` when others own it on that day (that takes a transfer), ``later_transfer``, ``shares``
    or ``foreign_estate``.
    """
    thing, current = _lock(unit, space, since)
    if any(row.since < since for row in current):
        raise Refusal("has_owners", _("It has owners on that day. Record a change of ownership instead."), "since")
    for row in current:
        row.delete()
    return _own(thing, owners, since)


def _lock(unit: Unit | None, space: ParkingSpace | None, on: date) -> tuple[Unit | ParkingSpace, list[Ownership]]:
    """The thing under a row lock, read afresh, and its ownerships in force on a day; nothing may come later."""
    thing: Unit | ParkingSpace
    if unit is not None:
        (thing,) = lock_rows(Unit.objects.filter(pk=unit.pk))
    elif space is not None:
        (thing,) = lock_rows(ParkingSpace.objects.filter(pk=space.pk))
    else:
        raise TypeError("name a unit or a space")
    rows = list(thing.ownerships.select_related("party").filter(Q(until=None) | Q(until__gt=on)).order_by("pk"))
    if any(row.since > on for row in rows):
        raise Refusal(
            "later_transfer", _("A later change of ownership is already on record. Choose a later day."), "on"
        )
    return thing, rows


def _own(thing: Unit | ParkingSpace, owners: Owners, since: date) -> list[Ownership]:
    try:
        shares = rules.whole_shares([share for _party, share in owners])
    except ValueError:
        raise Refusal("shares", _("The owners' shares must each be above 0 and sum to 1."), "owners") from None
    if len({party.pk for party, _share in owners}) < len(owners):
        raise Refusal("shares", _("The same owner is named twice. Add the shares together."), "owners")
    created = []
    for (party, _share), share in zip(owners, shares, strict=True):
        row = Ownership(estate_id=thing.estate_id, party=party, share=share, since=since)
        setattr(row, "unit" if isinstance(thing, Unit) else "space", thing)
        refuse_foreign(row)
        check(row)
        row.save()
        created.append(row)
    if isinstance(thing, Unit):
        delivered = thing.delivery_date is not None and thing.delivery_date <= since
        thing.state = rules.state_after_sale(thing.state, delivered)
        thing.save(update_fields=["state"])
    elif thing.use != SpaceUse.PRIVATE:
        thing.use = SpaceUse.PRIVATE
        thing.save(update_fields=["use"])
    return created


def _end_stays_of_former_owners(
    thing: Unit | ParkingSpace, former: list[Ownership], new: list[Ownership], on: date
) -> None:
    if not isinstance(thing, Unit):
        return
    gone = {row.party_id for row in former} - {row.party_id for row in new}
    stays = thing.occupancies.filter(Q(until=None) | Q(until__gt=on), party__in=gone, kind=OccupantKind.OWNER)
    for stay in stays.filter(since__lt=on):
        stay.until = on
        stay.save(update_fields=["until"])


@action
def start_occupancy(
    *,
    unit: Unit,
    party: Party,
    kind: str = OccupantKind.TENANT,
    since: date,
    until: date | None = None,
    by: User | None,
) -> Occupancy:
    """Record who lives in or uses a unit; a tenant makes it let, an owner owner-occupied.

    Raises Refusal ``already_there`` when the same person is there in the same way on that day, ``invalid`` or
    ``foreign_estate``.
    """
    (unit,) = lock_rows(Unit.objects.filter(pk=unit.pk))
    there = unit.occupancies.filter(Q(until=None) | Q(until__gt=since), party=party, kind=kind)
    if until is not None:
        there = there.filter(since__lt=until)
    if there.exists():
        raise Refusal("already_there", _("This person is already recorded there at that time."), "party")
    occupancy = store(
        Occupancy(estate_id=unit.estate_id, unit=unit),
        {"party": party, "kind": kind, "since": since, "until": until},
        ("party", "kind", "since", "until"),
    )
    _follow_occupants(unit)
    return occupancy


@action
def end_occupancy(*, occupancy: Occupancy, until: date, by: User | None) -> Occupancy:
    """End a stay; ``until`` is the first day without it. Raises Refusal ``invalid`` when that is before it began."""
    (unit,) = lock_rows(Unit.objects.filter(pk=occupancy.unit_id))
    store(occupancy, {"until": until}, ("until",))
    _follow_occupants(unit)
    return occupancy


def _follow_occupants(unit: Unit) -> None:
    """Let the unit's state say who is there today; states that are agreed rather than seen stay."""
    if unit.state not in (OccupancyState.VACANT, OccupancyState.OWNER_OCCUPIED, OccupancyState.LET):
        return
    today = clock.today()
    present = unit.occupancies.filter(Q(until=None) | Q(until__gt=today), since__lte=today)
    kinds = set(present.values_list("kind", flat=True))
    if kinds & {OccupantKind.OWNER, OccupantKind.FAMILY}:
        state = OccupancyState.OWNER_OCCUPIED
    else:
        state = OccupancyState.LET if kinds else OccupancyState.VACANT
    if state != unit.state:
        unit.state = state
        unit.save(update_fields=["state"])
