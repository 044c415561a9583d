"""What the QR code of a receipt leads to: whether it is real, and whether it still holds."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anju.domains.billing.selectors.collection import receipt_facts


def verify(request: HttpRequest, token: UUID) -> HttpResponse:
    """Says what the receipt says, the payer's name covered; 404 with an explanation for a code no receipt has."""
    facts = receipt_facts(token)
    return render(request, "billing/verify.html", {"facts": facts}, status=200 if facts else 404)
