"""What every page of the console has: a right, a title, a trail of crumbs, and the estate it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.views import View

from anju.kit.access import Access, access_of, require

Text = str | Promise

SIGNED_IN = "signed-in"
"""The permission of pages that everybody who has signed in may open, because they show nothing but the person's own."""


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the trail above a title; the last has no address."""

    label: Text
    url: str = ""


@dataclass(frozen=True, slots=True)
class PageAction:
    """A button in a page's header that leads to another page; shown to those who hold ``permission``."""

    label: Text
    url_name: str
    permission: str
    icon: str = ""
    primary: bool = False
    with_object: bool = False
    """Whether the address takes the primary key of the page's object."""


class Page(View):
    """A page that declares its right and what it shows. Subclasses set attributes or override the ``get_…`` methods."""

    permission: str = ""
    title: Text = ""
    subtitle: Text = ""
    icon: str = ""
    template_name: str = ""
    page_actions: Sequence[PageAction] = ()
    rows: Any = None
    """The scoped selector that says which objects this person may see here."""
    pages: Any = None
    """The :class:`~anju.kit.pages.sets.PageSet` this page belongs to, if it does."""

    access: Access

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        view = super().as_view(**initkwargs)
        # Read by the test that tries every address with every role.
        view.permission = initkwargs.get("permission", cls.permission)  # type: ignore[attr-defined]
        return view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.admit(request)
        return super().dispatch(request, *args, **kwargs)

    def admit(self, request: HttpRequest) -> None:
        """Check the page's right and load what it is about; raises PermissionDenied or Http404."""
        permission = self.get_permission()
        self.access = access_of(request) if permission == SIGNED_IN else require(request, permission)
        if not self.access.user.is_authenticated:
            raise PermissionDenied(permission)
        self.prepare()

    def get_permission(self) -> str:
        return self.permission

    def prepare(self) -> None:
        """Load what the page is about; raises Http404 when that is not there for this person."""

    @property
    def estate(self) -> Any:
        """The estate of the address, or None on pages across estates."""
        return self.access.estate

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """The address called ``name`` in this page's own namespace and estate ("" when there is none)."""
        match = self.request.resolver_match
        namespace = match.namespace if match else ""
        full = name if ":" in name or not namespace else f"{namespace}:{name}"
        if self.estate is not None and not args:
            kwargs = {"estate": self.estate.code} | kwargs
        try:
            return reverse(full, args=args or None, kwargs=kwargs or None)
        except NoReverseMatch:
            return ""

    def sibling(self, suffix: str, **kwargs: Any) -> str:
        """The address of another page of the same set: ``sibling("detail", pk=3)``."""
        return self.url(f"{self.pages.get_name()}_{suffix}", **kwargs) if self.pages else ""

    def get_title(self) -> Text:
        return self.title

    def get_subtitle(self) -> Text:
        return self.subtitle

    def get_breadcrumbs(self) -> list[Crumb]:
        """Where the page stands, from the outside in, without the page itself."""
        return []

    def get_actions(self) -> list[dict[str, Any]]:
        """The header's buttons for this person."""
        found = []
        for action in self.page_actions:
            kwargs = {"pk": self.kwargs["pk"]} if action.with_object else {}
            url = self.url(action.url_name, **kwargs) if self.access.can(action.permission) else ""
            if url:
                found.append({"label": action.label, "url": url, "icon": action.icon, "primary": action.primary})
        return found

    def get_context(self, **extra: Any) -> dict[str, Any]:
        return {
            "page": self,
            "page_title": self.get_title(),
            "page_subtitle": self.get_subtitle(),
            "breadcrumbs": self.get_breadcrumbs(),
            "page_actions": self.get_actions(),
            "estate": self.estate,
            "access": self.access,
        } | extra

    def render(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        return render(self.request, template or self.template_name, self.get_context(**context), status=status)

    def wants_fragment(self, target: str) -> bool:
        """Whether htmx asks for just the element with id ``target``."""
        htmx: Any = getattr(self.request, "htmx", None)
        return bool(htmx) and not htmx.history_restore_request and htmx.target == target
