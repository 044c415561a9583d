"""Tokens with which other software calls the API."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from anju.foundation.accounts import permissions, selectors
from anju.foundation.accounts.access import Access
from anju.foundation.accounts.models import ApiToken, User
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.chinese import normalise
from anju.kit.errors import Refusal


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
    """Create a token that acts for ``owner`` in ``estates`` with no more than ``rights``.

    Returns it and its secret, which is shown this once and stored only as a hash.

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
    """Note that the token was used."""
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=clock.now())
