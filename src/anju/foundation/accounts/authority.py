"""Who may enter organisations, and give and end roles in them: decisions over memberships and estates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from anju.foundation.accounts import rules
from anju.foundation.accounts.access import Access, Standing
from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import Organisation
from anju.foundation.accounts.permissions import MANAGEMENT


def manages_all(access: Access, estates: Iterable[Any]) -> bool:
    """Whether the person is a manager in every one of ``estates``, of which there is at least one."""
    ids = [estate.pk for estate in estates]
    return bool(ids) and all(_manages(access, pk) for pk in ids)


def can_keep(access: Access, organisation: Organisation) -> bool:
    """Whether the person may change the organisation's data: of a company its head office, of streets and communities
    the officers of their district, of others the managers of the estate that entered it or whose committee it is.
    """
    here = _standings_in(access, organisation)
    if any(standing.role == Role.HEAD_OFFICE and not standing.named for standing in here):
        return True
    if organisation.kind in rules.BELOW.values():
        return offices_below(access).filter(pk=organisation.pk).exists()
    if organisation.kind not in rules.KEPT_KINDS:
        return False
    if organisation.kept_by_id is not None:
        return _manages(access, organisation.kept_by_id)
    return manages_all(access, apps.get_model("registry", "Estate").objects.filter(committee=organisation))


def offices_below(access: Access) -> QuerySet[Organisation]:
    """The streets and communities of the districts whose officer the person is."""
    mine = _districts(access)
    return Organisation.objects.filter(
        Q(parent__in=mine) | Q(parent__parent__in=mine), kind__in=rules.BELOW.values()
    ).select_related("parent")


def offices_over(access: Access) -> QuerySet[Organisation]:
    """The districts and streets below which the person may enter offices, the districts first."""
    mine = _districts(access)
    found = Organisation.objects.filter(Q(pk__in=mine) | Q(parent__in=mine), kind__in=rules.BELOW)
    return found.order_by("kind", "code")


def _districts(access: Access) -> list[int | None]:
    return [held.organisation_id for held in access.standings if held.role == Role.DISTRICT_OFFICER and not held.named]


def can_grant(access: Access, organisation: Organisation | None, role: str, named: Sequence[Any]) -> bool:
    """Whether the person may give or end ``role`` in the organisation for the estates ``named`` (none: for all).

    Heads and directors may in their own organisation, as far as they reach themselves. In a committee, supplier or
    developer of the estates that they manage they may for just these estates: nobody there could begin otherwise.
    Residents' roles have no organisation.
    """
    if organisation is None:
        return manages_all(access, named)
    here = _standings_in(access, organisation)
    if rules.may_grant(frozenset(standing.role for standing in here), role) and _within(here, named):
        return True
    if not named or organisation.kind not in rules.KEPT_KINDS:
        return False
    kept = _manages(access, organisation.kept_by_id) or all(estate.committee_id == organisation.pk for estate in named)
    return kept and all(rules.may_grant(access.roles_in(estate.pk), role) for estate in named)


def roles_to_give(access: Access, estate: Any) -> list[tuple[Organisation, list[str]]]:
    """For which organisations the person may give which roles in ``estate``, whoever runs it first."""
    managed = [pk for pk in access.estate_ids if _manages(access, pk)]
    serving = Q(kind__in=(OrganisationKind.SUPPLIER, OrganisationKind.DEVELOPER), kept_by__in=managed)
    near = Organisation.objects.filter(Q(pk__in=(estate.company_id, estate.committee_id)) | serving)
    running = estate.company_id or estate.committee_id
    offered = []
    for organisation in sorted(near.order_by("code"), key=lambda one: one.pk != running):
        roles = [
            role
            for role in Role.values
            if rules.is_role_of(role, organisation.kind) and can_grant(access, organisation, role, [estate])
        ]
        if roles:
            offered.append((organisation, roles))
    return offered


def _manages(access: Access, estate_id: int | None) -> bool:
    return estate_id is not None and not access.roles_in(estate_id).isdisjoint(MANAGEMENT)


def _standings_in(access: Access, organisation: Organisation) -> list[Standing]:
    return [standing for standing in access.standings if standing.organisation_id == organisation.pk]


def _within(standings: Sequence[Standing], named: Sequence[Any]) -> bool:
    """Whether somebody confined to some estates grants only in those."""
    if any(not standing.named for standing in standings):
        return True
    allowed = frozenset(pk for standing in standings for pk in standing.named)
    return bool(named) and all(estate.pk in allowed for estate in named)
