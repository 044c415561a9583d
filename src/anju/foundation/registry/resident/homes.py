"""A resident's homes: which they are, and how to get one bound."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_scopes import scope

from anju.foundation.accounts.resident.base import ResidentPage
from anju.foundation.registry import actions
from anju.foundation.registry.enums import OccupantKind
from anju.foundation.registry.flow import HOME_APPLICATION
from anju.foundation.registry.models import HomeApplication, Unit
from anju.foundation.registry.resident import finding
from anju.kit.pages import ActionPage


class HomesPage(ResidentPage):
    """The person's homes, and what became of the applications for more."""

    title = gettext_lazy("My homes")
    tab, back = "me", "me"
    template_name = "registry/my/homes.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        applications = finding.applications_of(self.access.user)
        return self.render(
            homes=finding.homes_of(self.access.user),
            applications=[(one, _reason(one)) for one in applications if one.state != "approved"],
        )


def _reason(application: HomeApplication) -> str:
    """Why the front desk said no, in its own words."""
    if application.state != "rejected":
        return ""
    step = HOME_APPLICATION.steps(application).filter(transition="reject").last()
    return str(step.data.get("reason", "")) if step else ""


class BindPage(ResidentPage):
    """Bind at once where the phone is on the register; else choose the estate."""

    title = gettext_lazy("Bind a home")
    tab, back = "home", "home"
    template_name = "registry/my/bind.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        text = request.GET.get("q", "").strip()[:60]
        return self.render(
            matches=finding.estates_by_phone(self.access.user), q=text, estates=finding.estates_named(text)
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        bound = 0
        for estate in finding.estates_by_phone(self.access.user):
            with scope(estate=estate.pk):
                bound += len(actions.bind_by_phone(estate=estate, user=self.access.user, by=self.access.user))
        if not bound:
            messages.warning(request, _("Your phone is not on a register. Please choose your estate and room."))
            return HttpResponseRedirect(self.url("my:bind"))
        messages.success(request, _("Your home is bound."))
        return HttpResponseRedirect(self.url("my:home"))


class RoomPage(ResidentPage):
    """The room within the chosen estate."""

    title = gettext_lazy("Choose your room")
    tab, back = "home", "bind"
    template_name = "registry/my/room.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        chosen = finding.estate_coded(kwargs["code"])
        if chosen is None:
            raise Http404
        text = request.GET.get("q", "").strip()[:30]
        return self.render(chosen=chosen, q=text, rooms=finding.rooms_like(chosen, text))


class ApplicationForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("I am"), choices=OccupantKind.choices)
    name = forms.CharField(label=gettext_lazy("My name"), max_length=100)
    message = forms.CharField(
        label=gettext_lazy("A word to the front desk"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ApplyPage(ResidentPage, ActionPage):
    """The application itself; the front desk decides."""

    title = gettext_lazy("Apply for this home")
    tab, back = "home", "bind"
    template_name = "registry/my/apply.html"
    form = ApplicationForm
    success = gettext_lazy("Sent. The front desk will look at it.")

    unit: Unit

    def prepare(self) -> None:
        chosen = finding.estate_coded(self.kwargs["code"])
        unit = finding.room(chosen, self.kwargs["pk"]) if chosen else None
        if unit is None:
            raise Http404
        self.unit = unit

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.access.user.name, "kind": OccupantKind.OWNER}

    def perform(self, form: Any) -> HomeApplication:
        with scope(estate=self.unit.estate_id):
            return actions.apply_for_home(
                unit=self.unit, user=self.access.user, by=self.access.user, **form.cleaned_data
            )

    def get_success_url(self, result: Any) -> str:
        return self.url("my:homes")

    def get_context(self, **extra: Any) -> dict[str, Any]:
        return super().get_context(unit=self.unit, **extra)
