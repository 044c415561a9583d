"""Who, when, before, after: written by the database itself, whoever forgot to."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction
from django_scopes import scope, scopes_disabled
from django_scopes.exceptions import ScopeError

from anju.foundation.registry.models import Building
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.models import AuditEntry


@action
def rename_building(*, building: Building, name: str, by: Any) -> None:
    building.name = name
    building.save()


@action
def rename_twice(*, building: Building, by: Any) -> None:
    rename_building(building=building, name="first", by=by)
    building.name = "second"
    building.save()


@action
def rename_in_vain(*, building: Building, by: Any) -> None:
    rename_building(building=building, name="in vain", by=by)
    raise Refusal("not_today", "Not today.")


@action
def rename_after_a_refusal(*, building: Building, by: Any) -> None:
    rename_building(building=building, name="before", by=by)
    with suppress(Refusal), transaction.atomic():
        rename_in_vain(building=building, by=by)
    building.name = "after"
    building.save()


def entries_of(building: Building) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(table="registry.building", object_id=building.pk).order_by("pk"))


def test_update_records_only_what_changed_with_actor_and_action(world: Any) -> None:
    with scope(estate=world.spring):
        before = world.building.name
        rename_building(building=world.building, name="三号楼(新)", by=world.director)
    entry = entries_of(world.building)[-1]
    assert (entry.operation, entry.action, entry.actor_id) == ("update", "rename_building", world.director.pk)
    assert entry.before == {"name": before}
    assert entry.after == {"name": "三号楼(新)"}
    assert entry.estate_id == world.spring.pk


def test_update_that_changes_nothing_leaves_no_entry(world: Any) -> None:
    count = len(entries_of(world.building))
    with scope(estate=world.spring):
        rename_building(building=world.building, name=world.building.name, by=world.director)
    assert len(entries_of(world.building)) == count


def test_each_action_signs_its_own_rows(world: Any) -> None:
    with scope(estate=world.spring):
        rename_twice(building=world.building, by=world.director)
    assert [entry.action for entry in entries_of(world.building)[-2:]] == ["rename_building", "rename_twice"]


def test_an_action_within_an_action_fails_with_it(world: Any) -> None:
    count = len(entries_of(world.building))
    with scope(estate=world.spring), pytest.raises(Refusal):
        rename_in_vain(building=world.building, by=world.director)
    assert len(entries_of(world.building)) == count


def test_an_action_may_go_on_after_the_refusal_of_another(world: Any) -> None:
    with scope(estate=world.spring):
        rename_after_a_refusal(building=world.building, by=world.director)
    names = [(entry.action, entry.after["name"]) for entry in entries_of(world.building)[-2:]]
    assert names == [("rename_building", "before"), ("rename_after_a_refusal", "after")]


def test_an_action_within_an_action_needs_no_savepoint(world: Any, django_assert_num_queries: Any) -> None:
    with scope(estate=world.spring), django_assert_num_queries(7):  # two savepoint, three who acts, two renaming
        rename_twice(building=world.building, by=world.director)


@action
def look_up_exceptions(*, by: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore')")
        return str(cursor.fetchone()[0])


def test_actions_name_no_exception_so_that_guards_need_not_fail_to_find_out(world: Any) -> None:
    """A guard that finds nothing set recovers from an error, row by row: over many rows the square of the time."""
    with pgtrigger.ignore("billing.Bill:immutable"):
        pass  # leaves the setting empty behind
    assert look_up_exceptions(by=world.director) == "{}"


def test_set_based_changes_are_recorded_row_by_row(world: Any) -> None:
    with scope(estate=world.spring):
        changed = Building.objects.update(floors=33)
    assert changed > 1
    assert (
        AuditEntry.objects.filter(table="registry.building", operation="update", after={"floors": 33}).count()
        == changed
    )


def test_secrets_are_not_copied(world: Any) -> None:
    world.owner.set_password("Another-2026")
    world.owner.save()
    assert not AuditEntry.objects.filter(table="accounts.user", after__has_key="password").exists()


@pytest.mark.parametrize("statement", ["UPDATE kit_auditentry SET action = 'x'", "DELETE FROM kit_auditentry"])
def test_audit_trail_refuses_to_be_rewritten(world: Any, statement: str) -> None:
    count = AuditEntry.objects.count()
    assert count
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.count() == count


def test_rows_of_an_estate_cannot_be_read_outside_a_scope(world: Any) -> None:
    with pytest.raises(ScopeError):
        list(Building.objects.all())
    with scopes_disabled():
        everywhere = Building.objects.count()
    with scope(estate=world.spring):
        assert 0 < Building.objects.count() < everywhere


def test_an_action_must_be_told_who_acts(world: Any) -> None:
    with pytest.raises(TypeError, match="by="):
        rename_building(building=world.building, name="x")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="keyword"):
        rename_building(world.building, "x", world.director)  # type: ignore[misc]
