"""How a bill stands on a day, and in how many months its days are counted."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Standing(models.TextChoices):
    """What people call the state of a bill; it follows from its figures and the day, and is stored nowhere."""

    OPEN = "open", _("not settled")
    PARTLY = "partly", _("paid in part")
    OVERDUE = "overdue", _("overdue")
    SETTLED = "settled", _("paid off")
    REVERSED = "reversed", _("reversed")


TONES = {
    Standing.OPEN: "info",
    Standing.PARTLY: "warn",
    Standing.OVERDUE: "bad",
    Standing.SETTLED: "ok",
    Standing.REVERSED: "muted",
}


def standing(*, amount: Decimal, settled: Decimal, due_on: date, reversed_: bool, on: date) -> Standing:
    """How a bill stands on a day."""
    if reversed_:
        return Standing.REVERSED
    if settled >= amount:
        return Standing.SETTLED
    if due_on < on:
        return Standing.OVERDUE
    return Standing.PARTLY if settled else Standing.OPEN


def condition(wanted: str, on: date) -> Q:
    """The bills that stand so on a day; ``open`` means everything that is not settled, whatever its due date."""
    unsettled = Q(reversed_at=None, settled__lt=F("amount"))
    return {
        Standing.OPEN: unsettled,
        Standing.PARTLY: unsettled & Q(settled__gt=0),
        Standing.OVERDUE: unsettled & Q(due_on__lt=on),
        Standing.SETTLED: Q(reversed_at=None, settled__gte=F("amount")),
        Standing.REVERSED: Q(reversed_at__isnull=False),
    }[Standing(wanted)]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of service as people count them: whole ``months``, or ``days`` of a month that has ``of`` days."""

    since: date
    until: date
    months: int = 0
    days: int = 0
    of: int = 0


def stretches(since: date, until: date) -> list[Stretch]:
    """The days from ``since`` until before ``until``: a part month, whole months, a part month (rule book 4)."""
    found: list[Stretch] = []
    at = since
    while at < until:
        length = calendar.monthrange(at.year, at.month)[1]
        following = date(at.year, at.month, length) + timedelta(days=1)
        end = min(following, until)
        if at.day == 1 and end == following:
            last = found[-1] if found else None
            if last is not None and last.months:
                found[-1] = Stretch(last.since, end, months=last.months + 1)
            else:
                found.append(Stretch(at, end, months=1))
        else:
            found.append(Stretch(at, end, days=(end - at).days, of=length))
        at = end
    return found
