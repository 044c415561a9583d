"""Console pages of this module, included below ``console/``: of one estate, and the audit trail across estates."""

from django.urls import include, path

from anju.foundation.accounts.console.audit import AuditPages
from anju.foundation.accounts.console.people import MembershipPages, PersonPages
from anju.foundation.accounts.console.tokens import TokenPages
from anju.kit.pages.sets import urls_for

app_name = "accounts"
urlpatterns = [
    path("accounts/", include(urls_for(AuditPages))),
    path("<str:estate>/accounts/", include(urls_for(PersonPages, MembershipPages, TokenPages, AuditPages))),
]
