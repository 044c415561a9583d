"""Numbers of law and plans: whose value holds, from which day, and that several are read at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from anju.kit import parameters
from anju.kit.models import Parameter
from tests.world import World

DAY = date(2026, 6, 1)


def rule(key: str, number: int, since: date = DAY, estate: Any = None) -> Parameter:
    return Parameter.objects.create(
        key=key, value=number, effective_from=since, estate_id=estate.pk if estate else None, source="a test"
    )


def test_an_estate_s_own_value_comes_before_the_general_one_and_the_latest_before_an_older(world: World) -> None:
    rule("test.days", 10)
    rule("test.days", 12, date(2026, 7, 1))
    rule("test.days", 7, date(2026, 6, 15), world.spring)
    given = {day: parameters.value("test.days", estate_id=world.spring.pk, on=day) for day in (DAY, date(2026, 8, 1))}
    assert given == {DAY: 10, date(2026, 8, 1): 7}
    assert parameters.value("test.days", estate_id=world.rival.pk, on=date(2026, 8, 1)) == 12
    assert parameters.value("test.days", on=date(2026, 6, 30)) == 10


def test_several_are_read_at_once(world: World, django_assert_num_queries: Any) -> None:
    rule("test.days", 10)
    rule("test.days", 7, estate=world.spring)
    rule("test.share", 3)
    with django_assert_num_queries(1):
        found = parameters.parameters("test.days", "test.share", estate_id=world.spring.pk, on=DAY)
    assert {key: row.value for key, row in found.items()} == {"test.days": 7, "test.share": 3}


def test_a_rule_that_is_missing_is_no_lenient_rule(world: World) -> None:
    rule("test.days", 10)
    with pytest.raises(parameters.NoRuleInEffect) as refused:
        parameters.parameters("test.days", "test.share", on=DAY)
    assert "test.share" in str(refused.value)
    with pytest.raises(parameters.NoRuleInEffect):
        parameters.value("test.days", on=date(2026, 5, 31))
