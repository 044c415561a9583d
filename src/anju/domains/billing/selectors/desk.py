"""Reads of the desk beyond one payer: who may be meant by what was typed, and who else owes for the same homes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from anju.domains.billing.models import Bill, Payment
from anju.domains.billing.selectors.bills import late_fees
from anju.domains.billing.selectors.collection import BILL_PARTS, DeskLine, open_bills
from anju.foundation.accounts.models import User
from anju.foundation.registry.models import Estate, Occupancy, Ownership, Party, Unit, Vehicle
from anju.foundation.registry.search import Hit, search
from anju.foundation.registry.selectors import in_force
from anju.kit.idcards import mask_phone
from anju.kit.money import ZERO


@dataclass(slots=True)
class FoundPayer:
    """One person or organisation who may be the payer: what is theirs, and what they owe in yuan."""

    party: Party
    things: list[str] = field(default_factory=list)
    open: Decimal = ZERO
    bills: int = 0

    @property
    def phone(self) -> str:
        return mask_phone(self.party.phone) if self.party.phone else ""


def payers_found(estate: Estate, text: str, limit: int = 8) -> list[FoundPayer]:
    """Who may be meant by a room, name, initials, phone, plate or space; best first, whoever owes before the others.

    Costs the search and at most six queries more, whatever is found.
    """
    hits = search(estate, text, limit)
    ids: dict[str, list[int]] = defaultdict(list)
    for hit in hits:
        ids[hit.kind].append(hit.id)
    by_thing = _people_of(ids)
    found: dict[int, None] = {}
    for hit in hits:
        for party in [hit.id] if hit.kind == "party" else by_thing.get((hit.kind, hit.id), []):
            found[party] = None
    return _described(estate, list(found)[: limit + 4], hits)


def _people_of(ids: dict[str, list[int]]) -> dict[tuple[str, int], list[int]]:
    """The parties behind units, spaces and vehicles: owners of today, occupants, and whoever still owes for them."""
    people: dict[tuple[str, int], list[int]] = defaultdict(list)
    for kind in ("unit", "space"):
        if ids[kind]:
            things = {f"{kind}__in": ids[kind]}
            owners = Ownership.objects.filter(in_force(), **things).order_by("-share", "party_id")
            for thing, party in owners.values_list(kind, "party"):
                people[kind, thing].append(party)
            owing = Bill.objects.filter(reversed_at=None, settled__lt=F("amount"), **things)
            for thing, party in owing.values_list(kind, "payer").distinct().order_by("payer"):
                people[kind, thing].append(party)
    if ids["unit"]:
        lived = Occupancy.objects.filter(in_force(), unit__in=ids["unit"]).order_by("pk")
        for unit, party in lived.values_list("unit", "party"):
            people["unit", unit].append(party)
    if ids["vehicle"]:
        for vehicle, party in Vehicle.objects.filter(pk__in=ids["vehicle"], party__isnull=False).values_list(
            "pk", "party"
        ):
            people["vehicle", vehicle].append(party)
    return people


def _described(estate: Estate, ids: Sequence[int], hits: Iterable[Hit]) -> list[FoundPayer]:
    if not ids:
        return []
    parties = Party.objects.filter(estate=estate).in_bulk(ids)
    found = {pk: FoundPayer(parties[pk]) for pk in ids if pk in parties}
    owned = Ownership.objects.filter(in_force(), party__in=ids).values_list("party", "unit__code", "space__code")
    lived = Occupancy.objects.filter(in_force(), party__in=ids).values_list("party", "unit__code")
    for party, unit, space in owned.order_by("unit__code", "space__code"):
        found[party].things.append(unit or space)
    for party, unit in lived.order_by("unit__code"):
        if unit not in found[party].things:
            found[party].things.append(unit)
    owing = open_bills(estate).filter(payer__in=ids).values("payer").annotate(sum=Sum("open"), count=Count("pk"))
    for row in owing.order_by():
        found[row["payer"]].open, found[row["payer"]].bills = row["sum"], row["count"]
    # Whoever was named outright stands first; behind a room, whoever owes does.
    named = {hit.id for hit in hits if hit.kind == "party"}
    return sorted(found.values(), key=lambda one: (one.party.pk not in named, one.open == 0))


def owed_by_others(estate: Estate, party: Party, units: Sequence[Unit], on: date) -> list[DeskLine]:
    """Open bills of other payers for these units, oldest first: owner and tenant may pay for each other."""
    if not units:
        return []
    rows = open_bills(estate).filter(unit__in=[unit.pk for unit in units]).exclude(payer=party)
    bills = list(rows.select_related(*BILL_PARTS, "payer").order_by("payer", "due_on", "pk")[:100])
    fees = late_fees(estate, on, bills=[bill.pk for bill in bills]) if bills else {}
    return [
        DeskLine(bill, bill.amount - bill.settled, fees.get(bill.pk, ZERO), max(0, (on - bill.due_on).days))
        for bill in bills
    ]


def payments_of_cashier(estate: Estate, cashier: User, day: date) -> QuerySet[Payment]:
    """What this cashier took on a day, the latest first."""
    rows = Payment.objects.filter(estate=estate, cashier=cashier, received_on=day)
    return rows.select_related("payer", "receipt").order_by("-pk")


def open_by_unit(estate: Estate, units: Sequence[int], on: date) -> dict[int, tuple[Decimal, int]]:
    """Yuan overdue on a day and the number of bills, by unit."""
    rows = open_bills(estate).filter(unit__in=units, due_on__lt=on)
    return {
        row["unit"]: (row["sum"], row["count"])
        for row in rows.values("unit").annotate(sum=Sum("open"), count=Count("pk")).order_by()
    }


def bills_numbered(estate: Estate, number: int) -> QuerySet[Bill]:
    """The bill with this number, if it is one of the estate."""
    return Bill.objects.filter(Q(pk=number), estate=estate).select_related(*BILL_PARTS, "payer")
