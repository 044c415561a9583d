"""Pure decisions about signing in and about who may be given which role."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from anju.foundation.accounts.enums import OrganisationKind, Role

_COMPANY = frozenset(
    {
        Role.HEAD_OFFICE,
        Role.DIRECTOR,
        Role.FRONT_DESK,
        Role.CASHIER,
        Role.ENGINEER,
        Role.SUPERVISOR,
        Role.GUARD,
        Role.CLEANER,
        Role.AUDITOR,
    }
)
ROLES_IN = {
    OrganisationKind.PROPERTY_COMPANY: _COMPANY,
    # Under quasi-management the estate committee runs the estate itself, so it has staff as a company has.
    OrganisationKind.ESTATE_COMMITTEE: _COMPANY | {Role.COMMITTEE_MEMBER},
    OrganisationKind.OWNERS_COMMITTEE: frozenset({Role.COMMITTEE_MEMBER, Role.AUDITOR}),
    OrganisationKind.COMMUNITY_COMMITTEE: frozenset({Role.COMMUNITY_OFFICER, Role.AUDITOR}),
    OrganisationKind.STREET_OFFICE: frozenset({Role.STREET_OFFICER, Role.AUDITOR}),
    OrganisationKind.DISTRICT_AUTHORITY: frozenset({Role.DISTRICT_OFFICER, Role.AUDITOR}),
    OrganisationKind.SUPPLIER: frozenset({Role.ENGINEER, Role.GUARD, Role.CLEANER}),
    OrganisationKind.DEVELOPER: frozenset({Role.AUDITOR}),
}
KEPT_KINDS = (
    OrganisationKind.OWNERS_COMMITTEE,
    OrganisationKind.ESTATE_COMMITTEE,
    OrganisationKind.SUPPLIER,
    OrganisationKind.DEVELOPER,
)
"""What the managers of an estate enter themselves; companies and authorities stand above them."""
BELOW: dict[str, OrganisationKind] = {
    OrganisationKind.DISTRICT_AUTHORITY: OrganisationKind.STREET_OFFICE,
    OrganisationKind.STREET_OFFICE: OrganisationKind.COMMUNITY_COMMITTEE,
}
"""The kind of office that stands below another in the administration."""
COMMITTEES = (OrganisationKind.OWNERS_COMMITTEE, OrganisationKind.ESTATE_COMMITTEE)
USE_NOTED_EVERY = timedelta(minutes=1)
RESIDENT_ROLES = frozenset({Role.OWNER, Role.TENANT})


def locked_until(failures: Sequence[datetime], *, limit: int, lasts: timedelta) -> datetime | None:
    """Until when a name with these consecutive ``failures`` (newest first) is locked; None when there are too few."""
    return failures[0] + lasts if len(failures) >= limit else None


def is_role_of(role: str, kind: str | None) -> bool:
    """Whether somebody can hold ``role`` for an organisation of ``kind`` (None: as a resident)."""
    return role in (RESIDENT_ROLES if kind is None else ROLES_IN[OrganisationKind(kind)])


def may_grant(granter: frozenset[str], role: str) -> bool:
    """Whether somebody with the roles ``granter`` in an organisation may give or end ``role`` in it.

    Nobody lifts others above themselves.
    """
    if Role.HEAD_OFFICE in granter:
        return True
    return Role.DIRECTOR in granter and role not in (Role.HEAD_OFFICE, Role.AUDITOR)


def is_use_noted(noted_at: datetime | None, now: datetime) -> bool:
    """Whether the use of a token at ``now`` goes without saying, since one was noted less than a minute before."""
    return noted_at is not None and now - noted_at < USE_NOTED_EVERY
