"""Rights of the register."""

from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts.enums import Role
from anju.foundation.accounts.permissions import DESK, MANAGEMENT, OFFICERS, STAFF, declare

VIEW = declare("registry.view", _("See the register"), *STAFF, *OFFICERS, Role.COMMITTEE_MEMBER)
CHANGE = declare("registry.change", _("Change the register"), *MANAGEMENT, Role.FRONT_DESK)
TRANSFER = declare("registry.transfer", _("Record a change of ownership"), *MANAGEMENT, Role.FRONT_DESK)
REVIEW = declare("registry.review_applications", _("Review home applications"), *MANAGEMENT, Role.FRONT_DESK)
IMPORT = declare("registry.import", _("Import workbooks into the register"), *MANAGEMENT)
EXPORT = declare("registry.export", _("Export lists of the register"), *MANAGEMENT, *DESK)
REVEAL = declare("registry.reveal", _("See ID numbers and phones in full"), *MANAGEMENT, *DESK)
APPOINT = declare("registry.appoint_committee", _("Name the estate's committee"), *MANAGEMENT)
MANAGE_ESTATES = declare("registry.manage_estates", _("Add and change estates"), Role.HEAD_OFFICE)
