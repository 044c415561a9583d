"""``anju serve``"""

from __future__ import annotations

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--processes", type=click.IntRange(1, 64), help="Server processes (default: one per core, at most 4).")
@click.option("--with-worker", is_flag=True, help="Run a background worker beside the server.")
def command(host: str, port: int, processes: int | None, with_worker: bool) -> None:
    """Serve the pages and the API. Ctrl+C stops everything that this command started."""
    from django.utils.translation import gettext as _

    from anju.site import server

    try:
        server.check_address(host, port)
        click.echo(_("%(address)s  (Ctrl+C stops)") % {"address": f"http://{host}:{port}"}, err=True)
        server.serve(host=host, port=port, with_worker=with_worker, processes=processes)
    except server.AddressInUse as problem:
        raise click.ClickException(str(problem)) from None
