"""The bench of the pages asks the real server, as a cashier who has signed in, in an estate of the size wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from django_scopes import scope

from anju.domains.billing.models import Bill
from anju.foundation.registry.models import Estate, Occupancy, Ownership, Party, Unit, Vehicle
from anju.site import database
from anju.site.bench import pages
from anju.site.cli import bench as command

UNITS = 450
PAGES = {"desk_search", "unit_list", "customer_card", "arrears"}


@pytest.fixture
def here(monkeypatch, settings, transactional_db):
    """Let the bench work on this test's database, which is thrown away like its own; the server hashes for real."""

    @contextmanager
    def prepared(_name: str) -> Iterator[None]:
        database.prepare()
        yield

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    monkeypatch.setattr(pages, "scratch_database", prepared)
    monkeypatch.setattr(pages, "REQUESTS", 1)
    monkeypatch.setattr(pages, "WARM_UP", 1)


@pytest.mark.long
def test_bench_prints_one_object_with_every_page_beside_the_bare_one(here):
    answer = CliRunner().invoke(command.command, ["pages", "--units", str(UNITS), "--json"])
    assert answer.exit_code == 0, answer.output
    result = json.loads(answer.stdout.splitlines()[-1])
    assert (result["name"], result["rows"]) == ("pages", UNITS)
    assert result["ratio"] == pytest.approx(result["seconds"] / result["bare_seconds"], abs=0.02)
    assert set(result["pages"]) == PAGES
    assert all(0 < page["p50_ms"] <= page["p95_ms"] for page in result["pages"].values())

    estate = Estate.objects.get(code="BENCH")
    with scope(estate=estate.pk):
        for model in (Unit, Party, Ownership):
            assert model.objects.count() == UNITS
        assert Vehicle.objects.count() == UNITS // 2
        assert 0 < Occupancy.objects.count() < UNITS
        assert Bill.objects.count() == 3 * UNITS
        assert Bill.objects.filter(settled=0).count() == pytest.approx(0.3 * UNITS, abs=3)


def test_percentile_is_the_least_time_that_so_many_did_not_exceed():
    times = [number / 1000 for number in range(1, 101)]
    assert (pages._percentile(times, 50), pages._percentile(times, 95)) == (50.0, 95.0)
    assert pages._percentile([0.007], 95) == 7.0
