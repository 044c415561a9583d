"""The check of the public log among the checks of the books: the ledger and the log know nothing of each other."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_scopes import scope, scopes_disabled

from anju.engines.disclosure.models import Publication
from anju.engines.disclosure.selectors import broken_seals
from anju.engines.ledger.checks import Difference, EstateIds, Outcome, register


def publication_seals(estate_ids: EstateIds) -> Outcome:
    """Every publication is what was sealed and stands in its place behind the one before."""
    # An audit of all estates crosses them by intent; of some, it keeps to those.
    with scopes_disabled() if estate_ids is None else scope(estate=list(estate_ids)):
        words = {
            "sequence": _("Publication %(number)s is missing or stands twice."),
            "predecessor": _("The publication before no. %(number)s is not the one that was there."),
            "seal": _("Publication no. %(number)s is not what was published."),
        }
        published = Publication.objects.count()
        differences = [
            Difference(
                estate=broken.publication.estate.code,
                object=f"disclosure.publication:{broken.publication.pk}",
                expected=broken.publication.seal,
                found=broken.problem,
                message=words[broken.problem] % {"number": broken.publication.sequence},
            )
            for broken in (broken_seals() if published else ())
        ]
        return Outcome(published, differences)


def register_checks() -> None:
    """Called by the wiring of the site."""
    register("publication_seals", publication_seals, gettext_lazy("Every publication is as it was sealed"))
