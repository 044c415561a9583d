"""The public log in the console: what was published, and publishing in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.engines.disclosure import papers, permissions, selectors
from anju.engines.disclosure.actions import publish_words
from anju.engines.disclosure.content import laid_out
from anju.engines.disclosure.filters import PublicationFilters
from anju.engines.disclosure.forms import NoticeForm
from anju.engines.disclosure.models import Publication
from anju.engines.disclosure.tables import PublicationTable
from anju.foundation.registry.console.base import here
from anju.kit.pages import CreatePage, DetailPage, Field, PageSet, Section
from anju.kit.periods import Period


def _month(publication: Publication) -> str:
    return str(Period.of(publication.period)) if publication.period else ""


class PublicationDetail(DetailPage):
    """A publication as everybody sees it, with its proof; there is nothing to edit."""

    template_name = "disclosure/publication.html"
    history = False

    def get_detail(self) -> dict[str, Any]:
        return super().get_detail() | {
            "publication": self.object,
            "blocks": laid_out(self.object.content),
            "corrections": list(self.object.corrections.order_by("sequence")),
            "check": selectors.check_seal(self.object),
            "qr": papers.public_qr(self.object),
        }


class PublishWords(CreatePage):
    title = _("Publish a notice")
    intro = _("What is published can't be changed or withdrawn, only corrected by a later publication.")
    submit_label = _("Publish")
    success = _("Published.")


class PublicationPages(PageSet):
    model = Publication
    title, icon = _("Publications"), "speakerphone"
    subtitle = _("Everything that was made public, in one chain of seals. Nothing can be changed or removed.")
    view_permission, change_permission = permissions.VIEW, permissions.PUBLISH
    rows = here(selectors.publications_of_estate)
    table, filters, search, ordering = PublicationTable, PublicationFilters, ("title",), ("-sequence",)
    empty_text = _("Nothing has been published yet. Draft a statement, review it, and publish it.")
    create_label = _("Publish a notice")
    form, create = NoticeForm, publish_words
    detail_page, create_page = PublicationDetail, PublishWords
    sections = (
        Section(_("Publication"), ("sequence", "kind", Field("published_at"), Field("by"), Field(_month, _("Month")))),
    )
