"""The residents' pages of every module, all in the namespace ``my``."""

from django.urls import include, path

from anju.site.resident_home import ResidentHome

app_name = "my"
urlpatterns = [
    path("", ResidentHome.as_view(), name="home"),
    path("", include("anju.foundation.accounts.resident.urls")),
    path("", include("anju.foundation.registry.resident.urls")),
    path("", include("anju.engines.disclosure.resident.urls")),
    path("", include("anju.engines.messaging.resident.urls")),
    path("", include("anju.domains.billing.resident.urls")),
]
