"""The one way to write: functions decorated with ``@action``, each one transaction with a known actor."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

_current: ContextVar[tuple[str, str] | None] = ContextVar("anju_action", default=None)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run ``function`` in one transaction in which the audit triggers know who acts and under which name.

    The function takes keyword arguments only, among them ``by``: a user, or None for the system itself. An action
    called by an action joins its transaction and keeps its own name on the rows it writes; what fails in it fails both.
    An action that goes on after the refusal of another calls it in a ``transaction.atomic()`` of its own.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if args:
            raise TypeError(f"{function.__name__} takes keyword arguments only")
        if "by" not in kwargs:
            raise TypeError(f"{function.__name__} needs to know who acts: by=…")
        by: Any = kwargs["by"]
        actor = str(by.pk) if by is not None else ""
        outer = _current.get()
        mine = (actor, function.__name__)
        with transaction.atomic(savepoint=outer is None):
            _tell_database(mine)
            token = _current.set(mine)
            try:
                result = function(*args, **kwargs)
            finally:
                _current.reset(token)
            if outer is not None and outer != mine:
                _tell_database(outer)
            return result

    run.is_action = True  # type: ignore[attr-defined]
    return run


def _tell_database(who: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('anju.actor', %s, true), set_config('anju.action', %s, true),"
            # Every guard asks for this. Unset, each asking is an error caught in a subtransaction, and undoing that
            # passes over all that waits for the commit: a run over many rows took the square of its time.
            " set_config('pgtrigger.ignore', '{}', true)",
            who,
        )
