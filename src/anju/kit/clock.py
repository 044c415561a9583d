"""Now and today, as people in China read them off the wall."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The moment, aware, in Asia/Shanghai."""
    return timezone.now().astimezone(CHINA)


def today() -> date:
    """The calendar day in Asia/Shanghai, whatever the server's own zone."""
    return now().date()
