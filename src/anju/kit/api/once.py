"""Exactly once at the edge: a write names an idempotency key, its first answer is kept and given to every repeat.

The answer is stored in the transaction of the work itself. The unique row makes a second request with the key wait
until the first has ended. Kept are successes and the refusals of business rules; a request that was malformed, not
allowed or about nothing leaves no trace and may be corrected under the same key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from anju.kit import clock, sql
from anju.kit.access import access_of
from anju.kit.api.problems import problem, usual
from anju.kit.models import IdempotencyRecord

HEADER = "Idempotency-Key"
REPLAY = "Idempotent-Replay"
PATTERN = r"^[!-~]{1,200}$"
_KEY = re.compile(PATTERN[1:-1])
_KEPT_HEADERS = ("Location",)

Run = Callable[..., HttpResponse]


def once(run: Run) -> Run:
    """Wrap an operation so that it works once per key of its caller."""

    def guarded(request: HttpRequest, **values: Any) -> HttpResponse:
        key = request.headers.get(HEADER, "")
        if not key:
            detail = _("Every write needs the header “Idempotency-Key”: a new random text for each new intention.")
            return problem(request, 400, "idempotency_key_required", detail)
        if not _KEY.fullmatch(key):
            detail = _("An idempotency key is 1 to 200 visible ASCII characters.")
            return problem(request, 400, "idempotency_key_bad", detail)
        try:
            fingerprint = _fingerprint(request)
        except RequestDataTooBig:
            return usual(request, 413)
        except (BadRequest, MultiPartParserError, SuspiciousOperation):
            return usual(request, 400)
        with transaction.atomic():
            record = _claim(request, key)
            if record.status is not None:
                if record.fingerprint != fingerprint:
                    detail = _("This idempotency key was used for a request with other content.")
                    return problem(request, 422, "idempotency_key_reused", detail)
                return _replay(record)
            response = _attempt(run, request, values)
            if response.status_code < 400 or getattr(response, "is_refusal", False):
                _keep(record, fingerprint, response)
            else:
                transaction.set_rollback(True)
            return response

    return guarded


def payment_key(request: HttpRequest) -> str:
    """The caller's key as the 64 characters under which the payment itself is unique in its estate."""
    text = f"{_caller(request)} {request.headers.get(HEADER, '')}"
    return hashlib.sha256(text.encode()).hexdigest()


def _caller(request: HttpRequest) -> str:
    token: Any = getattr(access_of(request), "token", None)
    return f"token:{token.pk}" if token is not None else f"user:{access_of(request).user.pk}"


# Asked for every write: hence written out (see anju.kit.sql). The update that changes nothing waits for a request that
# is under way with the same key, and locks what that one has left.
_CLAIM = """
    INSERT INTO kit_idempotencyrecord AS record (caller, key, fingerprint, created_at)
    VALUES (%(caller)s, %(key)s, '', %(now)s)
    ON CONFLICT (caller, key) DO UPDATE SET key = record.key
    RETURNING *
"""


def _claim(request: HttpRequest, key: str) -> IdempotencyRecord:
    """The locked record of this key, a new one without ``status``."""
    facts = {"caller": _caller(request), "key": key, "now": clock.now()}
    return sql.objects(IdempotencyRecord, _CLAIM, facts)[0]


def _attempt(run: Run, request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
    """The answer of the operation; one that failed has changed nothing, whatever it had begun."""
    with transaction.atomic():
        response = run(request, **values)
        if response.status_code >= 400:
            transaction.set_rollback(True)
        return response


def _fingerprint(request: HttpRequest) -> str:
    """What was asked, whatever the order of fields or the boundary of a form."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        for name, texts in sorted(request.POST.lists()):
            digest.update(json.dumps([name, texts]).encode())
        for name in sorted(request.FILES):
            for file in request.FILES.getlist(name):
                digest.update(json.dumps([name, file.name]).encode())
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
        return digest.hexdigest()
    try:
        digest.update(json.dumps(json.loads(request.body), sort_keys=True).encode())
    except (ValueError, RecursionError):
        digest.update(request.body)
    return digest.hexdigest()


def _keep(record: IdempotencyRecord, fingerprint: str, response: HttpResponse) -> None:
    record.fingerprint = fingerprint
    record.status = response.status_code
    record.body = {
        "type": response.headers.get("Content-Type", ""),
        # As text: JSON columns do not keep the order of fields, and a repeat gets the same bytes.
        "text": response.content.decode(),
        "headers": {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
    }
    record.save(update_fields=["fingerprint", "status", "body"])


def _replay(record: IdempotencyRecord) -> HttpResponse:
    kept: dict[str, Any] = record.body or {}
    response = HttpResponse(
        kept.get("text", ""), status=record.status, content_type=kept.get("type"), headers=kept.get("headers", {})
    )
    response.headers[REPLAY] = "true"
    return response
