"""Addresses of a resident's bills and payments, included in the namespace ``my``."""

from django.urls import path

from anju.domains.billing.resident.bills import BillPage, BillsPage
from anju.domains.billing.resident.pay import PayHowPage, PayPage, TransferPage
from anju.domains.billing.resident.payments import PaymentPage, PaymentsPage, ReceiptPdf

urlpatterns = [
    path("bills/", BillsPage.as_view(), name="bills"),
    path("bills/<int:pk>/", BillPage.as_view(), name="bill"),
    path("pay/", PayPage.as_view(), name="pay"),
    path("pay/<int:pk>/", PayHowPage.as_view(), name="pay_how"),
    path("transfers/<int:pk>/", TransferPage.as_view(), name="transfer"),
    path("payments/", PaymentsPage.as_view(), name="payments"),
    path("payments/<int:pk>/", PaymentPage.as_view(), name="payment"),
    path("payments/<int:pk>/receipt.pdf", ReceiptPdf.as_view(), name="receipt_pdf"),
]
