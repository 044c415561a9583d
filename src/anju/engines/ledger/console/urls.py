"""Addresses of the ledger, included below ``console/``."""

from django.urls import include, path

from anju.engines.ledger.console.balances import AccountPage, TrialBalancePage
from anju.engines.ledger.console.checks import AuditPage
from anju.engines.ledger.console.entries import EntryPages
from anju.kit.pages import urls_for

app_name = "ledger"
estate_pages = [
    *urls_for(EntryPages),
    path("balance/", TrialBalancePage.as_view(), name="trial_balance"),
    path("accounts/<int:pk>/", AccountPage.as_view(), name="account"),
    path("audit/", AuditPage.as_view(), name="audit"),
]
urlpatterns = [path("<str:estate>/ledger/", include(estate_pages))]
