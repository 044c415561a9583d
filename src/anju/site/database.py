"""The structure of the database: everything that has to be there before the first request."""

from __future__ import annotations

from collections.abc import Callable

from django.core.management import call_command
from django.db import NotSupportedError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from anju.site.embedded import DatabaseUnavailable

OLDEST = 16
"""The first major version of PostgreSQL that Anju knows how to use."""


def reach() -> None:
    """Connect. Raises DatabaseUnavailable, which says why, also for a server that is too old."""
    try:
        connection.ensure_connection()
        version = connection.connection.info.server_version
    except (OperationalError, NotSupportedError) as problem:
        raise DatabaseUnavailable(_("The database cannot be reached: %(reason)s") % {"reason": problem}) from None
    if version < OLDEST * 10_000:
        text = _("Anju needs PostgreSQL %(oldest)s or newer, and this is %(found)s.")
        raise DatabaseUnavailable(text % {"oldest": OLDEST, "found": version // 10_000})


def pending() -> list[str]:
    """Names of the migrations that this release has and the database has not."""
    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def is_empty() -> bool:
    """Whether no release has ever prepared this database."""
    return "django_migrations" not in connection.introspection.table_names()


def prepare(*, progress: Callable[[str], None] | None = None) -> list[str]:
    """Apply what is pending and create the shared cache's table; returns the names of the applied migrations."""
    names = pending()
    for name in names if progress else ():
        progress(name)  # type: ignore[misc]
    if names:
        call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    return names
