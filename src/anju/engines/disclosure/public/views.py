"""What anybody may read who holds the address: a publication, and the proof that it is what was sealed."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from anju.engines.disclosure import papers, selectors
from anju.engines.disclosure.content import laid_out
from anju.engines.disclosure.models import Publication


def publication(request: HttpRequest, token: UUID) -> HttpResponse:
    """The public page; it recomputes the seal whenever it is opened."""
    found = _find(token)
    return render(
        request,
        "disclosure/public.html",
        {
            "publication": found,
            "estate": found.estate,
            "corrections": list(found.corrections.all()),
            "blocks": laid_out(found.content),
            "check": selectors.check_seal(found),
            "qr": papers.public_qr(found),
            "page_title": found.title,
        },
    )


def publication_pdf(request: HttpRequest, token: UUID) -> HttpResponse:
    """The same on A4."""
    found = _find(token)
    response = HttpResponse(papers.publication_pdf(found), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{found.estate.code}-{found.sequence}.pdf"'
    return response


def _find(token: UUID) -> Publication:
    found = selectors.public_publication(token)
    if found is None:
        raise Http404
    return found
