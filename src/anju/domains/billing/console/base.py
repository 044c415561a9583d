"""What billing's pages have in common."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.enums import ReviewState
from anju.kit import clock
from anju.kit.pages import DetailPage, ListPage, Page, PageSet

YEARS = range(2018, 2100)
"""The years that a day in an address may lie in: before them no rule for late fees is on record."""


def asked_day(text: str) -> date:
    """The day that ``text`` names, today for one that is no day or lies in no year that anybody could mean."""
    try:
        asked = parse_date(text)
    except ValueError:
        asked = None
    return asked if asked is not None and asked.year in YEARS else clock.today()


class BillingList(ListPage):
    @property
    def exportable(self) -> bool:  # type: ignore[override]
        """Lists leave the building only with those who hold that right."""
        return self.access.can(permissions.EXPORT)


class RequestDetail(DetailPage):
    """Something that one person asks for and another decides; whoever asked is told why they can't."""

    def get_subtitle(self) -> Any:
        waits = self.object.state == ReviewState.REQUESTED
        if waits and self.object.requested_by_id == self.access.user.pk:
            return _("You asked for this yourself: somebody else has to decide.")
        return super().get_subtitle()


class OfFeeItem(Page):
    """A form that begins with the choice of a fee item; in an estate that has none, it says where to begin instead."""

    missing: ClassVar[tuple[Any, Any, str]] = (_("There is no fee item yet."), _("Add a fee item"), "fee_item_create")
    """What is said where there is nothing to choose from, and the name and the address of the page that mends it."""

    def get_form(self) -> Any:
        form = super().get_form()  # type: ignore[misc]
        field = form.fields.get("fee_item")
        if field is not None and not field.queryset.exists():
            said, label, name = self.missing
            field.help_text = format_html('{} <a href="{}">{}</a>', said, self.url(name), label)
        return form


class BillingPages(PageSet):
    """The pages of one noun of billing; ``rows`` is ``here(selector)`` of a selector that takes the estate."""

    view_permission: ClassVar[str] = permissions.VIEW
    list_page = BillingList
