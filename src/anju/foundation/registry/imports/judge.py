"""Whether a workbook can be imported as it stands, by everybody who has a say: the register, and whoever charges."""

from __future__ import annotations

from anju.foundation.registry.imports import fees
from anju.foundation.registry.imports.dataset import Dataset, Place
from anju.foundation.registry.imports.known import Known, load
from anju.foundation.registry.imports.settle import settle, settle_again
from anju.foundation.registry.models import Estate

# Where a fee stands in each layout; "since" of a charge is the column of its start.
_COLUMNS = {"since": ("since", "starts"), "price": ("price",), "fixed": ("fixed",), "name": ("name",)}


def judge(data: Dataset, estate: Estate) -> Known:
    """Refuse every row of ``data`` that cannot be imported, and return what the register holds already."""
    known = load(estate)
    settle(data, known)
    if _refuse_fees(data, known, estate):
        settle_again(data, known)
    data.sort()
    return known


def _refuse_fees(data: Dataset, known: Known, estate: Estate) -> bool:
    check = fees.checker()
    if check is None or not (data.fees or data.charges):
        return False
    problems = check(estate=estate, fees=data.good_fees(), unit_fees=_charges_of_known(data, known))
    before = len(data.refused)
    for problem in problems:
        place = Place(problem.row.sheet, problem.row.row)
        data.refuse(problem.code, place, _COLUMNS[problem.column], problem.value, problem.message)
    return len(data.refused) > before


def _charges_of_known(data: Dataset, known: Known) -> list[fees.UnitFeeRow]:
    """The charges of units and spaces that are on the register; those of new ones contradict nothing."""
    return [
        row.with_ids(known)
        for row in data.charges
        if row.place not in data.refused and (row.unit in known.units or row.space in known.spaces)
    ]
