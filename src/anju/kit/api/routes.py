"""Operations as a module declares them: address, right, and what is answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from ninja.decorators import decorate_view

from anju.kit.access import access_of
from anju.kit.api.once import once
from anju.kit.api.problems import USUAL, forbidden, problem

Function = TypeVar("Function", bound=Callable[..., Any])
Row = TypeVar("Row", bound=models.Model)
Run = Callable[..., HttpResponse]

JSON = "application/json"
FORM = "multipart/form-data"


class Routes(Router):
    """A module's operations. ``permission`` is one right or several, all of which the token must hold."""

    def read(
        self,
        path: str,
        *,
        permission: str | tuple[str, ...],
        response: Any,
        name: str = "",
        summary: str = "",
        extra: dict[str, Any] | None = None,
    ) -> Callable[[Function], Function]:
        """A GET."""
        return self._declare("GET", path, _rights(permission), {200: response}, name, summary, extra, ())

    def write(
        self,
        path: str,
        *,
        permission: str | tuple[str, ...],
        response: Any,
        status: int = 200,
        method: str = "POST",
        upload: bool = False,
        name: str = "",
        summary: str = "",
    ) -> Callable[[Function], Function]:
        """A change: asks for an idempotency key; ``upload`` takes a file in a form instead of JSON."""
        around = (once, media_type(FORM if upload else JSON))
        return self._declare(method, path, _rights(permission), {status: response}, name, summary, None, around)

    def _declare(
        self,
        method: str,
        path: str,
        rights: tuple[str, ...],
        response: dict[int, Any],
        name: str,
        summary: str,
        extra: dict[str, Any] | None,
        around: tuple[Callable[[Run], Run], ...],
    ) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            label = name or function.__name__
            options: dict[str, Any] = {
                "operation_id": label,
                "url_name": label,
                "summary": summary or label.replace("_", " ").capitalize(),
                "openapi_extra": {"x-permission": list(rights), **(extra or {})},
            }
            # The right is asked first, so that somebody without it learns nothing about what is there.
            wrapped = decorate_view(*around, guard(rights))(function)
            return self.api_operation([method], path, response=response, **options)(wrapped)

        return register


def _rights(permission: str | tuple[str, ...]) -> tuple[str, ...]:
    """Each right once: a flow's own right may be the one that reading asks for anyway."""
    return (permission,) if isinstance(permission, str) else tuple(dict.fromkeys(permission))


def guard(rights: tuple[str, ...]) -> Callable[[Run], Run]:
    """403 unless the token holds all ``rights`` in the estate of the address."""

    def decorate(run: Run) -> Run:
        @wraps(run)
        def guarded(request: HttpRequest, **values: Any) -> HttpResponse:
            access = access_of(request)
            if not all(access.can(right) for right in rights):
                return forbidden(request)
            return run(request, **values)

        return guarded

    return decorate


def media_type(wanted: str) -> Callable[[Run], Run]:
    """415 for a body of another kind; a request without a body may leave the kind out."""

    def decorate(run: Run) -> Run:
        @wraps(run)
        def checked(request: HttpRequest, **values: Any) -> HttpResponse:
            has_body = request.headers.get("Content-Length", "0") not in ("", "0")
            if has_body and request.content_type != wanted:
                return problem(request, 415, USUAL[415][0], _(USUAL[415][1]) % {"type": wanted})
            return run(request, **values)

        return checked

    return decorate


def here(request: HttpRequest) -> Any:
    """The estate that the address names, which the token may see."""
    return access_of(request).estate


def find(rows: models.QuerySet[Row], id: int) -> Row:
    """The row of ``rows`` with this key; 404 for any other, also for one of another estate."""
    row = rows.filter(pk=id).first()
    if row is None:
        raise Http404
    return row
