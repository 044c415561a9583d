"""How many statements something costs, and that more rows do not cost more."""

# ruff: noqa: S101 -- assertions are what this module is for

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

Call = Callable[[], Any]


def count_queries(call: Call) -> int:
    """How many statements ``call`` sends to the database."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        call()
    return len(queries)


def assert_same_queries(few: Call, grow: Call, many: Call | None = None) -> None:
    """``few`` costs as many statements after ``grow`` has added rows as before: nothing is asked once per row."""
    few()  # fills what is read once per process
    before = count_queries(few)
    grow()
    after = count_queries(many or few)
    assert after <= before, f"{before} statements became {after} with more rows"
