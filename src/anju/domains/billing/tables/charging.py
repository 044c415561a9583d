"""What the lists of charging show."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import FeeKind, Method, RunState, TariffState
from anju.domains.billing.models import Bill, Tariff
from anju.domains.billing.papers import thing_of
from anju.domains.billing.rules import standing
from anju.kit import clock
from anju.kit.money import CENT
from anju.kit.pages import (
    BadgeColumn,
    Column,
    DateColumn,
    LinkColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    Table,
    YesNoColumn,
)
from anju.kit.periods import Period

THING_ORDER = ("unit__code", "space__code", "vehicle__plate")


def standing_of(bill: Bill) -> standing.Standing:
    """How a bill stands today."""
    return standing.standing(
        amount=bill.amount,
        settled=bill.settled,
        due_on=bill.due_on,
        reversed_=bill.reversed_at is not None,
        on=clock.today(),
    )


def badge(label: Any, tone: str) -> Any:
    return format_html('<span class="badge" data-tone="{}">{}</span>', tone, label)


class PeriodColumn(Column):
    """A month, stored as its first day, as 2026-11."""

    def render(self, value: Any) -> Any:
        return str(Period.of(value))

    def value(self, value: Any, **_kwargs: Any) -> Any:
        return str(Period.of(value)) if value else ""


class ThingColumn(Column):
    """The unit, space or vehicle of a row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, accessor="pk", order_by=THING_ORDER, **kwargs)

    def render(self, record: Any) -> Any:
        return thing_of(record)

    def value(self, record: Any, **_kwargs: Any) -> Any:  # type: ignore[override]
        return thing_of(record)


