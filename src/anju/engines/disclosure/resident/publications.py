"""What residents see of the public log: their own estates' publications, with the same proof as the public page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anju.engines.disclosure import selectors
from anju.engines.disclosure.content import laid_out
from anju.engines.disclosure.models import Publication
from anju.foundation.accounts.resident.base import ResidentPage
from anju.kit.pages import ObjectPage

SHOWN = 60


class PublicationsPage(ResidentPage):
    title = _("Publications")
    tab = "publications"
    template_name = "disclosure/my/publications.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render(publications=list(selectors.publications()[:SHOWN]))


class PublicationPage(ResidentPage, ObjectPage):
    tab, back = "publications", "publications"
    template_name = "disclosure/my/publication.html"
    object: Publication

    def get_rows(self) -> QuerySet[Publication]:
        return selectors.publications().select_related("estate", "corrects")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.render(
            publication=self.object,
            blocks=laid_out(self.object.content),
            corrections=list(self.object.corrections.order_by("sequence")),
            check=selectors.check_seal(self.object),
        )
