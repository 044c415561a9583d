"""What is asked when something is published in words."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.engines.disclosure.enums import PublicationKind
from anju.engines.disclosure.models import Publication
from anju.kit.pages import ScopedChoiceField

IN_WORDS = (PublicationKind.NOTICE, PublicationKind.REPAIRS)


class NoticeForm(forms.Form):
    """A notice to everybody. Figures are published from statements, never typed here."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, kind.label) for kind in IN_WORDS])
    title = forms.CharField(label=_("Title"), max_length=120)
    text = forms.CharField(
        label=_("Text"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("An empty line begins a new paragraph."),
    )
    corrects = ScopedChoiceField(
        label=_("Corrects"),
        rows=lambda: Publication.objects.filter(kind__in=IN_WORDS).order_by("-sequence"),
        required=False,
        empty_label=_("nothing: it is new"),
    )
