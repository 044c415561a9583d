"""What is written while somebody signs in: the count of failures that locks a name (rule book 7)."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from anju.foundation.accounts import selectors
from anju.foundation.accounts.models import SignInFailure, User
from anju.kit import audit, clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name


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
        _("Too many failed attempts. This name is locked until %(time)s. Wait, or ask your administrator.")
        % {"time": localtime(until, clock.CHINA).strftime("%H:%M:%S")},
    )
