"""Figures, and statements up to their publication."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Schema, Status

from anju.domains.billing import permissions
from anju.domains.billing.actions.statements import draft_statement, publish_statement
from anju.domains.billing.enums import StatementKind
from anju.domains.billing.models import Statement
from anju.domains.billing.selectors.figures import Figures, figures
from anju.domains.billing.selectors.statements import statements_of_estate
from anju.kit.access import access_of
from anju.kit.api import Choice, Day, Id, Input, Money, Month, Number, Page, Paging, Routes, find, here, page_of
from anju.kit.periods import Period

figures_routes = Routes()
statements = Routes()


# --- Figures ----------------------------------------------------------------------------------------------------------


class AgeOut(Schema):
    band: str
    label: str
    amount: Money


class FiguresOut(Schema):
    """Amounts in yuan; rates as fractions (0.9650 is 96.5 %), null where nothing was billed or owed."""

    key: str
    name: str
    billed: Money
    collected: Money
    opening_arrears: Money
    arrears_collected: Money
    open: Money
    arrears: Money
    bills: int
    bills_open: int
    collection_rate: Number | None
    recovery_rate: Number | None
    combined_rate: Number | None
    ages: list[AgeOut]


class ReportOut(Schema):
    """`target` is what the collection rate has to reach."""

    on: date
    target: Number
    on_target: bool | None
    total: FiguresOut
    groups: list[FiguresOut]


class FiguresQuery(Schema):
    on: Day | None = None
    by: Literal["building", "item", "month"] | None = None


_SUMS = (
    "key", "name", "billed", "collected", "opening_arrears", "arrears_collected", "open", "arrears", "bills",
    "bills_open", "collection_rate", "recovery_rate", "combined_rate",
)  # fmt: skip


def _figures(row: Figures) -> FiguresOut:
    ages = [AgeOut(band=key, label=label, amount=amount) for key, label, amount, _filter in row.age_rows]
    return FiguresOut(**{name: getattr(row, name) for name in _SUMS}, ages=ages)


@figures_routes.read("/figures", permission=permissions.VIEW_FIGURES, response=ReportOut)
def get_figures(request: HttpRequest, filters: Query[FiguresQuery]) -> ReportOut:
    """Billed, collected, arrears by age and the rates on a day (today), as a whole and broken down."""
    report = figures(here(request), on=filters.on, by=filters.by or "")
    return ReportOut(
        on=report.on,
        target=report.target,
        on_target=report.on_target,
        total=_figures(report.total),
        groups=[_figures(group) for group in report.groups],
    )


# --- Statements -------------------------------------------------------------------------------------------------------


class StatementOut(Schema):
    """`publication_id` is null while it is a draft."""

    id: int
    kind: str
    period: Month
    publication_id: int | None
    created_at: datetime


class StatementDetailOut(StatementOut):
    content: dict[str, Any]


class StatementIn(Input):
    kind: Annotated[str, Choice(StatementKind)]
    period: Month


class StatementFilter(Paging):
    kind: Annotated[str, Choice(StatementKind)] | None = None
    period: Month | None = None


def _values(row: Statement) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "period": Period.of(row.period),
        "publication_id": row.publication_id,
        "created_at": row.created_at,
    }


def _statement(row: Statement) -> StatementOut:
    return StatementOut(**_values(row))


def _detail(row: Statement) -> StatementDetailOut:
    return StatementDetailOut(**_values(row), content=row.content)


@statements.read("/statements", permission=permissions.PREPARE_STATEMENTS, response=Page[StatementOut])
def list_statements(request: HttpRequest, filters: Query[StatementFilter]) -> Page[StatementOut]:
    """Statements, drafts and published ones."""
    found = statements_of_estate(here(request))
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.period is not None:
        found = found.filter(period=filters.period.first)
    return page_of(request, found, filters, _statement)


@statements.read("/statements/{int:id}", permission=permissions.PREPARE_STATEMENTS, response=StatementDetailOut)
def get_statement(request: HttpRequest, id: Id) -> StatementDetailOut:
    """One statement with its figures."""
    return _detail(find(statements_of_estate(here(request)), id))


@statements.write(
    "/statements",
    permission=permissions.PREPARE_STATEMENTS,
    response=StatementDetailOut,
    status=201,
    name="draft_statement",
)
def draft(request: HttpRequest, payload: StatementIn) -> Status[StatementDetailOut]:
    """Draw up a statement from the books as they are now; a draft that is there already is renewed."""
    row = draft_statement(estate=here(request), kind=payload.kind, period=payload.period, by=access_of(request).user)
    return Status(201, _detail(row))


@statements.write(
    "/statements/{int:id}/publish",
    permission=permissions.PUBLISH_STATEMENTS,
    response=StatementOut,
    name="publish_statement",
)
def publish(request: HttpRequest, id: Id) -> StatementOut:
    """Publish a draft for good; one of a month that was published before corrects that publication."""
    rows = statements_of_estate(here(request))
    publish_statement(statement=find(rows, id), by=access_of(request).user)
    return _statement(find(rows, id))
