"""Pages of fee items and the versions of their tariffs, with the live example beside the form."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.actions import tariffs as actions
from anju.domains.billing.console.base import BillingList, BillingPages, OfFeeItem
from anju.domains.billing.enums import FeeKind, Method, TariffState, Timing
from anju.domains.billing.filters.charging import FeeItemFilters, TariffFilters
from anju.domains.billing.flow import TARIFF
from anju.domains.billing.forms.charging import FeeItemEditForm, FeeItemForm
from anju.domains.billing.forms.tariffs import TERMS, ExampleForm, TariffForm, TariffTermsForm
from anju.domains.billing.models import FeeItem, Tariff
from anju.domains.billing.rules.parts import parse_tiers
from anju.domains.billing.selectors import tariffs as reads
from anju.domains.billing.selectors.charges import Example, tariff_example
from anju.domains.billing.tables.charging import FeeItemTable, TariffTable, plain, price_text
from anju.foundation.registry.console.base import EstateCreate, EstateEdit, here
from anju.kit.errors import Refusal
from anju.kit.money import to_cents
from anju.kit.pages import DetailPage, Field, Page, PageAction, Related, Section

EXAMPLE_USE = Decimal(10)
"""Metered units per month that an example of a metered tariff takes unless another figure is typed."""


class FeeItemList(BillingList):
    @cached_property
    def in_force(self) -> dict[int, Tariff]:
        """The tariff of today by fee item."""
        return {tariff.fee_item_id: tariff for tariff in reads.tariffs_in_force(self.estate)}


class FeeItemDetail(DetailPage):
    def get_sections(self) -> list[dict[str, Any]]:
        sections = super().get_sections()
        if self.object.kind == FeeKind.LATE_FEE:
            return sections  # what a late fee costs stands in the tariff of the fee that is paid late
        tariff = reads.tariff_in_force(self.object)
        value = price_text(tariff) if tariff else _now("no tariff in force: nothing is billed")
        shown = {"label": _now("Price today"), "value": value, "url": "", "badge": False, "tone": "", "wide": True}
        sections[0]["fields"].append(shown | {"numeric": False})
        return sections


class FeeItemPages(BillingPages):
    model, name, path = FeeItem, "fee_item", "items"
    title, subtitle, icon = _("Fee items"), _("What is charged, and what it costs today."), "receipt-2"
    change_permission = permissions.CHANGE_TARIFFS
    rows = here(reads.fee_items_of_estate)
    table, filters, search, ordering = FeeItemTable, FeeItemFilters, ("code", "name"), ("code",)
    empty_text = _("Add the service fee first, then its tariff. Lighting and water pressure are items of their own.")
    form, edit_form, create, edit = FeeItemForm, FeeItemEditForm, actions.add_fee_item, actions.change_fee_item
    object_argument = "item"
    list_page, detail_page = FeeItemList, FeeItemDetail
    list_actions = (PageAction(_("All tariffs"), "tariff_list", permissions.VIEW, icon="versions"),)
    sections = (Section(_("Fee item"), ("name", "code", Field("kind", tone="brand"), Field("income"), "is_active")),)
    related = (
        Related(
            "tariffs", _("Versions of its tariff"),
            lambda item: item.tariffs.select_related("fee_item").order_by("-version"),
            TariffTable, row_url="tariff_detail", add="tariff_create", add_label=_("New version"),
            add_permission=permissions.CHANGE_TARIFFS, add_query=lambda item: f"fee_item={item.pk}",
            empty_text=_("No tariff yet: nothing can be billed."),
        ),
    )  # fmt: skip


class TariffDetail(DetailPage):
    """One version, with what it makes real units pay."""

    template_name = "billing/tariff.html"

    def get_title(self) -> str:
        return _now("%(item)s, version %(version)s") % {"item": self.object.fee_item, "version": self.object.version}

    def get_subtitle(self) -> str:
        return price_text(self.object)

    def is_draft(self) -> bool:
        return bool(self.object.state == TariffState.DRAFT)

    def get_edit_url(self) -> str:
        return super().get_edit_url() if self.is_draft() else ""

    def get_delete_url(self) -> str:
        return super().get_delete_url() if self.is_draft() else ""

    def get_detail(self) -> dict[str, Any]:
        tariff: Tariff = self.object
        form = ExampleForm(self.request.GET)
        use = (form.cleaned_data.get("example_use") if form.is_valid() else None) or EXAMPLE_USE
        try:
            examples = examples_of(tariff, form, use)
            tiers = parse_tiers(tariff.tiers) if tariff.method == Method.METERED and tariff.tiers else []
        except (Refusal, ValueError):
            examples, tiers = [], []
        return super().get_detail() | {
            "tariff": tariff,
            "own": tariff.state == TariffState.SUBMITTED and tariff.created_by_id == self.access.user.pk,
            "examples": examples,
            "each": each_of(tariff),
            "use": use,
            "tiers": tiers,
        }


class TariffCreate(OfFeeItem, EstateCreate):
    """A new version starts from the terms of the one before."""

    template_name = "billing/tariff_form.html"
    submit_label = _("Save as a draft")
    success = _("The draft is saved. Submit it for approval when it is right.")

    def get_title(self) -> str:
        return _now("New version of a tariff")

    def get_arguments(self) -> dict[str, Any]:
        return {}  # the fee item says which estate it is

    def get_instance(self) -> Any:
        return Tariff(estate=self.estate, tiers=self.before.tiers if self.before else [])

    @cached_property
    def before(self) -> Tariff | None:
        """The latest version of the item in the address."""
        item = self.request.GET.get("fee_item", "")
        rows = reads.tariffs_of_estate(self.estate)
        return rows.filter(fee_item=int(item)).first() if item.isdecimal() and len(item) < 19 else None

    def get_initial(self) -> dict[str, Any]:
        before = self.before
        fresh = ("effective_from", "basis")
        copied = {name: getattr(before, name) for name in TERMS if name not in fresh} if before is not None else {}
        return copied | super().get_initial()

    def get_context(self, **extra: Any) -> dict[str, Any]:
        return super().get_context(example_url=self.url("tariff_example"), **extra)


class TariffEdit(EstateEdit):
    template_name = "billing/tariff_form.html"

    def get_title(self) -> str:
        return _now("Edit: %(object)s") % {"object": self.object}

    def get_context(self, **extra: Any) -> dict[str, Any]:
        return super().get_context(example_url=self.url("tariff_example"), **extra)


class TariffExample(Page):
    """The fragment beside the form: what the terms typed so far make real units pay, or what is wrong with them."""

    permission = permissions.CHANGE_TARIFFS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = TariffTermsForm(request.POST, instance=Tariff(estate=self.estate))
        form.is_valid()
        example = ExampleForm(request.POST)
        example.is_valid()
        tariff = Tariff(estate=self.estate)
        for name in (*TERMS, "tiers"):
            if name in form.cleaned_data:
                setattr(tariff, name, form.cleaned_data[name])
        use = example.cleaned_data.get("example_use") or EXAMPLE_USE
        context: dict[str, Any] = {"tariff": tariff, "use": plain(use), "metered": tariff.method == Method.METERED}
        try:
            reads.check_terms(tariff)
            context["examples"] = examples_of(tariff, example, use)
            context["each"] = each_of(tariff)
        except Refusal as refusal:
            context |= {"refusal": refusal, "marked": _marked(tariff.formula, refusal)}
        except ValueError:
            context["refusal"] = _now("These terms give no amount yet.")
        return render(request, "billing/tariff_example.html", context)


def examples_of(tariff: Tariff, form: ExampleForm, use: Decimal) -> list[Example]:
    """What the units that ``form`` names would pay; nothing for tariffs that have nothing to do with units."""
    if tariff.method in (Method.SPACE, Method.VEHICLE):
        return []
    return [tariff_example(tariff, unit, consumption=use) for unit in form.units()]


def each_of(tariff: Tariff) -> tuple[Decimal, Decimal] | None:
    """What one space or vehicle would pay, per month and per bill; None for other tariffs."""
    if tariff.method not in (Method.SPACE, Method.VEHICLE):
        return None
    per_month = Decimal(tariff.price) + Decimal(tariff.fixed)
    return to_cents(per_month), to_cents(per_month * tariff.cycle_months)


def _marked(text: str, refusal: Refusal) -> tuple[str, str, str] | None:
    """The formula before, at and after the character that is at fault."""
    position = refusal.details.get("position")
    if refusal.code != "bad_formula" or not isinstance(position, int):
        return None
    at = min(max(position - 1, 0), len(text))
    return text[:at], text[at : at + 1] or " ", text[at + 1 :]


class TariffPages(BillingPages):
    model = Tariff
    title, subtitle, icon = _("Tariffs"), _("Every version of every price, and who approved it."), "versions"
    change_permission = permissions.CHANGE_TARIFFS
    rows = here(reads.tariffs_of_estate)
    table, filters, search = TariffTable, TariffFilters, ("fee_item__name", "fee_item__code", "basis")
    ordering = ("fee_item__code", "-version")
    empty_text = _("A tariff says what an item costs from which day on. It holds once a second person has approved it.")
    form, edit_form, flow = TariffForm, TariffTermsForm, TARIFF
    create, edit, delete = actions.draft_tariff, actions.change_tariff, actions.discard_tariff
    create_page, edit_page, detail_page = TariffCreate, TariffEdit, TariffDetail
    sections = (
        Section(
            _("Terms"),
            (
                Field("fee_item", link="billing:fee_item_detail"),
                Field("method"),
                Field(lambda tariff: price_text(tariff), _("Price")),
                "effective_from",
                Field(lambda tariff: tariff.get_cycle_months_display(), _("Months per bill")),
                Field(lambda tariff: Timing(tariff.timing).label, _("Billed")),
                "anchor_month",
                Field("due_days", unit=_("days")),
                Field(lambda tariff: f"{plain(tariff.vacancy_rate * 100)} %", _("Charged when vacant")),
                Field("grace_days", unit=_("days")),
                Field(lambda tariff: f"{plain(tariff.late_daily_rate * 100)} %", _("Late fee per day")),
                Field(lambda tariff: f"{plain(tariff.late_cap * 100)} %", _("Late fee at most")),
                Field("basis", wide=True),
            ),
        ),
    )

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return [path("tariffs/example/", TariffExample.as_view(), name="tariff_example"), *super().urls()]
