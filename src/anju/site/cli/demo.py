"""``anju demo``"""

from __future__ import annotations

import json
import time
from typing import Any

import click


@click.command()
@click.option("--no-serve", is_flag=True, help="Build the world, print its summary, and end.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same world.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON (with --no-serve).")
def command(no_serve: bool, seed: int, host: str, port: int, as_json: bool) -> None:
    """Build the demo world unless it is there, and serve it with a background worker."""
    from django.utils.translation import gettext as _

    from anju.site import database, server
    from anju.site.demo import build

    started = time.monotonic()

    def progress(line: str) -> None:
        click.echo(f"  {time.monotonic() - started:5.1f} s  {line}", err=True)

    if not no_serve:
        try:
            server.check_address(host, port)
        except server.AddressInUse as problem:
            raise click.ClickException(str(problem)) from None
    applied = database.prepare()
    if applied:
        progress(_("Database ready"))
    summary = build(progress=progress, seed=seed)
    if as_json:
        click.echo(json.dumps(summary.as_dict(), ensure_ascii=False))
    else:
        _print(summary)
    if no_serve:
        return
    address = _("%(address)s  (Ctrl+C stops everything)") % {"address": f"http://{host}:{port}"}
    click.echo(f"\n  {address}\n")
    server.serve(host=host, port=port, with_worker=True)


def _print(summary: Any) -> None:
    """Figures first, then who may sign in."""
    click.echo()
    figures = summary.figures()
    width = max(_width(label) for label, _ in figures)
    for label, value in figures:
        click.echo(f"  {label}{' ' * (width - _width(label))}  {value}")
    click.echo()
    for person in summary.sign_ins:
        role = str(person.role)
        click.echo(f"  {role}{' ' * max(26 - _width(role), 1)}{person.username:<14} {person.password}")


def _width(text: str) -> int:
    """Columns on a terminal, where a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in str(text))
