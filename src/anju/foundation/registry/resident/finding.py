"""Finding a home before one has it: reads across estates, for a person whom no estate knows yet.

They answer nothing about people: names of estates, numbers of rooms, and what the person has asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django_scopes import scopes_disabled

from anju.foundation.accounts.models import User
from anju.foundation.registry.models import Estate, HomeApplication, Occupancy, Ownership, Party, Unit
from anju.foundation.registry.selectors import in_force, residents
from anju.kit.chinese import normalise
from anju.kit.searches import begins

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Home:
    """A unit the person owns or lives in, and as what."""

    unit: Unit
    estate: Estate
    owned: bool
    kind: str


def homes_of(user: User) -> list[Home]:
    """The person's homes in the estates in scope, an owned one only once."""
    found: dict[int, Home] = {}
    owned = Ownership.objects.filter(in_force(), party__user=user, unit__isnull=False)
    for row in owned.select_related("unit__building", "estate").order_by("estate__code", "unit__code"):
        if row.unit is not None:
            found[row.unit.pk] = Home(row.unit, row.estate, True, "")
    lived = Occupancy.objects.filter(in_force(), party__user=user)
    for stay in lived.select_related("unit__building", "estate").order_by("estate__code", "unit__code"):
        found.setdefault(stay.unit_id, Home(stay.unit, stay.estate, False, stay.get_kind_display()))
    return list(found.values())


def parties_of(user: User) -> list[Party]:
    """The entries of the registers in scope that are this person."""
    return list(Party.objects.filter(user=user).select_related("estate").order_by("estate__code", "pk"))


def estates_by_phone(user: User) -> list[Estate]:
    """The estates whose register knows the person's phone as that of an owner or occupant nobody is bound as yet."""
    if not user.phone:
        return []
    with scopes_disabled():  # the person has no home yet, so no estate can be in scope; the phone is their own
        known = Party.objects.filter(phone=user.phone, user=None).values("estate")
        return [
            estate
            for estate in Estate.objects.filter(pk__in=known).order_by("name")
            if residents(estate).filter(phone=user.phone, user=None).exists()
        ]


def estates_named(text: str) -> list[Estate]:
    """Estates whose name, code or address holds ``text``; the first ones for no text."""
    text = normalise(text)
    rows = Estate.objects.order_by("name", "pk")
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(address__icontains=text) | Q(code__iexact=text))
    return list(rows[:SHOWN])


def estate_coded(code: str) -> Estate | None:
    return Estate.objects.filter(code=code).first()


def rooms_like(estate: Estate, text: str) -> list[Unit]:
    """Rooms whose whole number or last part begins with ``text``: numbers only, nothing of who lives there."""
    text = normalise(text)
    if not text:
        return []
    with scopes_disabled():  # before they have a home, no estate is in the person's scope; this one is named
        rows = Unit.objects.filter(begins("code", text) | begins("number", text), estate=estate)
        return list(rows.order_by("code")[:SHOWN])


def room(estate: Estate, pk: int) -> Unit | None:
    with scopes_disabled():  # as above
        return Unit.objects.filter(estate=estate, pk=pk).select_related("estate").first()


def applications_of(user: User) -> list[HomeApplication]:
    """What the person has asked for, everywhere, newest first."""
    with scopes_disabled():  # an estate comes into scope when the application is approved; these are their own
        rows = HomeApplication.objects.filter(user=user).select_related("unit", "estate").order_by("-pk")
        return list(rows[:SHOWN])
