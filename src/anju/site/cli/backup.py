"""``anju backup``"""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Save database, uploaded files and secret to FILE (.tar) while everything goes on."""
    from anju.site import backup

    try:
        size = backup.save(file.absolute())
    except backup.BackupFailed as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{file}: {size / 2**20:.1f} MB")
