"""Where a resident starts: what is owed with one button, messages, publications; without a home, how to get one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.selectors.resident import owing
from anju.engines.disclosure.selectors import publications
from anju.engines.messaging.selectors import unread
from anju.foundation.accounts.resident.base import ResidentPage
from anju.foundation.registry.resident.finding import applications_of, estates_by_phone, homes_of, parties_of
from anju.kit.money import ZERO

PUBLICATIONS_SHOWN = 3
MESSAGES_SHOWN = 3


class ResidentHome(ResidentPage):
    title = _("First page")
    tab = "home"
    template_name = "site/my_home.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = self.access.user
        parties = parties_of(user)
        if not parties:
            return self.render(
                bound=False,
                matches=estates_by_phone(user),
                applications=[one for one in applications_of(user) if one.state != "approved"],
            )
        found = owing(user)
        return self.render(
            bound=True,
            homes=homes_of(user),
            total=sum((one.total for one in found), ZERO),
            bills=sum(len(one.lines) for one in found),
            overdue=sum(one.overdue for one in found),
            waiting=sum(len(one.waiting) for one in found),
            notices=list(unread(parties)[:MESSAGES_SHOWN]),
            publications=list(publications()[:PUBLICATIONS_SHOWN]),
        )
