"""The register's state machines."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry import permissions, selectors
from anju.foundation.registry.actions.homes import bind_applicant
from anju.foundation.registry.enums import ApplicationState
from anju.foundation.registry.models import HomeApplication, Party
from anju.kit.flow import Flow, approval, rejection


class ApprovalForm(forms.Form):
    """Whom the applicant is; the page calls :meth:`for_application`."""

    party = forms.ModelChoiceField(
        Party.objects.none(),
        label=_("Person on the register"),
        required=False,
        help_text=_("Leave empty to record a family member, tenant or temporary occupant anew."),
    )

    def for_application(self, application: HomeApplication) -> ApprovalForm:
        """Offer the people of the home that is applied for, nobody else."""
        self.fields["party"].queryset = selectors.people_of(application.unit)  # type: ignore[attr-defined]
        return self


def _bind(*, obj: HomeApplication, by: Any, party: Party | None = None, **_data: Any) -> None:
    bind_applicant(application=obj, party=party, by=by)


HOME_APPLICATION = Flow(
    "registry.home_application",
    _("Home application"),
    HomeApplication,
    ApplicationState,
    (
        approval("pending", permission=permissions.REVIEW, form=ApprovalForm, effect=_bind),
        rejection("pending", permission=permissions.REVIEW),
    ),
)
