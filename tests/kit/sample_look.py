"""Addresses that exist only for the tests of the look: the gallery, a search, and pages that navigation may offer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from anju.kit.ui.views import gallery
from anju.site.urls import urlpatterns as site


def page(request: HttpRequest, **_: str) -> HttpResponse:
    return HttpResponse("page")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("an error that nobody foresaw")


def search(request: HttpRequest, estate: str) -> HttpResponse:
    asked = request.GET.get("q", "")
    hits = [
        {
            "url": "/sample/",
            "icon": "door",
            "title": "3-1-1201",
            "detail": "<b>王小明</b>",
            "figure": "231.60",
            "tone": "bad",
        }
    ]
    return render(request, "kit/hits.html", {"q": asked, "hits": hits if asked == "wxm" else []})


looks = [
    path("console/<str:estate>/gallery/", lambda request, estate: gallery(request), name="gallery"),
    path("console/<str:estate>/", page, name="start"),
    path("console/<str:estate>/units/", page, name="units"),
    path("console/<str:estate>/units/board/", page, name="board"),
    path("console/<str:estate>/search/", search, name="search"),
    path("console/everywhere/", page, name="everywhere"),
    path("console/", page, name="console"),
]
urlpatterns = [
    path("", include((looks, "look"))),
    path("broken/", broken),
    path("sample/", page),
    *site,
]
