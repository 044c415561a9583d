"""Every page there is, as axe-core sees it: of the console, the residents, the public, and signing in.

Pages find themselves: an address that is added is visited from then on. What answers without a whole page (parts,
files, moves without a form) has nothing to look at and is passed over.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse
from django_scopes import scope
from playwright.sync_api import Page

from anju.domains.billing.actions.settings import set_payment_settings
from anju.domains.billing.actions.transfers import report_transfer
from anju.engines.disclosure.actions import publish_words
from anju.engines.messaging.actions import send_notice
from anju.foundation.accounts.enums import Role
from anju.foundation.accounts.models import Membership, User
from anju.foundation.accounts.permissions import roles_with
from anju.kit import clock
from anju.kit.testing import AccessMatrix, Address
from tests.contracts.test_access_matrix import MATRIX
from tests.domains.billing.charging import charge, fee, run
from tests.domains.billing.collecting import bill, pay
from tests.world import DELIVERED, World

WHOLE = re.compile(rb"\s*<!doctype html", re.IGNORECASE)
PEOPLE = ("director", "head_office", "cashier", "street_officer", "district_officer")
"""Who looks: the first of them who has all rights that an address asks for."""
AREAS = {
    "registry": ("registry:[a-o]", "registry:[p-z]"),
    "billing": ("billing:[a-d]", "billing:[e-q]", "billing:[r-z]"),
    "others": ("(accounts|kit|site):", "(ledger|disclosure|messaging):"),
}
SAMPLE = (
    "site:home", "registry:board", "registry:unit_list", "registry:unit_detail", "registry:unit_edit",
    "registry:party_card", "registry:import_create", "billing:bill_list", "billing:bill_detail", "billing:run_create",
    "billing:run_detail", "billing:desk_payer", "billing:desk_done", "billing:figures", "billing:tariff_detail",
    "billing:statement_detail", "ledger:trial_balance", "disclosure:publication_detail", "accounts:audit_list",
    "kit:job_list",
)  # fmt: skip
"""Pages that are also looked at in the dark and on a phone: one of each kind and the ones with a look of their own."""


@pytest.fixture
def world(transactional_db: None, world: World) -> World:
    with scope(estate=world.spring.pk):
        tariff = fee(world.spring, late_daily_rate=Decimal("0.001"), grace_days=0)
        charge(tariff, world.let_unit)
        run(world.spring, "2026-10")
        bill(world, "100.00", item=tariff.fee_item, tariff=tariff, due=clock.today() - timedelta(days=40))
    world.district_officer = User.objects.create(username="district_officer", name="区住建局干事", password="!")
    Membership.objects.create(
        user=world.district_officer, organisation=world.district, role=Role.DISTRICT_OFFICER, since=DELIVERED
    )
    return world


@pytest.fixture
def addresses(world: World) -> list[tuple[Address, str, str]]:
    """(address, URL, who may look) of the whole console, with an object of its own behind each that needs one."""
    rows = {start: cache(make) for start, make in MATRIX.rows.items()}
    matrix = AccessMatrix(rows=rows, more=MATRIX.more)
    found = []
    for address in matrix.addresses():
        arguments = matrix.arguments(address, world)
        assert arguments is not None, f"nothing stands behind {address.name}"
        rights = matrix.permissions(address, arguments)
        person = next(
            person
            for person in PEOPLE
            if all(getattr(world, person).memberships.get().role in roles_with(right) for right in rights)
        )
        found.append((address, reverse(address.name, kwargs=arguments), person))
    return found


class Visitor:
    """Goes from page to page and keeps what axe-core, or the browser itself, does not like."""

    def __init__(self, page: Page, world: World, sign_in: Any, axe: Any) -> None:
        self.page, self.world, self.sign_in, self.axe = page, world, sign_in, axe
        self.who: Any = None
        self.client = Client()
        self.seen: list[str] = []
        self.found: list[str] = []

    def become(self, person: str) -> None:
        if self.who == person:
            return
        self.page.goto("about:blank")  # the last page asks nothing more in the new person's name
        self.page.context.clear_cookies()
        user = getattr(self.world, person)
        self.sign_in(self.page, user)
        self.client.force_login(user)
        self.who = person

    def visit(self, url: str, status: int = 200) -> None:
        answer = self.client.get(url)
        if answer.status_code != status or answer.streaming or not WHOLE.match(answer.content):
            return
        self.page.goto(url)
        self.seen.append(url)
        self.found += [f"{url} {finding}" for finding in self.axe(self.page)]
        if self.page.viewport_size["width"] < 500 and self.page.evaluate("document.documentElement.scrollWidth") > 390:
            self.found.append(f"{url} scrolls sideways")
        if status == 200:
            self.found += [f"{url} {problem}" for problem in self.page.problems]
        self.page.problems.clear()

    def report(self, least: int) -> None:
        """Fail with all that was found, or when fewer pages than ``least`` were there to look at."""
        assert not self.found, "\n".join(self.found)
        assert len(self.seen) >= least, self.seen


@pytest.fixture
def visitor(request: Any, world: World, sign_in: Any, axe: Any) -> Callable[..., Visitor]:
    def make(width: str = "desktop", theme: str = "light") -> Visitor:
        page = request.getfixturevalue(width)
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        return Visitor(page, world, sign_in, axe)

    return make


def test_the_areas_are_the_whole_console() -> None:
    patterns = [pattern for area in AREAS.values() for pattern in area]
    for address in MATRIX.addresses():
        assert len([pattern for pattern in patterns if re.match(pattern, address.name)]) == 1, address.name


@pytest.mark.parametrize("area", [pattern for area in AREAS.values() for pattern in area])
def test_every_page_of_the_console_is_accessible(area: str, addresses: list[Any], visitor: Any) -> None:
    visitor = visitor()
    for address, url, person in addresses:
        if re.match(area, address.name):
            visitor.become(person)
            visitor.visit(url)
    visitor.report(9)


@pytest.mark.parametrize(("width", "theme"), [("desktop", "dark"), ("phone", "light"), ("phone", "dark")])
def test_pages_are_accessible_in_the_dark_and_on_a_phone(
    width: str, theme: str, addresses: list[Any], visitor: Any
) -> None:
    visitor = visitor(width, theme)
    for address, url, person in addresses:
        if address.name in SAMPLE:
            visitor.become(person)
            visitor.visit(url)
    visitor.report(len(SAMPLE))


@pytest.fixture
def papers(world: World) -> SimpleNamespace:
    """What a resident finds: a bill, a payment, a reported transfer, a message, a publication."""
    spring = world.spring
    with scope(estate=spring.pk):
        set_payment_settings(
            estate=spring, account_name="恒安物业", bank="工商银行", account_number="6222000111",
            desk_address="3号楼一层", by=world.director,
        )  # fmt: skip
        paid = pay(world, "231.60", [bill(world)])
        transfer = report_transfer(
            estate=spring, payer=world.owner_party, bills=[bill(world).pk], amount=Decimal("231.60"),
            transferred_on=clock.today(), reference="B1", idempotency_key="papers", by=world.owner,
        )  # fmt: skip
        notice = send_notice(
            party=world.owner_party, subject="停水通知", body="明早停水。", source="test", source_id=None, by=None
        )
        publication = publish_words(
            estate=spring, kind="notice", title="停水通知", text="明早停水。", by=world.director
        )
        return SimpleNamespace(
            bill=bill(world), payment=paid, transfer=transfer, message=notice, publication=publication
        )


def _my(address: Address, world: World, papers: SimpleNamespace) -> str:
    """The URL of a page of the residents."""
    name = address.name.removeprefix("my:")
    arguments: dict[str, Any] = {}
    if "<str:code>" in address.route:
        arguments["code"] = world.spring.code
    if ":pk>" in address.route:
        behind = {"receipt_pdf": papers.payment, "pay_how": world.owner_party, "apply": world.shop}
        arguments["pk"] = (behind.get(name) or getattr(papers, name)).pk
    query = f"?bills={papers.bill.pk}" if name == "pay_how" else ""
    return reverse(address.name, kwargs=arguments) + query


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_the_residents_is_accessible(
    theme: str, world: World, papers: SimpleNamespace, visitor: Any
) -> None:
    visitor = visitor("phone", theme)
    visitor.become("owner")
    addresses = AccessMatrix(prefix="my/").addresses()
    for address in addresses:
        visitor.visit(_my(address, world, papers))
    visitor.become("stranger")  # who has no home yet
    visitor.visit(reverse("my:home"))
    visitor.visit(reverse("my:bind"))
    visitor.report(15)


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_public_pages_and_refusals_are_accessible(
    width: str, world: World, papers: SimpleNamespace, visitor: Any
) -> None:
    visitor = visitor(width)
    visitor.visit(reverse("public:publication", kwargs={"token": papers.publication.token}))
    visitor.visit(reverse("public:verify", kwargs={"token": papers.payment.receipt.token}))
    visitor.visit(reverse("account_login"))
    visitor.visit(reverse("api:openapi-view"))
    seen = len(visitor.seen)
    for name in ("publication", "verify"):
        visitor.visit(reverse(f"public:{name}", kwargs={"token": uuid.uuid4()}), 404)
    visitor.visit("/nowhere/", 404)
    visitor.become("guard")
    visitor.visit("/console/RIVAL/", 404)
    visitor.visit(reverse("billing:desk", kwargs={"estate": "SPRING"}), 403)
    visitor.report(9)
    assert seen == 4


@pytest.mark.parametrize("secured", [False, True])
def test_pages_of_the_own_account_are_accessible(secured: bool, world: World, visitor: Any) -> None:
    if secured:
        TOTP.activate(world.director, "JBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(world.director)
    visitor = visitor()
    visitor.become("director")
    for address in AccessMatrix(prefix="accounts/").addresses():
        visitor.visit(reverse(address.name))
    visitor.report(3)
