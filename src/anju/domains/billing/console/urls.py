"""Addresses of charging and collecting, included below ``console/``."""

from django.urls import include, path

from anju.domains.billing.console.desk_urls import desk_urls

app_name = "billing"
estate_pages = [*desk_urls]
urlpatterns = [path("<str:estate>/billing/", include(estate_pages))]
