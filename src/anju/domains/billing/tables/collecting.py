"""What the lists of money taken, asked for and given up show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.domains.billing.papers import thing_of
from anju.engines.messaging.enums import DeliveryState
from anju.kit.idcards import mask_phone
from anju.kit.pages import BadgeColumn, Column, DateColumn, LinkColumn, MomentColumn, MoneyColumn, NumberColumn, Table

STATE_TONES = {"cancelled": "muted", "requested": "warn", "reported": "warn", "approved": "ok", "confirmed": "ok"}
STAGE_TONES = {"notice": "info", "letter": "warn", "lawyer": "bad"}


class StageColumn(BadgeColumn):
    """A stage of dunning by its label."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(tones=STAGE_TONES, orderable=False, **kwargs)

    def render(self, value: Any, record: Any, bound_column: Any) -> Any:  # type: ignore[override]
        return super().render(value.label, record, bound_column)

    def value(self, value: Any, **_rest: Any) -> str:
        return str(value.label) if value else ""


class PaymentTable(Table):
    received_on = DateColumn(verbose_name=_("received"), order_by=("received_on", "pk"))
    receipt = Column(verbose_name=_("receipt"), accessor="receipt", order_by=("receipt__number",))
    payer = LinkColumn(verbose_name=_("payer"), to="registry:party_card", of="payer", order_by=("payer__name",))
    method = BadgeColumn(verbose_name=_("method"), tones={"cash": "ok", "pos": "info", "transfer": "brand"})
    amount = MoneyColumn(verbose_name=_("amount"))
    cashier = Column(verbose_name=_("cashier"), order_by=("cashier__name",))
    reference = Column(verbose_name=_("reference"))
    cancelled_at = MomentColumn(verbose_name=_("cancelled"))


class ReceiptTable(Table):
    number = Column(verbose_name=_("number"))
    received_on = DateColumn(verbose_name=_("received"), accessor="payment__received_on")
    payer = LinkColumn(
        verbose_name=_("payer"), accessor="payment__payer", to="registry:party_card", of="payment__payer",
        order_by=("payment__payer__name",),
    )  # fmt: skip
    method = BadgeColumn(
        verbose_name=_("method"), accessor="payment__get_method_display", order_by=("payment__method",), tones={}
    )
    amount = MoneyColumn(verbose_name=_("amount"), accessor="payment__amount")
    cashier = Column(verbose_name=_("cashier"), accessor="payment__cashier", order_by=("payment__cashier__name",))
    state = BadgeColumn(verbose_name=_("state"), tones={"valid": "ok", "cancelled": "bad"})

    def render_number(self, record: Any) -> str:
        return str(record)

    def value_number(self, record: Any) -> str:
        return str(record)


class SettledTable(Table):
    """What a payment settled."""

    bill = LinkColumn(verbose_name=_("bill"), to="billing:bill_detail", of="bill", orderable=False)
    thing = Column(verbose_name=_("charged for"), accessor="bill", orderable=False)
    payer = Column(verbose_name=_("payer"), accessor="bill__payer", orderable=False)
    due_on = DateColumn(verbose_name=_("due"), accessor="bill__due_on", orderable=False)
    amount = MoneyColumn(verbose_name=_("amount"), orderable=False)

    def render_thing(self, record: Any) -> str:
        return thing_of(record.bill)


class MovementTable(Table):
    """Money put in hand or used."""

    created_at = MomentColumn(verbose_name=_("when"), orderable=False)
    receipt = Column(verbose_name=_("receipt"), accessor="payment__receipt", orderable=False)
    amount = MoneyColumn(verbose_name=_("amount"), orderable=False)


class CancellationTable(Table):
    receipt = Column(verbose_name=_("receipt"), order_by=("receipt__number",))
    payer = Column(
        verbose_name=_("payer"), accessor="receipt__payment__payer", order_by=("receipt__payment__payer__name",)
    )
    amount = MoneyColumn(verbose_name=_("amount"), accessor="receipt__payment__amount")
    reason = Column(verbose_name=_("reason"))
    state = BadgeColumn(verbose_name=_("state"), tones=STATE_TONES)
    requested_by = Column(verbose_name=_("requested by"), order_by=("requested_by__name",))
    created_at = MomentColumn(verbose_name=_("requested"))


class WaiverTable(Table):
    bill = Column(verbose_name=_("bill"), order_by=("bill__fee_item__code", "bill__period", "pk"))
    thing = Column(verbose_name=_("charged for"), accessor="bill", orderable=False)
    payer = Column(verbose_name=_("payer"), accessor="bill__payer", order_by=("bill__payer__name",))
    kind = BadgeColumn(verbose_name=_("of"), tones={"principal": "info"})
    amount = MoneyColumn(verbose_name=_("amount"))
    reason = Column(verbose_name=_("reason"))
    state = BadgeColumn(verbose_name=_("state"), tones=STATE_TONES)
    requested_by = Column(verbose_name=_("requested by"), order_by=("requested_by__name",))
    created_at = MomentColumn(verbose_name=_("requested"))

    def render_thing(self, record: Any) -> str:
        return thing_of(record.bill)

    def value_thing(self, record: Any) -> str:
        return thing_of(record.bill)


