"""Addresses of collecting: the desk and what follows from it."""

from django.urls import path

from anju.domains.billing.console.day_end import CashCountPages
from anju.domains.billing.console.decisions import TransferPages, WaiverPages
from anju.domains.billing.console.desk import DeskDonePage, DeskPage, DeskPayerPage
from anju.domains.billing.console.dunning import DemandPages
from anju.domains.billing.console.households import PartyLedgerPage, PrepaymentList, UnitLedgerPage
from anju.domains.billing.console.receipts import CancellationPages, PaymentPages, ReceiptPages
from anju.kit.pages import urls_for

desk_urls = [
    path("desk/", DeskPage.as_view(), name="desk"),
    path("desk/<int:pk>/", DeskPayerPage.as_view(), name="desk_payer"),
    path("desk/receipts/<int:pk>/", DeskDonePage.as_view(), name="desk_done"),
    path("ledgers/parties/<int:pk>/", PartyLedgerPage.as_view(), name="party_ledger"),
    path("ledgers/units/<int:pk>/", UnitLedgerPage.as_view(), name="unit_ledger"),
    path("prepayments/", PrepaymentList.as_view(), name="prepayment_list"),
    *urls_for(PaymentPages, ReceiptPages, CancellationPages, WaiverPages, TransferPages, CashCountPages, DemandPages),
]
