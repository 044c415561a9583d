"""Errors as problem details (RFC 9457): for people ``title`` and ``detail``, for programs ``code`` and ``errors``."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

CONTENT_TYPE = "application/problem+json"
Fault = dict[str, str]
"""One thing wrong with a request: ``detail``, ``code``, and a ``pointer`` into the body or ``in`` and ``parameter``."""


class InvalidInput(Exception):
    """The request is understood and not acceptable; answered 422 with ``errors``."""

    def __init__(self, errors: Iterable[Fault]) -> None:
        super().__init__("invalid input")
        self.errors = list(errors)


_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
"""Phrases of RFC 9110 of which Python before 3.13 has the ones of older standards."""


def problem(
    request: HttpRequest, status: int, code: str, detail: str | Promise, *, errors: Iterable[Fault] = (), **more: Any
) -> HttpResponse:
    """The answer to a request that failed. ``code`` is stable and in English, ``detail`` is a sentence for people."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": _TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "instance": request.path,
        "code": code,
        **more,
    }
    if faults := list(errors):
        body["errors"] = faults
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def body_fault(field: str, detail: str | Promise, code: str) -> Fault:
    """A fault of one field of the body; ``field`` may be a path such as ``bills/0/amount``, empty for all of it."""
    return {"pointer": f"#/{field}" if field else "#", "detail": str(detail), "code": code}


def query_fault(parameter: str, detail: str | Promise, code: str) -> Fault:
    """A fault of what stands behind the question mark of the address."""
    return {"in": "query", "parameter": parameter, "detail": str(detail), "code": code}


def invalid(request: HttpRequest, errors: Iterable[Fault]) -> HttpResponse:
    return problem(request, 422, "invalid", _("The request contains values that are not acceptable."), errors=errors)


def forbidden(request: HttpRequest) -> HttpResponse:
    return problem(request, 403, "forbidden", _("This token does not hold the right that is needed here."))


def not_found(request: HttpRequest) -> HttpResponse:
    return problem(request, 404, "not_found", _("There is nothing at this address."))


USUAL = {
    400: ("bad_request", gettext_noop("The request cannot be read.")),
    401: ("unauthenticated", gettext_noop("Send a valid token in the header “Authorization: Bearer …”.")),
    403: ("forbidden", gettext_noop("This token does not hold the right that is needed here.")),
    404: ("not_found", gettext_noop("There is nothing at this address.")),
    405: ("method_not_allowed", gettext_noop("This address does not take this method.")),
    413: ("too_large", gettext_noop("The request is too large.")),
    415: ("unsupported_media_type", gettext_noop("Send the body as %(type)s.")),
    500: ("fault", gettext_noop("Something went wrong on our side. Nothing has been changed.")),
}
"""Codes and message ids of answers that are the same everywhere."""


def usual(request: HttpRequest, status: int) -> HttpResponse:
    """The answer that only its status speaks for; an unknown one is told by its own phrase."""
    code, message = USUAL.get(status) or (HTTPStatus(status).name.lower(), HTTPStatus(status).phrase)
    return problem(request, status, code, _(message))
