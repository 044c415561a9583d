"""Every request gets ``request.access`` and runs in the scope of the estates that the person may see."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_scopes import scope

from anju.foundation.accounts import actions, selectors
from anju.foundation.accounts.access import Access, nobody
from anju.foundation.accounts.rules import is_use_noted
from anju.kit import audit, clock
from anju.kit.access import scope_of

Answer = Callable[[HttpRequest], HttpResponseBase]

# The description of the interface is no secret; everything else under /api/ needs a token.
OPEN_API = frozenset({"openapi-json", "openapi-view"})


class AccessMiddleware:
    """Decides which estate a request is about and whether the person may know that it exists.

    Under ``/console/`` and ``/my/`` a person must have signed in; under ``/api/`` an application must send
    ``Authorization: Bearer <secret>``. An estate in the address that is not visible answers exactly as one that does
    not exist (404). Whatever is refused there (403) or not found (404) is put on record.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        face = request.path_info.split("/")[1]
        request.access = nobody()  # type: ignore[attr-defined]
        if face not in ("console", "my", "api"):
            if request.user.is_authenticated:
                request.access = Access(request.user)  # type: ignore[attr-defined]
            return self.get_response(request)
        name, code = _target(request)
        if face == "api":
            return self._api(request, name, code)
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        access = Access(request.user, code, face)
        if face == "console" and selectors.lacks_second_factor(request.user, access.standings):
            return redirect("mfa_activate_totp")
        return self._answer(request, access)

    def _api(self, request: HttpRequest, name: str, code: str | None) -> HttpResponseBase:
        if name in OPEN_API:
            return self.get_response(request)
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        token = selectors.valid_token(secret.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            return problem(401, "unauthenticated", _("Send a valid token in the header “Authorization: Bearer …”."))
        if not is_use_noted(token.last_used_at, clock.now()):
            actions.touch_token(token=token, by=None)
        request.user = token.owner
        return self._answer(request, Access(token.owner, code, "api", token))

    def _answer(self, request: HttpRequest, access: Access) -> HttpResponseBase:
        if access.code is not None and access.estate is None:
            request.access = Access(access.user, None, access.face, access.token)  # type: ignore[attr-defined]
            self._record(request, access, 404)
            if access.face == "api":
                return problem(404, "not_found", _("There is nothing at this address."))
            raise Http404
        request.access = access  # type: ignore[attr-defined]
        with scope(estate=scope_of(access)):
            response = self.get_response(request)
            if getattr(response, "streaming", False):
                response.streaming_content = _in_context(response.streaming_content)  # type: ignore[attr-defined]
        if response.status_code in (403, 404):
            self._record(request, access, response.status_code)
        return response

    def _record(self, request: HttpRequest, access: Access, status: int) -> None:
        audit.record_denial(
            by=access.user,
            estate_id=access.estate.pk if access.estate is not None else None,
            path=f"{request.method} {request.path}",
            reason="not_found" if status == 404 else "forbidden",
        )


def problem(status: int, code: str, detail: str) -> HttpResponse:
    """A problem detail (RFC 9457) for what is decided before the API itself is reached."""
    body: dict[str, Any] = {"type": "about:blank", "title": code, "status": status, "detail": detail, "code": code}
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="anju"'
    return response


def _target(request: HttpRequest) -> tuple[str, str | None]:
    """The name of the URL and the code of the estate in it."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return "", None
    return match.url_name or "", match.kwargs.get("estate")


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if getattr(request, "htmx", False):
        # A fragment cannot show the sign-in page; the whole window goes there and comes back to the page it was on.
        page = request.htmx.current_url_abs_path or settings.LOGIN_REDIRECT_URL  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(redirect_to_login(page).url)
    if request.method == "GET":
        return redirect_to_login(request.get_full_path())
    # What was posted cannot be sent again for the person; the page with the form can be shown again.
    page = urlsplit(request.headers.get("Referer", "")).path
    return redirect_to_login(page if page.startswith("/") else settings.LOGIN_REDIRECT_URL)


def _in_context(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """``chunks``, each made in the scope that holds now: a stream is written after the middleware has left it."""
    context = contextvars.copy_context()
    iterator = iter(chunks)
    end = object()

    def produce() -> Iterator[bytes]:
        while (chunk := context.run(next, iterator, end)) is not end:
            yield chunk  # type: ignore[misc]

    return produce()
