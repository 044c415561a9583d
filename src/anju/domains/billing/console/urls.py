"""Addresses of charging and collecting, included below ``console/``."""

from django.urls import include, path

from anju.domains.billing.console.charging_urls import charging_urls
from anju.domains.billing.console.desk_urls import desk_urls
from anju.domains.billing.console.statement_urls import statement_urls

app_name = "billing"
estate_pages = [*desk_urls, *charging_urls, *statement_urls]
urlpatterns = [path("<str:estate>/billing/", include(estate_pages))]
