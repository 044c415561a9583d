"""The resident's own settings: language, size of letters, password, second step, signing out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts.resident.base import TEXT_COOKIE, TEXT_SIZES, ResidentPage

SIZE_LABELS = {"normal": _("Normal"), "large": _("Large"), "huge": _("Very large")}


class MePage(ResidentPage):
    title = _("Me")
    tab = "me"
    template_name = "accounts/my/me.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render(sizes=list(SIZE_LABELS.items()))


class TextSizePage(ResidentPage):
    """Remembers the size of letters on this device."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = HttpResponseRedirect(self.url("my:me"))
        size = request.POST.get("size", "")
        if size in TEXT_SIZES:
            response.set_cookie(TEXT_COOKIE, size, max_age=settings.LANGUAGE_COOKIE_AGE, samesite="Lax")
        return response
