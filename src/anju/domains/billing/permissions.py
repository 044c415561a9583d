"""Rights of charging and collecting."""

from django.utils.translation import gettext_lazy as _

from anju.foundation.accounts.enums import Role
from anju.foundation.accounts.permissions import DESK, MANAGEMENT, OFFICE, OFFICERS, declare

VIEW = declare("billing.view", _("See fees, bills and payments"), *OFFICE)
VIEW_FIGURES = declare(
    "billing.view_figures", _("See billed, collected and arrears"), *OFFICE, Role.COMMITTEE_MEMBER, *OFFICERS
)
EXPORT = declare("billing.export", _("Export bills and payments"), *MANAGEMENT, *DESK)

CHANGE_TARIFFS = declare("billing.change_tariffs", _("Draft fee items and tariffs"), *MANAGEMENT, Role.CASHIER)
APPROVE_TARIFFS = declare("billing.approve_tariffs", _("Approve tariffs"), *MANAGEMENT)
CHANGE_CHARGES = declare("billing.change_charges", _("Say who is charged what"), *MANAGEMENT, *DESK)
READ_METERS = declare("billing.read_meters", _("Enter meter readings"), *OFFICE)
CHARGE = declare("billing.charge", _("Run the bills of a month"), *MANAGEMENT, Role.CASHIER)
REVERSE_BILLS = declare("billing.reverse_bills", _("Reverse bills and bill runs"), *MANAGEMENT)

COLLECT = declare("billing.collect", _("Take payments"), *MANAGEMENT, *DESK)
REQUEST_CANCELLATION = declare("billing.request_cancellation", _("Ask to cancel a receipt"), *MANAGEMENT, *DESK)
APPROVE_CANCELLATION = declare(
    "billing.approve_cancellation", _("Decide on cancelled receipts"), *MANAGEMENT, Role.CASHIER
)
REQUEST_WAIVER = declare("billing.request_waiver", _("Ask for a waiver"), *MANAGEMENT, *DESK)
APPROVE_WAIVER = declare("billing.approve_waiver", _("Decide on waivers"), *MANAGEMENT)
CONFIRM_TRANSFER = declare("billing.confirm_transfer", _("Confirm reported transfers"), *MANAGEMENT, Role.CASHIER)
COUNT_CASH = declare("billing.count_cash", _("Close a cashier's day"), *MANAGEMENT, Role.CASHIER)
DUN = declare("billing.dun", _("Demand arrears and record delivery"), *MANAGEMENT, *DESK)

PREPARE_STATEMENTS = declare("billing.prepare_statements", _("Draft statements"), *MANAGEMENT, Role.CASHIER)
PUBLISH_STATEMENTS = declare("billing.publish_statements", _("Publish statements"), *MANAGEMENT)
CHANGE_SETTINGS = declare("billing.change_settings", _("Set bank account and desk hours"), *MANAGEMENT)
