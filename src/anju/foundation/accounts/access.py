"""What one person (or one application) may see and do, worked out from the memberships in force today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value

from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import ApiToken, Membership, User
from anju.foundation.accounts.permissions import RESIDENTS, roles_with
from anju.kit import clock

# By which of its columns an estate belongs to an organisation of each kind. Suppliers and developers reach only the
# estates that their membership names.
REACH = {
    OrganisationKind.PROPERTY_COMPANY: "company_id",
    OrganisationKind.COMMUNITY_COMMITTEE: "community_id",
    OrganisationKind.STREET_OFFICE: "street_id",
    OrganisationKind.DISTRICT_AUTHORITY: "district_id",
    OrganisationKind.OWNERS_COMMITTEE: "committee_id",
    OrganisationKind.ESTATE_COMMITTEE: "committee_id",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One membership in force, as far as access is concerned."""

    role: str
    organisation_id: int | None
    kind: str | None
    named: frozenset[int]

    def covers(self, estate: Any) -> bool:
        """Whether the role holds in ``estate``: the organisation reaches it and, where estates are named, it is one."""
        if self.named and estate.pk not in self.named:
            return False
        column = REACH.get(OrganisationKind(self.kind)) if self.kind else None
        if column is None:
            return bool(self.named)
        return bool(getattr(estate, column) == self.organisation_id)


def standings_of(user: User) -> list[Standing]:
    """The memberships of ``user`` in force today, in one query."""
    today = clock.today()
    rows = (
        Membership.objects.filter(Q(until=None) | Q(until__gt=today), user=user, since__lte=today)
        .annotate(named=ArrayAgg("estates", filter=Q(estates__isnull=False), default=Value([])))
        .values_list("role", "organisation_id", "organisation__kind", "named")
    )
    return [Standing(role, organisation, kind, frozenset(named)) for role, organisation, kind, named in rows]


def estates_with_reach() -> QuerySet[Any]:
    """Estates with the offices above them as columns, as :meth:`Standing.covers` reads them.

    The model is looked up by name because the register stands on this module, not the other way round.
    """
    estates = apps.get_model("registry", "Estate").objects
    return estates.annotate(street_id=F("community__parent_id"), district_id=F("community__parent__parent_id"))


def _unscoped(model: str) -> QuerySet[Any]:
    manager: Any = apps.get_model("registry", model).objects
    rows: QuerySet[Any] = manager.with_scopes_disabled().all()
    return rows


class Access:
    """Fulfils ``anju.kit.access.Access``. ``code`` is the estate that the URL names; without it, all visible ones.

    ``face`` is "console", "my" or "api": on pages across estates a person sees, in the console, the estates in which
    they work or oversee, on the resident pages those in which they have a home. Costs two queries, when first asked.
    """

    def __init__(
        self, user: Any, code: str | None = None, face: str = "console", token: ApiToken | None = None
    ) -> None:
        self.user = user
        self.code = code
        self.face = face
        self.token = token

    @cached_property
    def standings(self) -> list[Standing]:
        return standings_of(self.user) if self.user.is_authenticated else []

    @cached_property
    def _visible(self) -> dict[int, tuple[Any, frozenset[str]]]:
        if not self.user.is_authenticated:
            return {}
        found: dict[int, tuple[Any, frozenset[str]]] = {}
        for estate in self._candidates():
            roles = {standing.role for standing in self.standings if standing.covers(estate)}
            if estate.is_home:
                roles.add(Role.OWNER if estate.owns else Role.TENANT)
            if roles:
                found[estate.pk] = (estate, frozenset(roles))
        return found

    def _candidates(self) -> Iterable[Any]:
        """Every estate that some membership or home may reach, in one query."""
        # Whose homes these are decides which estates are in scope, so there can be no scope yet.
        party = _unscoped("Party").filter(user=self.user)
        ownership = _unscoped("Ownership")
        today = clock.today()
        mine = ownership.filter(Q(until=None) | Q(until__gt=today), party__user=self.user, estate=OuterRef("pk"))
        reached = Q(pk__in=party.values("estate_id"))
        for standing in self.standings:
            column = REACH.get(OrganisationKind(standing.kind)) if standing.kind else None
            reached |= (
                Q(pk__in=standing.named)
                if standing.named or column is None
                else Q(**{column: standing.organisation_id})
            )
        estates = estates_with_reach().filter(reached)
        if self.code is not None:
            estates = estates.filter(code=self.code)
        if self.token is not None:
            estates = estates.filter(pk__in=self.token.estates.values("pk"))
        return estates.annotate(is_home=Exists(party.filter(estate=OuterRef("pk"))), owns=Exists(mine)).order_by("code")

    @property
    def estate(self) -> Any:
        """The visible estate that the URL names, else None."""
        if self.code is None:
            return None
        return next((estate for estate, _roles in self._visible.values()), None)

    @cached_property
    def estates(self) -> list[Any]:
        """The visible estates by code, for the switcher and for pages across estates."""
        if self.code is not None:
            everywhere = Access(self.user, None, self.face, self.token)
            everywhere.standings = self.standings
            return everywhere.estates
        return [estate for estate, roles in self._visible.values() if self._counts_here(roles)]

    @property
    def estate_ids(self) -> frozenset[int]:
        return frozenset(pk for pk, (_estate, roles) in self._visible.items() if self.code or self._counts_here(roles))

    def _counts_here(self, roles: frozenset[str]) -> bool:
        if self.face == "my":
            return not roles.isdisjoint(RESIDENTS)
        return self.face == "api" or not roles.issubset(RESIDENTS)

    def roles_in(self, estate_id: int) -> frozenset[str]:
        return self._visible[estate_id][1] if estate_id in self._visible else frozenset()

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held in the URL's estate; across estates all, also those of an organisation without estates."""
        roles = {role for _estate, held in self._visible.values() for role in held}
        if self.code is None:
            roles |= {standing.role for standing in self.standings}
        return frozenset(roles)

    @property
    def role_label(self) -> str:
        """The roles in words, the widest first, for the person's own menu."""
        return "、".join(str(role.label) for role in Role if role in self.roles)

    def can(self, permission: str) -> bool:
        """Raises LookupError for a right that nobody declared: a typing error must not pass for a missing right."""
        return self._granted(permission) and not roles_with(permission).isdisjoint(self.roles)

    def _granted(self, permission: str) -> bool:
        return self.token is None or permission in self.token.permissions

    def estates_with(self, permission: str) -> frozenset[int]:
        """The visible estates in which the person holds ``permission``: what a page across estates may show."""
        if not self._granted(permission):
            return frozenset()
        holders = roles_with(permission)
        return frozenset(pk for pk in self.estate_ids if not holders.isdisjoint(self.roles_in(pk)))


def nobody() -> Access:
    """The access of somebody who has not signed in: none."""
    return Access(AnonymousUser())
