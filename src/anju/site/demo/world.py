"""Builds the demo world, or finds that it is there."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_scopes import scope

from anju.domains.billing.actions.settings import set_payment_settings
from anju.engines.ledger.actions import open_books, start_audit
from anju.engines.ledger.enums import CostHead
from anju.foundation.accounts.models import User
from anju.foundation.registry.models import Estate
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.locks import lock_name
from anju.kit.periods import Period
from anju.site.demo import fees, lanting, months, people, stories
from anju.site.demo.habits import OWNER, PUNCTUAL, PUNCTUAL_UNTIL_LAST, QUARTERLY, Habits
from anju.site.demo.names import Names
from anju.site.demo.small_estates import build_laohuai, build_minghu, create_laohuai, create_minghu
from anju.site.demo.summary import Summary, summarise

Progress = Callable[[str], None]
Tell = Callable[[Promise | str], None]

_LANTING_COSTS = {
    CostHead.WAGES: 61_800,
    CostHead.OPERATION: 18_400,
    CostHead.CLEANING: 14_900,
    CostHead.GREENING: 5_600,
    CostHead.ORDER: 16_200,
    CostHead.OFFICE: 3_100,
    CostHead.DEPRECIATION: 2_250,
    CostHead.TAXES: 8_300,
    CostHead.PROFIT: 6_900,
    CostHead.PARKING_STAFF: 11_200,
    CostHead.PARKING_EQUIPMENT: 1_850,
    CostHead.PARKING_UTILITIES: 2_400,
    CostHead.PARKING_OTHER: 620,
}
_LAOHUAI_COSTS = {CostHead.WAGES: 1_450, CostHead.CLEANING: 520, CostHead.OPERATION: 210, CostHead.OFFICE: 60}
_MINGHU_COSTS = {
    CostHead.WAGES: 68_000,
    CostHead.CLEANING: 24_500,
    CostHead.ORDER: 13_800,
    CostHead.OPERATION: 7_600,
    CostHead.OFFICE: 1_900,
    CostHead.TAXES: 6_800,
    CostHead.PARKING_STAFF: 8_600,
    CostHead.PARKING_UTILITIES: 900,
}
# Where residents transfer to, and where they find the desk. Invented like all names.
_WAYS_TO_PAY = {
    people.LANTING: {
        "account_name": "安和物业服务有限公司",
        "bank": "澜海银行北屏路支行",
        "account_number": "6210000100020003",
        "desk_address": "1号楼一层物业服务中心",
        "desk_hours": "每天 8:30-17:30",
    },
    people.LAOHUAI: {
        "account_name": "启川物业服务有限公司",
        "bank": "澜海银行槐里支行",
        "account_number": "6210000200040008",
        "desk_address": "2号楼东侧物业值班室",
        "desk_hours": "周一至周六 9:00-17:00",
    },
    people.MINGHU: {"desk_address": "门诊楼一层物业服务台", "desk_hours": "周一至周五 8:00-17:00"},
}


def build(*, progress: Progress | None = None, seed: int = 1) -> Summary:
    """Build the world unless it is there already, and sum it up.

    An existing world is kept as it is, whatever its seed. ``progress`` gets a line of text per step.
    """
    say = progress or (lambda line: None)
    if Estate.objects.filter(code=people.LANTING).exists():
        say(str(_("the demo world is there already")))
    else:
        _write(seed=seed, say=say, by=None)
    say(str(_("checking the books")))
    return summarise()


@action
def _write(*, seed: int, say: Progress, by: None) -> None:
    """Everything, in one transaction; a second builder waits and then finds the world there."""
    lock_name("demo")
    if Estate.objects.filter(code=people.LANTING).exists():
        return
    today = clock.today()
    first = Period.of(today).plus(1 - months.MONTHS)
    spoken = translation.get_language()

    def tell(line: Promise | str) -> None:
        with translation.override(spoken):
            say(str(line))

    # Names and memos are data of the installation, whatever language the person at the terminal reads.
    with translation.override(settings.LANGUAGE_CODE):
        tell(_("offices, companies and people"))
        organisations = people.create_organisations()
        estates = [create(organisations) for create in (lanting.create, create_laohuai, create_minghu)]
        users = people.create_people(organisations, estates, first.first)
        for estate, write in zip(estates, (_lanting, _laohuai, _minghu), strict=True):
            # A source of its own, so that a change to one estate leaves the others as they were.
            rng = Random(f"{seed}:{estate.code}")  # noqa: S311  repeatable, not secret
            with scope(estate=estate.pk):
                open_books(estate=estate, by=None)
                set_payment_settings(estate=estate, by=None, **_WAYS_TO_PAY[estate.code])
                write(estate, users, Names(rng), first, tell)
        tell(_("statistics for the database"))
        months.refresh_statistics(fully=True)
        start_audit(estate=None, by=None)


def _lanting(estate: Estate, users: dict[str, User], names: Names, first: Period, tell: Tell) -> None:
    today, rng = clock.today(), names.rng
    tell(_("Lanting Garden: buildings, people, car park"))
    built = lanting.build(estate, users, names, today, first)
    fees.set_up_lanting(built, users, rng, first, today)
    months.refresh_statistics()
    habits = Habits(
        rng,
        [users["cashier"].pk, users["cashier2"].pk],
        {
            built.developer.pk: QUARTERLY,
            built.operator.pk: PUNCTUAL,
            built.owner.pk: OWNER,
            built.tenant.pk: PUNCTUAL_UNTIL_LAST,
        },
    )
    business = months.Business(estate, users["director"], users["cashier"], habits, _LANTING_COSTS)
    tell(_("Lanting Garden: fourteen months of bills and payments"))
    months.live(business, first, today, rng, stories.Lanting(built, users, today).after_month, tell)
    tell(_("Lanting Garden: what waits on the desks today"))
    stories.Lanting(built, users, today).today_on_the_desks(business)


def _laohuai(estate: Estate, users: dict[str, User], names: Names, first: Period, tell: Tell) -> None:
    today = clock.today()
    tell(_("Laohuai Lane: an old estate under quasi-management"))
    build_laohuai(estate, names, today)
    fees.set_up_laohuai(estate, users["director2"], first)
    habits = Habits(names.rng, [users["cashier3"].pk])
    business = months.Business(estate, users["director2"], users["cashier3"], habits, _LAOHUAI_COSTS)
    months.live(business, first, today, names.rng, stories.subsidy, tell)


def _minghu(estate: Estate, users: dict[str, User], names: Names, first: Period, tell: Tell) -> None:
    today = clock.today()
    tell(_("Minghu Hospital: departments and car park"))
    hospital = build_minghu(estate, names, today)
    fees.set_up_minghu(hospital, users["director"], first)
    habits = Habits(names.rng, [users["cashier2"].pk])
    business = months.Business(estate, users["director"], users["cashier2"], habits, _MINGHU_COSTS)
    months.live(business, first, today, names.rng, stories.nothing_more, tell)
