"""The search box of the console (Ctrl+K): the register's own hits first, then those of the modules above."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry import hooks, permissions
from anju.foundation.registry.hooks import SearchHit
from anju.foundation.registry.search import Hit, search
from anju.kit.pages import Page

LIMIT = 12
_PAGES = {
    "party": ("party_card", "user"),
    "unit": ("unit_detail", "door"),
    "vehicle": ("vehicle_detail", "car"),
    "space": ("space_detail", "parking"),
}


class SearchPage(Page):
    """``?q=`` answers the palette with hits; opened as a page it shows the same, for those without scripts.

    ``?first`` goes to the best hit.
    """

    permission = permissions.VIEW
    title = _("Search")
    template_name = "registry/search.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        text = request.GET.get("q", "").strip()[:60]
        hits = self.find(text) if text else []
        if "first" in request.GET and hits:
            return HttpResponseRedirect(hits[0].url)
        if getattr(request, "htmx", False):
            return render(request, "kit/hits.html", {"hits": hits, "q": text})
        return self.render(hits=hits, q=text)

    def find(self, text: str) -> list[SearchHit]:
        own = [self.as_line(hit) for hit in search(self.estate, text, LIMIT)]
        return own + hooks.search(self.estate, text, LIMIT, self.access)

    def as_line(self, hit: Hit) -> SearchHit:
        page, icon = _PAGES[hit.kind]
        return SearchHit(self.url(page, pk=hit.id), hit.label, hit.detail, icon)
