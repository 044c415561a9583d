"""Lists in pages by the last row seen: stable while rows are added, and page 10,000 costs what page 1 costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from anju.kit.api.problems import Fault, InvalidInput, query_fault
from anju.kit.pages import keyset

Row = TypeVar("Row", bound=models.Model)
Out = TypeVar("Out")
LARGEST_PAGE = 200


class Paging(Schema):
    """What every list takes; a module's filters derive from it."""

    limit: Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="Rows per page.")] = 50
    cursor: Annotated[str, Field(max_length=1000, description="From `cursor` or `next` of the page before.")] = ""


class Page(Schema, Generic[Out]):
    """``next`` is the address of the following page, null on the last one."""

    items: list[Out]
    cursor: str | None = None
    next: str | None = None


def _unknown(name: str) -> Fault:
    return query_fault(name, _("There is no such parameter."), "extra_forbidden")


def page_of(
    request: HttpRequest,
    rows: models.QuerySet[Row],
    filters: Paging,
    shape: Callable[[Row], Any],
    order: Sequence[str] = ("pk",),
) -> Page[Any]:
    """The page of ``rows`` that ``filters`` asks for.

    Raises InvalidInput for a cursor of another list, and for a filter that the list does not know: a name written wrong
    would be answered with all there is.
    """
    if unknown := sorted(request.GET.keys() - type(filters).model_fields.keys()):
        raise InvalidInput([_unknown(name) for name in unknown])
    asked = {name: request.GET[name] for name in sorted(request.GET) if name not in ("cursor", "limit")}
    about = f"{request.path}?{urlencode(asked)}"
    found = keyset.page_of(rows, order, size=filters.limit, after=filters.cursor, about=about)
    if filters.cursor and found.rows and not found.previous:
        # Whatever follows a row of this list has that row before it: this cursor is not one of ours.
        raise InvalidInput([query_fault("cursor", _("This cursor does not belong to this list."), "bad_cursor")])
    follow = f"{request.path}?{urlencode(asked | {'limit': filters.limit, 'cursor': found.next})}"
    return Page(
        items=[shape(row) for row in found.rows],
        cursor=found.next or None,
        next=request.build_absolute_uri(follow) if found.next else None,
    )
