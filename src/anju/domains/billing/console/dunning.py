"""Arrears and how they are demanded: who owes, which stage, preview, letters, and the proof that they arrived."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import papers, permissions
from anju.domains.billing.actions.dunning import record_delivery, start_dunning
from anju.domains.billing.console.base import BillingList, BillingPages
from anju.domains.billing.console.receipts import pdf_response
from anju.domains.billing.enums import DunningStage
from anju.domains.billing.filters import collecting as filters
from anju.domains.billing.forms.collecting import DeliveryForm, DunningForm
from anju.domains.billing.models import Demand
from anju.domains.billing.rules.dunning import NO_CUT_OFF, STAGES, stage_before
from anju.domains.billing.selectors import dunning as reads
from anju.domains.billing.selectors.dunning import Debtor, debtors, overdue_bills
from anju.domains.billing.tables import collecting as tables
from anju.foundation.registry.console.base import here
from anju.foundation.registry.console.parties import find_parties
from anju.foundation.registry.models import Estate, Party
from anju.foundation.registry.selectors import parties_called
from anju.kit import clock
from anju.kit.chinese import normalise
from anju.kit.money import ZERO
from anju.kit.pages import (
    ActionPage,
    BulkAction,
    Crumb,
    DetailPage,
    Field,
    ObjectActionPage,
    ObjectPage,
    PageAction,
    Related,
    Section,
    keyset,
)
from anju.kit.pages.columns import Table
from anju.kit.searches import by_any

LETTERS_AT_ONCE = 500
SHOWN = 100
MOST_TICKED = 300


def payers_in_arrears(estate: Estate) -> QuerySet[Party]:
    """Payers with overdue bills, each with ``owed`` yuan and the ``oldest`` due date."""
    today = clock.today()
    mine = overdue_bills(estate, today).filter(payer=OuterRef("pk"))
    of_payer = mine.order_by().values("payer")
    return Party.objects.filter(Exists(mine), estate=estate).annotate(
        owed=Subquery(of_payer.annotate(sum=Sum(F("amount") - F("settled"))).values("sum")),
        oldest=Subquery(of_payer.annotate(first=Min("due_on")).values("first")),
    )


def nobody(*, rows: Sequence[Any], by: Any) -> int:
    """Ticking alone demands nothing: :meth:`ArrearsList.run_bulk` leads to the preview."""
    return 0


class ArrearsList(BillingList):
    """Who owes since when, what was demanded, and what may follow."""

    permission = permissions.VIEW
    template_name = "billing/arrears.html"
    title, icon = _("Arrears"), "alarm"
    subtitle = _("Payers with overdue bills. Tick whom you want to demand payment from.")
    rows = staticmethod(here(payers_in_arrears))
    table, filters = tables.ArrearsTable, filters.ArrearsFilters
    search, search_hint, ordering = staticmethod(find_parties), _("Name, initials or phone"), ("pk",)
    empty_title = _("Nobody is in arrears")
    empty_text = _("As soon as a bill is overdue, its payer stands here.")
    page_actions = (
        PageAction(_("Demands issued"), "demand_list", permissions.VIEW, icon="mail"),
        PageAction(_("Demand payment"), "dunning", permissions.DUN, icon="mail-forward", primary=True),
    )
    bulk = (BulkAction("demand", _("Demand payment"), nobody, permissions.DUN, icon="mail-forward"),)
    no_cut_off = NO_CUT_OFF

    def make_table(self, rows: Sequence[Any], *, every: bool = False) -> Table:
        """Each row with its ``debtor``, read for all rows of the page at once."""
        if rows:
            today = clock.today()
            known = {one.party.pk: one for one in debtors(self.estate, today, payers=[row.pk for row in rows])}
            for row in rows:
                row.debtor = known.get(row.pk)
        return super().make_table(rows, every=every)

    def count(self) -> tuple[int, bool]:
        """Without a search by the index of open bills alone: one walk, however many people the estate knows."""
        if self.parameters.get("q", "").strip():
            return super().count()
        return keyset.capped_count(self.filterset.claims(), of="payer")  # type: ignore[union-attr]

    def get_row_url(self, row: Any) -> str:
        return self.url("party_ledger", pk=row.pk)

    def run_bulk(self, name: str) -> HttpResponse:
        """Lead to the preview: for the payers that were ticked, or for all that the filters leave."""
        picked = self.get_picked() if name == "demand" and self.access.can(permissions.DUN) else []
        if not picked:
            return super().run_bulk(name)
        preview = self.url("dunning")
        if self.request.POST.get("everything") and not self.parameters.get("q"):
            return HttpResponseRedirect(f"{preview}?{self.narrowing()}")
        if len(picked) > MOST_TICKED:
            messages.error(self.request, _("These are too many to name one by one. Use the filters instead."))
            return HttpResponseRedirect(f"{self.request.path}?{self.parameters.urlencode()}")
        return HttpResponseRedirect(f"{preview}?{'&'.join(f'payers={row.pk}' for row in picked)}")


class DunningPage(ActionPage):
    """Choose a stage and whom, look at what would be sent, then send."""

    permission = permissions.DUN
    template_name = "billing/dunning.html"
    title = _("Demand payment")
    form = DunningForm
    submit_label = _("Issue these demands")
    no_cut_off = NO_CUT_OFF

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(ArrearsList.title, self.url("arrears"))]

    def get_form(self) -> Any:
        data = self.request.POST if self.request.method == "POST" else self.request.GET.copy()
        if self.request.method != "POST":
            data.setdefault("stage", DunningStage.NOTICE)
        return self.form(data)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.get_form()
        return self.show(form, status=200 if form.is_valid() else 422)

    def get_choice(self, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "building": data["building"].pk if data["building"] else None,
            "item": data["item"].pk if data["item"] else None,
            "overdue_days": int(data["days"] or 0),
            "payers": data["payers"] or None,
        }

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return start_dunning(estate=self.estate, stage=data["stage"], by=self.access.user, **self.get_choice(data))

    def get_success_message(self, result: Any) -> str:
        return ""

    def get_success_url(self, result: Any) -> str:
        return self.url("kit:job", result.pk)

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        due: list[Debtor] = []
        waiting: list[Debtor] = []
        stage = DunningStage.NOTICE
        if form.is_valid():
            today = clock.today()
            stage = DunningStage(form.cleaned_data["stage"])
            for one in debtors(self.estate, today, **self.get_choice(form.cleaned_data)):
                done_today = one.last_stage == stage and one.last_issued == today
                ready = STAGES.index(one.next_stage) >= STAGES.index(stage) and not done_today
                (due if ready else waiting).append(one)
        self.due, self.waiting, self.stage = due[:SHOWN], waiting, stage
        self.due_count, self.before = len(due), stage_before(stage)
        self.waits = reads.waits(self.estate)
        self.principal = sum((one.principal for one in due), ZERO)
        self.late_fee = sum((one.late_fee for one in due), ZERO)
        self.hidden = [("payers", key) for key in (form.data.getlist("payers") if form.is_bound else ())]
        return super().show(form, status)


class DemandDetail(DetailPage):
    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(ArrearsList.title, self.url("arrears")), Crumb(self.pages.title, self.sibling("list"))]

    def get_title(self) -> Any:
        return _("%(stage)s to %(payer)s") % {"stage": self.object.get_stage_display(), "payer": self.object.payer}


class RecordDelivery(ObjectActionPage):
    title = _("Record a delivery")
    form = DeliveryForm
    intro = _("With the proven arrival the limitation of each bill demanded starts anew (Civil Code 188 and 195).")
    success = _("The delivery is on record; the claims lapse later now.")

    def get_initial(self) -> dict[str, Any]:
        return {"delivered_at": clock.now().astimezone(clock.CHINA)}


class DemandPdf(ObjectPage):
    """One letter."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return pdf_response(papers.demands_pdf([self.object]), f"demand-{self.object.pk}.pdf")


