"""Organisations, and who acts for them in which role and estates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from anju.foundation.accounts import permissions, rules, selectors
from anju.foundation.accounts.access import Access, Standing, standings_of
from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import Membership, Organisation, User
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.chinese import normalise
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name


@action
def create_organisation(
    *, kind: str, code: str, name: str, parent: Organisation | None = None, by: User | None
) -> Organisation:
    """A new organisation; a street stands below a district, a community below a street.

    Raises Refusal ``organisation_code_taken`` or ``organisation_parent``.
    """
    above = {
        OrganisationKind.STREET_OFFICE: OrganisationKind.DISTRICT_AUTHORITY,
        OrganisationKind.COMMUNITY_COMMITTEE: OrganisationKind.STREET_OFFICE,
    }.get(OrganisationKind(kind))
    if parent is not None and parent.kind != above:
        raise Refusal("organisation_parent", _("An organisation of this kind can't stand below that one."), "parent")
    if Organisation.objects.filter(code=code).exists():
        raise Refusal("organisation_code_taken", _("Another organisation has this code."), "code")
    return Organisation.objects.create(kind=kind, code=code, name=normalise(name), parent=parent)


@action
def grant_membership(
    *,
    user: User,
    role: str,
    organisation: Organisation | None = None,
    estates: Iterable[Any] = (),
    since: date | None = None,
    by: User | None,
) -> Membership:
    """Let ``user`` act in ``role`` for ``organisation`` in ``estates`` (none named: in all that it reaches).

    Raises Refusal ``role_kind``, ``membership_exists``, ``estates_missing``, ``estate_foreign`` or ``may_not_grant``.
    """
    named = list(estates)
    if not rules.is_role_of(role, organisation.kind if organisation else None):
        raise Refusal("role_kind", _("This role does not exist in an organisation of that kind."), "role")
    if organisation is None and not named:
        raise Refusal("estates_missing", _("Name the estates: a resident's role holds in those only."), "estates")
    _refuse_unless_may_grant(by, organisation, role, named)
    lock_name("membership", user.pk)
    present = Membership.objects.filter(user=user, organisation=organisation, role=role, until=None)
    if present.exists():
        raise Refusal(
            "membership_exists", _("This person already has this role there. End it first, or change it."), "role"
        )
    membership = Membership.objects.create(
        user=user, organisation=organisation, role=role, since=since or clock.today()
    )
    membership.estates.set(named)
    _refuse_foreign(membership, named)
    return membership


@action
def give_role(*, estate: Any, login: str, role: str, since: date | None = None, by: User | None) -> Membership:
    """Give the person who signs in as ``login`` a role in ``estate``, for whoever runs it.

    Raises Refusal ``person_unknown``, ``estate_unmanaged`` or as :func:`grant_membership` does.
    """
    user = selectors.user_by_login(login)
    if user is None:
        raise Refusal("person_unknown", _("Nobody signs in with this name or phone."), "login")
    organisation = estate.company or estate.committee
    if organisation is None:
        raise Refusal("estate_unmanaged", _("The estate has neither a company nor a committee. Enter one first."))
    return grant_membership(user=user, role=role, organisation=organisation, estates=[estate], since=since, by=by)


@action
def end_membership(*, membership: Membership, until: date | None = None, by: User | None) -> Membership:
    """End a role; ``until`` is the first day without it (today unless given). Raises Refusal ``until_before_since``."""
    _refuse_unless_may_grant(by, membership.organisation, membership.role, list(membership.estates.all()))
    until = until or clock.today()
    if until < membership.since:
        raise Refusal("until_before_since", _("The role can't end before it begins."), "until")
    membership.until = until
    membership.save(update_fields=["until"])
    return membership


def _refuse_unless_may_grant(by: User | None, organisation: Organisation | None, role: str, named: list[Any]) -> None:
    """The system may; a person may in an organisation whose head or director they are, there and then only."""
    if by is not None and not may_grant(by, standings_of(by), organisation, role, named):
        raise Refusal("may_not_grant", _("You can't give or end this role there."), "role")


def may_grant(by: User, mine: list[Standing], organisation: Organisation | None, role: str, named: list[Any]) -> bool:
    if organisation is None:
        return manages_all(by, named)
    here = [standing for standing in mine if standing.organisation_id == organisation.pk]
    return rules.may_grant(frozenset(standing.role for standing in here), role) and _within(here, named)


def manages_all(by: User, estates: list[Any]) -> bool:
    """Whether ``by`` is a manager in every one of ``estates``: the right over residents' roles and accounts."""
    access = Access(by)
    return bool(estates) and all(
        not access.roles_in(estate.pk).isdisjoint(permissions.MANAGEMENT) for estate in estates
    )


def _within(standings: list[Standing], named: list[Any]) -> bool:
    """Whether somebody confined to some estates grants only in those."""
    if any(not standing.named for standing in standings):
        return True
    allowed = frozenset(pk for standing in standings for pk in standing.named)
    return bool(named) and all(estate.pk in allowed for estate in named)


def _refuse_foreign(membership: Membership, named: list[Any]) -> None:
    """An organisation gives away no estates that it does not reach; suppliers and developers reach none themselves."""
    kind = membership.organisation.kind if membership.organisation else None
    if kind is None or not named or kind in (OrganisationKind.SUPPLIER, OrganisationKind.DEVELOPER):
        return
    standing = Standing(Role(membership.role), membership.organisation_id, kind, frozenset(e.pk for e in named))
    reached = selectors.reached_by(standing)
    if any(estate.pk not in reached for estate in named):
        raise Refusal("estate_foreign", _("The organisation has nothing to do with one of these estates."), "estates")
