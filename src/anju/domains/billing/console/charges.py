"""Pages of recurring charges: who is charged what, one by one or for many units at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from anju.domains.billing import permissions
from anju.domains.billing.actions import charges as actions
from anju.domains.billing.console.base import BillingPages, OfFeeItem
from anju.domains.billing.filters.charging import ChargeFilters, find_charges
from anju.domains.billing.forms.charging import ChargeForm, ChargePayerForm, EndChargeForm, ManyChargesForm
from anju.domains.billing.models import RecurringCharge
from anju.domains.billing.selectors import charges as reads
from anju.domains.billing.selectors.bills import OBJECTS
from anju.domains.billing.tables.charging import BillTable, ChargeTable
from anju.foundation.registry.console.base import EstateCreate, WithParties, here
from anju.kit import clock
from anju.kit.pages import ActionPage, Crumb, Field, ObjectActionPage, Page, PageAction, Related, Section


class ChargeCreate(OfFeeItem, EstateCreate):
    title = _("Charge something regularly")

    def get_arguments(self) -> dict[str, Any]:
        return {}  # the fee item says which estate it is

    def get_initial(self) -> dict[str, Any]:
        return {"since": clock.today().replace(day=1)} | super().get_initial()


class EndCharge(ObjectActionPage):
    object_argument = "charge"
    title, form, action = _("Until when it is charged"), EndChargeForm, staticmethod(actions.end_charge)

    def get_initial(self) -> dict[str, Any]:
        return {"until": self.object.until}


class NamePayer(WithParties, ObjectActionPage):
    object_argument = "charge"
    title, form, action = _("Who pays"), ChargePayerForm, staticmethod(actions.name_payer)
    intro = _("Holds for the bills to come. Bills that have been issued stay with who got them.")

    def get_initial(self) -> dict[str, Any]:
        return {"payer": self.object.payer}


class ManyCharges(OfFeeItem, WithParties, ActionPage):
    """One item for every unit that matches; the count beside the form follows what is chosen."""

    permission = permissions.CHANGE_CHARGES
    title = _("Charge many units")
    template_name = "billing/charges_many.html"
    form = ManyChargesForm
    submit_label = _("Charge these units")
    form_columns = 2

    def get_initial(self) -> dict[str, Any]:
        return {"since": clock.today().replace(day=1)} | super().get_initial()

    def perform(self, form: Any) -> int:
        data = {name: form.cleaned_data[name] for name in ("fee_item", "since", "until", "payer")}
        return int(actions.add_charges(units=form.units(), by=self.access.user, **data))

    def get_success_message(self, result: Any) -> str:
        return ngettext("%(count)s charge was added.", "%(count)s charges were added.", result) % {"count": result}

    def get_success_url(self, result: Any) -> str:
        return self.url("charge_list")

    def get_cancel_url(self) -> str:
        return self.url("charge_list")

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(ChargePages.title, self.url("charge_list"))]

    def get_context(self, **extra: Any) -> dict[str, Any]:
        return super().get_context(count_url=self.url("charges_count"), **extra)


class ManyChargesCount(Page):
    """The fragment that says how many units are meant, and how many of them are charged the item already."""

    permission = permissions.CHANGE_CHARGES
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = ManyChargesForm(request.POST)
        form.is_valid()
        units = form.units()
        matching, known = units.count(), 0
        item, since = form.cleaned_data.get("fee_item"), form.cleaned_data.get("since")
        if item is not None and since is not None:
            charged = reads.charged_units(item, since, form.cleaned_data.get("until"))
            known = units.filter(pk__in=charged).count()
        codes = list(units.order_by("code").values_list("code", flat=True)[:12])
        context = {"matching": matching, "known": known, "fresh": matching - known, "codes": codes, "item": item}
        return render(request, "billing/charges_count.html", context)


class ChargePages(BillingPages):
    model, name, path = RecurringCharge, "charge", "charges"
    title, subtitle, icon = _("Recurring charges"), _("Who is charged which fee, from when to when."), "repeat"
    change_permission = permissions.CHANGE_CHARGES
    rows = here(reads.charges_of_estate)
    table, filters, search = ChargeTable, ChargeFilters, find_charges
    search_hint, ordering = _("Room, space or plate"), ("-pk",)
    empty_text = _("Say which units pay which fee. For a whole building it takes one form.")
    form, create, delete = ChargeForm, actions.add_charge, actions.remove_charge
    object_argument = "charge"
    create_page = ChargeCreate
    list_actions = (PageAction(_("Charge many units"), "charges_many", permissions.CHANGE_CHARGES, icon="stack-push"),)
    detail_actions = (
        PageAction(_("Until when"), "charge_end", permissions.CHANGE_CHARGES, icon="calendar-off", with_object=True),
        PageAction(_("Who pays"), "charge_payer", permissions.CHANGE_CHARGES, icon="user-dollar", with_object=True),
    )
    sections = (
        Section(
            _("Recurring charge"),
            (
                Field("fee_item", link="billing:fee_item_detail"),
                Field("unit", link="registry:unit_detail"),
                Field("space", link="registry:space_detail"),
                Field("vehicle", link="registry:vehicle_detail"),
                Field(lambda charge: charge.payer or _now("the owner"), _("Payer")),
                "since",
                "until",
            ),
        ),
    )
    related = (
        Related(
            "bills", _("Bills of this charge"),
            lambda charge: charge.bills.select_related(*OBJECTS).order_by("-since", "-pk"),
            BillTable, row_url="bill_detail", empty_text=_("None yet: the next run that falls due will issue one."),
            without=("thing", "fee_item", "limitation_on"),
        ),
    )  # fmt: skip

    @classmethod
    def urls(cls) -> list[URLPattern]:
        given = {"pages": cls, "rows": cls.rows, "permission": permissions.CHANGE_CHARGES}
        return [
            path("charges/many/", ManyCharges.as_view(), name="charges_many"),
            path("charges/many/count/", ManyChargesCount.as_view(), name="charges_count"),
            *super().urls(),
            path("charges/<int:pk>/end/", EndCharge.as_view(**given), name="charge_end"),
            path("charges/<int:pk>/payer/", NamePayer.as_view(**given), name="charge_payer"),
        ]
