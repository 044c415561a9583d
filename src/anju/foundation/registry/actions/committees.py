"""Which owners' or estate committee an estate has."""

from __future__ import annotations

from django.utils.translation import gettext as _

from anju.foundation.accounts.events import CommitteeEntered
from anju.foundation.accounts.models import Organisation, User
from anju.foundation.registry import selectors
from anju.foundation.registry.actions.storing import store
from anju.foundation.registry.models import Estate
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_rows


@action
def appoint_committee(*, estate: Estate, committee: Organisation, by: User | None) -> Estate:
    """Make ``committee`` the estate's: its members see the estate from now on, those of an earlier one no more.

    Raises Refusal ``committee_runs`` (an estate without a company is run by its committee, which is not for a director
    to replace) or ``committee_unfit``.
    """
    [estate] = lock_rows(Estate.objects.filter(pk=estate.pk))
    if estate.company_id is None and estate.committee_id is not None:
        message = _("This committee runs the estate. Its head office may change it with the estate's data.")
        raise Refusal("committee_runs", message, "committee")
    if not selectors.fitting_committees(estate).filter(pk=committee.pk).exists():
        raise Refusal("committee_unfit", _("Choose a committee that was entered for this estate."), "committee")
    return store(estate, {"committee": committee}, ("committee",))


def take_first_committee(event: CommitteeEntered) -> None:
    """The first committee that is entered for an estate is the estate's; a further one has to be appointed.

    Connected in the wiring of the site.
    """
    [estate] = lock_rows(Estate.objects.filter(pk=event.estate.pk))
    if estate.committee_id is None:
        appoint_committee(estate=estate, committee=event.committee, by=event.by)
