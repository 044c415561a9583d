"""``anju``: everything the product does, as a command.

A command is a module of this package that defines ``command``; the group finds it by its file name, and imports it only
when it is called. The embedded database is started before a command that needs one and stopped after it.
"""

from __future__ import annotations

import contextlib
import importlib
import keyword
import os
import pkgutil
import signal
import sys
from typing import Any

import click

from anju.kit.frames import roomy
from anju.site import start

SEES_TO_THE_STRUCTURE = frozenset({"migrate", "manage", "demo", "bench", "backup", "restore"})
"""Commands that bring the database to the structure of this release themselves, or can work with an older one."""


class Commands(click.Group):
    """Finds the commands by looking at the files of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.name for module in pkgutil.iter_modules(__path__))
        # A command whose name is a word of Python lives in a module with an underscore behind it.
        return sorted(name.removesuffix("_") for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name}{'_' if keyword.iskeyword(cmd_name) else ''}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        asks_for_help = any(word in ctx.help_option_names for word in rest) or ctx.resilient_parsing
        if not asks_for_help:
            with start.for_good():
                _prepare(ctx)
            if name != "manage":  # much of Django's needs no database
                _reach_database()
            if name not in SEES_TO_THE_STRUCTURE:
                _check_structure()
        return name, command, rest

    @roomy
    def invoke(self, ctx: click.Context) -> Any:
        from django.db import DataError
        from django.utils.translation import gettext as _

        from anju.kit.errors import Refusal

        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            told = str(refusal)
        except DataError:
            told = _("A value is larger than can be stored.")
        click.echo(told, err=True)
        return ctx.exit(1)


def _prepare(ctx: click.Context) -> None:
    """Start the embedded database if it is the one in use, and set Django up."""
    from anju.site import embedded

    try:
        ctx.with_resource(embedded.running())
        setup()
    except embedded.DatabaseUnavailable as problem:
        raise click.ClickException(str(problem)) from None
    except OSError as problem:
        text = f"{problem.filename}: {problem.strerror}. Name a folder of your own in ANJU_DATA_DIR."
        raise click.ClickException(text) from None


def _reach_database() -> None:
    from anju.site import database, embedded

    try:
        database.reach()
    except embedded.DatabaseUnavailable as problem:
        raise click.ClickException(str(problem)) from None


def _check_structure() -> None:
    """Give an empty database its tables; refuse one that an older release has left."""
    from django.utils.translation import gettext as _

    from anju.site import database

    if not database.pending():
        return
    if not database.is_empty():
        raise click.ClickException(_("The database is older than this release. Run “anju migrate” first."))
    click.echo(_("Preparing an empty database …"), err=True)
    database.prepare()


def setup() -> None:
    """Set Django up for a command, speaking the language of ``ANJU_LANGUAGE`` (Chinese by default)."""
    import django
    from django.conf import settings
    from django.utils import translation

    django.setup()
    translation.activate(os.environ.get("ANJU_LANGUAGE", settings.LANGUAGE_CODE))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="anju")
def group() -> None:
    """Anju: run a residential estate by its management plan."""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.site.settings")
    # A terminated command leaves as an interrupted one does: clean-up runs, the database is stopped.
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    group()
