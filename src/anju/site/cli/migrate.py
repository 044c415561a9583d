"""``anju migrate``"""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was applied as JSON.")
def command(as_json: bool) -> None:
    """Bring the database to the structure of this release; safe to repeat."""
    from anju.site import database

    applied = database.prepare(progress=None if as_json else lambda name: click.echo(f"  {name}"))
    if as_json:
        click.echo(json.dumps({"applied": applied}))
    else:
        click.echo(f"{len(applied)} migrations applied." if applied else "Nothing to do.")
