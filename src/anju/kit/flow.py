"""A process as one table of transitions; buttons, forms, rights, API, timeline and diagrams are read from it.

A module declares in its ``flow.py``::

    CANCELLATION = Flow(
        "billing.receipt_cancellation", _("Receipt cancellation"), ReceiptCancellation, CancellationState,
        (approval("requested", permission="billing.approve_cancellation", guard=…, effect=cancel_receipt),
         rejection("requested", permission="billing.approve_cancellation"),
         Transition("withdraw", _("Withdraw"), source="requested", target="withdrawn", permission=…)))

and moves an object with ``CANCELLATION.advance(obj=…, transition="approve", by=user, note="…")``. The database
holds the same table as a trigger (:func:`moves`), so a state can't be changed past it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import datetime, timedelta
from typing import Any

import pgtrigger
from django import forms
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.kit import clock
from anju.kit.access import Access
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.models import FlowStep

Guard = Callable[..., None]
Effect = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed move.

    ``guard(obj=, by=, **data)`` raises Refusal when the move may not happen now; ``effect(obj=, by=, **data)`` does
    what the move means, in the same transaction; ``time_limit`` is how long the *target* state may last.
    """

    name: str
    label: str | Promise
    source: str | tuple[str, ...]
    target: str
    permission: str
    guard: Guard | None = None
    form: type[forms.Form] | None = None
    effect: Effect | None = None
    time_limit: timedelta | None = None
    tone: str = "primary"
    icon: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else self.source


class ReasonForm(forms.Form):
    """Why something is turned down."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("The applicant reads this.")
    )


def approval(source: str, *, permission: str, **terms: Any) -> Transition:
    """The yes that a request waits for; ``terms`` are further ones of the transition (guard, form, effect)."""
    label = gettext_lazy("Approve")
    return Transition(
        "approve", label, source, "approved", permission=permission, tone="success", icon="check", **terms
    )


def rejection(source: str, *, permission: str, **terms: Any) -> Transition:
    """The no that a request may get, with its reason; ``terms`` as for :func:`approval`."""
    label = gettext_lazy("Reject")
    return Transition(
        "reject", label, source, "rejected", permission=permission, form=ReasonForm, tone="danger", icon="x", **terms
    )


@dataclass(slots=True)
class Flow:
    """A process over the ``state`` column of ``model``."""

    name: str
    label: str | Promise
    model: type[models.Model]
    states: type[models.TextChoices]
    transitions: tuple[Transition, ...]
    field: str = "state"
    _by_name: dict[str, Transition] = attribute(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._by_name = {transition.name: transition for transition in self.transitions}
        known = set(self.states.values)
        for transition in self.transitions:
            unknown = {transition.target, *transition.sources} - known
            if unknown:
                raise ValueError(f"{self.name}: unknown states {sorted(unknown)}")
        if self.name in FLOWS and FLOWS[self.name].model is not self.model:
            raise ValueError(f"flow {self.name} is declared twice")
        FLOWS[self.name] = self

    def transition(self, name: str) -> Transition:
        """Raises LookupError for a name the table does not hold."""
        return self._by_name[name]

    def available(self, obj: models.Model, access: Access) -> list[Transition]:
        """The moves that this person may make with ``obj`` now: its buttons."""
        return [
            transition
            for transition in self.transitions
            if getattr(obj, self.field) in transition.sources
            and access.can(transition.permission)
            and self._allowed(transition, obj, access.user)
        ]

    def _allowed(self, transition: Transition, obj: models.Model, user: Any) -> bool:
        """Whether the guard would let the move pass; a guard that needs the form's data is asked again with it."""
        if transition.guard is None:
            return True
        try:
            transition.guard(obj=obj, by=user)
        except Refusal:
            return False
        return True

    def advance(self, *, obj: models.Model, transition: str, by: Any, **data: Any) -> models.Model:
        """Make one move under a row lock and return the fresh object.

        Raises Refusal ``illegal_transition`` when the state has no such move (any more), or what the guard raises.
        """
        return _advance(flow=self, obj=obj, transition=self.transition(transition), by=by, data=data)

    def steps(self, obj: models.Model) -> models.QuerySet[FlowStep]:
        """The timeline of ``obj``, oldest first."""
        return FlowStep.objects.filter(flow=self.name, object_id=obj.pk).select_related("by").order_by("pk")

    def diagram(self) -> str:
        """The table as a Mermaid state diagram, for the handbook."""
        lines = ["stateDiagram-v2"]
        for transition in self.transitions:
            lines += [f"    {source} --> {transition.target}: {transition.name}" for source in transition.sources]
        return "\n".join(lines)


FLOWS: dict[str, Flow] = {}


@action
def _advance(*, flow: Flow, obj: models.Model, transition: Transition, by: Any, data: dict[str, Any]) -> models.Model:
    fresh = type(obj)._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    source = getattr(fresh, flow.field)
    if source not in transition.sources:
        raise Refusal(
            "illegal_transition",
            _("“%(move)s” is not possible any more: the state is now “%(state)s”. Reload the page to see why.")
            % {"move": transition.label, "state": flow.states(source).label},
        )
    if transition.guard is not None:
        transition.guard(obj=fresh, by=by, **data)
    setattr(fresh, flow.field, transition.target)
    fresh.save(update_fields=[flow.field])
    if transition.effect is not None:
        transition.effect(obj=fresh, by=by, **data)
    limit = clock.now() + transition.time_limit if transition.time_limit else None
    _record(flow.name, fresh, transition.name, source, transition.target, by, data, due_at=limit)
    return fresh


def enter(flow: str, *, obj: models.Model, by: Any, field: str = "state", **data: Any) -> None:
    """Record that ``obj`` has entered the flow called ``flow`` in its present state.

    Called by the action that creates the object; by name, because a flow's table stands above the actions it names.
    """
    _record(flow, obj, "start", "", getattr(obj, field), by, data)


def _record(
    flow: str,
    obj: models.Model,
    transition: str,
    source: str,
    target: str,
    by: Any,
    data: dict[str, Any],
    *,
    due_at: datetime | None = None,
) -> None:
    FlowStep.objects.create(
        flow=flow,
        object_id=obj.pk,
        estate_id=getattr(obj, "estate_id", None),
        transition=transition,
        source=source,
        target=target,
        by=by,
        data={key: _plain(value) for key, value in data.items()},
        due_at=due_at,
    )


def moves(*pairs: str, field: str = "state") -> Callable[[type[models.Model]], type[models.Model]]:
    """Model decorator: the database accepts only these changes of ``field``, each written ``"source>target"``.

    A contract test proves that the pairs are exactly those of the model's flow.
    """
    transitions = [(source, target) for source, _gt, target in (pair.partition(">") for pair in pairs)]
    return pgtrigger.register(pgtrigger.FSM(name=f"moves_{field}", field=field, transitions=transitions))


def pairs_of(flow: Flow) -> Iterator[tuple[str, str]]:
    """Every (source, target) of ``flow``."""
    for transition in flow.transitions:
        for source in transition.sources:
            yield source, transition.target


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
