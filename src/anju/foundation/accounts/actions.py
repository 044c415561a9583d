"""The writers of this module: people, organisations, memberships, sign-in, tokens."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from anju.foundation.accounts import permissions, rules, selectors
from anju.foundation.accounts.access import Access, Standing, standings_of
from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import ApiToken, Membership, Organisation, SignInFailure, User
from anju.kit import audit, clock
from anju.kit.actions import action
from anju.kit.chinese import normalise
from anju.kit.errors import Refusal
from anju.kit.idcards import NumberError, check_mobile, is_mobile
from anju.kit.locks import lock_name

TOKEN_NOTED_EVERY = timedelta(minutes=1)


@action
def create_user(
    *, username: str, name: str, password: str | None, phone: str = "", email: str = "", by: User | None
) -> User:
    """Create a person who can sign in; ``password`` None means: not before one is set.

    Raises Refusal ``username_taken``, ``username_is_phone``, ``phone_taken``, ``phone_bad`` or ``password_bad``.
    """
    username, name = normalise(username), normalise(name)
    if not username or not name:
        raise Refusal(
            "name_missing", _("Give a sign-in name and the person's name."), "name" if username else "username"
        )
    number = _mobile(phone) if phone else None
    if is_mobile(username) and username != number:
        raise Refusal(
            "username_is_phone", _("A sign-in name that is a mobile number must be the person's own."), "username"
        )
    _refuse_taken(username, number, None)
    user = User(username=username, name=name, phone=number, email=_email(email))
    if password is None:
        user.set_unusable_password()
    else:
        _check_password(password, user)
        user.set_password(password)
    user.save()
    return user


@action
def edit_user(*, user: User, name: str, phone: str = "", email: str = "", by: User | None) -> User:
    """Change a person's name, mobile phone and e-mail. Raises Refusal as :func:`create_user` does."""
    number = _mobile(phone) if phone else None
    _refuse_taken(user.username, number, user)
    user.name, user.phone, user.email = normalise(name), number, _email(email)
    user.save(update_fields=["name", "phone", "email"])
    return user


@action
def set_password(*, user: User, password: str, by: User | None) -> None:
    """Give ``user`` a new password and end every session that was begun with the old one. Raises Refusal ``password_bad``."""
    _check_password(password, user)
    user.set_password(password)
    user.password_changed_at = clock.now()
    user.save(update_fields=["password", "password_changed_at"])
    forget_failures(key=f"user {user.pk}", by=by)


@action
def deactivate_user(*, user: User, by: User | None) -> None:
    """Let ``user`` sign in no more; open sessions and tokens end with it. Raises Refusal ``not_yourself``."""
    if by is not None and by.pk == user.pk:
        raise Refusal("not_yourself", _("You can't lock yourself out. Ask a colleague."))
    user.is_active = False
    user.save(update_fields=["is_active"])


@action
def reactivate_user(*, user: User, by: User | None) -> None:
    """Let ``user`` sign in again."""
    user.is_active = True
    user.save(update_fields=["is_active"])


@action
def set_language(*, user: User, language: str, by: User | None) -> None:
    """Remember the language that the person has chosen, for the next device."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


@action
def create_organisation(
    *, kind: str, code: str, name: str, parent: Organisation | None = None, by: User | None
) -> Organisation:
    """Raises Refusal ``organisation_code_taken`` or ``organisation_parent`` (a street's is a district, a community's a street)."""
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
    """Let ``user`` act in ``role`` for ``organisation`` in ``estates`` (none named: in all that the organisation reaches).

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
def end_membership(*, membership: Membership, until: date | None = None, by: User | None) -> Membership:
    """End a role; ``until`` is the first day without it (today unless given). Raises Refusal ``until_before_since``."""
    _refuse_unless_may_grant(by, membership.organisation, membership.role, list(membership.estates.all()))
    until = until or clock.today()
    if until < membership.since:
        raise Refusal("until_before_since", _("The role can't end before it begins."), "until")
    membership.until = until
    membership.save(update_fields=["until"])
    return membership


@action
def create_token(
    *,
    name: str,
    owner: User,
    estates: Sequence[Any],
    rights: Sequence[str],
    expires_at: datetime | None = None,
    by: User | None,
) -> tuple[ApiToken, str]:
    """Create a token that acts for ``owner`` in ``estates`` with no more than ``rights``; returns it and its secret, which
    is shown this once and stored only as a hash.

    Raises Refusal ``right_unknown``, ``right_missing`` (the owner does not hold it) or ``estate_foreign``.
    """
    known = {permission.code for permission in permissions.all_permissions()}
    for right in rights:
        if right not in known:
            raise Refusal("right_unknown", _("There is no right “%(right)s”.") % {"right": right}, "permissions")
    if not estates or not rights:
        raise Refusal(
            "token_empty", _("Name at least one estate and one right."), "permissions" if estates else "estates"
        )
    access = Access(owner, face="api")
    for estate in estates:
        held = access.roles_in(estate.pk)
        if not held:
            raise Refusal(
                "estate_foreign", _("%(name)s has no access to this estate.") % {"name": owner.name}, "estates"
            )
        for right in rights:
            if held.isdisjoint(permissions.roles_with(right)):
                raise Refusal(
                    "right_missing",
                    _("%(name)s does not hold the right “%(right)s” in %(estate)s.")
                    % {"name": owner.name, "right": right, "estate": estate.code},
                    "permissions",
                )
    secret = f"anju_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        name=normalise(name),
        digest=selectors.digest_of(secret),
        owner=owner,
        permissions=sorted(set(rights)),
        expires_at=expires_at,
    )
    token.estates.set(estates)
    return token, secret


