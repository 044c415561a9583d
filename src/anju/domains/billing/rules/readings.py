"""How readings follow one another."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from anju.kit.errors import Refusal

DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Known:
    """One meter around a month: its number, the last value before it, its own so far, and what the next month begins
    with.
    """

    code: str
    last: Decimal | None = None
    present: Decimal | None = None
    following: Decimal | None = None


def chain(known: Known, value: Decimal, previous: Decimal | None) -> Decimal:
    """The value that a reading begins with: ``previous`` if given (a replaced meter), else the last one, else zero.

    Raises Refusal ``reading_too_precise``, ``reading_below_previous`` or ``reading_breaks_next``.
    """
    if any(number is not None and number != round(number, DECIMALS) for number in (value, previous)):
        raise Refusal(
            "reading_too_precise",
            _("A reading has at most %(count)s decimals (meter %(meter)s).") % {"count": DECIMALS, "meter": known.code},
            "value",
        )
    begins = previous if previous is not None else known.last if known.last is not None else Decimal(0)
    if value < begins:
        raise Refusal(
            "reading_below_previous",
            _(
                "Meter %(meter)s showed %(previous)s before and can't show %(value)s now. "
                "If it was replaced, give the previous reading."
            )
            % {"meter": known.code, "previous": _plain(begins), "value": _plain(value)},
            "value",
        )
    linked = known.present is None or known.present == known.following
    if known.following is not None and linked and known.following != value:
        raise Refusal(
            "reading_breaks_next",
            _("The month after begins with %(following)s on meter %(meter)s. Correct that reading first.")
            % {"following": _plain(known.following), "meter": known.code},
            "value",
        )
    return begins


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
