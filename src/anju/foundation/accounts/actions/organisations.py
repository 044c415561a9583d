"""Organisations: companies, authorities, committees, suppliers, developers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from anju.foundation.accounts import authority, rules
from anju.foundation.accounts.access import Access
from anju.foundation.accounts.events import CommitteeEntered
from anju.foundation.accounts.models import Organisation, User
from anju.kit import events
from anju.kit.actions import action
from anju.kit.chinese import normalise
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name

CODE_LENGTH = 30


@action
def create_organisation(
    *,
    kind: str,
    code: str,
    name: str,
    parent: Organisation | None = None,
    kept_by: Any = None,
    by: User | None,
) -> Organisation:
    """A new organisation; a street stands below a district, a community below a street.

    Raises Refusal ``organisation_code_bad``, ``organisation_code_taken``, ``organisation_name_missing`` or
    ``organisation_parent``.
    """
    if parent is not None and rules.BELOW.get(parent.kind) != kind:
        raise Refusal("organisation_parent", _("An organisation of this kind can't stand below that one."), "parent")
    code, name = normalise(code), _name(name)
    if not 0 < len(code) <= CODE_LENGTH:
        message = _("Give a code of at most %(number)s characters.") % {"number": CODE_LENGTH}
        raise Refusal("organisation_code_bad", message, "code")
    lock_name("organisation", code.lower())
    if Organisation.objects.filter(code__iexact=code).exists():
        raise Refusal("organisation_code_taken", _("Another organisation has this code."), "code")
    return Organisation.objects.create(kind=kind, code=code, name=name, parent=parent, kept_by=kept_by)


@action
def add_organisation(*, estate: Any, kind: str, code: str, name: str, by: User | None) -> Organisation:
    """Enter a committee, supplier or developer that has to do with ``estate``, whose managers keep its data from then
    on.

    Raises Refusal ``organisation_kind``, ``may_not_keep`` or as :func:`create_organisation` does.
    """
    if kind not in rules.KEPT_KINDS:
        raise Refusal(
            "organisation_kind",
            _("Companies and authorities are entered by those who run the installation."),
            "kind",
        )
    if by is not None and not authority.manages_all(Access(by), [estate]):
        raise Refusal("may_not_keep", _("You can't enter organisations for this estate."))
    organisation = create_organisation(kind=kind, code=code, name=name, kept_by=estate, by=by)
    if kind in rules.COMMITTEES:
        events.publish(CommitteeEntered(estate=estate, committee=organisation, by=by))
    return organisation


@action
def add_office(*, parent: Organisation, code: str, name: str, by: User | None) -> Organisation:
    """Enter a street office below a district authority, or a community below a street, as an officer of the district.

    Raises Refusal ``organisation_parent``, ``may_not_keep`` or as :func:`create_organisation` does.
    """
    kind = rules.BELOW.get(parent.kind)
    if kind is None:
        raise Refusal("organisation_parent", _("Nothing stands below an organisation of this kind."), "parent")
    if by is not None and not authority.offices_over(Access(by)).filter(pk=parent.pk).exists():
        raise Refusal("may_not_keep", _("You can enter offices below your own only."), "parent")
    return create_organisation(kind=kind, code=code, name=name, parent=parent, by=by)


@action
def edit_organisation(*, organisation: Organisation, name: str, by: User | None) -> Organisation:
    """Change the name; kind and code stay, since roles and workbooks rest on them.

    Raises Refusal ``may_not_keep`` or ``organisation_name_missing``.
    """
    if by is not None and not authority.can_keep(Access(by), organisation):
        raise Refusal("may_not_keep", _("You can't change this organisation: others keep its data."))
    organisation.name = _name(name)
    organisation.save(update_fields=["name"])
    return organisation


def _name(name: str) -> str:
    name = normalise(name)
    if not name:
        raise Refusal("organisation_name_missing", _("Give the organisation's name."), "name")
    return name
