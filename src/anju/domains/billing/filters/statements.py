"""How the list of statements is narrowed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import StatementKind
from anju.domains.billing.filters.charging import MonthFilter
from anju.kit.pages import ChoiceFilter, Filters

STATES = (("draft", _("draft")), ("published", _("published")))


class StatementFilters(Filters):
    state = ChoiceFilter(label=_("State"), choices=STATES, method="of_state")
    kind = ChoiceFilter(label=_("Kind"), choices=StatementKind.choices)
    period = MonthFilter(label=_("Month"), field_name="period")

    def of_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(publication__isnull=value == "draft")
