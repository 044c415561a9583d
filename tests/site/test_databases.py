"""The test databases themselves: what one test commits, the next one does not see."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from anju.site import embedded


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committed_rows_are_gone_in_the_next_test(turn: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('left_over') IS NULL")
        assert cursor.fetchone() == (True,)
        cursor.execute("CREATE TABLE left_over ()")


@pytest.mark.django_db
def test_a_server_that_was_restarted_costs_no_request() -> None:
    """Its restart is seen by the pool as here: the connections that were kept are gone."""
    kept = DatabaseWrapper(embedded.pooled(connection.settings_dict, 1))

    def ask() -> int:
        with kept.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (process,) = cursor.fetchone()
        kept.close()  # as after a request: back into the pool
        return process

    try:
        first = ask()
        assert ask() == first
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
        assert ask() != first
    finally:
        kept.close_pool()
