"""Reads about people, organisations, memberships, tokens and sign-in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db.models import Q, QuerySet

from anju.foundation.accounts import rules
from anju.foundation.accounts.access import Standing, estates_with_reach
from anju.foundation.accounts.models import ApiToken, Membership, SignInFailure, User
from anju.kit import clock
from anju.kit.chinese import normalise
from anju.kit.models import AuditEntry

FORGOTTEN_AFTER = timedelta(days=1)


def user_by_login(login: str) -> User | None:
    """The person whose sign-in name or mobile phone is ``login``, in any case and width; the name wins."""
    login = normalise(login)
    found = User.objects.filter(Q(username__iexact=login) | Q(phone=login))
    return min(found, key=lambda user: user.username.lower() != login.lower(), default=None)


def sign_in_key(login: str) -> str:
    """Under which name failures are counted: name and phone of one person count together, unknown names count as well."""
    user = user_by_login(login)
    return f"user {user.pk}" if user else f"name {normalise(login).lower()}"[:60]


def code_key(user: User) -> str:
    """Under which name wrong one-time codes are counted, apart from passwords: the right password must not clear them."""
    return f"code {user.pk}"


def consecutive_failures(key: str) -> list[datetime]:
    """When the last failures since the last success were, newest first."""
    recent = SignInFailure.objects.filter(name=key, at__gt=clock.now() - FORGOTTEN_AFTER)
    return list(recent.order_by("-at").values_list("at", flat=True)[: settings.LOCKOUT_FAILURES])


def locked_until(key: str) -> datetime | None:
    """Until when ``key`` is locked; in the past when the lock is over, None when there is none."""
    return rules.locked_until(
        consecutive_failures(key), limit=settings.LOCKOUT_FAILURES, lasts=timedelta(minutes=settings.LOCKOUT_MINUTES)
    )


def lacks_second_factor(user: User, standings: Sequence[Standing]) -> bool:
    """Whether the installation asks two factors of one of the person's roles and none has been set up."""
    asked = frozenset(settings.TWO_FACTOR_ROLES)
    return any(standing.role in asked for standing in standings) and not is_mfa_enabled(user)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def valid_token(secret: str) -> ApiToken | None:
    """The token with this secret, unless revoked, expired, or of somebody who may no longer sign in."""
    in_time = Q(expires_at=None) | Q(expires_at__gt=clock.now())
    return (
        ApiToken.objects.filter(in_time, digest=digest_of(secret), revoked_at=None, owner__is_active=True)
        .select_related("owner")
        .first()
    )


def memberships_in_force() -> QuerySet[Membership]:
    today = clock.today()
    return Membership.objects.filter(Q(until=None) | Q(until__gt=today), since__lte=today)


def memberships_in(estate: Any) -> QuerySet[Membership]:
    """Who acts in ``estate`` for its company or committee, or in a role given for this estate; past ones too."""
    own = [pk for pk in (estate.company_id, estate.committee_id) if pk is not None]
    return (
        Membership.objects.filter(Q(estates=estate) | Q(organisation__in=own, estates=None))
        .select_related("user", "organisation")
        .prefetch_related("estates")
        .distinct()
    )


def memberships_of_organisations(ids: frozenset[int]) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(organisation__in=ids)
        .select_related("user", "organisation")
        .prefetch_related("estates")
    )


def organisations_managed_by(standings: Sequence[Standing]) -> frozenset[int]:
    """The organisations whose people the holder of these memberships looks after."""
    return frozenset(
        standing.organisation_id
        for standing in standings
        if standing.organisation_id is not None and standing.role in ("head_office", "director")
    )


def reached_by(standing: Standing) -> frozenset[int]:
    """The estates among those that ``standing`` names which its organisation really reaches."""
    estates = estates_with_reach().filter(pk__in=standing.named)
    return frozenset(estate.pk for estate in estates if standing.covers(estate))


def audit_entries(estate_ids: frozenset[int]) -> QuerySet[AuditEntry]:
    """The audit trail of these estates, newest first."""
    return AuditEntry.objects.filter(estate_id__in=estate_ids).select_related("actor").order_by("-pk")


def history_of(table: str, object_id: int, estate_ids: frozenset[int]) -> QuerySet[AuditEntry]:
    """Everything on record about one object of these estates, newest first."""
    return audit_entries(estate_ids).filter(table=table, object_id=object_id)
