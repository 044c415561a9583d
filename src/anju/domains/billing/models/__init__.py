"""What is charged, billed, collected and demanded."""

from anju.domains.billing.models.bills import Bill, BillRun, BillRunException
from anju.domains.billing.models.collection import (
    Allocation,
    CashCount,
    Payment,
    PrepaymentMovement,
    Receipt,
    ReceiptCancellation,
    TransferReport,
    Waiver,
)
from anju.domains.billing.models.dunning import Demand, DemandLine
from anju.domains.billing.models.settings import PaymentSettings
from anju.domains.billing.models.statements import Statement
from anju.domains.billing.models.tariffs import FeeItem, Meter, MeterReading, RecurringCharge, Tariff

__all__ = [
    "Allocation",
    "Bill",
    "BillRun",
    "BillRunException",
    "CashCount",
    "Demand",
    "DemandLine",
    "FeeItem",
    "Meter",
    "MeterReading",
    "Payment",
    "PaymentSettings",
    "PrepaymentMovement",
    "Receipt",
    "ReceiptCancellation",
    "RecurringCharge",
    "Statement",
    "Tariff",
    "TransferReport",
    "Waiver",
]
