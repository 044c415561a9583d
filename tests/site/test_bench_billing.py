"""The bench of the bill run measures what it says: the real run, and the same rows in a bare table of its shape."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.db import connection
from django_scopes import scope

from anju.domains.billing.models import Bill, BillRun
from anju.foundation.registry.models import Estate, Unit
from anju.site import bench
from anju.site.bench import billing
from anju.site.cli import bench as command

UNITS = 60


@pytest.fixture
def here(monkeypatch, transactional_db):
    """Let the bench work on this test's database, which is thrown away like its own."""
    from contextlib import nullcontext

    monkeypatch.setattr(billing, "scratch_database", lambda name: nullcontext())


def test_bench_prints_one_object_with_both_measurements(here):
    answer = CliRunner().invoke(command.command, ["billing", "--units", str(UNITS), "--json"])
    assert answer.exit_code == 0, answer.output
    [line] = answer.output.splitlines()
    result = json.loads(line)
    assert (result["name"], result["units"], result["rows"]) == ("billing", UNITS, 3 * UNITS)
    assert result["ratio"] == pytest.approx(result["seconds"] / result["bare_seconds"], abs=0.02)
    assert min(result["seconds"], result["bare_seconds"], result["peak_memory_mb"]) > 0


def test_bench_bills_three_charges_per_unit_and_copies_the_same_rows(here):
    billing.run(units=UNITS)
    estate = Estate.objects.get(code="BENCH")
    with scope(estate=estate.pk):
        assert Unit.objects.count() == UNITS
        assert BillRun.objects.count() == billing.ROUNDS
        assert Bill.objects.count() == 3 * UNITS * billing.ROUNDS
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(amount) FROM bare_bill")
        bare = cursor.fetchone()
        cursor.execute("SELECT count(*), sum(amount) FROM billing_bill")
        assert bare == cursor.fetchone()
        for kind in ("f", "p", "c"):
            cursor.execute(
                """SELECT conrelid::regclass::text, count(*) FROM pg_constraint
                   WHERE conrelid IN ('bare_bill'::regclass, 'billing_bill'::regclass) AND contype = %s GROUP BY 1""",
                [kind],
            )
            counts = dict(cursor.fetchall())
            assert counts["bare_bill"] == counts["billing_bill"] > 0
        cursor.execute(
            """SELECT tablename, count(*) FROM pg_indexes WHERE tablename IN ('bare_bill', 'billing_bill') GROUP BY 1"""
        )
        indexes = dict(cursor.fetchall())
        assert indexes["bare_bill"] == indexes["billing_bill"]


def test_scratch_database_is_gone_afterwards(transactional_db, monkeypatch):
    monkeypatch.setattr(bench.database, "prepare", lambda: None)  # an empty database shows the same in less time
    before = connection.settings_dict["NAME"]
    seen = []

    def interrupted() -> None:
        with bench.scratch_database("proof"):
            seen.append(connection.settings_dict["NAME"])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert seen == ["anju_bench_proof"]
    assert connection.settings_dict["NAME"] == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = 'anju_bench_proof'")
        assert cursor.fetchone() == (0,)


def test_unknown_bench_is_named(transactional_db):
    answer = CliRunner().invoke(command.command, ["nothing"])
    assert answer.exit_code == 2
    assert "billing" in answer.output
