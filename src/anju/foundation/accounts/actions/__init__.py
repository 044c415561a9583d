"""The writers of this module: people, roles, signing in, tokens."""

from anju.foundation.accounts.actions.admission import admit_person
from anju.foundation.accounts.actions.organisations import (
    add_office,
    add_organisation,
    create_organisation,
    edit_organisation,
)
from anju.foundation.accounts.actions.people import (
    create_user,
    deactivate_user,
    edit_user,
    forget_second_factor,
    reactivate_user,
    set_language,
    set_password,
)
from anju.foundation.accounts.actions.roles import end_membership, give_role, grant_membership
from anju.foundation.accounts.actions.signing_in import count_attempt, forget_failures, note_failure
from anju.foundation.accounts.actions.tokens import create_token, revoke_token, touch_token

__all__ = [
    "add_office",
    "add_organisation",
    "admit_person",
    "count_attempt",
    "create_organisation",
    "create_token",
    "create_user",
    "deactivate_user",
    "edit_organisation",
    "edit_user",
    "end_membership",
    "forget_failures",
    "forget_second_factor",
    "give_role",
    "grant_membership",
    "note_failure",
    "reactivate_user",
    "revoke_token",
    "set_language",
    "set_password",
    "touch_token",
]
