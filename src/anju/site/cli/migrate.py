"""``anju migrate``"""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was applied as JSON.")
def command(as_json: bool) -> None:
    """Bring the database to the structure of this release; safe to repeat."""
    from django.utils.translation import gettext as _

    from anju.site import database

    applied = database.prepare(progress=None if as_json else lambda name: click.echo(f"  {name}"))
    if as_json:
        click.echo(json.dumps({"applied": applied}))
    else:
        done = _("%(number)s migrations applied.") % {"number": len(applied)}
        click.echo(done if applied else _("Nothing to do."))