class DemandList(BillingList):
    """The demands issued; ``letters.pdf`` with the same filters prints them in one document."""

    def get_actions(self) -> list[dict[str, Any]]:
        letters = f"{self.url('demand_letters')}?{self.narrowing()}"
        return [
            *super().get_actions(),
            {"label": _("Letters as one PDF"), "url": letters, "icon": "printer", "primary": False},
        ]


class DemandLetters(DemandList):
    """The letters of the list, at most :data:`LETTERS_AT_ONCE`, each on a page of its own."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = list(self.matching.order_by("-pk")[:LETTERS_AT_ONCE])
        if not found:
            messages.warning(request, _("There is no demand to print."))
            return HttpResponseRedirect(self.url("demand_list"))
        return pdf_response(papers.demands_pdf(found[::-1]), f"demands-{clock.today().isoformat()}.pdf")


def find_demands(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    return by_any(rows, Q(payer__in=parties_called(normalise(text))))


class DemandPages(BillingPages):
    model = Demand
    title, icon = _("Demands"), "mail"
    subtitle = _("Notices, letters and lawyer's letters, and whether their arrival is proven.")
    rows = here(reads.demands)
    table, filters = tables.DemandTable, filters.DemandFilters
    search, search_hint, ordering = find_demands, _("Payer"), ("-pk",)
    empty_text = _("Choose payers under “Arrears” to demand payment from them.")
    list_actions = (PageAction(_("Arrears"), "arrears", permissions.VIEW, icon="alarm"),)
    list_page, detail_page = DemandList, DemandDetail
    detail_actions = (
        PageAction(_("Record a delivery"), "demand_deliver", permissions.DUN, icon="mail-check", primary=True,
                   with_object=True),
        PageAction(_("Letter"), "demand_pdf", permissions.VIEW, icon="printer", with_object=True),
    )  # fmt: skip
    sections = (
        Section(
            _("Demand"),
            (
                Field("payer", link="registry:party_card"),
                Field("stage", tone="info"),
                "issued_on",
                "pay_by",
                "principal",
                "late_fee",
                Field("by", _("Issued by")),
                Field("notice__body", _("Text"), wide=True),
            ),
        ),
    )
    related = (
        Related("lines", _("Bills demanded"), reads.lines_of, tables.DemandLineTable),
        Related(
            "deliveries",
            _("Delivery and its proof"),
            lambda demand: demand.notice.deliveries.select_related("by").order_by("pk"),
            tables.DeliveryTable,
        ),
    )

    @classmethod
    def urls(cls) -> list[URLPattern]:
        given = {"pages": cls, "rows": cls.rows}
        deliver = RecordDelivery.as_view(permission=permissions.DUN, action=record_delivery, **given)
        letters = DemandLetters.as_view(
            permission=permissions.VIEW, filters=cls.filters, search=cls.search, table=cls.table, **given
        )
        return [
            path("demands/letters.pdf", letters, name="demand_letters"),
            *super().urls(),
            path("demands/<int:pk>/letter.pdf", DemandPdf.as_view(permission=permissions.VIEW, **given),
                 name="demand_pdf"),
            path("demands/<int:pk>/deliver/", deliver, name="demand_deliver"),
            path("arrears/", ArrearsList.as_view(), name="arrears"),
            path("arrears/demand/", DunningPage.as_view(), name="dunning"),
        ]  # fmt: skip
