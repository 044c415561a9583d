"""Reads of the public log, and the proof that nobody touched it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django_scopes import scopes_disabled

from anju.engines.disclosure import rules
from anju.engines.disclosure.models import Publication
from anju.foundation.registry.models import Estate


def publications() -> QuerySet[Publication]:
    """The publications of the estates in scope, newest first."""
    return Publication.objects.select_related("estate", "by").order_by("-published_at", "-pk")


def public_publication(token: UUID) -> Publication | None:
    """The publication behind a public address, for anybody who holds the address."""
    with scopes_disabled():  # a public page has no person and so no scope; the unguessable token is the right to read
        return (
            Publication.objects.select_related("estate__company", "corrects")
            .prefetch_related("corrections")
            .filter(token=token)
            .first()
        )


def expected_seal(publication: Publication) -> str:
    """The seal computed anew from what is stored now."""
    return rules.seal(
        estate=publication.estate.code,
        sequence=publication.sequence,
        kind=publication.kind,
        title=publication.title,
        period=publication.period.isoformat() if publication.period else "",
        content=rules.content_hash(publication.content),
        previous=publication.previous_seal,
    )


def _is_sealed(publication: Publication) -> bool:
    """Whether what is stored is what was sealed: the hash of the content that pages show, and the seal over it."""
    hashed = rules.content_hash(publication.content) == publication.content_hash
    return hashed and expected_seal(publication) == publication.seal


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """A publication that is not what was sealed, or not at its place in the chain."""

    publication: Publication
    problem: str


def broken_seals() -> Iterator[BrokenSeal]:
    """Walk the logs of the estates in scope from the first publication on; a sound log yields nothing."""
    estate_id, previous, number = None, "", 0
    for publication in (
        Publication.objects.select_related("estate").order_by("estate_id", "sequence").iterator(chunk_size=200)
    ):
        if publication.estate_id != estate_id:
            estate_id, previous, number = publication.estate_id, "", 0
        number += 1
        if publication.sequence != number:
            yield BrokenSeal(publication, "sequence")
        if publication.previous_seal != previous:
            yield BrokenSeal(publication, "predecessor")
        if not _is_sealed(publication):
            yield BrokenSeal(publication, "seal")
        previous, number = publication.seal, publication.sequence


def publications_of_estate(estate: Estate) -> QuerySet[Publication]:
    """The public log of one estate, newest first."""
    return Publication.objects.filter(estate=estate).select_related("estate", "by", "corrects").order_by("-sequence")


def latest_publication(estate: Estate, kind: str, period: date | None = None) -> Publication | None:
    """The last publication of a kind, for one month if given: what a new one for the same corrects."""
    found = Publication.objects.filter(estate=estate, kind=kind)
    if period is not None:
        found = found.filter(period=period)
    return found.order_by("-sequence").first()


@dataclass(frozen=True, slots=True)
class SealCheck:
    """A publication recomputed now: its own seal, and its place behind the publication before it."""

    seal_agrees: bool
    predecessor_agrees: bool

    @property
    def agrees(self) -> bool:
        return self.seal_agrees and self.predecessor_agrees


def check_seal(publication: Publication) -> SealCheck:
    """Recompute what the public page claims, from what is stored at this moment."""
    with scopes_disabled():  # asked for by the public page, which has no person and so no scope
        before = (
            Publication.objects.filter(estate_id=publication.estate_id, sequence=publication.sequence - 1)
            .values_list("seal", flat=True)
            .first()
        )
    return SealCheck(
        seal_agrees=_is_sealed(publication),
        predecessor_agrees=(before or "") == publication.previous_seal,
    )
