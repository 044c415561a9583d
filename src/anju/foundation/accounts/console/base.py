"""What the pages of this module have in common: they stand below an estate and across estates alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from anju.kit.pages.base import Page


class OfEstates(Page):
    """A page whose ``rows`` is a selector of the estates to show: the one in the address, else all in which the person
    holds the page's right. People and audit entries belong to no single estate, so no scope narrows them by itself."""

    def estate_ids(self) -> Iterable[int]:
        if self.estate is not None:
            return [self.estate.pk]
        return sorted(self.access.estates_with(self.get_permission()))  # type: ignore[attr-defined]

    def rows_of(self, selector: Callable[[Iterable[int]], QuerySet[Any]]) -> QuerySet[Any]:
        return selector(self.estate_ids())

    def get_rows(self) -> QuerySet[Any]:
        return self.rows_of(self.rows)
