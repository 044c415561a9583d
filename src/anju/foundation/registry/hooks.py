"""What modules above tell the register's pages: marks on the unit board, more search hits, figures of an estate.

The register knows nothing of money. Who charges registers functions here (in ``ready()`` of its app); each is asked
once per page, for all the units or estates shown, so a page costs the same however large the estate is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from anju.kit.access import Access

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on a unit's tile besides its occupancy: an amount owed in yuan, and words for it."""

    amount: Decimal
    text: Text = ""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One line of the search box; ``icon`` is a name of the icon font, ``figure`` stands at the right."""

    url: str
    title: str
    detail: str = ""
    icon: str = "point"
    figure: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an estate on overviews, ready to be shown; ``tone`` is ok, warn, bad or empty."""

    label: Text
    value: str
    tone: str = ""


Marks = Callable[[Any, Sequence[int]], dict[int, Mark]]
Search = Callable[[Any, str, int, Access], Iterable[SearchHit]]
Figures = Callable[[Sequence[int]], dict[int, list[Figure]]]

_marks: list[tuple[Marks, str]] = []
_searches: list[Search] = []
_figures: list[tuple[Figures, str]] = []


def register_unit_marks(function: Marks, permission: str = "registry.view") -> None:
    """``function(estate, unit_ids)`` returns a mark for each unit that has one; shown to holders of ``permission``."""
    if (function, permission) not in _marks:
        _marks.append((function, permission))


def register_search(function: Search) -> None:
    """``function(estate, text, limit, access)`` returns hits that this person may open, best first."""
    if function not in _searches:
        _searches.append(function)


def register_estate_figures(function: Figures, permission: str) -> None:
    """``function(estate_ids)`` returns the figures of each estate; asked for estates where ``permission`` is held."""
    if (function, permission) not in _figures:
        _figures.append((function, permission))


def unit_marks(estate: Any, unit_ids: Sequence[int], access: Access) -> dict[int, Mark]:
    """The marks of these units, the amounts of several modules added up."""
    found: dict[int, Mark] = {}
    for function, permission in _marks:
        if access.can(permission):
            for unit_id, mark in function(estate, unit_ids).items():
                known = found.get(unit_id)
                found[unit_id] = Mark(known.amount + mark.amount, known.text or mark.text) if known else mark
    return found


def search(estate: Any, text: str, limit: int, access: Access) -> list[SearchHit]:
    """What the modules above find for ``text``."""
    return [hit for function in _searches for hit in function(estate, text, limit, access)][:limit]


def estate_figures(access: Any) -> dict[int, list[Figure]]:
    """The figures of every estate in which this person may see them."""
    found: dict[int, list[Figure]] = {}
    for function, permission in _figures:
        ids = sorted(access.estates_with(permission))
        for estate_id, figures in (function(ids) if ids else {}).items():
            found.setdefault(estate_id, []).extend(figures)
    return found
