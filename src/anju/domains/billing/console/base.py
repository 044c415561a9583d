"""What billing's pages have in common."""

from __future__ import annotations

from typing import ClassVar

from anju.domains.billing import permissions
from anju.kit.pages import ListPage, PageSet


class BillingList(ListPage):
    @property
    def exportable(self) -> bool:  # type: ignore[override]
        """Lists leave the building only with those who hold that right."""
        return self.access.can(permissions.EXPORT)


class BillingPages(PageSet):
    """The pages of one noun of billing; ``rows`` is ``here(selector)`` of a selector that takes the estate."""

    view_permission: ClassVar[str] = permissions.VIEW
    list_page = BillingList
