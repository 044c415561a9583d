"""What a face may ask about the person before it. The answer is made by ``foundation.accounts``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])


class Access(Protocol):
    """Whose request this is and what they may do; ``request.access`` always carries one."""

    user: Any

    @property
    def estate(self) -> Any:
        """The estate named by the URL, or None on pages across estates."""
        ...

    @property
    def estate_ids(self) -> frozenset[int]:
        """The visible estates."""
        ...

    def can(self, permission: str) -> bool:
        """Whether the person holds ``permission`` in :attr:`estate` (in any visible estate when that is None)."""
        ...


AccessFor = Callable[[Any, str | None, str], Access]
_access_for: list[AccessFor] = []


def answered_by(function: AccessFor) -> None:
    """Say what works out a person's access; called once, by the module that knows."""
    _access_for[:] = [function]


def access_for(person: Any, estate: str | None, face: str) -> Access:
    """What ``person`` may do now, at an address of ``face`` ("console", "my") that names ``estate`` by its code.

    For background work, which has no request that brings it.
    """
    return _access_for[0](person, estate, face)


def scope_of(access: Access) -> Any:
    """What ``scope(estate=…)`` takes for this access: the estate of the URL, else all that are visible."""
    return access.estate.pk if access.estate is not None else sorted(access.estate_ids)


def access_of(request: HttpRequest) -> Access:
    return request.access  # type: ignore[attr-defined]


def require(request: HttpRequest, permission: str) -> Access:
    """The request's access; raises PermissionDenied (403) when the right is missing."""
    access = access_of(request)
    if not access.can(permission):
        raise PermissionDenied(permission)
    return access
