"""Parts of a page that modules above contribute to a page below them.

The customer card belongs to the registry, the arrears on it to billing. The page names a slot; billing registers a
panel for it when its app is ready; the page shows the panels whose permission the person holds::

    panels.register("registry.party_card", template="billing/panels/arrears.html", context=arrears_of, permission=VIEW)

    {% for panel in panels %}{{ panel }}{% endfor %}      with  panels.render("registry.party_card", request, party)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from anju.kit.access import access_of

Context = Callable[[HttpRequest, Any], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """``context(request, subject)`` reads what ``template`` shows; None leaves the panel out."""

    slot: str
    template: str
    context: Context
    permission: str
    order: int


_panels: dict[str, list[Panel]] = {}


def register(slot: str, *, template: str, context: Context, permission: str, order: int = 100) -> None:
    """Add a panel to ``slot``; lower ``order`` stands first, the same template twice changes nothing."""
    known = _panels.setdefault(slot, [])
    if all(panel.template != template for panel in known):
        known.append(Panel(slot, template, context, permission, order))
        known.sort(key=lambda panel: panel.order)


def render(slot: str, request: HttpRequest, subject: Any = None) -> list[SafeString]:
    """The panels of ``slot`` for this person and ``subject`` (a party, a unit, None on home pages)."""
    access = access_of(request)
    shown = []
    for panel in _panels.get(slot, []):
        if access.can(panel.permission):
            context = panel.context(request, subject)
            if context is not None:
                shown.append(render_to_string(panel.template, context, request=request))
    return shown
