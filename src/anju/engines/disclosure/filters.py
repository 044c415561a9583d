"""How the list of publications is narrowed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anju.engines.disclosure.enums import PublicationKind
from anju.kit.pages import ChoiceFilter, DateFromToFilter, Filters


class PublicationFilters(Filters):
    kind = ChoiceFilter(label=_("Kind"), choices=PublicationKind.choices)
    published_at = DateFromToFilter(label=_("Published"))
