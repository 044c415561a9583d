"""Pages of meters and their readings: the round of a month as a grid, or by workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db.models import Q, QuerySet
from django.db.models.functions import Reverse
from django.db.models.lookups import StartsWith
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from anju.domains.billing import permissions
from anju.domains.billing.actions import readings as actions
from anju.domains.billing.actions.readings import NewReading, known_readings
from anju.domains.billing.console.base import BillingPages, OfFeeItem
from anju.domains.billing.filters.charging import MeterFilters
from anju.domains.billing.forms.charging import MeterForm, ReadingsWorkbookForm, metered_items, months_around
from anju.domains.billing.models import FeeItem, Meter
from anju.domains.billing.rules.readings import chain
from anju.domains.billing.selectors import meters as reads
from anju.domains.billing.selectors.meters import RoundLine
from anju.domains.billing.sheets import ReadingsCheck, check_readings, readings_book
from anju.domains.billing.tables.charging import MeterTable, ReadingTable, plain
from anju.foundation.registry.console.base import EstateCreate, here
from anju.foundation.registry.models import Building
from anju.foundation.registry.selectors import units_called
from anju.kit import clock
from anju.kit.chinese import normalise
from anju.kit.errors import Refusal
from anju.kit.pages import (
    ActionPage,
    Crumb,
    DetailPage,
    Field,
    ObjectActionPage,
    Page,
    PageAction,
    Related,
    Section,
    once,
)
from anju.kit.pages.export import CONTENT_TYPE
from anju.kit.periods import Period
from anju.kit.searches import begins, by_any
from anju.kit.sheets import SheetProblem

SHOWN = 200
"""How many readings, and problems, the preview of a workbook shows."""
_SALT = "anju.billing.readings"
_VALID_FOR = 3600
"""Seconds for which a previewed workbook can be entered: after that the readings before it may be others."""


class MeterCreate(OfFeeItem, EstateCreate):
    missing = (_("No fee item has a metered tariff yet."), _("Add a tariff"), "tariff_create")

    def get_arguments(self) -> dict[str, Any]:
        return {}  # the fee item says which estate it is


class MeterDetail(DetailPage):
    def get_title(self) -> str:
        return _now("Meter %(code)s") % {"code": self.object.code}

    def get_actions(self) -> list[dict[str, Any]]:
        found = super().get_actions()
        for button in found:
            if button["url"] == self.url("meter_retire", pk=self.object.pk) and not self.object.is_active:
                button["label"] = _now("Take back into use")
        return found


class RetireMeter(ObjectActionPage):
    """Takes a meter out of use, or back into it."""

    def get_title(self) -> str:
        return _now("Take out of use") if self.object.is_active else _now("Take back into use")

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        self.intro = (
            _now("Its readings stay. A charge of its unit can't be billed by consumption without a meter in use.")
            if self.object.is_active
            else ""
        )
        self.submit_label = self.get_title()
        return super().show(form, status)

    def perform(self, form: Any) -> Any:
        return actions.retire_meter(meter=self.object, active=not self.object.is_active, by=self.access.user)


class RoundPage(Page):
    """The round of a month: every meter of a building with what it showed before and a field for what it shows now."""

    permission = permissions.READ_METERS
    title = _("Meter readings")
    subtitle = _("Enter leads from one meter to the next. What is empty stays unread.")
    template_name = "billing/round.html"

    def prepare(self) -> None:
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        months = months_around(ahead=1)
        asked = given.get("period", "")
        self.period = Period.parse(asked if asked in months else str(Period.of(clock.today())))
        self.month_choices = months
        self.items = list(metered_items())
        self.buildings = list(reads.buildings_with_meters(self.estate))
        self.item: FeeItem | None = _chosen(self.items, given.get("item", ""))
        self.building: Building | None = _chosen(self.buildings, given.get("building", ""))

    def lines(self) -> list[RoundLine]:
        return reads.round_of(self.estate, self.period, item=self.item, building=self.building)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(self.lines())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        lines = self.lines()
        known = known_readings(self.estate, self.period, [line.meter.pk for line in lines])
        readings = []
        for line in lines:
            line.entered = normalise(request.POST.get(f"value_{line.meter.pk}", ""))
            line.replaced = normalise(request.POST.get(f"previous_{line.meter.pk}", ""))
            if not line.entered:
                continue
            try:
                value, previous = _figure(line.entered), _figure(line.replaced) if line.replaced else None
                chain(known[line.meter.pk], value, previous)
                readings.append(NewReading(line.meter.pk, value, previous))
            except Refusal as refusal:
                line.error = str(refusal)
            except InvalidOperation:
                line.error = _now("Enter a number.")
        wrong = sum(bool(line.error) for line in lines)
        if wrong:
            return self.show(lines, wrong=wrong, status=422)
        try:
            return once.answer(request, lambda: self.finish(readings))
        except Refusal as refusal:
            return self.show(lines, refusal=refusal, status=422)

    def finish(self, readings: Sequence[NewReading]) -> str:
        written = actions.record_readings(
            estate=self.estate, period=self.period, readings=readings, by=self.access.user
        )
        messages.success(self.request, told(written))
        return f"{self.request.path}?{self.query()}"

    def query(self) -> str:
        item, building = self.item, self.building
        return f"period={self.period}&item={item.pk if item else ''}&building={building.pk if building else ''}"

    def show(self, lines: list[RoundLine], status: int = 200, **more: Any) -> HttpResponse:
        return self.render(
            status=status,
            lines=lines,
            done=sum(line.present is not None for line in lines),
            once=once.token(self.request),
            pages_of_meters=self.url("meter_list"),
            workbook_url=f"{self.url('readings_workbook')}?period={self.period}",
            upload_url=self.url("readings_upload"),
            **more,
        )

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(MeterPages.title, self.url("meter_list"))]


class WorkbookPage(Page):
    """The workbook of a round, to be filled in on the way and brought back."""

    permission = permissions.READ_METERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            period = Period.parse(request.GET.get("period", ""))
        except Refusal:
            period = Period.of(clock.today())
        name = _now("Meter readings %(period)s") % {"period": period}
        response = HttpResponse(readings_book(self.estate, period), content_type=CONTENT_TYPE)
        response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or ""
        return response


class UploadPage(ActionPage):
    """Takes a filled-in workbook, shows what it would enter, and enters it after a yes.

    Between the two steps the readings travel in the page, signed: what is entered is what was shown.
    """

    permission = permissions.READ_METERS
    title = _("Upload meter readings")
    form = ReadingsWorkbookForm
    submit_label = _("Upload and check")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "sealed" in request.POST:
            return self.enter(request)
        form = self.get_form()
        if not form.is_valid():
            return self.show(form, status=422)
        file, period = form.cleaned_data["file"], form.cleaned_data["period"]
        try:
            check = check_readings(self.estate, period, file, filename=file.name)
        except SheetProblem as problem:
            form.add_error("file", str(problem))
            return self.show(form, status=422)
        return self.preview(period, check)

    def preview(self, period: Period, check: ReadingsCheck) -> HttpResponse:
        rows = zip(check.rows, check.readings, strict=True)
        sealed = [
            [reading.meter, str(reading.value), None if reading.previous is None else str(reading.previous),
             None if reading.read_on is None else reading.read_on.isoformat()]
            for reading in check.readings
        ]  # fmt: skip
        return self.render(
            template="billing/readings_preview.html",
            period=period,
            rows=[(row, reading) for row, reading in rows][:SHOWN],
            count=len(check.readings),
            problems=check.problems[:SHOWN],
            problem_count=len(check.problems),
            sealed=signing.dumps([self.estate.pk, str(period), sealed], salt=_SALT, compress=True),
            once=once.token(self.request),
            again_url=self.request.path,
        )

    def enter(self, request: HttpRequest) -> HttpResponseBase:
        try:
            estate, month, sealed = signing.loads(request.POST["sealed"], salt=_SALT, max_age=_VALID_FOR)
        except signing.BadSignature:
            estate, month, sealed = None, "", []
        if estate != self.estate.pk:
            messages.error(request, _now("This preview is too old. Upload the workbook again; nothing was entered."))
            return HttpResponseRedirect(request.path)
        period = Period.parse(month)
        readings = [
            NewReading(
                meter,
                Decimal(value),
                None if previous is None else Decimal(previous),
                None if read_on is None else date.fromisoformat(read_on),
            )
            for meter, value, previous, read_on in sealed
        ]
        try:
            return once.answer(request, lambda: self.done(period, readings))
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)

    def done(self, period: Period, readings: Sequence[NewReading]) -> str:
        written = actions.record_readings(estate=self.estate, period=period, readings=readings, by=self.access.user)
        messages.success(self.request, told(written))
        return f"{self.url('reading_round')}?period={period}"

    def get_cancel_url(self) -> str:
        return self.url("reading_round")

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(RoundPage.title, self.url("reading_round"))]


def told(written: int) -> str:
    if not written:
        return _now("Nothing was new: every reading was there already.")
    return ngettext("%(count)s reading was entered.", "%(count)s readings were entered.", written) % {"count": written}


def _figure(text: str) -> Decimal:
    """A reading as people type it; raises InvalidOperation."""
    number = Decimal(text.replace(",", "").replace("。", "."))
    if not number.is_finite() or number < 0 or number >= 10**9 or number != round(number, 3):
        raise InvalidOperation
    return number


def _chosen(rows: Sequence[Any], key: str) -> Any:
    """The row with this key, the first one for no key; None for no rows."""
    return next((row for row in rows if str(row.pk) == key), rows[0] if rows else None)


def find_meters(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """By the beginning or the end of the meter's number, or by room."""
    text = normalise(text)
    return by_any(
        rows,
        begins("code", text),
        Q(StartsWith(Reverse("code"), text[::-1])),
        Q(unit__in=units_called(text)),
    )


