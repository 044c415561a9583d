"""Many rows at once are the same rows: defaults, keys, triggers, constraints."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from anju.foundation.registry.models import Party, Unit
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.copying import change_rows, copy_rows
from anju.kit.models import AuditEntry, AuditOperation
from tests.world import World


def units(world: World, *numbers: str) -> list[dict[str, Any]]:
    same = {
        "estate_id": world.spring.pk,
        "building_id": world.building.pk,
        "floor": 1,
        "exclusive_area": Decimal("80.00"),
    }
    return [same | {"code": f"C-{number}", "number": number} for number in numbers]


@action
def bring(*, rows: list[dict[str, Any]], by: Any, model: Any = Unit) -> list[int]:
    return copy_rows(model, iter(rows), len(rows), told=lambda _number: None)


def test_rows_get_their_keys_in_order_and_the_defaults_of_the_model(in_spring: World) -> None:
    keys = bring(rows=units(in_spring, "7", "5", "6"), by=None)
    made = Unit.objects.in_bulk(keys)
    assert [made[key].number for key in keys] == ["7", "5", "6"]
    one = made[keys[0]]
    assert (one.kind, one.state, one.note, one.entrance_id) == (Unit().kind, Unit().state, "", None)
    assert one.exclusive_area == Decimal("80.00")
    later = Unit.objects.create(**units(in_spring, "8")[0])
    assert later.pk > max(keys)


def test_moments_of_creation_are_now(in_spring: World) -> None:
    before = clock.now()
    (key,) = bring(model=Party, rows=[{"estate_id": in_spring.spring.pk, "name": "新人", "kind": "person"}], by=None)
    assert before <= Party.objects.get(pk=key).created_at <= clock.now()


def test_every_row_is_on_record_with_who_brought_it(in_spring: World) -> None:
    keys = bring(rows=units(in_spring, "7", "5"), by=in_spring.director)
    entries = AuditEntry.objects.filter(table="registry.unit", object_id__in=keys)
    assert {(entry.operation, entry.actor, entry.action) for entry in entries} == {
        (AuditOperation.INSERT, in_spring.director, "bring")
    }
    assert entries.count() == 2


def test_what_the_database_refuses_leaves_nothing(in_spring: World) -> None:
    before = Unit.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        bring(rows=units(in_spring, "7", "7"), by=None)
    assert Unit.objects.count() == before


def test_all_rows_are_told_of(in_spring: World) -> None:
    told: list[int] = []
    copy_rows(Unit, units(in_spring, *map(str, range(4_001))), 4_001, told=told.append)
    assert told == [2_000, 2_000, 1]
    assert copy_rows(Unit, [], 0, told=told.append) == []


@action
def change(*, rows: list[tuple[int, tuple[Any, ...]]], by: Any) -> None:
    change_rows(Unit, ("floor", "note", "inner_area"), rows)


def test_rows_are_changed_each_to_its_own_values_and_on_record(in_spring: World) -> None:
    first, second, third = bring(rows=units(in_spring, "7", "5", "6"), by=None)
    before = Unit.objects.get(pk=third)
    change(rows=[(second, (2, "x", Decimal("9.50"))), (first, (-1, "", None))], by=in_spring.director)
    rows = Unit.objects.in_bulk([first, second])
    assert [(row.floor, row.note, row.inner_area) for row in (rows[first], rows[second])] == [
        (-1, "", None),
        (2, "x", Decimal("9.50")),
    ]
    assert rows[first].number == "7"
    assert Unit.objects.get(pk=third).floor == before.floor
    entries = AuditEntry.objects.filter(table="registry.unit", action="change", operation=AuditOperation.UPDATE)
    assert {(entry.object_id, entry.actor) for entry in entries} == {
        (first, in_spring.director),
        (second, in_spring.director),
    }
    change(rows=[(third, (3, "again", None))], by=None)  # in one transaction with the first
    assert Unit.objects.get(pk=third).note == "again"


def test_a_change_that_the_database_refuses_leaves_all_as_it_was(in_spring: World) -> None:
    keys = bring(rows=units(in_spring, "7", "5"), by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(rows=[(keys[0], (9, "x", None)), (keys[1], (None, "x", None))], by=None)
    assert set(Unit.objects.filter(pk__in=keys).values_list("note", flat=True)) == {""}
