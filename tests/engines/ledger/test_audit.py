"""``anju audit`` as a program sees it, and the nightly job."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.db import connection

from anju.engines.ledger import chart, selectors
from anju.engines.ledger.actions import record_expense, start_audit
from anju.engines.ledger.enums import CostHead
from anju.kit import jobs
from anju.kit.errors import Refusal
from anju.kit.models import JobState
from anju.site.cli.audit import command
from tests.world import World


@pytest.fixture
def spent(books: World) -> World:
    record_expense(
        estate=books.spring,
        head=CostHead.ORDER,
        amount=Decimal(9),
        paid_on=date(2026, 11, 1),
        memo="x",
        by=books.cashier,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return books


def _forge() -> None:
    """Change the journal as an intruder with all rights would."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE ledger_line SET amount = amount + 1 WHERE amount > 0")
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_sound_books_exit_zero(spent: World) -> None:
    answer = CliRunner().invoke(command, ["--json"])
    report = json.loads(answer.output)
    assert answer.exit_code == 0
    assert report["ok"] is True
    assert report["first_difference"] is None
    names = [check["name"] for check in report["checks"]]
    assert {"entries_balance", "funds_balance", "receivable", "prepayment", "receipt_numbers", "payments_complete"} <= {
        *names
    }
    assert report["checks"][names.index("entries_balance")]["checked"] == 1
    assert CliRunner().invoke(command, []).exit_code == 0


def test_the_first_difference_is_told_and_the_exit_is_not_zero(spent: World) -> None:
    _forge()
    answer = CliRunner().invoke(command, ["--json"])
    report = json.loads(answer.output)
    assert answer.exit_code == 1
    assert report["ok"] is False
    assert report["first_difference"]["check"] == "entries_balance"
    assert report["first_difference"]["estate"] == "SPRING"
    plain = CliRunner().invoke(command, ["--estate", "SPRING"])
    assert plain.exit_code == 1
    assert "SPRING" in plain.stderr
    assert CliRunner().invoke(command, ["--estate", "RIVAL"]).exit_code == 0


def test_an_unknown_estate_is_an_error(spent: World) -> None:
    """Which ``anju`` tells as it tells every refusal of a command."""
    answer = CliRunner().invoke(command, ["--estate", "NOWHERE"])
    assert answer.exit_code == 1
    assert isinstance(answer.exception, Refusal)
    assert "NOWHERE" in str(answer.exception)


def test_the_job_keeps_its_report_for_the_console(spent: World) -> None:
    row = start_audit(estate=spent.spring, by=spent.director)
    jobs.run(row.pk)
    row.refresh_from_db()
    assert row.state == JobState.DONE
    assert row.result["ok"] is True
    assert selectors.last_audit(spent.spring) == row
    assert selectors.last_audit() is None


def test_every_night_the_books_of_all_estates_are_checked(spent: World) -> None:
    row = jobs.start("ledger.audit", estate=None, by=None, title="x")
    _forge()
    jobs.run(row.pk)
    row.refresh_from_db()
    assert row.result["ok"] is False
    assert selectors.last_audit(spent.spring) == row
    assert selectors.account(selectors.main_fund(spent.spring), chart.BANK)
