"""Somebody new at work: a person and a role in one go."""

from __future__ import annotations

from typing import Any

from anju.foundation.accounts.actions.people import create_user
from anju.foundation.accounts.actions.roles import give_role
from anju.foundation.accounts.models import Organisation, User
from anju.kit.actions import action


@action
def admit_person(
    *,
    estate: Any,
    username: str,
    name: str,
    password: str,
    role: str,
    organisation: Organisation | None = None,
    phone: str = "",
    email: str = "",
    by: User | None,
) -> User:
    """Create a person with a role in ``estate``, for ``organisation`` or else for whoever runs it.

    Raises Refusal as :func:`create_user` and :func:`give_role` do.
    """
    user = create_user(username=username, name=name, password=password, phone=phone, email=email, by=by)
    give_role(estate=estate, login=username, role=role, organisation=organisation, by=by)
    return user
