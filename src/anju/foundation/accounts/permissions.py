"""Rights and who holds them. A module declares its own in its ``permissions.py``::

    VIEW = declare("registry.view", _("See the register"), *STAFF, *OFFICERS)
    CHANGE = declare("registry.change", _("Change the register"), *MANAGEMENT, Role.FRONT_DESK)

The auditor needs no mention: that role sees everything (every right whose verb is ``view``, ``view_…`` or ``export``)
and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts.enums import Role

MANAGEMENT = (Role.HEAD_OFFICE, Role.DIRECTOR)
DESK = (Role.FRONT_DESK, Role.CASHIER)
OFFICE = (*MANAGEMENT, *DESK, Role.ENGINEER, Role.SUPERVISOR)
"""People of the company who work at a desk."""
FIELD = (Role.GUARD, Role.CLEANER)
STAFF = (*OFFICE, *FIELD)
OFFICERS = (Role.COMMUNITY_OFFICER, Role.STREET_OFFICER, Role.DISTRICT_OFFICER)
"""People of the public authorities: they see what is published, estates and figures."""
RESIDENTS = (Role.OWNER, Role.TENANT)
CONSOLE = tuple(role for role in Role if role not in RESIDENTS)

_READING = ("view", "export")


@dataclass(frozen=True, slots=True)
class Permission:
    """One right: ``code`` is ``module.verb`` or ``module.verb_noun``; ``label`` says it to people."""

    code: str
    label: str | Promise
    roles: frozenset[str]

    @property
    def only_reads(self) -> bool:
        return self.code.partition(".")[2].split("_")[0] in _READING


_declared: dict[str, Permission] = {}


def declare(code: str, label: str | Promise, *roles: Role) -> str:
    """Put a right on the list and return its code. Raises ValueError when two places declare it differently."""
    permission = Permission(code, label, frozenset(roles))
    if permission.only_reads and not permission.code.startswith("resident."):
        permission = Permission(code, label, frozenset((*roles, Role.AUDITOR)))
    known = _declared.setdefault(code, permission)
    if known.roles != permission.roles:
        raise ValueError(f"permission {code} is declared twice")
    return code


def permission(code: str) -> Permission:
    """Raises LookupError for a right that nobody declared."""
    return _declared[code]


def roles_with(code: str) -> frozenset[str]:
    """The roles that hold ``code``; raises LookupError for a right that nobody declared."""
    return _declared[code].roles


def permissions_of_role(role: str) -> frozenset[str]:
    return frozenset(code for code, known in _declared.items() if role in known.roles)


def all_permissions() -> list[Permission]:
    """Every declared right, by code."""
    return [_declared[code] for code in sorted(_declared)]


RESIDENT = declare("resident.use", _("Use the residents' pages"), *RESIDENTS)
VIEW = declare("accounts.view", _("See people and their roles"), *MANAGEMENT)
VIEW_ORGANISATIONS = declare(
    "accounts.view_organisations", _("See organisations"), *MANAGEMENT, *OFFICERS, Role.COMMITTEE_MEMBER
)
MANAGE_OFFICES = declare("accounts.manage_offices", _("Enter streets and communities"), Role.DISTRICT_OFFICER)
VIEW_AUDIT = declare("accounts.view_audit", _("Read the audit trail"), *MANAGEMENT)
MANAGE = declare("accounts.manage", _("Add people, give and end roles"), *MANAGEMENT)
MANAGE_TOKENS = declare("accounts.manage_tokens", _("Give applications access to the API"), Role.HEAD_OFFICE)
REVEAL = declare("accounts.reveal", _("See personal data of staff in full"), *MANAGEMENT)
