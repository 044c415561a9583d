"""Addresses of the resident's own settings, included in the namespace ``my``."""

from django.urls import path

from anju.foundation.accounts.resident.me import MePage, TextSizePage

urlpatterns = [
    path("me/", MePage.as_view(), name="me"),
    path("me/text/", TextSizePage.as_view(), name="text_size"),
]
