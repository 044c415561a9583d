"""Every address of the site, what stands behind it, and the rights it asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django_scopes import scope

from anju.kit.pages.base import SIGNED_IN


@dataclass(frozen=True, slots=True)
class Address:
    """One URL pattern of the site: its full name, its route, its view."""

    name: str
    route: str
    view: Any

    @property
    def permission(self) -> str | None:
        """The right that the view declares; None if it declares nothing, which no view of the console may do."""
        return getattr(self.view, "permission", None)

    @property
    def page(self) -> Any:
        """The page class behind the view, if it is one."""
        return getattr(self.view, "view_class", None)

    def declared(self, name: str) -> Any:
        """What the page was declared with."""
        given = getattr(self.view, "view_initkwargs", {})
        return given.get(name, getattr(self.page, name, None))


@dataclass(slots=True)
class AccessMatrix:
    """Every address below ``prefix``, and how it must answer whom.

    ``rows`` gives, by the beginning of their names, the primary key behind addresses whose pages have no rows without
    knowing who asks: a function of the world. ``more`` gives further arguments in the same way, as a mapping.
    """

    prefix: str = "console/"
    urlconf: str | None = None
    rows: dict[str, Callable[[Any], int]] = field(default_factory=dict)
    more: dict[str, Callable[[Any], dict[str, Any]]] = field(default_factory=dict)

    def addresses(self) -> list[Address]:
        return [address for address in _walk(get_resolver(self.urlconf)) if address.route.startswith(self.prefix)]

    def arguments(self, address: Address, world: Any) -> dict[str, Any] | None:
        """What goes into the address: the estate and an object of it; None when no object is to be had."""
        arguments: dict[str, Any] = {}
        if "<str:estate>" in address.route:
            arguments["estate"] = world.spring.code
        if ":pk>" in address.route:
            pk = self._primary_key(address, world)
            if pk is None:
                return None
            arguments["pk"] = pk
        if ":transition>" in address.route:
            arguments["transition"] = address.declared("flow").transitions[0].name
        for start, further in self.more.items():
            if address.name.startswith(start):
                arguments |= further(world)
        return arguments

    def _primary_key(self, address: Address, world: Any) -> int | None:
        with scope(estate=world.spring.pk):
            for start, key in self.rows.items():
                if address.name.startswith(start):
                    return key(world)
            rows = address.declared("rows")
            first = rows().first() if rows else None
            return first.pk if first is not None else None

    def permissions(self, address: Address, arguments: dict[str, Any]) -> list[str]:
        """All rights that the address asks for."""
        wanted = [address.permission] if address.permission not in (None, SIGNED_IN) else []
        flow = address.declared("flow") if "transition" in arguments else None
        if flow is not None:
            wanted.append(flow.transition(arguments["transition"]).permission)
        return [permission for permission in wanted if permission]


def _walk(resolver: Any, route: str = "", namespace: str = "") -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        full = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, full, inner)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{namespace}{pattern.name}", full, pattern.callback)
