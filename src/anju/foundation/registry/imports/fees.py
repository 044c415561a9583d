"""Fees as a take-over workbook states them, handed to whoever charges: the register itself knows nothing of money.

``anju/site/wiring.py`` registers the taker with :func:`take_fees_with`; it is called once per import, after the
register's own rows are written and inside the same transaction::

    def apply_fees(*, estate, fees: list[FeeRow], unit_fees: list[UnitFeeRow], by) -> Counts

and must change nothing when it is given the same rows again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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


Taker = Callable[..., Counts]

_taker: list[Taker] = []


def take_fees_with(taker: Taker) -> None:
    """Let ``taker`` write the fees of every import from now on."""
    _taker[:] = [taker]


def taker() -> Taker | None:
    """Who writes fees, or None where nothing of the installation charges."""
    return _taker[0] if _taker else None
