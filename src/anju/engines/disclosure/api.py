"""HTTP API of the public log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Schema

from anju.engines.disclosure import permissions, selectors
from anju.engines.disclosure.enums import PublicationKind
from anju.engines.disclosure.models import Publication
from anju.kit.api import Choice, Id, Month, Page, Paging, Routes, find, here, page_of
from anju.kit.periods import Period

publications = Routes()


class PublicationOut(Schema):
    """`seal` binds the hash of the content to the seal before it; `path` is the public page."""

    id: int
    sequence: int
    kind: str
    title: str
    period: Month | None
    content_hash: str
    previous_seal: str
    seal: str
    corrects_id: int | None
    published_at: datetime
    path: str


class PublicationDetailOut(PublicationOut):
    content: dict[str, Any]


class PublicationFilter(Paging):
    kind: Annotated[str, Choice(PublicationKind)] | None = None


def _values(row: Publication) -> dict[str, Any]:
    return {
        "id": row.pk,
        "sequence": row.sequence,
        "kind": row.kind,
        "title": row.title,
        "period": Period.of(row.period) if row.period else None,
        "content_hash": row.content_hash,
        "previous_seal": row.previous_seal,
        "seal": row.seal,
        "corrects_id": row.corrects_id,
        "published_at": row.published_at,
        "path": f"/p/{row.token}/",
    }


def _publication(row: Publication) -> PublicationOut:
    return PublicationOut(**_values(row))


@publications.read("/publications", permission=permissions.VIEW, response=Page[PublicationOut])
def list_publications(request: HttpRequest, filters: Query[PublicationFilter]) -> Page[PublicationOut]:
    """What has been published, in the order of the log; nothing in it ever changes."""
    found = selectors.publications_of_estate(here(request))
    if filters.kind:
        found = found.filter(kind=filters.kind)
    return page_of(request, found, filters, _publication)


@publications.read("/publications/{int:id}", permission=permissions.VIEW, response=PublicationDetailOut)
def get_publication(request: HttpRequest, id: Id) -> PublicationDetailOut:
    """One publication with its content as it was sealed."""
    row = find(selectors.publications_of_estate(here(request)), id)
    return PublicationDetailOut(**_values(row), content=row.content)
