"""Console pages of this module, included below ``console/``: of one estate, and some across estates."""

from django.urls import include, path

from anju.foundation.accounts.console.audit import AuditPages
from anju.foundation.accounts.console.offices import OfficePages
from anju.foundation.accounts.console.organisations import OrganisationOverview, OrganisationPages
from anju.foundation.accounts.console.people import MembershipPages, PersonPages
from anju.foundation.accounts.console.tokens import TokenPages
from anju.kit.pages.sets import urls_for

app_name = "accounts"
urlpatterns = [
    path("accounts/", include(urls_for(AuditPages, OrganisationOverview, OfficePages))),
    path(
        "<str:estate>/accounts/",
        include(urls_for(PersonPages, MembershipPages, OrganisationPages, TokenPages, AuditPages)),
    ),
]
