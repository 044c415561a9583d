"""Addresses of publications in the console, included below ``console/``."""

from django.urls import include, path

from anju.engines.disclosure.console.publications import PublicationPages
from anju.kit.pages import urls_for

app_name = "disclosure"
urlpatterns = [path("<str:estate>/disclosure/", include(urls_for(PublicationPages)))]
