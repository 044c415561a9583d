"""``anju token``"""

from __future__ import annotations

import json
from datetime import timedelta

import click


@click.group()
def command() -> None:
    """Tokens with which other software calls the HTTP API."""


@command.command()
@click.option("--name", required=True, help="What the application is called.")
@click.option("--user", "login", required=True, help="Sign-in name of the person the application acts for.")
@click.option("--estate", "estates", multiple=True, required=True, help="Code of an estate it may use; repeatable.")
@click.option("--permission", "rights", multiple=True, required=True, help="A right it gets; repeatable (see rights).")
@click.option("--days", type=click.IntRange(1, 36_500), help="Valid for so many days; without end unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def create(
    name: str, login: str, estates: tuple[str, ...], rights: tuple[str, ...], days: int | None, as_json: bool
) -> None:
    """Create a token and print its secret, which can't be shown again."""
    from django.utils.translation import gettext as _

    from anju.foundation.accounts import actions, selectors
    from anju.kit import clock
    from anju.site.cli.createuser import nobody

    owner = selectors.user_by_login(login)
    if owner is None:
        raise nobody(login)
    if not name.strip():
        raise click.BadParameter(_("Say what the application is called."), param_hint="--name")
    token, secret = actions.create_token(
        name=name,
        owner=owner,
        estates=selectors.estates_by_code(estates),
        rights=rights,
        expires_at=clock.now() + timedelta(days=days) if days else None,
        by=None,
    )
    if as_json:
        click.echo(json.dumps({"id": token.pk, "name": token.name, "token": secret}, ensure_ascii=False))
    else:
        click.echo(secret)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the tokens as JSON.")
def list_tokens(as_json: bool) -> None:
    """List the tokens that have not been revoked."""
    from anju.foundation.accounts import selectors

    rows = [
        {
            "id": token.pk,
            "name": token.name,
            "user": token.owner.username,
            "estates": sorted(estate.code for estate in token.estates.all()),
            "permissions": token.permissions,
            "expires_at": token.expires_at.isoformat() if token.expires_at else None,
            "last_used_at": token.last_used_at.isoformat() if token.last_used_at else None,
        }
        for token in selectors.tokens_in_force()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        parts = [row["name"], row["user"], ",".join(row["estates"]), ",".join(row["permissions"])]
        click.echo(f"{row['id']:>5}  {'  '.join(parts)}")


@command.command()
@click.argument("token_id", type=int)
def revoke(token_id: int) -> None:
    """Refuse the token with this number (see list) from now on."""
    from django.utils.translation import gettext as _

    from anju.foundation.accounts import actions
    from anju.foundation.accounts.models import ApiToken
    from anju.kit.errors import Refusal

    token = ApiToken.objects.filter(pk=token_id).first()
    if token is None:
        raise Refusal("no_such_token", _("There is no token %(number)s.") % {"number": token_id})
    actions.revoke_token(token=token, by=None)
    click.echo(_("%(name)s: revoked.") % {"name": token.name})


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print the rights as JSON.")
def rights(as_json: bool) -> None:
    """List the rights that a token can be given."""
    from anju.foundation.accounts import permissions

    known = {permission.code: str(permission.label) for permission in permissions.all_permissions()}
    if as_json:
        click.echo(json.dumps(known, ensure_ascii=False))
        return
    for code, label in known.items():
        click.echo(f"{code}  {label}")
