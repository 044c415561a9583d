"""A resident's messages. Opening one is its delivery, with the time as proof."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anju.engines.messaging.actions import mark_read
from anju.engines.messaging.models import Notice
from anju.engines.messaging.resident.leads import lead_of
from anju.engines.messaging.selectors import inbox, unread_count
from anju.foundation.accounts.resident.base import ResidentPage
from anju.foundation.registry.resident.finding import parties_of
from anju.kit.pages import ObjectPage

SHOWN = 50


def unread(request: HttpRequest) -> int:
    """How many messages the person has not opened: the figure at the tab."""
    parties = parties_of(request.user)  # type: ignore[arg-type]
    return unread_count(parties) if parties else 0


class MessagesPage(ResidentPage):
    title = _("Messages")
    tab = "messages"
    template_name = "messaging/my/messages.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = list(inbox(parties_of(self.access.user)).select_related("estate")[: SHOWN + 1])
        return self.render(notices=rows[:SHOWN], more=len(rows) > SHOWN)


class MessagePage(ResidentPage, ObjectPage):
    title = _("Message")
    tab, back = "messages", "messages"
    template_name = "messaging/my/message.html"
    object: Notice

    def get_rows(self) -> QuerySet[Notice]:
        return inbox(parties_of(self.access.user)).select_related("estate")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mark_read(notice=self.object, by=self.access.user)
        return self.render(notice=self.object, lead=lead_of(self.object))
