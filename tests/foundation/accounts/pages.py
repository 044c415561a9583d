"""The smallest site that has what access decides about: pages of one estate and across, resident, API, streams."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path

from anju.foundation.accounts import permissions
from anju.foundation.registry.models import Unit
from anju.kit.access import access_of, require


def units(request: HttpRequest, estate: str = "") -> HttpResponse:
    return JsonResponse({"units": sorted(Unit.objects.values_list("code", flat=True))})


def unit(request: HttpRequest, estate: str, pk: int) -> HttpResponse:
    found = Unit.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return HttpResponse(found.code)


def staff_only(request: HttpRequest, estate: str) -> HttpResponse:
    require(request, permissions.MANAGE)
    Unit.objects.update(note="changed")
    return HttpResponse("done")


def stream(request: HttpRequest, estate: str) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        for code in Unit.objects.values_list("code", flat=True).order_by("code"):
            yield f"{code}\n"

    return StreamingHttpResponse(lines())


def estates(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"estates": [estate.code for estate in access_of(request).estates]})


_pages = [
    path("units/", units),
    path("<str:estate>/units/", units),
    path("<str:estate>/units/<int:pk>/", unit),
    path("<str:estate>/staff/", staff_only),
    path("<str:estate>/stream/", stream),
    path("", estates),
]

urlpatterns = [
    path("accounts/", include("anju.foundation.accounts.urls")),
    path("console/", include(_pages)),
    path("my/", include(_pages)),
    path("api/v1/", include(_pages)),
    path("public/", units),
]
