"""Every address of the site."""

from django.conf import settings
from django.urls import include, path

from anju.foundation.accounts.views import set_language
from anju.kit.ui.views import gallery
from anju.site.api.interface import api
from anju.site.api.middleware import not_found
from anju.site.health import ADDRESS, health

urlpatterns = [
    path("api/v1/", api.urls),
    path("accounts/", include("anju.foundation.accounts.urls")),
    path("console/", include("anju.kit.pages.urls")),
    path("console/", include("anju.foundation.accounts.console.urls")),
    path("console/", include("anju.foundation.registry.console.urls")),
    path("console/", include("anju.engines.disclosure.console.urls")),
    path("console/", include("anju.engines.ledger.console.urls")),
    path("console/", include("anju.domains.billing.console.urls")),
    path("my/", include("anju.site.resident_urls")),
    path("", include("anju.site.public_urls")),
    path(ADDRESS, health, name="health"),
    path("i18n/setlang/", set_language, name="set_language"),
    # Last, for an estate's code could be taken for any word that stands after console/.
    path("", include("anju.site.home_urls")),
]

handler404 = not_found

if settings.DEBUG:
    urlpatterns.append(path("gallery/", gallery, name="gallery"))
