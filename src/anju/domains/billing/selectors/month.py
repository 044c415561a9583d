"""What a month charges, decided: cycles, prices, tiers and formulas of every fee item, for the database to apply."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from anju.domains.billing import formula
from anju.domains.billing.enums import Method, TariffState
from anju.domains.billing.models import FeeItem, Tariff
from anju.domains.billing.rules.cycles import FOREVER, Version, windows
from anju.domains.billing.rules.parts import Tier, month_parts, parse_tiers
from anju.foundation.registry.models import Estate
from anju.kit import parameters
from anju.kit.periods import Period


@dataclass(frozen=True, slots=True)
class WindowRow:
    """The days of one item's cycle; ``advance`` says whether the first or the last of a charge's days decides."""

    number: int
    fee_item: int
    since: date
    until: date
    advance: bool


@dataclass(frozen=True, slots=True)
class PieceRow:
    """The part of a window that one tariff prices."""

    window: int
    tariff: Tariff
    since: date
    until: date
    parts: int


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """Everything Python decides about one estate's month."""

    estate: int
    developer: int | None
    period: Period
    limitation_years: int
    windows: tuple[WindowRow, ...]
    pieces: tuple[PieceRow, ...]
    covered_from: tuple[tuple[int, date], ...]
    """Each fee item in use, and the first day for which a tariff of it is approved."""
    formulas: tuple[tuple[int, formula.Node], ...]
    tiers: tuple[tuple[int, Tier], ...]

    @property
    def has_metered(self) -> bool:
        return any(piece.tariff.method == Method.METERED for piece in self.pieces)


def month_plan(estate: Estate, period: Period) -> MonthPlan:
    """The plan of ``estate`` for the bills of ``period``; raises Refusal ``bad_formula``."""
    items = list(FeeItem.objects.filter(estate=estate, is_active=True).order_by("pk").values_list("pk", flat=True))
    approved: dict[int, dict[int, Tariff]] = defaultdict(dict)
    for tariff in Tariff.objects.filter(estate=estate, fee_item__in=items, state=TariffState.APPROVED):
        approved[tariff.fee_item_id][tariff.pk] = tariff
    window_rows: list[WindowRow] = []
    pieces: list[PieceRow] = []
    for item in items:
        versions = [
            Version(row.pk, row.effective_from, row.cycle_months, row.timing, row.anchor_month)
            for row in approved[item].values()
        ]
        for window in windows(versions, period):
            number = len(window_rows)
            window_rows.append(WindowRow(number, item, window.since, window.until, window.advance))
            pieces += [
                PieceRow(
                    number,
                    approved[item][piece.version],
                    piece.since,
                    piece.until,
                    month_parts(piece.since, piece.until),
                )
                for piece in window.pieces
            ]
    used = {piece.tariff.pk: piece.tariff for piece in pieces}
    return MonthPlan(
        estate=estate.pk,
        developer=estate.developer_id,
        period=period,
        limitation_years=int(parameters.value("billing.limitation_years", estate_id=estate.pk)),
        windows=tuple(window_rows),
        pieces=tuple(pieces),
        covered_from=tuple(
            (item, min((row.effective_from for row in approved[item].values()), default=FOREVER)) for item in items
        ),
        formulas=tuple((pk, formula.parse(row.formula)) for pk, row in used.items() if row.method == Method.FORMULA),
        tiers=tuple((pk, tier) for pk, row in used.items() if row.method == Method.METERED for tier in tiers_of(row)),
    )


def tiers_of(tariff: Tariff) -> list[Tier]:
    """The tiers of a metered tariff; its plain price for any consumption when it has none."""
    return parse_tiers(tariff.tiers) if tariff.tiers else [(Decimal(0), None, tariff.price)]
