"""Pages of people and organisations, and the customer card."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Reverse
from django.db.models.lookups import StartsWith
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry import actions, filters, forms, permissions, selectors, tables
from anju.foundation.registry.cards import customer_card, people_named
from anju.foundation.registry.console.base import EstateCreate, EstateEdit, EstateList, RegistryPages, here
from anju.foundation.registry.models import Party
from anju.foundation.registry.search import SHORTEST_TAIL
from anju.kit import panels
from anju.kit.chinese import normalise
from anju.kit.idcards import mask_phone
from anju.kit.pages import Crumb, Field, ObjectPage, Page, PageAction, Related, Section
from anju.kit.pages.columns import MASKS, masked_html
from anju.kit.searches import begins, by_any


def find_parties(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """By the beginning of name, pinyin, initials, phone or reference, or the end of a phone."""
    text = normalise(text)
    sound = text.lower().replace(" ", "")
    conditions = [
        Q(name__startswith=text),
        Q(pinyin__startswith=sound),
        Q(initials__startswith=sound),
        Q(phone__startswith=text),
        begins("reference", text) & ~Q(reference=""),
    ]
    if text.isdecimal() and len(text) >= SHORTEST_TAIL:
        conditions.append(Q(StartsWith(Reverse("phone"), text[::-1])))
    return by_any(rows, *conditions)


class PartyList(EstateList):
    def get_row_url(self, row: Any) -> str:
        return self.url("party_card", pk=row.pk)


class _ToCard:
    def get_success_url(self, result: Any) -> str:
        return self.url("party_card", pk=result.pk)  # type: ignore[attr-defined]


class PartyCreate(_ToCard, EstateCreate): ...


class PartyEdit(_ToCard, EstateEdit): ...


class PartyPages(RegistryPages):
    model, path = Party, "parties"
    title, icon = _("Customers"), "address-book"
    subtitle = _("Owners, tenants, family members and organisations known to this estate.")
    rows = here(selectors.parties_of_estate)
    table, filters, search = tables.PartyTable, filters.PartyFilters, find_parties
    search_hint, ordering = _("Name, initials, phone or reference"), ("-pk",)
    hidden_columns = ("note",)
    empty_text = _("Import a workbook to bring owners and tenants in at once, or add the first person by hand.")
    list_actions = (PageAction(_("Import"), "import_list", permissions.IMPORT, icon="file-import"),)
    personal = {"phone": "phone", "id_number": "id"}
    form, create, edit = forms.PartyForm, actions.create_party, actions.edit_party
    list_page, create_page, edit_page = PartyList, PartyCreate, PartyEdit
    detail_actions = (
        PageAction(_("Customer card"), "party_card", permissions.VIEW, icon="id", primary=True, with_object=True),
    )
    sections = (
        Section(
            _("Customer data"),
            (
                "name",
                Field("kind", tone=""),
                "phone",
                "id_number",
                "reference",
                "prepayment_agreed",
                Field("user", _("Signs in as")),
                Field("created_at", _("Added")),
                Field("mailing_address", wide=True),
                Field("note", wide=True),
            ),
        ),
    )
    related = (
        Related(
            "homes", _("Lives in or uses"),
            lambda party: party.occupancies.select_related("unit", "party").order_by("-since", "pk"),
            tables.OccupancyTable, row_url="occupancy_detail",
        ),
    )  # fmt: skip

    @classmethod
    def urls(cls) -> list[URLPattern]:
        card = CustomerCardPage.as_view(pages=cls, rows=cls.rows, permission=permissions.VIEW)
        return [
            path("parties/options/", PartyOptions.as_view(permission=permissions.VIEW), name="party_options"),
            *super().urls(),
            path("parties/<int:pk>/card/", card, name="party_card"),
        ]


class CustomerCardPage(ObjectPage):
    """Who this is, what is theirs, and what modules above know of them and can do (slot "registry.party_card")."""

    template_name = "registry/card.html"
    page_actions = (
        PageAction(_("Data and history"), "party_detail", permissions.VIEW, icon="history", with_object=True),
        PageAction(_("Edit"), "party_edit", permissions.CHANGE, icon="pencil", with_object=True),
    )

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(self.pages.title, self.sibling("list"))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        party = self.object
        return self.render(
            card=customer_card(party),
            phone=self.covered("phone", party.phone),
            id_number=self.covered("id_number", party.id_number),
            panels=panels.render("registry.party_card", request, party),
            may_change=self.access.can(permissions.CHANGE),
        )

    def covered(self, name: str, value: str) -> Any:
        """Personal data, covered; with the button that shows it in full and puts that on record."""
        if not value:
            return ""
        url = self.sibling("reveal", pk=self.object.pk) if self.access.can(permissions.REVEAL) else ""
        return masked_html(MASKS[self.pages.personal[name]](value), url, name)


class PartyOptions(Page):
    """Suggestions for a field that names a person, asked for while somebody types."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        text = normalise(str(next(iter(request.GET.values()), "")))[:60]
        people = list(people_named(text)) if text and "#" not in text else []
        options = [
            (forms.party_text(party), " · ".join(filter(None, (mask_phone(party.phone), party.reference))))
            for party in people
        ]
        return render(request, "registry/party_options.html", {"options": options})
