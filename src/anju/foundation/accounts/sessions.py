"""Sessions in the database that end when idle, without a write for every page that is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

PROLONGED_EVERY = timedelta(minutes=1)
"""How exactly idle time is measured: a session may end this much earlier than the setting says, never later."""


class SessionStore(db.SessionStore):
    """The database's sessions; each use starts the idle time anew, on record at most once in a minute."""

    def _get_session_from_db(self) -> Any:
        session = super()._get_session_from_db()  # type: ignore[misc] # which the stubs don't know
        idle_time = timedelta(seconds=self.get_session_cookie_age())
        if session is not None and session.expire_date < timezone.now() + idle_time - PROLONGED_EVERY:
            self.modified = True
        return session
