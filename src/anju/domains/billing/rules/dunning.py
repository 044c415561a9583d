"""How arrears may be demanded, and how not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import DunningStage

STAGES = (DunningStage.NOTICE, DunningStage.LETTER, DunningStage.LAWYER)

NO_CUT_OFF = _(
    "Water, electricity, heat and gas are never cut off to collect fees: the law forbids it (Civil Code 944). What it "
    "allows is to demand payment, to grant a reasonable period, and then to sue or apply for arbitration. That is why "
    "this product has no way to suspend a supply."
)
"""Shown wherever arrears are demanded."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Days after which the next stage may follow the one before, and that a payer is given to pay."""

    letter: int
    lawyer: int
    to_pay: int

    def after(self, stage: DunningStage) -> int:
        return {DunningStage.LETTER: self.letter, DunningStage.LAWYER: self.lawyer}.get(stage, 0)


def stage_before(stage: DunningStage) -> DunningStage | None:
    """The stage that must have gone before; None for the first."""
    index = STAGES.index(stage)
    return STAGES[index - 1] if index else None


def earliest(stage: DunningStage, issued: Mapping[str, date], waits: Waits) -> date | None:
    """The first day on which ``stage`` may be issued; None while the stage before has not been.

    ``issued`` holds the day of the last demand per stage that spoke of a bill still open.
    """
    before = stage_before(stage)
    if before is None:
        return date.min
    day = issued.get(before)
    return None if day is None else day + timedelta(days=waits.after(stage))


def next_stage(issued: Mapping[str, date], waits: Waits, on: date) -> DunningStage:
    """The furthest stage that may be issued on a day."""
    found = DunningStage.NOTICE
    for stage in STAGES:
        day = earliest(stage, issued, waits)
        if day is None or day > on:
            break
        found = stage
    return found
