"""Sessions in the database that end when idle, without a write for every page that is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from anju.kit import sql

PROLONGED_EVERY = timedelta(minutes=1)
"""How exactly idle time is measured: a session may end this much earlier than the setting says, never later."""

_VALID = "SELECT * FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """The database's sessions; each use starts the idle time anew, on record at most once in a minute."""

    def _get_session_from_db(self) -> Any:
        now = timezone.now()
        session = sql.first(self.model, _VALID, [self.session_key, now])
        idle_time = timedelta(seconds=self.get_session_cookie_age())
        if session is None:
            self._session_key = None  # whoever comes with the key of an ended session gets a new one
        elif session.expire_date < now + idle_time - PROLONGED_EVERY:
            self.modified = True
        return session
