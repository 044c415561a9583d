"""How the lists of money taken, asked for and given up are narrowed."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import (
    DunningStage,
    PaymentMethod,
    ReceiptState,
    ReviewState,
    TransferState,
    WaiverKind,
    WaiverState,
)
from anju.domains.billing.models import Bill, FeeItem
from anju.domains.billing.selectors.dunning import overdue_bills
from anju.engines.messaging.enums import DeliveryState
from anju.engines.messaging.models import Delivery
from anju.foundation.registry.models import Building
from anju.kit import clock
from anju.kit.pages import ChoiceFilter, DateFromToFilter, Filters, ObjectFilter, YesNoFilter

AGES = ((30, _("more than 30 days")), (90, _("more than 90 days")), (180, _("more than 180 days")),
        (365, _("more than a year")), (730, _("more than two years")))  # fmt: skip


class PaymentFilters(Filters):
    received_on = DateFromToFilter(label=_("Received"))
    method = ChoiceFilter(label=_("Paid by"), choices=PaymentMethod.choices)
    cancelled = YesNoFilter(label=_("Cancelled"), field_name="cancelled_at", lookup_expr="isnull", exclude=True)


class ReceiptFilters(Filters):
    received_on = DateFromToFilter(label=_("Received"), field_name="payment__received_on")
    method = ChoiceFilter(label=_("Paid by"), field_name="payment__method", choices=PaymentMethod.choices)
    state = ChoiceFilter(label=_("State"), choices=ReceiptState.choices)


class CancellationFilters(Filters):
    state = ChoiceFilter(label=_("State"), choices=ReviewState.choices)


class WaiverFilters(Filters):
    state = ChoiceFilter(label=_("State"), choices=WaiverState.choices)
    kind = ChoiceFilter(label=_("Of"), choices=WaiverKind.choices)


class TransferFilters(Filters):
    state = ChoiceFilter(label=_("State"), choices=TransferState.choices)
    transferred_on = DateFromToFilter(label=_("Transferred"))


class CashCountFilters(Filters):
    day = DateFromToFilter(label=_("Day"))
    differs = YesNoFilter(label=_("With a difference"), field_name="difference", method="that_differ")

    def that_differ(self, rows: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        return rows.exclude(difference=0) if value else rows.filter(difference=0)


class ArrearsFilters(Filters):
    building = ObjectFilter(
        label=_("Building"), rows=lambda: Building.objects.order_by("position", "code"), method="who_owe"
    )
    item = ObjectFilter(label=_("Fee item"), rows=lambda: FeeItem.objects.order_by("code"), method="who_owe")
    days = ChoiceFilter(label=_("Overdue"), choices=AGES, method="who_owe")

    def who_owe(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Payers with an overdue bill of this kind; each filter by itself."""
        return rows.filter(Exists(self.overdue(name, value).filter(payer=OuterRef("pk"))))

    def overdue(self, name: str = "", value: Any = None) -> QuerySet[Bill]:
        """The overdue bills that one filter means; all of them for none."""
        kinds = {"building": "building", "item": "item", "days": "overdue_days"}
        given = {kinds[name]: int(getattr(value, "pk", value))} if name else {}
        return overdue_bills(self.request.access.estate, clock.today(), **given)

    def claims(self) -> QuerySet[Bill]:
        """Overdue bills of exactly the payers that pass: who they are can be told without looking at the payers."""
        asked = [self.overdue(name, value) for name, _label, value in self.active()] if self.is_valid() else []
        bills, *others = asked or [self.overdue()]
        for other in others:
            bills = bills.filter(payer__in=other.values("payer"))
        return bills


class DemandFilters(Filters):
    stage = ChoiceFilter(label=_("Stage"), choices=DunningStage.choices)
    issued_on = DateFromToFilter(label=_("Issued"))
    delivered = YesNoFilter(label=_("Delivery proven"), method="that_arrived")

    def that_arrived(self, rows: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        arrived = Exists(Delivery.objects.filter(notice=OuterRef("notice"), state=DeliveryState.DELIVERED))
        return rows.filter(arrived if value else ~arrived)
