"""Whatever goes wrong under ``/api/`` is told as a problem detail, also what never reaches an operation."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.defaults import page_not_found

from anju.kit.api.problems import CONTENT_TYPE, problem, usual

Answer = Callable[[HttpRequest], HttpResponse]
PREFIX = "/api/"
_KEPT = ("Allow", "WWW-Authenticate", "Retry-After", "Location")


class ApiMiddleware:
    """Stands around everything that can refuse a request: routing, methods, limits of size, tokens, faults.

    Programs name the language of messages by ``Accept-Language``; without it they are in Chinese like everything else.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if request.method == "HEAD":  # what a GET would be answered; of that the server sends the head alone
            request.method = "GET"
        wanted = "Accept-Language" in request.headers and translation.get_language_from_request(request)
        with translation.override(wanted or translation.get_language()):
            response = self._answer(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or "code" in _told(response, "instance"):
            return response
        told = _told(response, "detail")
        if told:  # made before the interface was reached
            fresh = problem(request, response.status_code, told["code"], told["detail"])
        else:
            fresh = usual(request, response.status_code)
        for name in _KEPT:
            if name in response.headers:
                fresh.headers[name] = response.headers[name]
        return fresh


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for an address that nobody answers: for programs at once, without drawing a page that they never see."""
    return usual(request, 404) if request.path_info.startswith(PREFIX) else page_not_found(request, exception)


def _told(response: HttpResponse, field: str) -> dict[str, str]:
    """The problem that a response tells, if it has ``field``."""
    if response.headers.get("Content-Type") != CONTENT_TYPE or response.streaming:
        return {}
    body: dict[str, str] = json.loads(response.content)
    return body if field in body else {}
