"""Pages of a module that exists only for these tests: parts of the register, declared as any module would."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts.enums import Role
from anju.foundation.accounts.permissions import declare
from anju.foundation.registry.enums import ApplicationState, ImportState, PartyKind
from anju.foundation.registry.models import Building, HomeApplication, ImportBatch, Party, Unit
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.flow import FLOWS, Flow, Transition
from anju.kit.pages import (
    AreaColumn,
    BadgeColumn,
    BulkAction,
    ChoiceFilter,
    Column,
    Filters,
    ImportSet,
    LinkColumn,
    MaskedColumn,
    ModelActionForm,
    NumberColumn,
    ObjectFilter,
    PageSet,
    Related,
    Section,
    Table,
    urls_for,
)

VIEW = declare("sample.view", "See samples", Role.DIRECTOR, Role.AUDITOR, Role.CASHIER)
CHANGE = declare("sample.change", "Change samples", Role.DIRECTOR)


@action
def create_building(*, estate: Any, by: Any, **data: Any) -> Building:
    if data["code"] == "13":
        raise Refusal("unlucky", "Nobody would move into building 13.", field="code")
    return Building.objects.create(estate=estate, **data)


@action
def change_building(*, building: Building, by: Any, **data: Any) -> Building:
    for name, value in data.items():
        setattr(building, name, value)
    building.save()
    return building


@action
def delete_building(*, building: Building, by: Any) -> None:
    if building.units.exists():
        raise Refusal("has_units", "The building has units.")
    building.delete()


@action
def renumber(*, rows: list[Building], by: Any, position: int = 0) -> int:
    return Building.objects.filter(pk__in=[row.pk for row in rows]).update(position=position)


class PositionForm(forms.Form):
    position = forms.IntegerField(min_value=1)


class BuildingForm(ModelActionForm):
    class Meta:
        model = Building
        fields = ["phase", "code", "name", "floors"]


class BuildingTable(Table):
    code = Column(verbose_name=_("code"))
    name = Column(verbose_name=_("name"))
    floors = NumberColumn(verbose_name=_("floors"))
    phase = Column(verbose_name=_("phase"), accessor="phase__name", order_by=("phase__name",))


class BuildingFilters(Filters):
    class Meta:
        model = Building
        fields = ["floors"]


class UnitTable(Table):
    code = Column(verbose_name=_("room"))
    building = LinkColumn(verbose_name=_("building"), to="sample:building_detail", of="building")
    exclusive_area = AreaColumn(verbose_name=_("exclusive area (m2)"))
    state = BadgeColumn(verbose_name=_("occupancy"))
    delivery_date = Column(verbose_name=_("delivery date"))


class UnitFilters(Filters):
    building = ObjectFilter(rows=lambda: Building.objects.order_by("code"), label=_("building"))

    class Meta:
        model = Unit
        fields = ["building", "kind", "state"]


class BuildingPages(PageSet):
    model = Building
    title = _("Buildings")
    view_permission, change_permission = VIEW, CHANGE
    rows = lambda: Building.objects.select_related("phase")  # noqa: E731
    table, filters, search, ordering = BuildingTable, BuildingFilters, ("code", "name"), ("position", "code")
    hidden_columns = ("phase",)
    form, create, edit, delete = BuildingForm, create_building, change_building, delete_building
    bulk = (
        BulkAction("renumber", "Renumber", renumber, CHANGE, form=PositionForm),
        BulkAction("reset", "Reset position", renumber, CHANGE),
    )
    sections = (Section(_("Building"), ("code", "name", "floors", "phase")),)
    related = (
        Related(
            "units", _("Units"), lambda building: building.units.order_by("code"), UnitTable, row_url="unit_detail"
        ),
    )


class UnitPages(PageSet):
    model = Unit
    title = _("Units")
    view_permission, change_permission = VIEW, CHANGE
    rows = lambda: Unit.objects.select_related("building")  # noqa: E731
    table, filters, search, ordering = UnitTable, UnitFilters, ("code__startswith", "number__startswith"), ("code",)
    page_size = 10
    sections = (Section(_("Unit"), ("code", "building", "exclusive_area", "state", "delivery_date")),)


class PartyTable(Table):
    name = Column(verbose_name=_("name"))
    phone = MaskedColumn(verbose_name=_("phone"), mask="phone")
    id_number = MaskedColumn(verbose_name=_("ID number"), mask="id")


class PartyFilters(Filters):
    kind = ChoiceFilter(choices=PartyKind.choices, label=_("kind"))

    class Meta:
        model = Party
        fields = ["kind"]


class PartyPages(PageSet):
    model = Party
    path = "people"
    title = _("People")
    view_permission = VIEW
    rows = Party.objects.all
    table, filters, search, ordering = PartyTable, PartyFilters, ("name", "initials__startswith"), ("name",)
    personal = {"phone": "phone", "id_number": "id"}
    sections = (Section(_("Person"), ("name", "kind", "phone", "id_number")),)


class RejectForm(forms.Form):
    reason = forms.CharField()


def _rows() -> models.QuerySet[HomeApplication]:
    return HomeApplication.objects.select_related("unit")


REVIEW = FLOWS.get("sample.review") or Flow(
    "sample.review",
    "Review",
    HomeApplication,
    ApplicationState,
    (
        Transition("approve", "Approve", "pending", "approved", CHANGE),
        Transition("reject", "Reject", "pending", "rejected", CHANGE, form=RejectForm),
    ),
)


class ApplicationTable(Table):
    name = Column(verbose_name=_("name"))


class ApplicationPages(PageSet):
    model = HomeApplication
    name = "application"
    title = "Applications"
    view_permission = VIEW
    rows = _rows
    table = ApplicationTable
    flow = REVIEW
    sections = (Section("Application", ("name", "unit", "state")),)


class SampleImporter:
    """Takes a text file: one building per line, a line without a name is refused."""

    kinds = {"building": "Buildings"}
    layouts = (("own", "Own layout"), ("foreign", "Another program's"))

    def has_template(self, layout: str) -> bool:
        return layout == "own"

    def template(self, layout: str) -> bytes:
        return b"template"

    @staticmethod
    @action
    def receive(*, estate: Any, layout: str, file: Any, by: Any) -> ImportBatch:
        lines = file.read().decode().split()
        if not lines:
            raise Refusal("empty", "The workbook is empty.", field="file")
        problems = [{"sheet": "1", "row": 1, "column": "name", "value": "?", "message": "No name."}] * lines.count("?")
        result = {
            "created": {"building": len(lines) - len(problems)},
            "changed": {},
            "unchanged": {},
            "problems": problems,
        }
        return ImportBatch.objects.create(
            estate=estate, layout=layout, name=file.name, state=ImportState.CHECKED, result=result, by=by
        )

    @staticmethod
    @action
    def apply(*, batch: ImportBatch, good_rows_only: bool, by: Any) -> None:
        if batch.state != ImportState.CHECKED:
            raise Refusal("not_checked", "This has been imported before.")
        batch.state, batch.good_rows_only = ImportState.APPLIED, good_rows_only
        batch.save()

    def refused(self, batch: ImportBatch) -> bytes:
        return b"refused"


class Imports(ImportSet):
    model = ImportBatch
    title = "Imports"
    view_permission, change_permission = VIEW, CHANGE
    rows = lambda: ImportBatch.objects.select_related("job")  # noqa: E731
    importer = SampleImporter()


app_name = "sample"
console = urls_for(BuildingPages, UnitPages, PartyPages, ApplicationPages, Imports)

urlpatterns = [
    path("console/<str:estate>/sample/", include((console, "sample"))),
    path("", include("anju.site.urls")),
]
