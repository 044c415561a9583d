"""A form does its work once, however often it is sent.

Each form shown carries a token. The first post with it claims it in the transaction of the action; a second one, even
at the same moment, waits for the first and is led to the same page.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect

from anju.kit.models import IdempotencyRecord

FIELD = "_once"


def token(request: HttpRequest) -> str:
    """The token of the form being shown: the one it was sent with, after an error."""
    return request.POST.get(FIELD) or secrets.token_urlsafe(18)


def answer(request: HttpRequest, perform: Callable[[], str]) -> HttpResponseRedirect:
    """Redirect to the address that ``perform`` returns, calling it only if this form has not done its work yet.

    What ``perform`` raises undoes the claim: a form with an error can be sent again.
    """
    caller, key = _claim(request)
    if not key:
        with transaction.atomic():
            return HttpResponseRedirect(perform())
    with transaction.atomic():
        # The unique constraint makes a second post wait here until the first has ended.
        IdempotencyRecord.objects.bulk_create(
            [IdempotencyRecord(caller=caller, key=key, fingerprint="")], ignore_conflicts=True
        )
        record = IdempotencyRecord.objects.select_for_update().get(caller=caller, key=key)
        if record.status is None:
            url = perform()
            record.status, record.body = 302, {"url": url}
            record.save(update_fields=["status", "body"])
        return HttpResponseRedirect(record.body["url"])  # type: ignore[index]


def earlier(request: HttpRequest) -> HttpResponseRedirect | None:
    """The answer of the post that has already done this form's work, if there is one.

    To be asked before a form is called invalid: the row that the first post has made is what the second would collide
    with.
    """
    caller, key = _claim(request)
    record = IdempotencyRecord.objects.filter(caller=caller, key=key, status=302).first() if key else None
    return HttpResponseRedirect(record.body["url"]) if record is not None and record.body else None


def _claim(request: HttpRequest) -> tuple[str, str]:
    page = hashlib.sha256(request.path.encode()).hexdigest()[:32]
    return f"form:{request.user.pk}:{page}", request.POST.get(FIELD, "")[:200]
