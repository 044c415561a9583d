"""What every answer of the site has in common."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation

from anju.kit.frames import roomy

Answer = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # widths of bars and the like are style attributes
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def room_middleware(get_response: Answer) -> Answer:
    """The frame below which a request is answered."""

    @roomy
    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return answer


class PackingMiddleware(GZipMiddleware):
    """Pages packed, to a fifth of their size; the packing of a long list takes a millisecond.

    Files are sent as they are: workbooks and PDFs are packed already, and their length tells how far a download is.
    Answers of the API too: programs ask for what they need, and not every one of them unpacks what it said it takes.
    What a page keeps secret can't be guessed from its length: Django adds some that is random (against BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class LanguageMiddleware:
    """Chinese unless the person chose another language: the browser's own wish is not asked.

    Many browsers here run with an English system, whose people nevertheless expect Chinese.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class AddressMiddleware:
    """400 for an address with the character NUL, which no text of the database can hold."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("NUL in an address")
        return self.get_response(request)


class ContentSecurityPolicyMiddleware:
    """Pages load their scripts, styles and data from this site and nowhere else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
