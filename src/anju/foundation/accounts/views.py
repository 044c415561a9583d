"""Pages around signing in that allauth does not have."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as set_cookie

from anju.foundation.accounts import actions


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language on this device and, for somebody signed in, on the next ones."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        actions.set_language(user=request.user, language=language, by=request.user)
    response: HttpResponse = set_cookie(request)
    return response
