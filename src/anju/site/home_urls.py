"""Addresses of the start pages."""

from django.urls import path

from anju.site import home

app_name = "site"
urlpatterns = [
    path("", home.start, name="start"),
    path("console/", home.Home.as_view(), name="estates"),
    path("console/<str:estate>/", home.Home.as_view(), name="home"),
]
