"""How payers pay: most at once, some by the quarter or a year ahead, some late, a few hardly ever."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.models import Bill
from anju.foundation.registry.models import Estate
from anju.kit import clock
from anju.kit.periods import Period
from anju.site.demo.collecting import Taken

PUNCTUAL, QUARTERLY, AHEAD, LATE, RARELY, NEVER = "punctual", "quarterly", "ahead", "late", "rarely", "never"
OWNER, PUNCTUAL_UNTIL_LAST = "owner", "punctual until last"
"""The people who sign in: the owner has left the last two months open, the tenant the present one."""
_LEFT_OPEN = {PUNCTUAL: 0, OWNER: 2, PUNCTUAL_UNTIL_LAST: 1}
_SHARES = {PUNCTUAL: 0.63, QUARTERLY: 0.17, AHEAD: 0.07, LATE: 0.07, RARELY: 0.04, NEVER: 0.02}
_METHODS = {PaymentMethod.CASH: 0.15, PaymentMethod.POS: 0.38, PaymentMethod.TRANSFER: 0.47}
MONTHS = 14
WHOLE = Decimal("10")


@dataclass(frozen=True, slots=True)
class Open:
    """What is open of one bill."""

    bill: int
    period: date
    amount: Decimal


class Habits:
    """Decides, month by month, who pays what on which day."""

    def __init__(self, rng: Random, cashiers: list[int], fixed: dict[int, str] | None = None) -> None:
        self.rng = rng
        self.cashiers = cashiers
        self._habits: dict[int, tuple[str, int]] = {payer: (habit, 0) for payer, habit in (fixed or {}).items()}

    def of(self, payer: int) -> tuple[str, int]:
        """The habit of a payer, and which month of three it is theirs."""
        if payer not in self._habits:
            habit = self.rng.choices(list(_SHARES), list(_SHARES.values()))[0]
            self._habits[payer] = (habit, self.rng.randrange(3))
        return self._habits[payer]

    def payers_of(self, habit: str) -> list[int]:
        return sorted(payer for payer, (kind, _phase) in self._habits.items() if kind == habit)

    def payments(self, estate: Estate, period: Period, index: int, today: date) -> list[Taken]:
        """What is paid in ``period``, the ``index``-th month, up to today; in order of time."""
        found: list[Taken] = []
        for payer, bills in _open_bills(estate).items():
            found += self._of_payer(payer, bills, period, index)
        found = [one for one in found if one.day <= today and one.amount > 0]
        found.sort(key=lambda one: (one.at, one.payer))
        return found

    def _of_payer(self, payer: int, bills: list[Open], period: Period, index: int) -> Iterator[Taken]:
        habit, phase = self.of(payer)
        rng = self.rng
        day = self._moment(period)
        if habit in _LEFT_OPEN:
            if index < MONTHS - _LEFT_OPEN[habit]:
                yield self._pay(payer, bills, day)
        elif habit == QUARTERLY:
            if index % 3 == phase:
                yield self._pay(payer, bills, day)
        elif habit == AHEAD:
            month = sum((one.amount for one in bills if one.period == period.first), Decimal(0))
            if index in (phase, phase + 12):
                yield self._pay(payer, bills, day, extra=(month * 11 / WHOLE).quantize(Decimal(1)) * WHOLE)
            elif index > phase:
                yield self._pay(payer, bills, day)
        elif habit == LATE:
            old = [one for one in bills if one.period < period.plus(-1).first]
            if old and rng.random() < 0.5:
                yield self._pay(payer, old, day)
        elif habit == RARELY:
            if index < 5 + phase:
                yield self._pay(payer, bills, day)
            elif rng.random() < 0.12:
                yield self._pay(payer, bills[: max(1, len(bills) // 3)], day, part=True)

    def _pay(
        self, payer: int, bills: Iterable[Open], at: datetime, *, extra: Decimal = Decimal(0), part: bool = False
    ) -> Taken:
        method = self.rng.choices(list(_METHODS), list(_METHODS.values()))[0]
        parts = {one.bill: one.amount for one in bills}
        if part and parts:
            last = max(parts)
            parts[last] = max((parts[last] / 2).quantize(Decimal("0.01")), Decimal("0.01"))
        taken = Taken(payer, method, at, self.rng.choice(self.cashiers), parts=parts)
        taken.amount = sum(parts.values(), Decimal(0)) + extra
        if method == PaymentMethod.POS:
            taken.reference = f"POS{self.rng.randrange(10**7, 10**8)}"
        elif method == PaymentMethod.TRANSFER:
            taken.reference = f"{at:%Y%m%d}{self.rng.randrange(10**7, 10**8)}"
        return taken

    def _moment(self, period: Period) -> datetime:
        """Some working minute of the month; most people come in its first half."""
        day = period.first + timedelta(days=min(int(self.rng.triangular(1, period.days, 8)), period.days - 1))
        minutes = self.rng.randrange(9 * 60, 17 * 60)
        return datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=clock.CHINA)


def _open_bills(estate: Estate) -> dict[int, list[Open]]:
    """Open bills by payer, oldest due date first."""
    rows = (
        Bill.objects.filter(estate=estate, reversed_at=None)
        .extra(where=["settled < amount"])
        .order_by("payer_id", "due_on", "pk")
        .values_list("payer_id", "pk", "period", "amount", "settled")
    )
    found: dict[int, list[Open]] = defaultdict(list)
    for payer, pk, period, amount, settled in rows:
        found[payer].append(Open(pk, period, amount - settled))
    return found