class MeterPages(BillingPages):
    model = Meter
    title, subtitle, icon = _("Meters"), _("Water, power and heat meters of the units."), "gauge"
    change_permission = permissions.CHANGE_CHARGES
    rows = here(reads.meters_of_estate)
    table, filters, search = MeterTable, MeterFilters, find_meters
    search_hint, ordering = _("Meter number or room"), ("unit__code", "code")
    empty_text = _("Add the meter of each unit; the readings of a month are then entered in one go.")
    form, create = MeterForm, actions.add_meter
    create_page, detail_page = MeterCreate, MeterDetail
    list_actions = (
        PageAction(_("Enter readings"), "reading_round", permissions.READ_METERS, icon="list-numbers"),
        PageAction(_("Upload readings"), "readings_upload", permissions.READ_METERS, icon="upload"),
    )
    detail_actions = (
        PageAction(_("Take out of use"), "meter_retire", permissions.CHANGE_CHARGES, icon="power", with_object=True),
    )
    sections = (
        Section(
            _("Meter"),
            (
                "code",
                Field("unit", link="registry:unit_detail"),
                Field("fee_item", link="billing:fee_item_detail"),
                Field(lambda meter: plain(meter.multiplier), _("Multiplier")),
                "is_active",
            ),
        ),
    )
    related = (
        Related("readings", _("Readings"), reads.readings_of_meter, ReadingTable, empty_text=_("Not read yet.")),
    )

    @classmethod
    def urls(cls) -> list[URLPattern]:
        retire = RetireMeter.as_view(pages=cls, rows=cls.rows, permission=permissions.CHANGE_CHARGES)
        return [
            *super().urls(),
            path("meters/<int:pk>/use/", retire, name="meter_retire"),
            path("readings/", RoundPage.as_view(), name="reading_round"),
            path("readings/workbook/", WorkbookPage.as_view(), name="readings_workbook"),
            path("readings/upload/", UploadPage.as_view(), name="readings_upload"),
        ]
