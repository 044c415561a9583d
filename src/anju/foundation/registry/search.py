"""The one search box: room, name, pinyin, initials, phone, plate and parking space of an estate."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from anju.foundation.registry.models import Estate, Occupancy, Ownership, ParkingSpace, Party, Unit, Vehicle
from anju.foundation.registry.plates import bare
from anju.foundation.registry.selectors import in_force
from anju.kit.chinese import normalise
from anju.kit.idcards import mask_phone

SHORTEST_TAIL = 4
_SHORT_ROOM = 3  # digits of a room on floors 1 to 9, where nobody writes 0802
_BETWEEN = re.compile(r"\s*(?:号楼|號樓|号院|栋|棟|幢|座|楼|单元|單元|#|/|—|–|-)\s*")
_ROOM_WORD = re.compile(r"[室房]$")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: ``kind`` is unit, party, vehicle or space; ``detail`` tells it from others (phones masked)."""

    kind: str
    id: int
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Branch:
    """One scan of one index: rows of ``table`` whose ``column`` begins with ``prefix``, the nearest first."""

    kind: str
    table: str
    column: str
    prefix: str
    exact: str

    def sql(self, estate_id: int, limit: int) -> tuple[str, list[Any]]:
        # ~<~ is the order of the index itself: the scan stops at the limit and an exact match comes first.
        statement = (
            f"(SELECT %s AS kind, id, ({self.column} = %s) AS exact FROM {self.table} "
            f"WHERE estate_id = %s AND {self.column} LIKE %s ORDER BY {self.column} USING ~<~ LIMIT %s)"
        )
        pattern = re.sub(r"([\\%_])", r"\\\1", self.prefix) + "%"
        return statement, [self.kind, self.exact, estate_id, pattern, limit]


def search(estate: Estate, text: str, limit: int = 12) -> list[Hit]:
    """What of ``estate`` the words typed may mean, exact matches first; empty for less than one character.

    Costs five queries at most, each of them by index whatever the size of the estate.
    """
    branches = list(_branches(normalise(text)))
    if not branches:
        return []
    parts, parameters = [], []
    for branch in branches:
        statement, values = branch.sql(estate.pk, limit)
        parts.append(statement)
        parameters += values
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        rows = cursor.fetchall()
    found: dict[tuple[str, int], bool] = {}
    for kind, key, exact in rows:
        found[kind, key] = found.get((kind, key), False) or exact
    best = sorted(found, key=lambda hit: not found[hit])[:limit]
    described = _describe(best)
    return [described[hit] for hit in best if hit in described]


def _branches(text: str) -> Iterator[_Branch]:
    if not text:
        return
    room = _ROOM_WORD.sub("", "-".join(part for part in _BETWEEN.split(text) if part))
    for code in dict.fromkeys((room, room.upper(), _with_other_zero(room))):
        yield _Branch("unit", "registry_unit", "code", code, code)
        yield _Branch("unit", "registry_unit", "number", code, code)
        yield _Branch("space", "registry_parkingspace", "code", code, code)
    plate = bare(text)
    if plate:
        yield _Branch("vehicle", "registry_vehicle", "plate", plate, plate)
        yield _Branch("vehicle", "registry_vehicle", "plate_tail", plate, plate)
    for name in dict.fromkeys((text, text if text.isascii() else text.replace(" ", ""))):
        yield _Branch("party", "registry_party", "name", name, name)
    sound = re.sub(r"[\s']", "", text.lower())
    if sound.isascii() and sound.isalnum() and not sound.isdigit():
        yield _Branch("party", "registry_party", "pinyin", sound, sound)
        yield _Branch("party", "registry_party", "initials", sound, sound)
    digits = re.sub(r"[\s-]", "", text)
    if digits.isdecimal() and digits.isascii():
        yield _Branch("party", "registry_party", "phone", digits, digits)
        if len(digits) >= SHORTEST_TAIL:
            yield _Branch("party", "registry_party", "reverse(phone)", digits[::-1], "")


def _with_other_zero(room: str) -> str:
    """The same room as another estate would number it: 802 is 0802, and the other way round."""
    building, dash, number = room.rpartition("-")
    if number.isdecimal() and number.startswith("0"):
        number = number.lstrip("0")
    elif number.isdecimal() and len(number) == _SHORT_ROOM:
        number = f"0{number}"
    return building + dash + number if number else room


def _describe(hits: list[tuple[str, int]]) -> dict[tuple[str, int], Hit]:
    ids: dict[str, list[int]] = defaultdict(list)
    for kind, key in hits:
        ids[kind].append(key)
    described = {}
    owners = _names(ids["unit"]) if ids["unit"] else {}
    for unit in Unit.objects.filter(pk__in=ids["unit"]) if ids["unit"] else ():
        detail = "、".join(owners.get(unit.pk, [])) or unit.get_state_display()
        described["unit", unit.pk] = Hit("unit", unit.pk, unit.code, detail)
    homes = _homes(ids["party"]) if ids["party"] else {}
    for party in Party.objects.filter(pk__in=ids["party"]) if ids["party"] else ():
        detail = " · ".join(part for part in ("、".join(homes.get(party.pk, [])), mask_phone(party.phone)) if part)
        described["party", party.pk] = Hit("party", party.pk, party.name, detail)
    if ids["vehicle"]:
        for vehicle in Vehicle.objects.filter(pk__in=ids["vehicle"]).select_related("party", "space"):
            detail = " · ".join(str(part) for part in (vehicle.party, vehicle.space) if part)
            described["vehicle", vehicle.pk] = Hit("vehicle", vehicle.pk, vehicle.plate, detail)
    if ids["space"]:
        for space in ParkingSpace.objects.filter(pk__in=ids["space"]).select_related("zone"):
            detail = f"{space.zone.name} · {space.get_use_display()}"
            described["space", space.pk] = Hit("space", space.pk, space.code, detail)
    return described


def _names(units: list[int]) -> dict[int, list[str]]:
    """The names of the owners of today, by unit."""
    names: dict[int, list[str]] = defaultdict(list)
    rows = Ownership.objects.filter(in_force(), unit__in=units).order_by("-share", "party_id")
    for unit, name in rows.values_list("unit", "party__name"):
        names[unit].append(name)
    return names


def _homes(parties: list[int]) -> dict[int, list[str]]:
    """The codes of the units that these parties own or live in today."""
    owned = Ownership.objects.filter(in_force(), party__in=parties, unit__isnull=False)
    lived = Occupancy.objects.filter(in_force(), party__in=parties)
    homes: dict[int, list[str]] = defaultdict(list)
    rows = owned.values_list("party", "unit__code").union(lived.values_list("party", "unit__code"))
    for party, code in sorted(rows):
        homes[party].append(code)
    return homes
