"""Reads about people, organisations, memberships, tokens and sign-in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.apps import apps
from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from anju.foundation.accounts import rules
from anju.foundation.accounts.access import Standing, estates_with_reach, user_by_key
from anju.foundation.accounts.models import ApiToken, Membership, Organisation, SignInFailure, User
from anju.kit import clock, sql
from anju.kit.chinese import normalise
from anju.kit.errors import Refusal
from anju.kit.idcards import NumberError, check_mobile
from anju.kit.models import AuditEntry

FORGOTTEN_AFTER = timedelta(days=1)
_AUTHORITIES = ("community", "community__parent", "community__parent__parent")
"""Where an estate's community, street and district are found."""
_IN_FORCE = """
    SELECT * FROM accounts_apitoken
    WHERE digest = %(digest)s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %(now)s)
"""


def user_by_login(login: str) -> User | None:
    """The person whose sign-in name or mobile phone is ``login``, in any usual spelling; the name wins."""
    login = normalise(login)
    try:
        phone = check_mobile(login)
    except NumberError:
        phone = ""
    found = User.objects.filter(Q(username__iexact=login) | Q(phone=phone) if phone else Q(username__iexact=login))
    return min(found, key=lambda user: user.username.lower() != login.lower(), default=None)


def sign_in_key(login: str) -> str:
    """Under which name failures count: name and phone of one person together, unknown names just the same."""
    user = user_by_login(login)
    return f"user {user.pk}" if user else f"name {normalise(login).lower()}"[:60]


def code_key(user: User) -> str:
    """Under which name wrong one-time codes count, apart from passwords: the right password must not clear them."""
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
    token = sql.first(ApiToken, _IN_FORCE, {"digest": digest_of(secret), "now": clock.now()})
    owner = user_by_key(token.owner_id) if token is not None else None
    if token is None or owner is None or not owner.is_active:
        return None
    token.owner = owner
    return token


def tokens_in_force() -> QuerySet[ApiToken]:
    """The tokens that have not been revoked, by name; expired ones are among them."""
    rows = ApiToken.objects.filter(revoked_at=None).order_by("name", "pk")
    return rows.select_related("owner").prefetch_related("estates")


def estates_by_code(codes: Sequence[str]) -> list[Any]:
    """The estates with these codes, in that order. Raises Refusal ``estate_unknown`` for a code that none has."""
    found = {estate.code: estate for estate in estates_with_reach().filter(code__in=codes)}
    for code in codes:
        if code not in found:
            raise Refusal("estate_unknown", _("There is no estate “%(code)s”.") % {"code": code}, "estates")
    return [found[code] for code in codes]


def memberships_in_force() -> QuerySet[Membership]:
    today = clock.today()
    return Membership.objects.filter(Q(until=None) | Q(until__gt=today), since__lte=today)


def memberships(estate_ids: Iterable[int]) -> QuerySet[Membership]:
    """Who acts in these estates for their company or committee, or in a role given for one of them; past ones too."""
    estates = apps.get_model("registry", "Estate").objects.filter(pk__in=estate_ids)
    given = Membership.estates.through.objects.all()
    own = Q(organisation__in=estates.values("company")) | Q(organisation__in=estates.values("committee"))
    return (
        Membership.objects.filter(
            Q(pk__in=given.filter(estate__in=estates).values("membership"))
            | (own & ~Q(pk__in=given.values("membership")))
        )
        .select_related("user", "organisation")
        .prefetch_related("estates")
    )


def organisations(estate_ids: Iterable[int], offices: Iterable[int] = ()) -> QuerySet[Organisation]:
    """The organisations that have to do with these estates, each with ``people``: how many act for it there now.

    Those are who runs an estate, its committee, the authorities above it, what its managers have entered, and whoever
    somebody works for in a role given for it. ``offices`` adds authorities and what stands below them.
    """
    estates = apps.get_model("registry", "Estate").objects.filter(pk__in=estate_ids)
    given = Membership.estates.through.objects.filter(estate__in=estates).values("membership")
    near = Q(kept_by__in=estates) | Q(pk__in=Membership.objects.filter(pk__in=given).values("organisation"))
    for path in ("company", "committee", *_AUTHORITIES):
        near |= Q(pk__in=estates.values(path))
    offices = list(offices)
    for path in ("pk", "parent", "parent__parent") if offices else ():
        near |= Q(**{f"{path}__in": offices})
    active = acting(estate_ids).filter(organisation=OuterRef("pk")).order_by().values("organisation")
    people = Coalesce(Subquery(active.annotate(number=Count("user", distinct=True)).values("number")), 0)
    return Organisation.objects.filter(near).select_related("parent", "kept_by").annotate(people=people)


def acting(estate_ids: Iterable[int]) -> QuerySet[Membership]:
    """Who acts in these estates today, as :func:`memberships`."""
    return memberships(estate_ids).filter(pk__in=memberships_in_force().values("pk"))


def estates_of(organisation: Organisation, estate_ids: Iterable[int]) -> QuerySet[Any]:
    """Those among the estates with which the organisation has to do, by code."""
    near = Q(memberships__organisation=organisation)
    for path in ("company", "committee", "organisations", *_AUTHORITIES):
        near |= Q(**{path: organisation})
    found = apps.get_model("registry", "Estate").objects.filter(near, pk__in=estate_ids)
    return found.distinct().order_by("code")


def people(estate_ids: Iterable[int]) -> QuerySet[User]:
    """Everybody with a membership in these estates, past or present."""
    return User.objects.filter(pk__in=memberships(estate_ids).values("user"))


def tokens(estate_ids: Iterable[int]) -> QuerySet[ApiToken]:
    """The tokens that reach one of these estates, revoked ones too."""
    reaching = ApiToken.estates.through.objects.filter(estate__in=estate_ids).values("apitoken")
    return ApiToken.objects.filter(pk__in=reaching).select_related("owner").prefetch_related("estates")


def reached_by(standing: Standing) -> frozenset[int]:
    """The estates among those that ``standing`` names which its organisation really reaches."""
    estates = estates_with_reach().filter(pk__in=standing.named)
    return frozenset(estate.pk for estate in estates if standing.covers(estate))


def audit_entries(estate_ids: Iterable[int]) -> QuerySet[AuditEntry]:
    """The audit trail of these estates."""
    return AuditEntry.objects.filter(estate_id__in=estate_ids).select_related("actor")
