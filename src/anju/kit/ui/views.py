"""Pages of the look itself: the gallery that developers build from, and what a person sees when something failed."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from anju.kit.periods import Period


class SampleForm(forms.Form):
    """One field of every common kind, for the gallery."""

    room = forms.CharField(label=_("Room"), help_text=_("Building-entrance-room, for example 3-1-1201."))
    phone = forms.CharField(label=_("Mobile phone"), required=False)
    kind = forms.ChoiceField(label=_("Kind of unit"), choices=[("r", _("Residential")), ("s", _("Shop"))])
    area = forms.DecimalField(label=_("Exclusive area"), min_value=Decimal("0.01"), decimal_places=2)
    delivered = forms.DateField(label=_("Delivered on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    method = forms.ChoiceField(
        label=_("Paid by"),
        choices=[("cash", _("Cash")), ("pos", _("POS")), ("t", _("Transfer"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label=_("The payer agrees that the prepayment is used by the next run"), required=False)


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component on one page; exists only while DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    months = [Period(2025, 12).plus(step) for step in range(12)]
    return render(
        request,
        "kit/gallery.html",
        {
            "form": SampleForm(initial={"method": "cash"}),
            "bad_form": SampleForm({"room": "", "kind": "r", "area": "-3", "method": "cash"}),
            "bills": [
                ("3-1-1201", _("Owner one"), _("Property fee"), Period(2026, 11), "open", Decimal("231.60")),
                ("3-1-1202", _("Owner two"), _("Property fee"), Period(2026, 11), "paid", Decimal("198.24")),
                ("3-1-1301", _("Owner three"), _("Parking fee"), Period(2026, 10), "overdue", Decimal("1350.00")),
            ],
            "steps": [_("Upload"), _("Preview"), _("Confirm"), _("Result")],
            "chart": {
                "kind": "bar",
                "unit": "",
                "labels": [str(month) for month in months],
                "series": [
                    {"name": str(_("Billed")), "data": [182, 184, 184, 185, 185, 186, 186, 188, 188, 190, 190, 191]},
                    {"name": str(_("Collected")), "data": [171, 175, 168, 177, 180, 176, 181, 179, 183, 182, 178, 121]},
                ],
            },
            "floors": [
                (12, [("1201", "owner_occupied", None), ("1202", "let", Decimal("463.20")), ("1203", "vacant", None)]),
                (11, [("1101", "owner_occupied", None), ("1102", "entrusted", None), ("1103", "unsold", None)]),
                (
                    10,
                    [
                        ("1001", "undelivered", None),
                        ("1002", "owner_occupied", Decimal("2315.80")),
                        ("1003", "let", None),
                    ],
                ),
            ],
        },
    )
