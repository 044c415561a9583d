"""Fees as a take-over workbook states them, handed to whoever charges: the register itself knows nothing of money.

``anju/site/wiring.py`` registers the taker with :func:`take_fees_with`; it is called once per import, after the
register's own rows are written and inside the same transaction::

    def apply_fees(*, estate, fees: list[FeeRow], unit_fees: list[UnitFeeRow], by) -> Counts

and must change nothing when it is given the same rows again. Before anything is written, the checker registered with
it says which of the rows cannot be written, so that they are refused like any other row, with their place::

    def check_fees(*, estate, fees: list[FeeRow], unit_fees: list[UnitFeeRow]) -> list[FeeProblem]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.functional import Promise

Counts = dict[str, dict[str, int]]
"""``{"created": {kind: n}, "changed": {kind: n}, "unchanged": {kind: n}}``: fee_item, tariff, recurring_charge."""


@dataclass(frozen=True, slots=True)
class FeeRow:
    """A fee item with its only tariff. ``code`` is its number in the workbook and becomes the fee item's code.

    ``method`` is "area" (exclusive area in m2 x ``price`` + ``fixed``) or "flat" (``fixed`` alone), in yuan per month;
    ``kind`` is "service", "parking", "utility" or "other"; ``cycle_months`` 1, 3, 6 or 12 with cycles from January;
    ``timing`` "advance" or "arrears". It holds from ``since`` until before ``until`` (None: no end).
    """

    code: str
    name: str
    kind: str
    method: str
    price: Decimal
    fixed: Decimal
    cycle_months: int
    timing: str
    since: date
    until: date | None
    note: str
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class UnitFeeRow:
    """That a unit or a parking space (by id, one of the two) is charged the fee ``fee_code`` regularly."""

    fee_code: str
    unit_id: int | None
    space_id: int | None
    since: date
    until: date | None
    sheet: str
    row: int


class FeeProblem(NamedTuple):
    """Why a row cannot be written; ``column`` is an attribute of :class:`FeeRow`, or "since" of a charge."""

    row: FeeRow | UnitFeeRow
    code: str
    column: str
    value: Any
    message: str | Promise


Taker = Callable[..., Counts]
Checker = Callable[..., Iterable[FeeProblem]]

Codes = Callable[..., frozenset[str]]

_taker: list[Taker] = []
_checker: list[Checker] = []
_codes: list[Codes] = []


def take_fees_with(taker: Taker, *, checker: Checker, codes: Codes) -> None:
    """Let ``taker`` write the fees of every import from now on, as far as ``checker`` finds nothing wrong with them.

    ``codes(estate=…)`` says which fees are there already, so that a workbook may charge them without repeating them.
    """
    _taker[:], _checker[:], _codes[:] = [taker], [checker], [codes]


def known_codes(estate: Any) -> frozenset[str]:
    """The numbers of the fees that an estate charges already."""
    return _codes[0](estate=estate) if _codes else frozenset()


def taker() -> Taker | None:
    """Who writes fees, or None where nothing of the installation charges."""
    return _taker[0] if _taker else None


def checker() -> Checker | None:
    """Who says beforehand which fees cannot be written."""
    return _checker[0] if _checker else None
