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
    estate: Any
    """The estate named by the URL, or None on pages across estates."""
    estate_ids: frozenset[int]

    def can(self, permission: str) -> bool:
        """Whether the person holds ``permission`` in :attr:`estate` (in any visible estate when that is None)."""
        ...


def access_of(request: HttpRequest) -> Access:
    return request.access  # type: ignore[attr-defined]


def require(request: HttpRequest, permission: str) -> Access:
    """The request's access; raises PermissionDenied (403) when the right is missing."""
    access = access_of(request)
    if not access.can(permission):
        raise PermissionDenied(permission)
    return access
