"""What one person (or one application) may see and do, worked out from the memberships in force today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import F, QuerySet

from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import ApiToken, User
from anju.foundation.accounts.permissions import RESIDENTS, roles_with
from anju.kit import clock, sql

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


# Both are asked for every request: hence written out (see anju.kit.sql).
_STANDINGS = """
    SELECT held.role, held.organisation_id, organisation.kind, array_remove(array_agg(named.estate_id), NULL)
    FROM accounts_membership held
    LEFT JOIN accounts_organisation organisation ON organisation.id = held.organisation_id
    LEFT JOIN accounts_membership_estates named ON named.membership_id = held.id
    WHERE held.user_id = %(user)s AND held.since <= %(today)s AND (held.until IS NULL OR held.until > %(today)s)
    GROUP BY held.id, organisation.id
"""
_CANDIDATES = """
    WITH mine AS (SELECT id, estate_id FROM registry_party WHERE user_id = %(user)s)
    SELECT estate.*, community.parent_id AS street_id, street.parent_id AS district_id,
        estate.id IN (SELECT estate_id FROM mine) AS is_home,
        EXISTS (
            SELECT FROM registry_ownership owned JOIN mine ON mine.id = owned.party_id
            WHERE owned.estate_id = estate.id AND (owned.until IS NULL OR owned.until > %(today)s)
        ) AS owns
    FROM registry_estate estate
    LEFT JOIN accounts_organisation community ON community.id = estate.community_id
    LEFT JOIN accounts_organisation street ON street.id = community.parent_id
    WHERE (
        estate.id = ANY (%(named)s) OR estate.id IN (SELECT estate_id FROM mine)
        OR estate.company_id = ANY (%(company_id)s) OR estate.committee_id = ANY (%(committee_id)s)
        OR estate.community_id = ANY (%(community_id)s) OR community.parent_id = ANY (%(street_id)s)
        OR street.parent_id = ANY (%(district_id)s)
    )
    AND (%(code)s::text IS NULL OR estate.code = %(code)s)
    AND (%(token)s::bigint IS NULL
         OR estate.id IN (SELECT estate_id FROM accounts_apitoken_estates WHERE apitoken_id = %(token)s))
    ORDER BY estate.code
"""


def user_by_key(key: int) -> User | None:
    """The person with this primary key, whether they may sign in or not."""
    return sql.first(User, "SELECT * FROM accounts_user WHERE id = %s", [key])


def standings_of(user: User) -> list[Standing]:
    """The memberships of ``user`` in force today, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, {"user": user.pk, "today": clock.today()})
        rows = cursor.fetchall()
    return [Standing(role, organisation, kind, frozenset(named)) for role, organisation, kind, named in rows]


def estates_with_reach() -> QuerySet[Any]:
    """Estates with the offices above them as columns, as :meth:`Standing.covers` reads them.

    The model is looked up by name because the register stands on this module, not the other way round.
    """
    estates = apps.get_model("registry", "Estate").objects
    return estates.annotate(street_id=F("community__parent_id"), district_id=F("community__parent__parent_id"))


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
        reached: dict[str, list[int]] = {name: [] for name in ("named", *REACH.values())}
        for standing in self.standings:
            column = REACH.get(OrganisationKind(standing.kind)) if standing.kind else None
            if standing.named or column is None:
                reached["named"] += standing.named
            else:
                reached[column].append(standing.organisation_id)  # type: ignore[arg-type] # a kind has its organisation
        facts = {
            "user": self.user.pk,
            "today": clock.today(),
            "code": self.code,
            "token": self.token.pk if self.token is not None else None,
        }
        return sql.objects(apps.get_model("registry", "Estate"), _CANDIDATES, facts | reached)

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
