"""Addresses of publications for residents, included in the namespace ``my``."""

from django.urls import path

from anju.engines.disclosure.resident.publications import PublicationPage, PublicationsPage

urlpatterns = [
    path("publications/", PublicationsPage.as_view(), name="publications"),
    path("publications/<int:pk>/", PublicationPage.as_view(), name="publication"),
]