@action
def revoke_token(*, token: ApiToken, by: User | None) -> None:
    """Refuse the token from now on; revoking twice keeps the first time."""
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])


@action
def touch_token(*, token: ApiToken, by: User | None) -> None:
    """Note that the token was used, at most once a minute."""
    moment = clock.now()
    unnoted = Q(last_used_at=None) | Q(last_used_at__lt=moment - TOKEN_NOTED_EVERY)
    ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=moment)


@action
def count_attempt(*, key: str, address: str | None, by: User | None) -> None:
    """Count one attempt to sign in as ``key`` before the secret is looked at; :func:`forget_failures` takes it back.

    Counting first and under a lock lets no number of simultaneous guesses pass the limit, on however many servers.
    Raises Refusal ``locked`` with the time (rule book 7: five failures lock for ten minutes).
    """
    lock_name("sign-in", key)
    until = selectors.locked_until(key)
    if until is not None:
        if until > clock.now():
            raise locked(until)
        # The lock has been served: counting starts anew.
        SignInFailure.objects.filter(name=key).delete()
    SignInFailure.objects.create(name=key, address=address)


@action
def note_failure(*, key: str, user: User | None, by: User | None) -> Refusal | None:
    """After a wrong secret: the Refusal to show when this failure was the one that locks, which is put on record."""
    until = selectors.locked_until(key)
    if until is None:
        return None
    audit.record_denial(by=user, estate_id=None, path="/accounts/login/", reason="locked")
    return locked(until)


@action
def forget_failures(*, key: str, by: User | None) -> None:
    """The right secret was given: earlier failures count no more."""
    SignInFailure.objects.filter(name=key).delete()


def locked(until: datetime) -> Refusal:
    """The refusal that a locked name gets, known or unknown alike."""
    return Refusal(
        "locked",
        _(
            "Too many failed attempts. Signing in with this name is locked until %(time)s. Wait, or ask your administrator."
        )
        % {"time": localtime(until, clock.CHINA).strftime("%H:%M:%S")},
    )


def _mobile(phone: str) -> str:
    try:
        return check_mobile(phone)
    except NumberError as problem:
        raise Refusal("phone_bad", problem.message, "phone") from problem


def _email(email: str) -> str:
    email = normalise(email)
    if email:
        try:
            validate_email(email)
        except ValidationError as problem:
            raise Refusal("email_bad", problem.messages[0], "email") from problem
    return email


def _refuse_taken(username: str, phone: str | None, user: User | None) -> None:
    others = User.objects.exclude(pk=user.pk if user else None)
    if user is None and others.filter(username__iexact=username).exists():
        raise Refusal("username_taken", _("Somebody else signs in with this name."), "username")
    if phone and others.filter(Q(phone=phone) | Q(username=phone)).exists():
        raise Refusal("phone_taken", _("Somebody else signs in with this phone."), "phone")


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise Refusal("password_bad", " ".join(problem.messages), "password") from problem


def _refuse_unless_may_grant(by: User | None, organisation: Organisation | None, role: str, named: list[Any]) -> None:
    """The system may; a person may in an organisation whose head or director they are, there and then only."""
    if by is None:
        return
    mine = standings_of(by)
    if organisation is None:
        # Residents: whoever manages all the estates in question.
        access = Access(by)
        allowed = all(not access.roles_in(estate.pk).isdisjoint(permissions.MANAGEMENT) for estate in named)
    else:
        here = [standing for standing in mine if standing.organisation_id == organisation.pk]
        allowed = rules.may_grant(frozenset(standing.role for standing in here), role) and _within(here, named)
    if not allowed:
        raise Refusal("may_not_grant", _("You can't give or end this role there."), "role")


def _within(standings: list[Standing], named: list[Any]) -> bool:
    """Whether somebody confined to some estates grants only in those."""
    if any(not standing.named for standing in standings):
        return True
    allowed = frozenset(pk for standing in standings for pk in standing.named)
    return bool(named) and all(estate.pk in allowed for estate in named)


def _refuse_foreign(membership: Membership, named: list[Any]) -> None:
    """An organisation cannot give away estates that it does not reach; suppliers and developers reach none by themselves."""
    kind = membership.organisation.kind if membership.organisation else None
    if kind is None or not named or kind in (OrganisationKind.SUPPLIER, OrganisationKind.DEVELOPER):
        return
    standing = Standing(Role(membership.role), membership.organisation_id, kind, frozenset(e.pk for e in named))
    reached = selectors.reached_by(standing)
    if any(estate.pk not in reached for estate in named):
        raise Refusal("estate_foreign", _("The organisation has nothing to do with one of these estates."), "estates")
