"""Rights of publications."""

from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts.enums import Role
from anju.foundation.accounts.permissions import MANAGEMENT, OFFICE, OFFICERS, declare

VIEW = declare("disclosure.view", _("See publications"), *OFFICE, *OFFICERS, Role.COMMITTEE_MEMBER)
PUBLISH = declare("disclosure.publish", _("Publish"), *MANAGEMENT)
