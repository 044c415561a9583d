"""What a month's statements say, drawn from bills and journal alone, and the content to be published.

* **billed** in a month: the bills of that month, less what was reversed during it: what the journal has as income.
* **collected** in a month: what payments received during it settled, less what was taken back during it.
* **waived** in a month: what was given up of bills during it.
* **cost**: the expense accounts of the journal by head (P17-04 for the service fee, P01-20 for the car park).

Fees collected for a supplier are no income and stand apart; what concerns the car park stands in its own account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate
from django.utils import translation
from django.utils.translation import gettext as _

from anju.domains.billing.enums import FeeKind, Method, StatementKind
from anju.domains.billing.models import Allocation, Bill, FeeItem, Statement, Tariff
from anju.domains.billing.selectors.figures import breakdowns
from anju.domains.billing.selectors.tariffs import tariffs_in_force
from anju.engines.disclosure import content
from anju.engines.disclosure.enums import PublicationKind
from anju.engines.ledger import chart
from anju.engines.ledger import selectors as ledger
from anju.engines.ledger.enums import PARKING_HEADS, SERVICE_HEADS, AccountKind, CostHead
from anju.engines.ledger.models import Account
from anju.foundation.registry.enums import SpaceUse
from anju.foundation.registry.models import Estate
from anju.kit import clock
from anju.kit.clock import CHINA
from anju.kit.money import ZERO, to_cents
from anju.kit.periods import Period

LANGUAGE = "zh-hans"
"""Publications are for the owners of the estate, whatever language the person reads who drafts them."""

PUBLISHED_AS = {
    StatementKind.SERVICE: PublicationKind.STATEMENT,
    StatementKind.CAR_PARK: PublicationKind.CAR_PARK,
    StatementKind.COLLECTION: PublicationKind.COLLECTION,
    StatementKind.STANDARDS: PublicationKind.FEE_STANDARDS,
}


def statements_of_estate(estate: Estate) -> QuerySet[Statement]:
    """Drafts and what was published of them, the latest month first."""
    return Statement.objects.filter(estate=estate).select_related("publication", "by").order_by("-period", "-pk")


@dataclass(frozen=True, slots=True)
class Income:
    """One line of income in a month, in yuan."""

    name: str
    billed: Decimal = ZERO
    waived: Decimal = ZERO
    collected: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class MonthAccount:
    """Income by line and cost by head of one month, in yuan."""

    period: Period
    income: list[Income]
    costs: dict[CostHead, Decimal]
    passed_on: list[Income]
    """Collected for suppliers: neither income nor cost."""

    @property
    def billed(self) -> Decimal:
        return sum((line.billed for line in self.income), ZERO)

    @property
    def waived(self) -> Decimal:
        return sum((line.waived for line in self.income), ZERO)

    @property
    def collected(self) -> Decimal:
        return sum((line.collected for line in self.income), ZERO)

    @property
    def cost(self) -> Decimal:
        return sum(self.costs.values(), ZERO)

    @property
    def accrued_result(self) -> Decimal:
        """What was billed and not waived, less the cost."""
        return self.billed - self.waived - self.cost

    @property
    def cash_result(self) -> Decimal:
        """What was collected, less the cost."""
        return self.collected - self.cost


def service_account(estate: Estate, period: Period) -> MonthAccount:
    """The month by fee item and by the nine cost heads (P17-04, P06-05), without the car park."""
    items = {item.pk: item for item in FeeItem.objects.filter(estate=estate).order_by("code")}
    sums = _sums(estate, period, "fee_item")
    lines: dict[bool, list[Income]] = {True: [], False: []}
    for pk, item in items.items():
        if item.kind != FeeKind.PARKING and pk in sums:
            lines[item.kind == FeeKind.UTILITY].append(Income(item.name, *sums[pk]))
    lines[False] += _unbilled(estate, period, items)
    return MonthAccount(period, lines[False], _costs(estate, period, SERVICE_HEADS), lines[True])


def parking_account(estate: Estate, period: Period) -> MonthAccount:
    """The month of the car park: income by the kind of space it was charged for, its use by four heads (P01-20)."""
    uses = _sums(estate, period, "space__use", "vehicle__space__use", only=Q(fee_item__kind=FeeKind.PARKING))
    sums = {use or "": amounts for use, amounts in uses.items()}
    order = [*SpaceUse.values, ""]
    names = {use: str(SpaceUse(use).label) if use else _("without a space of its own") for use in order}
    income = [Income(names[use], *sums[use]) for use in order if use in sums]
    return MonthAccount(period, income, _costs(estate, period, PARKING_HEADS), [])


def _costs(estate: Estate, period: Period, heads: tuple[CostHead, ...]) -> dict[CostHead, Decimal]:
    sums = ledger.sums_by_head(estate, period.first, period.plus(1).first, heads)
    return {head: sums[head.value] for head in heads}


def _sums(
    estate: Estate, period: Period, *keys: str, only: Q | None = None
) -> dict[Any, tuple[Decimal, Decimal, Decimal]]:
    """(billed, waived, collected) of a month by the first of ``keys``, paths from a bill, that leads to something;
    ``only`` narrows the bills.
    """
    first, after = period.first, period.plus(1).first
    bills = Bill.objects.filter(only or Q(), estate=estate).annotate(reversed_on=TruncDate("reversed_at", tzinfo=CHINA))
    billed = _by(bills.filter(period=first), keys)
    for group, amount in _by(bills.filter(reversed_on__gte=first, reversed_on__lt=after), keys).items():
        billed[group] = billed.get(group, ZERO) - amount
    settled = (
        Allocation.objects.filter(estate=estate, bill__in=bills) if only else Allocation.objects.filter(estate=estate)
    )
    settled = settled.annotate(written=TruncDate("created_at", tzinfo=CHINA))
    of_bills = [f"bill__{key}" for key in keys]
    written = Q(written__gte=first, written__lt=after)
    waived = _by(settled.filter(written, waiver__isnull=False), of_bills)
    # Money counts on the day it was received, a cancelled receipt on the day it was cancelled, as in the journal.
    received = Q(amount__gt=0, payment__received_on__gte=first, payment__received_on__lt=after)
    taken_back = Q(amount__lt=0) & written
    collected = _by(settled.filter(received | taken_back, payment__isnull=False), of_bills)
    groups = billed.keys() | waived.keys() | collected.keys()
    return {one: (billed.get(one, ZERO), waived.get(one, ZERO), collected.get(one, ZERO)) for one in groups}


def _by(rows: QuerySet[Any], keys: Sequence[str]) -> dict[Any, Decimal]:
    group = Coalesce(*keys) if len(keys) > 1 else F(keys[0])
    return dict(rows.annotate(group=group).values_list("group").annotate(sum=Sum("amount")).order_by())


def _unbilled(estate: Estate, period: Period, items: Mapping[int, FeeItem]) -> list[Income]:
    """Income that was posted without a bill: accounts to which no fee item is credited."""
    sums = ledger.sums_by_account(estate, period.first, period.plus(1).first, AccountKind.INCOME)
    credited = {item.income_id for item in items.values()}
    accounts = Account.objects.filter(estate=estate, pk__in=set(sums) - credited).exclude(code=chart.WAIVED)
    return [
        Income(account.name, sums[account.pk], ZERO, sums[account.pk])
        for account in accounts.order_by("code")
        if sums[account.pk]
    ]


# --- the content to be published --------------------------------------------------------------------------------------


def statement_title(kind: StatementKind | str, period: Period) -> str:
    """The heading of a publication, in the language of publications."""
    with translation.override(LANGUAGE):
        month = {"year": period.year, "month": period.month}
        return {
            StatementKind.SERVICE: _("Income and cost of %(year)d-%(month)02d"),
            StatementKind.CAR_PARK: _("Account of the car park of %(year)d-%(month)02d"),
            StatementKind.COLLECTION: _("Fee collection up to %(year)d-%(month)02d"),
            StatementKind.STANDARDS: _("Fee items and standards of %(year)d-%(month)02d"),
        }[StatementKind(kind)] % month


def statement_content(estate: Estate, kind: StatementKind | str, period: Period) -> dict[str, Any]:
    """The blocks of a statement as the books are now."""
    with translation.override(LANGUAGE):
        return _BUILDERS[StatementKind(kind)](estate, period)


def _service(estate: Estate, period: Period) -> dict[str, Any]:
    account = service_account(estate, period)
    blocks = [
        content.text(_("All figures come from the bills and the journal of the estate, in yuan.")),
        _figures(account),
        _income(_("Income by fee item"), _("Fee item"), account),
        _cost(_("Cost by the nine heads of the service fee"), account),
        _result(account),
    ]
    if account.passed_on:
        blocks.append(
            content.table(
                _("Collected for suppliers (no income of the company)"),
                [(_("Fee item"), False), (_("Billed"), True), (_("Collected"), True)],
                [(line.name, _yuan(line.billed), _yuan(line.collected)) for line in account.passed_on],
            )
        )
    return content.document(*blocks)


def _car_park(estate: Estate, period: Period) -> dict[str, Any]:
    account = parking_account(estate, period)
    return content.document(
        content.text(
            _("The income of the car park is used for its attendants, equipment, water and electricity, and the like.")
        ),
        _figures(account),
        _income(_("Income by kind of space"), _("Kind of space"), account),
        _cost(_("Use by heads"), account),
        _result(account),
    )


def _figures(account: MonthAccount) -> content.Block:
    return content.figures(
        [
            (_("Billed"), _yuan(account.billed), _("for this month")),
            (_("Collected"), _yuan(account.collected), _("during this month")),
            (_("Cost"), _yuan(account.cost), _("during this month")),
            (_("Remainder"), _yuan(account.cash_result), _("collected less cost")),
        ]
    )


def _income(title: str, what: str, account: MonthAccount) -> content.Block:
    return content.table(
        title,
        [(what, False), (_("Billed"), True), (_("Waived"), True), (_("Collected"), True)],
        [(line.name, _yuan(line.billed), _yuan(line.waived), _yuan(line.collected)) for line in account.income],
        (_("Sum"), _yuan(account.billed), _yuan(account.waived), _yuan(account.collected)),
    )


def _cost(title: str, account: MonthAccount) -> content.Block:
    return content.table(
        title,
        [(_("Head"), False), (_("Amount"), True)],
        [(str(head.label), _yuan(amount)) for head, amount in account.costs.items()],
        (_("Sum"), _yuan(account.cost)),
    )


def _result(account: MonthAccount) -> content.Block:
    return content.table(
        _("Result"),
        [(_("Reckoned by"), False), (_("Income"), True), (_("Cost"), True), (_("Remainder"), True)],
        [
            (_("what was collected"), _yuan(account.collected), _yuan(account.cost), _yuan(account.cash_result)),
            (
                _("what was billed and not waived"),
                _yuan(account.billed - account.waived),
                _yuan(account.cost),
                _yuan(account.accrued_result),
            ),
        ],
    )


def _collection(estate: Estate, period: Period) -> dict[str, Any]:
    """Billed, collected and open, by fee item and building (P05-11), as of the end of the month (or today)."""
    on = min(period.last, clock.today())
    report, by_building = breakdowns(estate, "item", "building", on=on)
    total = report.total

    def rows(groups: Any) -> list[tuple[str, ...]]:
        return [
            (one.name, _yuan(one.billed), _yuan(one.collected), _percent(one.collection_rate), _yuan(one.arrears))
            for one in groups
        ]

    columns = [(_("Billed"), True), (_("Collected"), True), (_("Rate"), True), (_("Overdue"), True)]
    last = (_("Sum"), *rows([total])[0][1:])
    return content.document(
        content.text(
            _("Bills of the year up to %(day)s and what was paid for them; late fees are left out.")
            % {"day": on.isoformat()}
        ),
        content.figures(
            [
                (_("Current collection rate"), _percent(total.collection_rate), _("collected / billed")),
                (
                    _("Arrears recovery rate"),
                    _percent(total.recovery_rate),
                    _("of the arrears of past years"),
                ),
                (_("Combined rate"), _percent(total.combined_rate), ""),
                (_("Overdue"), _yuan(total.arrears), ""),
            ]
        ),
        content.table(_("By fee item"), [(_("Fee item"), False), *columns], rows(report.groups), last),
        content.table(
            _("By building"),
            [(_("Building"), False), *columns],
            rows(by_building.groups),
            last,
        ),
    )


def _standards(estate: Estate, period: Period) -> dict[str, Any]:
    """The approved tariff of every fee item in use (P05-08), as of the end of the month (or today)."""
    on = min(period.last, clock.today())
    tariffs = sorted(tariffs_in_force(estate, on), key=lambda tariff: tariff.fee_item.code)
    return (
        content.document(
            content.text(
                _("The fees of this estate and their standards on %(day)s. The books are open to the owners’ audit.")
                % {"day": on.isoformat()}
            ),
            content.table(
                "",
                [
                    (_("Fee item"), False),
                    (_("Standard"), False),
                    (_("How often"), False),
                    (_("In force since"), False),
                    (_("Basis"), False),
                ],
                [
                    (
                        tariff.fee_item.name,
                        _standard(tariff),
                        f"{tariff.get_cycle_months_display()} · {tariff.get_timing_display()}",
                        tariff.effective_from.isoformat(),
                        tariff.basis or "—",
                    )
                    for tariff in tariffs
                ],
            ),
            content.text(_("Nothing else is charged. Whoever is charged more may refuse it and tell the front desk.")),
        )
        if tariffs
        else {"blocks": []}
    )


def _standard(tariff: Tariff) -> str:
    """The price of a tariff in words."""
    price = _price(tariff.price)
    text = {
        Method.AREA: _("%(price)s yuan per m² a month"),
        Method.FLAT: _("%(price)s yuan a month"),
        Method.SPACE: _("%(price)s yuan per space a month"),
        Method.VEHICLE: _("%(price)s yuan per vehicle a month"),
        Method.METERED: _("%(price)s yuan per unit used"),
        Method.FORMULA: _("by formula: %(formula)s"),
    }[Method(tariff.method)] % {"price": price, "formula": tariff.formula}
    if tariff.method == Method.METERED and tariff.tiers:
        text = "；".join(
            (_("up to %(upto)s: %(price)s yuan") if tier.get("upto") else _("beyond: %(price)s yuan"))
            % {"upto": tier.get("upto"), "price": tier["price"]}
            for tier in tariff.tiers
        )
    if tariff.fixed:
        text += _(", plus %(fixed)s yuan a month") % {"fixed": _yuan(tariff.fixed)}
    if tariff.vacancy_rate != 1:
        text += _(", %(part)s%% while vacant") % {"part": f"{(tariff.vacancy_rate * 100).normalize():f}"}
    return text


_BUILDERS: dict[StatementKind, Callable[[Estate, Period], dict[str, Any]]] = {
    StatementKind.SERVICE: _service,
    StatementKind.CAR_PARK: _car_park,
    StatementKind.COLLECTION: _collection,
    StatementKind.STANDARDS: _standards,
}


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _price(price: Decimal) -> str:
    """A price with two decimals, or as many more as it has."""
    cents = to_cents(price)
    return f"{cents:,.2f}" if cents == price else f"{price.normalize():f}"


def _percent(value: Decimal | None) -> str:
    return "—" if value is None else f"{value * 100:.2f}%"


def last_full_month(on: date | None = None) -> Period:
    """The month that is over: what a statement is usually about."""
    return Period.of((on or clock.today()).replace(day=1) - timedelta(days=1))
