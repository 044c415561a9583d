"""``anju restore``"""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Bring FILE, made by `anju backup`, into an installation whose database is empty."""
    from django.utils.translation import gettext as _

    from anju.site import backup

    try:
        backup.load(file.absolute())
    except backup.BackupFailed as problem:
        raise click.ClickException(str(problem)) from None
    text = _("Restored. Run “anju migrate” if this release is newer than the backup, then “anju audit”.")
    click.echo(text)
