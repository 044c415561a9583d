"""What billing shows on pages of the register and on home pages: arrears, money in hand, takings; and what it finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anju.domains.billing import permissions
from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.models import Receipt
from anju.domains.billing.papers import thing_of
from anju.domains.billing.selectors import collection as reads
from anju.domains.billing.selectors.desk import bills_numbered, open_by_unit, payments_of_cashier
from anju.foundation.accounts.enums import Role
from anju.foundation.registry import hooks
from anju.foundation.registry.hooks import Mark, SearchHit
from anju.foundation.registry.models import Party, Unit
from anju.kit import clock, navigation, panels
from anju.kit.access import Access, access_of
from anju.kit.money import ZERO

LATEST = 5
LARGEST_NUMBER = 2**31


def arrears_of_party(request: HttpRequest, party: Party) -> dict[str, Any]:
    """The customer card: owed by item, late fees of today, money in hand, the last payments, what can be done."""
    access = access_of(request)
    desk = reads.desk(access.estate, party)
    return {
        "desk": desk,
        "latest": list(reads.payments(access.estate).filter(payer=party)[:LATEST]),
        "overdue": sum(1 for line in desk.lines if line.overdue_days),
        "estate": access.estate,
        "may_collect": access.can(permissions.COLLECT),
        "may_dun": access.can(permissions.DUN),
    }


def arrears_of_unit(request: HttpRequest, unit: Unit) -> dict[str, Any]:
    """The page of a unit: what is open for it, by payer."""
    access = access_of(request)
    rows = reads.open_bills(access.estate).filter(unit=unit).select_related("fee_item", "payer")
    bills = list(rows.order_by("payer", "due_on", "pk"))
    payers = [
        (party, len(members := list(group)), sum((bill.amount - bill.settled for bill in members), ZERO))
        for party, group in groupby(bills, key=lambda bill: bill.payer)
    ]
    total = sum((bill.amount - bill.settled for bill in bills), ZERO)
    return {
        "payers": payers,
        "total": total,
        "unit": unit,
        "estate": access.estate,
        "may_collect": access.can(permissions.COLLECT),
    }


def day_of_cashier(request: HttpRequest, _subject: Any) -> dict[str, Any] | None:
    """A cashier's home: today's takings, the latest receipts, and what waits."""
    access = access_of(request)
    if access.estate is None:
        return None
    today = clock.today()
    takings = [(PaymentMethod(row.method).label, row) for row in reads.takings(access.estate, access.user, today)]
    roles: frozenset[str] = access.roles  # type: ignore[attr-defined]
    if Role.CASHIER not in roles and not any(row.count or row.paid_back for _label, row in takings):
        return None  # a director may close a day, but has no drawer of their own to look after
    return {
        "takings": takings,
        "taken": sum((row.expected for _label, row in takings), ZERO),
        "latest": list(payments_of_cashier(access.estate, access.user, today)[:LATEST]),
        "estate": access.estate,
    }


def unit_marks(estate: Any, unit_ids: Sequence[int]) -> dict[int, Mark]:
    """What is overdue of each unit, for the unit board."""
    return {
        unit: Mark(amount, ngettext("%(number)s bill overdue", "%(number)s bills overdue", count) % {"number": count})
        for unit, (amount, count) in open_by_unit(estate, unit_ids, clock.today()).items()
    }


def search_numbers(estate: Any, text: str, limit: int, access: Access) -> Iterator[SearchHit]:
    """Receipts and bills by their number, as printed or without the zeros before it."""
    number = text.strip().lstrip("#").removeprefix("No.").strip()
    if not (number.isascii() and number.isdecimal()) or int(number) >= LARGEST_NUMBER:
        return
    if not access.can(permissions.VIEW):
        return
    for receipt in Receipt.objects.filter(estate=estate, number=int(number)).select_related("payment__payer")[:limit]:
        payment = receipt.payment
        yield SearchHit(
            reverse("billing:receipt_detail", kwargs={"estate": estate.code, "pk": receipt.pk}),
            _("Receipt %(number)s") % {"number": receipt},
            f"{payment.payer.name} · {payment.received_on.isoformat()} · {payment.get_method_display()}",
            "receipt",
            f"¥{payment.amount:,.2f}",
        )
    for bill in bills_numbered(estate, int(number))[:limit]:
        yield SearchHit(
            reverse("billing:bill_detail", kwargs={"estate": estate.code, "pk": bill.pk}),
            _("Bill %(number)s") % {"number": bill.pk},
            " · ".join(filter(None, (bill.payer.name, str(bill), thing_of(bill)))),
            "file-invoice",
            f"¥{bill.amount:,.2f}",
        )


def _badge(what: str, permission: str) -> navigation.Badge:
    """How many decisions of this kind wait for whoever asks, as far as they may take them."""

    def waiting(request: HttpRequest) -> int | None:
        access = access_of(request)
        if access.estate is None or not access.can(permission):
            return None
        if not hasattr(request, "waiting"):  # one statement for the three of them
            request.waiting = reads.waiting(access.estate)  # type: ignore[attr-defined]
        return request.waiting[what] or None  # type: ignore[attr-defined]

    return waiting


def register() -> None:
    """Offer all of it; called once, when the app is ready."""
    panels.register("registry.party_card", template="billing/panels/party.html", context=arrears_of_party,
                    permission=permissions.VIEW, order=10)  # fmt: skip
    panels.register("registry.unit", template="billing/panels/unit.html", context=arrears_of_unit,
                    permission=permissions.VIEW, order=10)  # fmt: skip
    panels.register("home", template="billing/panels/cashier.html", context=day_of_cashier,
                    permission=permissions.COUNT_CASH, order=30)  # fmt: skip
    hooks.register_unit_marks(unit_marks, permissions.VIEW)
    hooks.register_search(search_numbers)
    _register_pages()


def _register_pages() -> None:
    navigation.section("collecting", gettext_lazy("Collecting"), order=20)
    transfers = _badge("transfers", permissions.CONFIRM_TRANSFER)
    waivers = _badge("waivers", permissions.APPROVE_WAIVER)
    cancellations = _badge("cancellations", permissions.APPROVE_CANCELLATION)
    view, collect, count = permissions.VIEW, permissions.COLLECT, permissions.COUNT_CASH
    pages = (
        (gettext_lazy("Desk"), "desk", collect, "cash-register", "d", None),
        (gettext_lazy("Arrears"), "arrears", view, "alarm", "a", None),
        (gettext_lazy("Receipts"), "receipt_list", view, "receipt", "r", None),
        (gettext_lazy("Payments"), "payment_list", view, "cash-banknote", "", None),
        (gettext_lazy("Prepayments"), "prepayment_list", view, "wallet", "", None),
        (gettext_lazy("Reported transfers"), "transfer_list", view, "building-bank", "t", transfers),
        (gettext_lazy("Waivers"), "waiver_list", view, "discount", "", waivers),
        (gettext_lazy("Cancelled receipts"), "cancellation_list", view, "receipt-off", "", cancellations),
        (gettext_lazy("Demands"), "demand_list", view, "mail", "", None),
        (gettext_lazy("Day end"), "day_end", count, "moon", "e", None),
    )
    for order, (label, name, permission, icon, key, badge) in enumerate(pages):
        navigation.register(section="collecting", label=label, url_name=f"billing:{name}", permission=permission,
                            icon=icon, key=key, badge=badge, order=order)  # fmt: skip
