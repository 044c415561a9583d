"""Addresses of charging, below ``console/<estate>/billing/``."""

from django.urls import path

from anju.domains.billing.console.bills import BillPages
from anju.domains.billing.console.charges import ChargePages
from anju.domains.billing.console.figures import FigureBills, FiguresPage
from anju.domains.billing.console.items import FeeItemPages, TariffPages
from anju.domains.billing.console.meters import MeterPages
from anju.domains.billing.console.runs import RunPages
from anju.kit.pages import urls_for

charging_urls = [
    *urls_for(RunPages, BillPages, FeeItemPages, TariffPages, ChargePages, MeterPages),
    path("figures/", FiguresPage.as_view(), name="figures"),
    path("figures/bills/", FigureBills.as_view(), name="figure_bills"),
]
