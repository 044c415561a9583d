"""Addresses of the register, included below ``console/``."""

from django.urls import include, path

from anju.foundation.registry.console.board import BoardPage, UnitDrawer
from anju.foundation.registry.console.buildings import BuildingPages, EntrancePages, PhasePages, PlacePages, RoomPages
from anju.foundation.registry.console.estates import (
    CommitteePage,
    EstateCreatePage,
    EstateEditPage,
    EstateListPage,
    EstateProfile,
)
from anju.foundation.registry.console.homes import ApplicationPages
from anju.foundation.registry.console.imports import ImportPages
from anju.foundation.registry.console.parking import CarParkPages, SpacePages, VehiclePages, ZonePages
from anju.foundation.registry.console.parties import PartyPages
from anju.foundation.registry.console.search import SearchPage
from anju.foundation.registry.console.units import OccupancyPages, UnitPages
from anju.kit.pages import urls_for

app_name = "registry"

estate_pages = [
    path("search/", SearchPage.as_view(), name="search"),
    path("board/", BoardPage.as_view(), name="board"),
    path("board/units/<int:pk>/", UnitDrawer.as_view(), name="unit_drawer"),
    path("estate/", EstateProfile.as_view(), name="estate_detail"),
    path("estate/committee/", CommitteePage.as_view(), name="estate_committee"),
    path("estate/edit/", EstateEditPage.as_view(), name="estate_edit"),
    *urls_for(
        PhasePages, BuildingPages, EntrancePages, UnitPages, PartyPages, OccupancyPages, VehiclePages, CarParkPages,
        ZonePages, SpacePages, PlacePages, RoomPages, ApplicationPages,
        ImportPages,
    ),
]  # fmt: skip

urlpatterns = [
    path("estates/", EstateListPage.as_view(), name="estate_list"),
    path("estates/new/", EstateCreatePage.as_view(), name="estate_create"),
    path("<str:estate>/registry/", include(estate_pages)),
]
