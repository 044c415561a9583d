"""What billing's pages have in common."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.enums import ReviewState
from anju.kit.pages import DetailPage, ListPage, PageSet


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


class BillingPages(PageSet):
    """The pages of one noun of billing; ``rows`` is ``here(selector)`` of a selector that takes the estate."""

    view_permission: ClassVar[str] = permissions.VIEW
    list_page = BillingList
