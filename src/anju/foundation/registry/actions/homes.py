"""Writers that bind a person who signs in to the homes on the register."""

from __future__ import annotations

from django.utils.translation import gettext as _

from anju.foundation.accounts.models import User
from anju.foundation.registry import selectors
from anju.foundation.registry.actions.ownership import start_occupancy
from anju.foundation.registry.actions.parties import create_party
from anju.foundation.registry.actions.storing import store
from anju.foundation.registry.enums import ApplicationState, OccupantKind
from anju.foundation.registry.models import Estate, HomeApplication, Party, Unit
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.flow import enter
from anju.kit.locks import lock_rows

APPLICATION_FIELDS = ("user", "unit", "kind", "name", "message")


@action
def bind_by_phone(*, estate: Estate, user: User, by: User | None) -> list[Party]:
    """Bind ``user`` at once to the owners and occupants of the estate whose recorded phone is the user's own.

    Returns them. Only parties that own or live in something today count, and nobody is taken away from another user.
    The phone of a user is trusted because the staff who create users have verified it.
    """
    if not user.phone:
        return []
    parties = lock_rows(selectors.residents(estate).filter(phone=user.phone, user=None))
    for party in parties:
        party.user = user
        party.save(update_fields=["user"])
    return parties


@action
def apply_for_home(
    *, unit: Unit, user: User, kind: str = OccupantKind.OWNER, name: str, message: str = "", by: User | None
) -> HomeApplication:
    """Ask to be bound to a home whose recorded phone is not the user's; the front desk reviews it.

    Raises Refusal ``already_bound``, ``already_applied`` or ``invalid``.
    """
    if selectors.people_of(unit).filter(user=user).exists():
        raise Refusal("already_bound", _("You are bound to this home already."), "unit")
    if HomeApplication.objects.filter(user=user, unit=unit, state=ApplicationState.PENDING).exists():
        raise Refusal("already_applied", _("Your application for this home is being reviewed."), "unit")
    values = {"user": user, "unit": unit, "kind": kind, "name": name, "message": message}
    application = store(HomeApplication(estate_id=unit.estate_id), values, APPLICATION_FIELDS)
    enter("registry.home_application", obj=application, by=by)
    return application


@action
def bind_applicant(*, application: HomeApplication, party: Party | None, by: User | None) -> Party:
    """Bind the applicant to ``party``, one of the people of the home; without one, a new occupant is recorded.

    Nobody becomes an owner this way: that takes a change of ownership. Raises Refusal ``party_missing``,
    ``party_elsewhere`` or ``party_bound``.
    """
    unit = application.unit
    if party is None:
        if application.kind == OccupantKind.OWNER:
            raise Refusal("party_missing", _("Choose the owner on the register whom the applicant is."), "party")
        estate, phone = application.estate, application.user.phone or ""
        party = create_party(estate=estate, name=application.name, phone=phone, by=by)
        start_occupancy(unit=unit, party=party, kind=application.kind, since=clock.today(), by=by)
    (party,) = lock_rows(Party.objects.filter(pk=party.pk))
    if not selectors.people_of(unit).filter(pk=party.pk).exists():
        raise Refusal("party_elsewhere", _("This person neither owns nor lives in that home."), "party")
    if party.user_id not in (None, application.user_id):
        raise Refusal("party_bound", _("Somebody else is already bound as this person."), "party")
    party.user = application.user
    party.save(update_fields=["user"])
    return party
