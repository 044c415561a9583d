"""Objects from statements: the same as the ORM's, with the further columns."""

from __future__ import annotations

import pytest
from django_scopes import scopes_disabled

from anju.foundation.accounts.models import ApiToken, User
from anju.foundation.registry.models import Estate
from anju.kit import sql


@pytest.fixture
def token(world) -> ApiToken:
    return ApiToken.objects.create(name="Gate", digest="0" * 64, owner=world.director, permissions=["registry.view"])


@pytest.mark.parametrize("model", [User, Estate, ApiToken])
def test_objects_are_those_of_the_orm(model, world, token):
    with scopes_disabled():
        known = list(model.objects.order_by("pk"))
        found = sql.objects(model, f"SELECT * FROM {model._meta.db_table} ORDER BY id", [])
    assert found == known
    for ours, theirs in zip(found, known, strict=True):
        assert {field.attname: getattr(ours, field.attname) for field in model._meta.concrete_fields} == {
            field.attname: getattr(theirs, field.attname) for field in model._meta.concrete_fields
        }
        assert not ours._state.adding


def test_columns_may_stand_in_any_order_and_further_ones_are_attributes(world, token):
    columns = ", ".join(f'"{field.column}"' for field in reversed(ApiToken._meta.concrete_fields))
    found = sql.first(
        ApiToken, f"SELECT 7 AS weight, {columns} FROM accounts_apitoken WHERE id = %(id)s", {"id": token.pk}
    )
    assert (found, found.permissions, found.weight) == (token, ["registry.view"], 7)


def test_nothing_found_is_nothing(world):
    assert sql.first(User, "SELECT * FROM accounts_user WHERE id = %s", [-1]) is None


def test_a_column_that_is_missing_is_named(world):
    with pytest.raises(KeyError, match="password"):
        sql.first(User, "SELECT id FROM accounts_user WHERE id = %s", [world.owner.pk])
