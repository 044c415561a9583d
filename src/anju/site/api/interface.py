"""The interface itself: the modules' operations, how errors are told, and its description."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import register_converter
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from anju.domains.billing.api import charging, collecting, readings, reports
from anju.engines.disclosure import api as disclosure
from anju.foundation.registry.api import homes, imports, people
from anju.kit.api.problems import InvalidInput, body_fault, forbidden, invalid, not_found, problem, usual
from anju.kit.errors import Refusal
from anju.kit.sheets import SheetProblem
from anju.site.api import jobs
from anju.site.api.docs import Handbook
from anju.site.api.faults import fault_of
from anju.site.api.openapi import described


class EstateCode:
    """What an estate's code may be; anything else is no address of ours."""

    regex = r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(EstateCode, "estatecode")


_BAD_CHARACTER = re.compile("[\x00\ud800-\udfff]")


class CleanParser(Parser):
    """JSON as PostgreSQL can keep it: without the character NUL, without NaN, without half characters."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        data = json.loads(request.body, parse_constant=_refuse_constant)
        if faults := list(_faults(data)):
            raise InvalidInput(faults)
        return cast("dict[str, Any]", data)

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> dict[str, Any]:
        if any("\x00" in text for texts in data.lists() for text in texts[1]):
            raise InvalidInput([body_fault("", _("The character NUL is not allowed."), "nul")])
        return super().parse_querydict(data, list_fields, request)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _faults(value: Any, path: str = "") -> Any:
    if isinstance(value, str):
        if _BAD_CHARACTER.search(value):
            yield body_fault(path, _("This text contains a character that is not allowed."), "bad_character")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _faults(key, path)
            yield from _faults(item, f"{path}/{key}".lstrip("/"))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _faults(item, f"{path}/{number}".lstrip("/"))


class Interface(NinjaAPI):
    @cached_property
    def _description(self) -> Any:
        return described(super().get_openapi_schema())

    def get_openapi_schema(self, **options: Any) -> Any:
        """The same for everybody at any time, so put together once. ``options`` vary the address, ours stands still."""
        return self._description


api = Interface(
    title="Anju",
    version="1",
    description=(
        "Register, charging, collection and publications of residential estates. "
        "Every request needs `Authorization: Bearer <token>`; every write needs `Idempotency-Key`. "
        "Money is a string of yuan with two decimals. Errors are problem details (RFC 9457)."
    ),
    urls_namespace="api",
    docs=Handbook(),
    parser=CleanParser(),
)

ESTATE = "/estates/{estatecode:estate}"
api.add_router("", homes.estates, tags=["Estates"])
for tag, routes in (
    ("Units", homes.units),
    ("Parties", people.parties),
    ("Home applications", people.applications),
    ("Imports", imports.routes),
    ("Fees and tariffs", charging.tariffs),
    ("Meters and readings", readings.routes),
    ("Bill runs", charging.runs),
    ("Bills", charging.bills),
    ("Payments", collecting.payments),
    ("Receipts", collecting.receipts),
    ("Decisions", collecting.decisions),
    ("Figures", reports.figures_routes),
    ("Statements", reports.statements),
    ("Publications", disclosure.publications),
    ("Jobs", jobs.routes),
):
    api.add_router(ESTATE, routes, tags=[tag])


# --- Errors -----------------------------------------------------------------------------------------------------------


@api.exception_handler(ValidationError)
def on_validation_error(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422 that names every field at fault; an address that no object can have is one with nothing at it."""
    if any(fault["loc"][0] == "path" for fault in error.errors):
        return not_found(request)
    return invalid(request, [fault_of(fault) for fault in error.errors])


@api.exception_handler(InvalidInput)
def on_invalid_input(request: HttpRequest, error: InvalidInput) -> HttpResponse:
    return invalid(request, error.errors)


@api.exception_handler(Refusal)
def on_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """What a rule refuses: 422 when a field is at fault, 409 when it is how things stand."""
    field = refusal.field or ("file" if isinstance(refusal, SheetProblem) else None)
    errors = [body_fault(field, refusal.message, refusal.code)] if field else []
    response = problem(request, 422 if errors else 409, refusal.code, refusal.message, errors=errors)
    response.is_refusal = True  # type: ignore[attr-defined]
    return response


@api.exception_handler(Http404)
def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return not_found(request)


@api.exception_handler(PermissionDenied)
def on_forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return forbidden(request)


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja wraps whatever the parser raises."""
    if isinstance(error.__cause__, InvalidInput):
        return invalid(request, error.__cause__.errors)
    if error.status_code == 400:
        return problem(request, 400, "bad_json", _("The body is not valid JSON."))
    return usual(request, error.status_code)


@api.exception_handler(DataError)
def on_data_error(request: HttpRequest, error: DataError) -> HttpResponse:
    """A number or text that no column can hold; the database has changed nothing."""
    return problem(request, 422, "out_of_range", _("A value is larger than can be stored."))
