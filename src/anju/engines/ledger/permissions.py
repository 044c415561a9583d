"""Rights of the ledger."""

from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts.enums import Role
from anju.foundation.accounts.permissions import MANAGEMENT, declare

VIEW = declare("ledger.view", _("See accounts and the journal"), *MANAGEMENT, Role.CASHIER)
RECORD_EXPENSE = declare("ledger.record_expense", _("Enter expenses"), *MANAGEMENT, Role.CASHIER)
REVERSE = declare("ledger.reverse", _("Reverse journal entries"), *MANAGEMENT)
VIEW_CHECKS = declare("ledger.view_checks", _("See the checks of the books"), *MANAGEMENT, Role.CASHIER)
