"""Publications on paper and the addresses their QR codes carry. Paper is in Chinese, as the content is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from anju.engines.disclosure.models import Publication
from anju.kit import clock
from anju.kit.printing import qr_svg, render_pdf

LANGUAGE = "zh-hans"


def public_url(publication: Publication) -> str:
    """The address at which anybody can read a publication and check its seal."""
    path = reverse("public:publication", kwargs={"token": publication.token})
    return f"{settings.BASE_URL}{path}"


def public_qr(publication: Publication) -> SafeString:
    """The public address as a QR code for pages."""
    return SafeString(qr_svg(public_url(publication)))


def publication_pdf(publication: Publication) -> bytes:
    """A publication on A4, for the notice board: content, number, seal, and the code that leads to the public page."""
    with translation.override(LANGUAGE):
        return render_pdf("disclosure/publication.typ", _context(publication))


def _context(publication: Publication) -> dict[str, Any]:
    estate = publication.estate
    return {
        "estate": {
            "name": estate.name,
            "company": estate.company.name if estate.company else "",
            "address": estate.address,
            "phone": estate.phone,
        },
        "title": publication.title,
        "number": publication.sequence,
        "published": timezone.localtime(publication.published_at, clock.CHINA).strftime("%Y-%m-%d %H:%M"),
        "corrects": f"{publication.corrects.sequence} {publication.corrects.title}" if publication.corrects else "",
        "blocks": publication.content["blocks"],
        "seal": publication.seal,
        "previous": publication.previous_seal,
        "url": public_url(publication),
        "qr": qr_svg(public_url(publication)),
    }
