"""Where a person starts: ``/`` by role, ``/console/`` across estates, ``/console/<estate>/`` in one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anju.engines.disclosure import permissions as disclosure
from anju.engines.disclosure.models import Publication
from anju.engines.disclosure.selectors import publications
from anju.engines.ledger import permissions as ledger
from anju.engines.ledger.selectors import last_audit
from anju.foundation.accounts.permissions import RESIDENTS
from anju.foundation.registry import hooks
from anju.foundation.registry import permissions as registry
from anju.foundation.registry.models import Estate, Unit
from anju.kit import clock, panels
from anju.kit.flow import FLOWS, Flow
from anju.kit.models import FlowStep, Job, JobState
from anju.kit.pages import SIGNED_IN, Page

WORK_SHOWN = 20
PUBLICATIONS_SHOWN = 3
SHORTCUTS_SHOWN = 6
FEW_ESTATES = 12
"""Up to this many estates stand as cards; more read better as a table."""

# What people of the console go to first; those that this person may open are shown, in this order.
SHORTCUTS: tuple[tuple[str, str, str | Promise, str], ...] = (
    ("billing:desk", "billing.collect", _("Take a payment"), "cash"),
    ("billing:run_list", "billing.charge", _("Run the bills"), "calculator"),
    ("billing:figures", "billing.view_figures", _("Figures"), "chart-bar"),
    ("registry:board", "registry.view", _("Unit board"), "layout-grid"),
    ("registry:party_list", "registry.view", _("Find a customer"), "address-book"),
    ("registry:import_list", "registry.import", _("Import a workbook"), "file-import"),
    ("disclosure:publication_list", "disclosure.view", _("Publications"), "speakerphone"),
)


def start(request: HttpRequest) -> HttpResponse:
    """``/``: the console for those who work or oversee, the residents' pages for residents, else signing in."""
    if not request.user.is_authenticated:
        return redirect_to_login(settings.LOGIN_REDIRECT_URL)
    roles = request.access.roles  # type: ignore[attr-defined]
    if (roles and roles <= frozenset(RESIDENTS)) or not roles:
        try:
            return HttpResponseRedirect(reverse("my:home"))
        except NoReverseMatch:
            pass
    return HttpResponseRedirect(reverse("site:estates"))


@dataclass(frozen=True, slots=True)
class Work:
    """One thing in a list of work: what it is, its state, where its page is."""

    flow: str | Promise
    title: str
    state: str
    state_label: str | Promise
    url: str
    step: FlowStep | None = None
    late: bool = False


