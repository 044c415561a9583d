"""Fee items and the versions of their tariffs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.translation import gettext as _

from anju.domains.billing.enums import FeeKind, TariffState
from anju.domains.billing.models import FeeItem, Tariff
from anju.domains.billing.selectors.tariffs import check_start, check_terms
from anju.engines.ledger import chart
from anju.engines.ledger import selectors as ledger
from anju.engines.ledger.actions import open_books
from anju.engines.ledger.models import Account
from anju.foundation.registry.models import Estate
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.flow import enter
from anju.kit.locks import lock_name, lock_rows

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User

INCOME = {
    FeeKind.SERVICE: chart.SERVICE_INCOME,
    FeeKind.PARKING: chart.PARKING_INCOME,
    FeeKind.SHARED: chart.SHARED_INCOME,
    FeeKind.UTILITY: chart.UTILITIES_COLLECTED,
    FeeKind.LATE_FEE: chart.LATE_FEE_INCOME,
    FeeKind.OTHER: chart.OTHER_INCOME,
}
"""The account that an item of each kind is credited to unless another one is named."""

TERMS = (
    "method", "price", "fixed", "formula", "tiers", "cycle_months", "timing", "anchor_month", "vacancy_rate",
    "due_days", "grace_days", "late_daily_rate", "late_cap", "effective_from", "basis",
)  # fmt: skip


@action
def add_fee_item(
    *, estate: Estate, code: str, name: str, kind: FeeKind | str, by: User | None, income: Account | None = None
) -> FeeItem:
    """A new fee item. Raises Refusal ``fee_item_code`` or ``fee_item_name`` when the estate has one like it."""
    code, name = code.strip(), name.strip()
    _check_names(estate, code, name, None)
    if income is None:
        open_books(estate=estate, by=by)
        income = ledger.account(ledger.main_fund(estate), INCOME[FeeKind(kind)])
    return FeeItem.objects.create(estate=estate, code=code, name=name, kind=kind, income=income)


@action
def change_fee_item(
    *,
    item: FeeItem,
    by: User | None,
    code: str | None = None,
    name: str | None = None,
    kind: FeeKind | str | None = None,
    income: Account | None = None,
    is_active: bool | None = None,
) -> FeeItem:
    """Change what is given. Raises as :func:`add_fee_item`; ``fee_item_billed`` for another account once billed."""
    [fresh] = lock_rows(FeeItem.objects.filter(pk=item.pk))
    fresh.code = (code or fresh.code).strip()
    fresh.name = (name or fresh.name).strip()
    _check_names(fresh.estate, fresh.code, fresh.name, fresh.pk)
    if income is not None and income.pk != fresh.income_id:
        if fresh.bills.exists():
            raise Refusal(
                "fee_item_billed",
                _("Bills of this item are in the journal already. Add another item for the other account."),
                "income",
            )
        fresh.income = income
    fresh.kind = kind or fresh.kind
    fresh.is_active = fresh.is_active if is_active is None else is_active
    fresh.save()
    return fresh


def _check_names(estate: Estate, code: str, name: str, pk: int | None) -> None:
    others = FeeItem.objects.filter(estate=estate)
    if pk is not None:
        others = others.exclude(pk=pk)
    if not code or others.filter(code=code).exists():
        raise Refusal("fee_item_code", _("Another fee item has the code “%(code)s”.") % {"code": code}, "code")
    if not name or others.filter(name=name).exists():
        raise Refusal("fee_item_name", _("Another fee item is called “%(name)s”.") % {"name": name}, "name")


@action
def draft_tariff(*, fee_item: FeeItem, by: User | None, **terms: Any) -> Tariff:
    """A new version of the item's tariff, a draft until it is approved; ``terms`` are the columns in :data:`TERMS`.

    Raises Refusal ``bad_formula``, ``bad_tiers`` or ``no_price``, each with the field at fault.
    """
    tariff = _new_version(fee_item, terms, by)
    tariff.save()
    enter("billing.tariff", obj=tariff, by=by)
    return tariff


@action
def adopt_tariff(*, fee_item: FeeItem, by: User | None, **terms: Any) -> Tariff:
    """A tariff that is in force elsewhere already (taken over with an estate): approved as it stands.

    Raises as :func:`draft_tariff`, and Refusal ``tariff_start`` when a version begins that day.
    """
    tariff = _new_version(fee_item, terms, by)
    check_start(tariff)
    tariff.state = TariffState.APPROVED
    tariff.save()
    enter("billing.tariff", obj=tariff, by=by)
    return tariff


@action
def change_tariff(*, tariff: Tariff, by: User | None, **terms: Any) -> Tariff:
    """Change a draft. Raises Refusal ``tariff_not_draft``, and as :func:`draft_tariff`."""
    fresh = _draft(tariff)
    _set_terms(fresh, terms)
    fresh.save()
    return fresh


@action
def discard_tariff(*, tariff: Tariff, by: User | None) -> None:
    """Throw a draft away. Raises Refusal ``tariff_not_draft``."""
    _draft(tariff).delete()


def _draft(tariff: Tariff) -> Tariff:
    [fresh] = lock_rows(Tariff.objects.filter(pk=tariff.pk))
    if fresh.state != TariffState.DRAFT:
        raise Refusal("tariff_not_draft", _("Only a draft can be changed. Make a new version instead."))
    return fresh


def _new_version(fee_item: FeeItem, terms: dict[str, Any], by: User | None) -> Tariff:
    lock_name("billing.tariff", fee_item.pk)
    last = fee_item.tariffs.aggregate(last=Max("version"))["last"] or 0
    tariff = Tariff(estate_id=fee_item.estate_id, fee_item=fee_item, version=last + 1, created_by=by)
    _set_terms(tariff, terms)
    return tariff


def _set_terms(tariff: Tariff, terms: dict[str, Any]) -> None:
    unknown = set(terms) - set(TERMS)
    if unknown:
        raise TypeError(f"a tariff has no {sorted(unknown)}")
    for name, value in terms.items():
        setattr(tariff, name, value)
    check_terms(tariff)
