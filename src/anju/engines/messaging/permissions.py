"""Rights of notices."""

from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts.permissions import DESK, MANAGEMENT, OFFICE, declare

VIEW = declare("messaging.view", _("See notices and their delivery"), *OFFICE)
SEND = declare("messaging.send", _("Send notices and record delivery"), *MANAGEMENT, *DESK)