class StandingColumn(Column):
    """How a bill stands today, as a badge."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, accessor="pk", orderable=False, **kwargs)

    def render(self, record: Any) -> Any:
        state = standing_of(record)
        return badge(state.label, standing.TONES[state])

    def value(self, record: Any, **_kwargs: Any) -> Any:  # type: ignore[override]
        return standing_of(record).label


class BillTable(Table):
    number = Column(verbose_name=_("bill"), accessor="pk")
    thing = ThingColumn(verbose_name=_("charged for"))
    fee_item = Column(verbose_name=_("fee item"), order_by=("fee_item__code",))
    period = PeriodColumn(verbose_name=_("month"))
    payer = LinkColumn(verbose_name=_("payer"), to="registry:party_card", of="payer", order_by=("payer__name",))
    since = DateColumn(verbose_name=_("from"))
    until = DateColumn(verbose_name=_("until (first day not covered)"))
    amount = MoneyColumn(verbose_name=_("amount"))
    settled = MoneyColumn(verbose_name=_("settled"))
    open = MoneyColumn(verbose_name=_("still open"), accessor="pk", orderable=False)
    due_on = DateColumn(verbose_name=_("due"))
    limitation_on = DateColumn(verbose_name=_("claim lapses"))
    state = StandingColumn(verbose_name=_("state"))

    def render_open(self, record: Bill) -> str:
        return f"{self.value_open(record):,.2f}"

    def value_open(self, record: Bill) -> Any:
        return record.amount - record.settled if record.reversed_at is None else 0


class RunTable(Table):
    period = PeriodColumn(verbose_name=_("month"))
    state = BadgeColumn(
        verbose_name=_("state"), tones={RunState.RUNNING: "info", RunState.DONE: "ok", RunState.REVERSED: "muted"}
    )
    bills = NumberColumn(verbose_name=_("bills"))
    amount = MoneyColumn(verbose_name=_("amount"))
    started_at = MomentColumn(verbose_name=_("started"))
    finished_at = MomentColumn(verbose_name=_("finished"))
    by = Column(verbose_name=_("by"), order_by=("by__name",))


class FeeItemTable(Table):
    name = Column(verbose_name=_("name"))
    code = Column(verbose_name=_("code"))
    kind = BadgeColumn(verbose_name=_("kind"), tones={"service": "brand", "parking": "info", "utility": "warn"})
    price = Column(verbose_name=_("price today"), accessor="pk", orderable=False)
    income = Column(verbose_name=_("income account"), order_by=("income__code",))
    is_active = YesNoColumn(verbose_name=_("in use"))

    def render_price(self, record: Any) -> Any:
        if record.kind == FeeKind.LATE_FEE:
            return _now("by the tariff of the overdue fee")
        return self.value_price(record) or badge(_now("no tariff in force"), "warn")

    def value_price(self, record: Any) -> str:
        tariff = self.page.in_force.get(record.pk) if self.page else None
        return price_text(tariff) if tariff else ""


class TariffTable(Table):
    fee_item = Column(verbose_name=_("fee item"), order_by=("fee_item__code",))
    version = NumberColumn(verbose_name=_("version"))
    price = Column(verbose_name=_("price"), orderable=False, accessor="pk")
    cycle_months = Column(
        verbose_name=_("months per bill"), accessor="get_cycle_months_display", order_by=("cycle_months",)
    )
    effective_from = DateColumn(verbose_name=_("effective from"))
    state = BadgeColumn(verbose_name=_("state"), tones={TariffState.REJECTED: "bad", TariffState.SUBMITTED: "warn"})
    basis = Column(verbose_name=_("basis"), orderable=False)

    def render_price(self, record: Tariff) -> str:
        return price_text(record)

    def value_price(self, record: Tariff) -> str:
        return price_text(record)


class ChargeTable(Table):
    thing = ThingColumn(verbose_name=_("charged for"))
    fee_item = Column(verbose_name=_("fee item"), order_by=("fee_item__code",))
    payer = Column(verbose_name=_("payer"), order_by=("payer__name",), default=_("owner"))
    since = DateColumn(verbose_name=_("since"))
    until = DateColumn(verbose_name=_("until (first day without)"))


class MeterTable(Table):
    code = Column(verbose_name=_("meter number"))
    unit = Column(verbose_name=_("unit"), order_by=("unit__code",))
    fee_item = Column(verbose_name=_("fee item"), order_by=("fee_item__code",))
    multiplier = NumberColumn(verbose_name=_("multiplier"))
    last_period = PeriodColumn(verbose_name=_("last read"))
    last_value = NumberColumn(verbose_name=_("last reading"))
    is_active = YesNoColumn(verbose_name=_("in use"))

    def render_multiplier(self, value: Any) -> str:
        return plain(value)

    def render_last_value(self, value: Any) -> str:
        return plain(value)


class ReadingTable(Table):
    period = PeriodColumn(verbose_name=_("month"))
    previous = NumberColumn(verbose_name=_("previous reading"))
    value = NumberColumn(verbose_name=_("reading"))
    read_on = DateColumn(verbose_name=_("read on"))

    def render_previous(self, value: Any) -> str:
        return plain(value)

    def render_value(self, value: Any) -> str:
        return plain(value)


def plain(number: Any) -> str:
    """A figure without idle zeros: 96.5, 1,200."""
    return f"{number.normalize():,f}"


def price_of(number: Any) -> str:
    """A price with at least two decimals: 2.40, 0.0385."""
    short = number.quantize(CENT)
    return f"{short:,.2f}" if short == number else plain(number)


def price_text(tariff: Tariff) -> str:
    """What a tariff takes, in one line: “2.40 yuan per m2 and month + 5.00”."""
    texts = {
        Method.AREA: _now("%(price)s yuan per m² and month"),
        Method.FLAT: _now("%(price)s yuan per month"),
        Method.SPACE: _now("%(price)s yuan per space and month"),
        Method.VEHICLE: _now("%(price)s yuan per vehicle and month"),
        Method.METERED: _now("%(price)s yuan per metered unit"),
        Method.FORMULA: _now("formula: %(formula)s"),
    }
    if tariff.method == Method.METERED and tariff.tiers:
        text = _now("%(count)s tiers from %(price)s yuan per metered unit") % {
            "count": len(tariff.tiers),
            "price": tariff.tiers[0].get("price"),
        }
    else:
        text = texts[Method(tariff.method)] % {"price": price_of(tariff.price), "formula": tariff.formula}
    if tariff.fixed and tariff.method != Method.FORMULA:
        text += _now(" + %(fixed)s yuan per month") % {"fixed": f"{tariff.fixed:,.2f}"}
    return text
