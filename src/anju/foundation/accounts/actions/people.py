"""People who sign in: created, changed, let in and kept out."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

from anju.foundation.accounts import authority, selectors
from anju.foundation.accounts.access import Access
from anju.foundation.accounts.actions.signing_in import forget_failures
from anju.foundation.accounts.models import User
from anju.kit import audit, clock
from anju.kit.actions import action
from anju.kit.chinese import normalise
from anju.kit.errors import Refusal
from anju.kit.idcards import NumberError, check_mobile, is_mobile


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
    """Change name, mobile phone and e-mail. Raises Refusal as :func:`create_user` does, or ``may_not_manage``."""
    _refuse_unless_may_manage(by, user)
    number = _mobile(phone) if phone else None
    _refuse_taken(user.username, number, user)
    user.name, user.phone, user.email = normalise(name), number, _email(email)
    user.save(update_fields=["name", "phone", "email"])
    return user


@action
def set_password(*, user: User, password: str, by: User | None) -> None:
    """Give ``user`` a new password and end every session that was begun with the old one.

    Raises Refusal ``password_bad`` or ``may_not_manage``.
    """
    _refuse_unless_may_manage(by, user)
    _check_password(password, user)
    user.set_password(password)
    user.password_changed_at = clock.now()
    user.save(update_fields=["password", "password_changed_at"])
    forget_failures(key=f"user {user.pk}", by=by)


@action
def forget_second_factor(*, user: User, by: User | None) -> None:
    """Let ``user`` sign in with the password alone: for somebody who has lost the phone and the recovery codes.

    Raises Refusal ``no_second_factor`` or ``may_not_manage``.
    """
    _refuse_unless_may_manage(by, user)
    removed, _tables = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise Refusal("no_second_factor", _("This person has no second factor."))
    forget_failures(key=f"user {user.pk}", by=by)
    audit.record_change(
        by=by, obj=user, action="forget_second_factor", before={"second_factor": True}, after={"second_factor": False}
    )


@action
def deactivate_user(*, user: User, by: User | None) -> None:
    """Let ``user`` sign in no more; open sessions and tokens end with it.

    Raises Refusal ``not_yourself`` or ``may_not_manage``.
    """
    if by is not None and by.pk == user.pk:
        raise Refusal("not_yourself", _("You can't lock yourself out. Ask a colleague."))
    _refuse_unless_may_manage(by, user)
    user.is_active = False
    user.save(update_fields=["is_active"])


@action
def reactivate_user(*, user: User, by: User | None) -> None:
    """Let ``user`` sign in again. Raises Refusal ``may_not_manage``."""
    _refuse_unless_may_manage(by, user)
    user.is_active = True
    user.save(update_fields=["is_active"])


@action
def set_language(*, user: User, language: str, by: User | None) -> None:
    """Remember the language that the person has chosen, for the next device."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


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
    others = User.objects.exclude(pk=user.pk) if user is not None else User.objects.all()
    if user is None and others.filter(username__iexact=username).exists():
        raise Refusal("username_taken", _("Somebody else signs in with this name."), "username")
    if phone and others.filter(Q(phone=phone) | Q(username=phone)).exists():
        raise Refusal("phone_taken", _("Somebody else signs in with this phone."), "phone")


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise Refusal("password_bad", " ".join(problem.messages), "password") from problem


def _refuse_unless_may_manage(by: User | None, user: User) -> None:
    """Who sets another's password could become them, so it takes the right to give every role that they have."""
    if by is None or by.pk == user.pk:
        return
    mine = Access(by)
    theirs = list(selectors.memberships_in_force().filter(user=user).select_related("organisation"))
    homes = Access(user, face="my").estates
    allowed = (theirs or homes) and all(
        authority.can_grant(mine, held.organisation, held.role, list(held.estates.all())) for held in theirs
    )
    if not allowed or (homes and not authority.manages_all(mine, homes)):
        message = _("You can't change this person's sign-in: they also work where you don't manage.")
        raise Refusal("may_not_manage", message)
