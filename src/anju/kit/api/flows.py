"""The operations of a process, read from its table of transitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from django import forms
from django.db import models
from django.http import HttpRequest
from ninja import Query
from pydantic import Field, create_model

from anju.kit.access import access_of
from anju.kit.api.fields import Choice, Day, Id, Input, MoneyIn
from anju.kit.api.paging import Page, Paging, page_of
from anju.kit.api.problems import InvalidInput, body_fault
from anju.kit.api.routes import Routes, find, here
from anju.kit.flow import Flow, Transition

Rows = Callable[[Any], models.QuerySet[Any]]
Prepare = Callable[[forms.Form, Any], forms.Form]


def add_flow(
    routes: Routes,
    flow: Flow,
    path: str,
    noun: str,
    *,
    rows: Rows,
    response: Any,
    shape: Callable[[Any], Any],
    permission: str,
    prepare: Prepare | None = None,
) -> None:
    """List and detail of the objects of ``flow``, and one POST per transition with the fields of its form.

    ``rows(estate)`` are the objects; ``permission`` is needed to see them, besides a move's own right to make it;
    ``prepare(form, obj)`` narrows the choices of a form.
    """
    in_query: Any = Query  # its type is made here, which a type checker can't follow
    state: Any = Annotated[str, Choice(flow.states)]
    filter_type = create_model(f"{noun.title().replace('_', '')}Filter", __base__=Paging, state=(state | None, None))

    def list_rows(request: HttpRequest, filters: Any) -> Any:
        found = rows(here(request))
        if filters.state:
            found = found.filter(**{flow.field: filters.state})
        return page_of(request, found, filters, shape)

    def get_row(request: HttpRequest, id: Id) -> Any:
        return shape(find(rows(here(request)), id))

    list_rows.__annotations__["filters"] = in_query[filter_type]
    routes.read(path, permission=permission, response=Page[response], name=f"list_{noun}s")(list_rows)
    routes.read(f"{path}/{{int:id}}", permission=permission, response=response, name=f"get_{noun}")(get_row)
    for transition in flow.transitions:
        routes.write(
            f"{path}/{{int:id}}/{transition.name}",
            permission=(permission, transition.permission),
            response=response,
            name=f"{transition.name}_{noun}",
        )(_mover(flow, transition, noun, rows, shape, prepare))


def _mover(
    flow: Flow,
    transition: Transition,
    noun: str,
    rows: Rows,
    shape: Callable[[Any], Any],
    prepare: Prepare | None,
) -> Callable[..., Any]:
    def make(request: HttpRequest, id: int, data: dict[str, Any]) -> Any:
        row = find(rows(here(request)), id)
        values: dict[str, Any] = {}
        if transition.form is not None:
            form = transition.form(data)
            if prepare is not None:
                form = prepare(form, row)
            if not form.is_valid():
                raise InvalidInput(
                    body_fault(name, str(text), "invalid") for name, texts in form.errors.items() for text in texts
                )
            values = form.cleaned_data
        flow.advance(obj=row, transition=transition.name, by=access_of(request).user, **values)
        return shape(find(rows(here(request)), id))

    def move(request: HttpRequest, id: Id) -> Any:
        return make(request, id, {})

    def move_with(request: HttpRequest, id: Id, payload: Any) -> Any:
        return make(request, id, payload.dict(exclude_none=True))

    function = move
    if transition.form is not None:
        move_with.__annotations__["payload"] = _body(transition, noun)
        function = move_with  # type: ignore[assignment]
    function.__doc__ = (
        f"{' or '.join(transition.sources)} → {transition.target}. "
        "Refused with 409 `illegal_transition` when the state has no such move (any more)."
    )
    return function


def _body(transition: Transition, noun: str) -> type[Input]:
    """The fields of a move's form as a body."""
    fields: dict[str, Any] = {}
    for name, field in (transition.form.base_fields if transition.form else {}).items():
        kind = _type(field)
        fields[name] = (kind, ...) if field.required else (kind | None, None)
    return create_model(f"{transition.name.title()}{noun.title().replace('_', '')}In", __base__=Input, **fields)


def _type(field: forms.Field) -> Any:
    if isinstance(field, forms.DateField):
        return Day
    if isinstance(field, forms.ModelChoiceField):
        return Id
    if isinstance(field, forms.DecimalField):
        return MoneyIn
    if isinstance(field, forms.BooleanField):
        return bool
    most = getattr(field, "max_length", None) or 1000
    return Annotated[str, Field(max_length=most, min_length=1 if field.required else 0)]
