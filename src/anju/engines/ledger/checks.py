"""Proof that the books are right: a register of checks, each reading the database as it is and listing what differs.

The ledger brings its own; floors above add theirs (billing: the sub-ledgers, receipt numbers, orphans), connected in
the wiring of the site. All checks of one audit see the same moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.functional import Promise

EstateIds = Sequence[int] | None
"""The estates to check; None means all."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it must be, in words and figures a bookkeeper can follow."""

    estate: str
    object: str
    expected: str
    found: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check has looked at and found."""

    checked: int
    differences: list[Difference]


Check = Callable[[EstateIds], Outcome]
_checks: dict[str, Check] = {}
_labels: dict[str, str | Promise] = {}


def register(name: str, check: Check, label: str | Promise = "") -> None:
    """Add a check; registering the same one again changes nothing. Raises ValueError when the name is another's.

    ``label`` says in a few words what is right when it finds nothing.
    """
    if _checks.setdefault(name, check) is not check:
        raise ValueError(f"check {name} is registered twice")
    _labels[name] = label


def label_of(name: str) -> str | Promise:
    """What the check ``name`` proves, in words; its name where it has none."""
    return _labels.get(name) or name


def names() -> list[str]:
    return list(_checks)


def run(estate_ids: EstateIds = None, *, without: Collection[str] = ()) -> dict[str, Any]:
    """Run every check but those named in ``without`` in one snapshot and return the report.

    ``{"ok": bool, "checks": [{"name", "checked", "differences": [...]}], "first_difference": {...} | None}``.
    """
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0 and connection.in_atomic_block:
            _hold_still()
        outcomes = {name: check(estate_ids) for name, check in _checks.items() if name not in without}
    rows: list[dict[str, Any]] = [
        {"name": name, "checked": outcome.checked, "differences": [asdict(one) for one in outcome.differences]}
        for name, outcome in outcomes.items()
    ]
    first = next(({"check": row["name"], **row["differences"][0]} for row in rows if row["differences"]), None)
    return {"ok": first is None, "checks": rows, "first_difference": first}


def _hold_still() -> None:
    """Let all checks see the same moment; PostgreSQL takes this only before the first query of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def find(sql: str, estate_ids: EstateIds) -> list[tuple[Any, ...]]:
    """Rows of ``sql``, in which ``%(estates)s`` is an array or NULL for all."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"estates": list(estate_ids) if estate_ids is not None else None})
        return cursor.fetchall()


def count(table: str, estate_ids: EstateIds) -> int:
    """How many rows of ``table`` the estates have."""
    return int(find(f"SELECT count(*) FROM {table} WHERE {within()}", estate_ids)[0][0])


def within(alias: str = "") -> str:
    """The condition that a row is of the estates asked for."""
    column = f"{alias}.estate_id" if alias else "estate_id"
    return f"(%(estates)s::bigint[] IS NULL OR {column} = ANY(%(estates)s::bigint[]))"


def differences(
    sql: str, estate_ids: EstateIds, describe: Callable[..., tuple[str, str, str, str]]
) -> list[Difference]:
    """One Difference per row of ``sql``, whose first column is the estate's code and whose others go to ``describe``.

    ``describe`` answers (object, expected, found, message).
    """
    return [Difference(row[0], *describe(*row[1:])) for row in find(sql, estate_ids)]


def disagreement(name: str, where: str, message: Promise) -> Callable[..., tuple[str, str, str, str]]:
    """What describes rows of something called ``name``, the yuan expected and the yuan found.

    ``where`` (the object) and ``message`` hold the three as ``%(…)s``.
    """

    def describe(value: Any, expected: Decimal, found: Decimal) -> tuple[str, str, str, str]:
        facts = {name: value, "expected": f"{expected:.2f}", "found": f"{found:.2f}"}
        return where % facts, facts["expected"], facts["found"], str(message) % facts

    return describe
