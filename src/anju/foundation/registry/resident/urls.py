"""Addresses of a resident's homes, included in the namespace ``my``."""

from django.urls import path

from anju.foundation.registry.resident.homes import ApplyPage, BindPage, HomesPage, RoomPage

urlpatterns = [
    path("homes/", HomesPage.as_view(), name="homes"),
    path("homes/bind/", BindPage.as_view(), name="bind"),
    path("homes/bind/<str:code>/", RoomPage.as_view(), name="room"),
    path("homes/bind/<str:code>/<int:pk>/", ApplyPage.as_view(), name="apply"),
]
