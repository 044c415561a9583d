"""``anju manage``"""

from __future__ import annotations

import click


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Run a management command of Django (makemigrations, shell, dbshell …) on this installation's database."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["anju manage", *arguments])
