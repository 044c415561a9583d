"""What the demo world holds, in figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from anju.domains.billing.models import Allocation, Bill, PrepaymentMovement
from anju.engines.ledger import checks
from anju.foundation.registry.models import Estate, Ownership, Unit
from anju.kit import clock
from anju.kit.money import ZERO
from anju.site.demo.people import SignIn, sign_ins


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts, yuan, and whether the books are right.

    ``collected`` is what payments have settled of the bills, ``rate`` its part of ``billed``; ``in_hand`` are
    prepayments for bills to come.
    """

    estates: int
    units: int
    owners: int
    bills: int
    billed: Decimal
    collected: Decimal
    rate: Decimal
    in_hand: Decimal
    balanced: bool
    sign_ins: list[SignIn]

    def figures(self) -> list[tuple[str, str]]:
        """Label and value, in the language in force."""
        return [
            (_("Estates"), f"{self.estates}"),
            (_("Units"), f"{self.units:,}"),
            (_("Owners"), f"{self.owners:,}"),
            (_("Bills"), f"{self.bills:,}"),
            (_("Billed"), f"{self.billed:,.2f}"),
            (_("Collected"), f"{self.collected:,.2f}"),
            (_("Collection rate"), f"{self.rate:.2%}"),
            (_("Prepayments in hand"), f"{self.in_hand:,.2f}"),
            (_("Ledger balanced"), _("yes") if self.balanced else _("NO: run “anju audit”")),
        ]

    def as_dict(self) -> dict[str, Any]:
        """For programs: amounts as text, so that no cent is lost."""
        amounts = {name: str(getattr(self, name)) for name in ("billed", "collected", "rate", "in_hand")}
        return asdict(self) | amounts


def summarise() -> Summary:
    """Read the figures of every estate there is."""
    with scopes_disabled():  # the summary is of all estates
        today = clock.today()
        bills = Bill.objects.filter(reversed_at=None)
        billed = bills.aggregate(sum=Sum("amount"))["sum"] or ZERO
        collected = Allocation.objects.filter(waiver=None).aggregate(sum=Sum("amount"))["sum"] or ZERO
        in_hand = PrepaymentMovement.objects.aggregate(sum=Sum("amount"))["sum"] or ZERO
        owners = Ownership.objects.filter(unit__isnull=False, since__lte=today).exclude(until__lte=today)
        return Summary(
            estates=Estate.objects.count(),
            units=Unit.objects.count(),
            owners=owners.values("party").distinct().count(),
            bills=bills.count(),
            billed=billed,
            collected=collected,
            rate=(collected / billed).quantize(Decimal("0.0001")) if billed else ZERO,
            in_hand=in_hand,
            balanced=bool(checks.run()["ok"]),
            sign_ins=sign_ins(),
        )
