"""How the lists of people and of the audit trail are narrowed."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.tables import kinds_of_record
from anju.kit import clock
from anju.kit.models import AuditOperation
from anju.kit.pages.filters import ChoiceFilter, DateFromToFilter, Filters, TextFilter, YesNoFilter


class PersonFilters(Filters):
    is_active = YesNoFilter(label=_("May sign in"))


class MembershipFilters(Filters):
    role = ChoiceFilter(label=_("Role"), choices=Role.choices)
    in_force = YesNoFilter(label=_("In force"), method="filter_in_force")

    def filter_in_force(self, rows: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        today = clock.today()
        now = Q(since__lte=today) & (Q(until=None) | Q(until__gt=today))
        return rows.filter(now if value else ~now)


class OrganisationFilters(Filters):
    kind = ChoiceFilter(label=_("kind"), choices=OrganisationKind.choices)


class TokenFilters(Filters):
    revoked = YesNoFilter(label=_("Revoked"), field_name="revoked_at", lookup_expr="isnull", exclude=True)


class AuditFilters(Filters):
    operation = ChoiceFilter(label=_("Operation"), choices=AuditOperation.choices)
    at = DateFromToFilter(label=_("Day"))
    actor = TextFilter(label=_("Who"), field_name="actor__name", lookup_expr="icontains")
    table = ChoiceFilter(label=_("Kind of record"), choices=kinds_of_record)
    object_id = TextFilter(label=_("Record number"), method="filter_object")

    def filter_object(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(object_id=int(value)) if value.isdecimal() and len(value) < 19 else rows.none()