class TransferTable(Table):
    payer = Column(verbose_name=_("payer"), order_by=("payer__name",))
    amount = MoneyColumn(verbose_name=_("amount"))
    transferred_on = DateColumn(verbose_name=_("transferred on"))
    reference = Column(verbose_name=_("bank reference"))
    bills = Column(verbose_name=_("bills"), accessor="pk", orderable=False)
    state = BadgeColumn(verbose_name=_("state"), tones=STATE_TONES)
    receipt = Column(verbose_name=_("receipt"), accessor="payment__receipt", order_by=("payment__receipt__number",))
    created_at = MomentColumn(verbose_name=_("Reported"))

    def render_bills(self, record: Any) -> str:
        return "、".join(str(bill) for bill in record.bills.all())

    def value_bills(self, record: Any) -> str:
        return self.render_bills(record)


class CashCountTable(Table):
    day = DateColumn(verbose_name=_("day"), order_by=("day", "pk"))
    cashier = Column(verbose_name=_("cashier"), order_by=("cashier__name",))
    expected_cash = MoneyColumn(verbose_name=_("cash expected"))
    counted_cash = MoneyColumn(verbose_name=_("cash counted"))
    difference = MoneyColumn(verbose_name=_("difference"))
    note = Column(verbose_name=_("note"))
    by = Column(verbose_name=_("counted by"), order_by=("by__name",))
    created_at = MomentColumn(verbose_name=_("counted"))


class PrepaymentTable(Table):
    name = Column(verbose_name=_("payer"))
    phone = Column(verbose_name=_("phone"), orderable=False)
    prepayment_agreed = Column(verbose_name=_("settles new bills"))
    balance = MoneyColumn(verbose_name=_("in hand"))

    def render_phone(self, value: str) -> str:
        return mask_phone(value)

    def value_phone(self, value: str) -> str:
        return mask_phone(value) if value else ""


class ArrearsTable(Table):
    """Payers with overdue bills; each row carries its ``debtor``."""

    name = Column(verbose_name=_("payer"))
    owed = MoneyColumn(verbose_name=_("arrears"))
    late_fee = MoneyColumn(verbose_name=_("late fee"), accessor="debtor__late_fee", orderable=False)
    bills = NumberColumn(verbose_name=_("bills"), accessor="debtor__bills", orderable=False)
    oldest = DateColumn(verbose_name=_("oldest due"))
    limitation = DateColumn(verbose_name=_("claim lapses"), accessor="debtor__limitation_on", orderable=False)
    last_stage = StageColumn(verbose_name=_("last demand"), accessor="debtor__last_stage")
    last_issued = DateColumn(verbose_name=_("demanded on"), accessor="debtor__last_issued", orderable=False)
    next_stage = StageColumn(verbose_name=_("may follow"), accessor="debtor__next_stage")


class DemandTable(Table):
    issued_on = DateColumn(verbose_name=_("issued"), order_by=("issued_on", "pk"))
    payer = Column(verbose_name=_("payer"), order_by=("payer__name",))
    stage = BadgeColumn(verbose_name=_("stage"), tones=STAGE_TONES)
    principal = MoneyColumn(verbose_name=_("arrears"))
    late_fee = MoneyColumn(verbose_name=_("late fee"))
    pay_by = DateColumn(verbose_name=_("pay by"))
    delivered = Column(verbose_name=_("delivered"), accessor="notice", orderable=False)

    def render_delivered(self, record: Any) -> str:
        return "、".join(
            f"{one.get_channel_display()} {MomentColumn().render(one.delivered_at)}"
            for one in record.notice.deliveries.all()
            if one.state == DeliveryState.DELIVERED
        ) or str(_("not proven yet"))

    def value_delivered(self, record: Any) -> str:
        return self.render_delivered(record)


class DemandLineTable(Table):
    bill = LinkColumn(verbose_name=_("bill"), to="billing:bill_detail", of="bill", orderable=False)
    thing = Column(verbose_name=_("charged for"), accessor="bill", orderable=False)
    due_on = DateColumn(verbose_name=_("due"), accessor="bill__due_on", orderable=False)
    principal = MoneyColumn(verbose_name=_("arrears"), orderable=False)
    late_fee = MoneyColumn(verbose_name=_("late fee"), orderable=False)
    limitation = DateColumn(verbose_name=_("claim lapses"), accessor="bill__limitation_on", orderable=False)

    def render_thing(self, record: Any) -> str:
        return thing_of(record.bill)


class DeliveryTable(Table):
    channel = Column(verbose_name=_("way"), orderable=False)
    state = BadgeColumn(verbose_name=_("state"), orderable=False)
    delivered_at = MomentColumn(verbose_name=_("delivered"), orderable=False)
    proof = Column(verbose_name=_("proof"), orderable=False)
    by = Column(verbose_name=_("recorded by"), orderable=False)


class ReportedBillTable(Table):
    """The bills that a resident says a transfer is for, as they stand now."""

    bill = Column(verbose_name=_("bill"), accessor="fee_item", orderable=False)
    thing = Column(verbose_name=_("charged for"), accessor="pk", orderable=False)
    due_on = DateColumn(verbose_name=_("due"), orderable=False)
    amount = MoneyColumn(verbose_name=_("amount"), orderable=False)
    settled = MoneyColumn(verbose_name=_("settled"), orderable=False)

    def render_bill(self, record: Any) -> str:
        return str(record)

    def render_thing(self, record: Any) -> str:
        return thing_of(record)
