"""Who acts for which organisation, in which role and estates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from anju.foundation.accounts import authority, rules, selectors
from anju.foundation.accounts.access import Access, Standing
from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import Membership, Organisation, User
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name


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
def give_role(
    *,
    estate: Any,
    login: str,
    role: str,
    organisation: Organisation | None = None,
    since: date | None = None,
    by: User | None,
) -> Membership:
    """Give the person who signs in as ``login`` a role in ``estate``, for ``organisation`` or else for whoever runs it.

    Raises Refusal ``person_unknown``, ``estate_unmanaged`` or as :func:`grant_membership` does.
    """
    user = selectors.user_by_login(login)
    if user is None:
        raise Refusal("person_unknown", _("Nobody signs in with this name or phone."), "login")
    organisation = organisation or estate.company or estate.committee
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
    """The system may; a person as far as :func:`~anju.foundation.accounts.authority.can_grant` says."""
    if by is not None and not authority.can_grant(Access(by), organisation, role, named):
        raise Refusal("may_not_grant", _("You can't give or end this role there."), "role")


def _refuse_foreign(membership: Membership, named: list[Any]) -> None:
    """An organisation gives away no estates that it does not reach; suppliers and developers reach none themselves."""
    kind = membership.organisation.kind if membership.organisation else None
    if kind is None or not named or kind in (OrganisationKind.SUPPLIER, OrganisationKind.DEVELOPER):
        return
    standing = Standing(Role(membership.role), membership.organisation_id, kind, frozenset(e.pk for e in named))
    reached = selectors.reached_by(standing)
    if any(estate.pk not in reached for estate in named):
        raise Refusal("estate_foreign", _("The organisation has nothing to do with one of these estates."), "estates")