class Home(Page):
    """One estate's start page, or, without an estate in the address, all the estates of this person."""

    permission = SIGNED_IN
    icon = "home"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.estate is not None:
            return self.show_estate()
        estates = self.access.estates  # type: ignore[attr-defined]
        if len(estates) == 1:
            return HttpResponseRedirect(self.url("site:home", estate=estates[0].code))
        return self.show_estates(estates)

    # --- one estate ---------------------------------------------------------------------------------------------------

    def show_estate(self) -> HttpResponse:
        self.template_name = "site/home.html"
        self.title = self.estate.name
        tab = self.request.GET.get("work", "todo")
        tab = tab if tab in ("todo", "done", "copied") else "todo"
        todo = self.todo()
        return self.render(
            panels=panels.render("home", self.request),
            shortcuts=self.shortcuts(),
            tab=tab,
            todo_count=len(todo),
            work=todo if tab == "todo" else self.steps(mine=tab == "done"),
            jobs=self.jobs(),
            audit=self.audit(),
            publications=self.publications()[:PUBLICATIONS_SHOWN],
            import_url=self.import_url(),
        )

    def import_url(self) -> str:
        """Where an estate without a single unit begins, for those who may bring its register in."""
        if not self.access.can(registry.IMPORT) or Unit.objects.filter(estate=self.estate).exists():
            return ""
        return self.url("registry:import_create")

    def shortcuts(self) -> list[dict[str, Any]]:
        """The first pages of this person's work."""
        found = [
            {"url": self.url(name), "label": label, "icon": icon}
            for name, permission, label, icon in SHORTCUTS
            if self.access.can(permission)
        ]
        return [shortcut for shortcut in found if shortcut["url"]][:SHORTCUTS_SHOWN]

    def flows(self) -> list[tuple[Flow, str]]:
        """The flows that have a page which this person may open, with the name of that page."""
        return [
            (FLOWS[name], url_name)
            for name, (url_name, permission) in flow_pages().items()
            if name in FLOWS and self.access.can(permission)
        ]

    def todo(self) -> list[Work]:
        """What waits for a move that this person may make, the oldest first."""
        found = []
        for flow, url_name in self.flows():
            sources = {
                source for move in flow.transitions if self.access.can(move.permission) for source in move.sources
            }
            if not sources:
                continue
            rows = _related(flow.model).filter(**{"estate": self.estate, f"{flow.field}__in": sorted(sources)})
            waiting = [row for row in rows.order_by("pk")[:WORK_SHOWN] if flow.available(row, self.access)]
            due = _due(flow, waiting)
            found += [self.line(flow, url_name, row, late=due.get(row.pk, False)) for row in waiting]
        return found

    def steps(self, *, mine: bool) -> list[Work]:
        """What this person has moved (done), or others have moved where this person may look (copied)."""
        known = {flow.name: (flow, url_name) for flow, url_name in self.flows()}
        rows = FlowStep.objects.filter(estate_id=self.estate.pk, flow__in=list(known)).select_related("by")
        rows = rows.filter(by=self.access.user) if mine else rows.exclude(by=self.access.user)
        steps = list(rows.order_by("-pk")[:WORK_SHOWN])
        objects: dict[tuple[str, int], models.Model] = {}
        for name in {step.flow for step in steps}:
            keys = [step.object_id for step in steps if step.flow == name]
            objects |= {(name, row.pk): row for row in _related(known[name][0].model).filter(pk__in=keys)}
        return [
            self.line(*known[step.flow], objects[step.flow, step.object_id], step=step)
            for step in steps
            if (step.flow, step.object_id) in objects
        ]

    def line(self, flow: Flow, url_name: str, row: Any, step: FlowStep | None = None, late: bool = False) -> Work:
        state = getattr(row, flow.field)
        return Work(
            flow.label, str(row), str(state), flow.states(state).label, self.url(url_name, pk=row.pk), step, late
        )

    def jobs(self) -> list[Job]:
        """This person's work in the background that is going on, and what ended today."""
        mine = Job.objects.filter(requested_by=self.access.user).order_by("-pk")[:5]
        today = clock.today()
        over = (JobState.DONE, JobState.FAILED)
        return [job for job in mine if job.state not in over or timezone.localtime(job.created_at).date() == today]

    def audit(self) -> dict[str, Any] | None:
        """Whether the books were right when they were last checked; None for those whom it does not concern."""
        if not self.access.can(ledger.VIEW_CHECKS):
            return None
        job = last_audit(self.estate)
        url = self.url("ledger:audit")
        return {"job": job, "ok": bool(job and (job.result or {}).get("ok")), "url": url}

    def publications(self) -> list[Publication]:
        """What has been made public in the estates in scope, newest first."""
        if not self.access.can(disclosure.VIEW):
            return []
        return list(publications()[:60])

    # --- all estates --------------------------------------------------------------------------------------------------

    def show_estates(self, estates: list[Any]) -> HttpResponse:
        self.template_name = "site/estates.html"
        self.title = _("My estates")
        ids = [estate.pk for estate in estates]
        units = dict(Unit.objects.filter(estate__in=ids).values_list("estate").annotate(models.Count("pk")))
        details = Estate.objects.filter(pk__in=ids).select_related("company", "community__parent").in_bulk()
        figures = hooks.estate_figures(self.access)
        public: dict[int, list[Publication]] = {}
        for publication in self.publications():
            public.setdefault(publication.estate_id, []).append(publication)
        cards = [
            {
                "estate": details[estate.pk],
                "url": self.url("site:home", estate=estate.code),
                "units": units.get(estate.pk, 0),
                "figures": figures.get(estate.pk, []),
                "publications": public.get(estate.pk, [])[:PUBLICATIONS_SHOWN],
            }
            for estate in estates
        ]
        return self.render(
            cards=cards,
            headings=next((card["figures"] for card in cards if card["figures"]), []),
            as_table=len(cards) > FEW_ESTATES or self.access.can(registry.MANAGE_ESTATES),
            unit_total=sum(units.values()),
            panels=panels.render("home", self.request),
            list_url=self.url("registry:estate_list") if self.access.can(registry.VIEW) else "",
            create_url=self.url("registry:estate_create") if self.access.can(registry.MANAGE_ESTATES) else "",
            resident_url=_reverse("my:home"),
        )


@cache
def flow_pages() -> dict[str, tuple[str, str]]:
    """For each flow, the page that shows one of its objects: (name of the address, right), read from the addresses."""
    return {
        flow.name: (name, permission)
        for name, view in _named(get_resolver())
        if name.endswith("_detail")
        for flow in [
            getattr(view, "view_initkwargs", {}).get("flow") or getattr(getattr(view, "view_class", None), "flow", None)
        ]
        for permission in [getattr(view, "permission", "")]
        if isinstance(flow, Flow) and permission
    }


def _named(resolver: URLResolver, namespace: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found += _named(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.append((f"{namespace}{pattern.name}", pattern.callback))
    return found


def _related(model: type[models.Model]) -> models.QuerySet[Any]:
    """Rows with the single objects that their names are made of, so that a list costs one query."""
    names = [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.name != "estate"
    ]
    rows: models.QuerySet[Any] = (
        model._default_manager.select_related(*names) if names else model._default_manager.all()
    )
    return rows


def _due(flow: Flow, rows: list[Any]) -> dict[int, bool]:
    """Which rows have stayed in their state beyond its time limit."""
    if not rows or not any(move.time_limit for move in flow.transitions):
        return {}
    steps = FlowStep.objects.filter(flow=flow.name, object_id__in=[row.pk for row in rows]).order_by("object_id", "-pk")
    now = clock.now()
    return {step.object_id: step.due_at is not None and step.due_at < now for step in steps.distinct("object_id")}


def _reverse(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
