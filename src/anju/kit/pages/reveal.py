"""Personal data in full: one field of one object, on demand, and on record (PIPL; rule book 7)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from anju.kit import audit
from anju.kit.pages.edits import ObjectPage


class RevealPage(ObjectPage):
    """Answers a POST with the value of ``field`` in full, after putting on record who looked."""

    http_method_names = ["post"]
    template_name = "kit/pages/revealed.html"
    personal: dict[str, str] = {}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name = request.POST.get("field", "")
        if name not in self.personal:
            raise Http404
        audit.record_view(by=self.access.user, obj=self.object, fields=[name])
        label = capfirst(str(self.object._meta.get_field(name).verbose_name))
        value = getattr(self.object, name)
        if getattr(request, "htmx", False):
            response = render(request, self.template_name, {"value": value, "label": label})
        else:
            response = self.render(
                template="kit/pages/revealed_page.html",
                value=value,
                label=label,
                back=self.sibling("detail", pk=self.object.pk),
            )
        response.headers["Cache-Control"] = "no-store"
        return response

    def get_title(self) -> str:
        return _("%(object)s in full") % {"object": self.object}
