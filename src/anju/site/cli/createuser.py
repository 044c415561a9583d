"""``anju createuser``"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from anju.kit.errors import Refusal


@click.command()
@click.option("--username", required=True, help="Sign-in name.")
@click.option("--name", help="The person's name (the sign-in name unless given).")
@click.option("--phone", default="", help="Mobile phone, with which the person can sign in as well.")
@click.option("--email", default="", help="E-mail address.")
@click.option(
    "--password", envvar="ANJU_PASSWORD", help="8 characters of 3 classes; asked for, or read from ANJU_PASSWORD."
)
@click.option("--role", help="Role to give, for example director.")
@click.option("--org", "organisation", help="Code of the organisation in which the role holds.")
@click.option("--org-kind", help="Create the organisation with this kind when there is none of that code.")
@click.option("--org-name", help="Name of an organisation to create.")
@click.option("--estate", "estates", multiple=True, help="Code of an estate to which the role is limited; repeatable.")
@click.option("--reset", is_flag=True, help="Set a new password for a person who exists.")
@click.option(
    "--forget-second-factor", is_flag=True, help="With --reset: for somebody who has lost the phone and the codes."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    username: str,
    name: str | None,
    phone: str,
    email: str,
    password: str | None,
    role: str | None,
    organisation: str | None,
    org_kind: str | None,
    org_name: str | None,
    estates: tuple[str, ...],
    reset: bool,
    forget_second_factor: bool,
    as_json: bool,
) -> None:
    """Create a person who can sign in, with a role; or set a person's password anew."""
    from django.db import transaction
    from django.utils.translation import gettext as _

    from anju.foundation.accounts import actions, selectors
    from anju.foundation.accounts.enums import OrganisationKind, Role
    from anju.foundation.accounts.models import Organisation
    from anju.kit.errors import Refusal

    if role is None and (organisation or estates):
        raise click.UsageError(_("--org and --estate say where a role holds: name it with --role."))
    if role is not None and role not in Role.values:
        raise click.BadParameter(", ".join(Role.values), param_hint="--role")
    if org_kind is not None and org_kind not in OrganisationKind.values:
        raise click.BadParameter(", ".join(OrganisationKind.values), param_hint="--org-kind")
    if forget_second_factor and not reset:
        raise click.UsageError(_("--forget-second-factor belongs to --reset."))
    if password is None and os.isatty(0):
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if password is None:
        raise click.UsageError("Give --password, or set ANJU_PASSWORD.")
    with transaction.atomic():
        user = selectors.user_by_login(username) if reset else None
        if reset and user is None:
            raise nobody(username)
        if user is not None:
            actions.set_password(user=user, password=password, by=None)
            if forget_second_factor:
                actions.forget_second_factor(user=user, by=None)
        else:
            user = actions.create_user(
                username=username, name=name or username, phone=phone, email=email, password=password, by=None
            )
        if role is not None:
            where = Organisation.objects.filter(code=organisation).first() if organisation else None
            if organisation and where is None:
                if org_kind is None:
                    text = _("There is no organisation with the code “%(code)s”. --org-kind creates it.")
                    raise Refusal("no_such_organisation", text % {"code": organisation})
                where = actions.create_organisation(
                    kind=org_kind, code=organisation, name=org_name or organisation, by=None
                )
            actions.grant_membership(
                user=user, role=role, organisation=where, estates=selectors.estates_by_code(estates), by=None
            )
    if as_json:
        click.echo(json.dumps({"id": user.pk, "username": user.username, "role": role, "estates": list(estates)}))
    else:
        text = _("%(name)s: password set.") if reset else _("%(name)s can sign in now.")
        click.echo(text % {"name": user.username})


def nobody(login: str) -> Refusal:
    from django.utils.translation import gettext as _

    from anju.kit.errors import Refusal

    return Refusal("no_such_person", _("There is nobody with the sign-in name “%(name)s”.") % {"name": login})
