"""Every address of the site."""

from django.urls import include, path

from anju.foundation.accounts.views import set_language

urlpatterns = [
    path("accounts/", include("anju.foundation.accounts.urls")),
    path("console/", include("anju.kit.pages.urls")),
    path("console/", include("anju.foundation.accounts.console.urls")),
    path("i18n/setlang/", set_language, name="set_language"),
]
