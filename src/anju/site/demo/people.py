"""The offices above the estates, the companies and committees that run them, and one person of every kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from anju.foundation.accounts.actions import add_organisation, create_organisation, create_user, grant_membership
from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import Organisation, User
from anju.foundation.registry.models import Estate

PASSWORD = "Anju-2026"  # noqa: S105  shown to whoever builds the demo

ORGANISATIONS = (
    ("D-LANHAI", OrganisationKind.DISTRICT_AUTHORITY, "澜海区住房和城乡建设局", None),
    ("S-BEIPING", OrganisationKind.STREET_OFFICE, "北屏街道办事处", "D-LANHAI"),
    ("S-WANGCHAO", OrganisationKind.STREET_OFFICE, "望潮街道办事处", "D-LANHAI"),
    ("C-HUAIYIN", OrganisationKind.COMMUNITY_COMMITTEE, "槐荫社区居民委员会", "S-BEIPING"),
    ("C-CHANGQIAO", OrganisationKind.COMMUNITY_COMMITTEE, "长桥社区居民委员会", "S-BEIPING"),
    ("C-MINGHU", OrganisationKind.COMMUNITY_COMMITTEE, "明湖社区居民委员会", "S-WANGCHAO"),
    ("ANHE", OrganisationKind.PROPERTY_COMPANY, "安和物业服务有限公司", None),
    ("QICHUAN", OrganisationKind.PROPERTY_COMPANY, "启川物业服务有限公司", None),
    ("YWH-LANTING", OrganisationKind.OWNERS_COMMITTEE, "澜庭花园业主委员会", None),
    ("GWH-LAOHUAI", OrganisationKind.ESTATE_COMMITTEE, "老槐里小区管理委员会", None),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who may sign in to the demo world."""

    role: str
    username: str
    password: str = PASSWORD


@dataclass(frozen=True, slots=True)
class Person:
    """One member of the cast; ``estates`` empty means all that the organisation reaches."""

    username: str
    name: str
    phone: str
    role: Role
    organisation: str = ""
    estates: tuple[str, ...] = ()
    note: str = ""


LANTING, LAOHUAI, MINGHU = "LANTING", "LAOHUAI", "MINGHU"

SERVING = (
    (LANTING, "DEV-HAILAN", OrganisationKind.DEVELOPER, "海澜置业有限公司"),
    (LANTING, "SUP-JIEYUAN", OrganisationKind.SUPPLIER, "洁源环境服务有限公司"),
)
"""What the managers of an estate have entered."""

CAST = (
    Person("head", "沈致远", "13900010001", Role.HEAD_OFFICE, "ANHE"),
    Person("director", "顾明", "13900010002", Role.DIRECTOR, "ANHE", (LANTING, MINGHU)),
    Person("frontdesk", "苏晓", "13900010003", Role.FRONT_DESK, "ANHE", (LANTING,)),
    Person("cashier", "蔡颖", "13900010004", Role.CASHIER, "ANHE", (LANTING,)),
    Person("engineer", "石磊", "13900010005", Role.ENGINEER, "ANHE", (LANTING,)),
    Person("supervisor", "邵敏", "13900010006", Role.SUPERVISOR, "ANHE", (LANTING,)),
    Person("guard", "武刚", "13900010007", Role.GUARD, "ANHE", (LANTING,)),
    Person("cleaner", "田桂兰", "13900010008", Role.CLEANER, "ANHE", (LANTING,)),
    Person("committee", "郑书瑶", "13900010009", Role.COMMITTEE_MEMBER, "YWH-LANTING"),
    Person("owner", "林知行", "13900010010", Role.OWNER),
    Person("tenant", "许若曦", "13900010011", Role.TENANT),
    Person("community", "白海燕", "13900010012", Role.COMMUNITY_OFFICER, "C-HUAIYIN"),
    Person("street", "韩立新", "13900010013", Role.STREET_OFFICER, "S-BEIPING"),
    Person("district", "唐望舒", "13900010014", Role.DISTRICT_OFFICER, "D-LANHAI"),
    Person("auditor", "严慎行", "13900010015", Role.AUDITOR, "ANHE"),
    Person("director2", "姚广平", "13900010016", Role.DIRECTOR, "QICHUAN", (), "启川物业"),
    Person("cashier2", "钱佳怡", "13900010017", Role.CASHIER, "ANHE", (LANTING, MINGHU)),
    Person("cashier3", "尹素珍", "13900010018", Role.CASHIER, "QICHUAN"),
)
NEWCOMER = ("newcomer", "叶长青", "13900010019")
"""Signs in without a home; an application for one waits at the front desk."""


def create_organisations() -> dict[str, Organisation]:
    """Every organisation by its code."""
    made: dict[str, Organisation] = {}
    for code, kind, name, parent in ORGANISATIONS:
        made[code] = create_organisation(
            kind=kind, code=code, name=name, parent=made[parent] if parent else None, by=None
        )
    return made


def create_people(organisations: dict[str, Organisation], estates: Iterable[Estate], since: date) -> dict[str, User]:
    """Everybody of the cast by sign-in name, with the roles they hold since ``since``."""
    by_code = {estate.code: estate for estate in estates}
    for estate, code, kind, name in SERVING:
        add_organisation(estate=by_code[estate], kind=kind, code=code, name=name, by=None)
    users: dict[str, User] = {}
    for username, name, phone in (*((one.username, one.name, one.phone) for one in CAST), NEWCOMER):
        given = None if users else PASSWORD
        users[username] = create_user(username=username, name=name, phone=phone, password=given, by=None)
    # Made unreadable once and not for each of them: that takes long on purpose, and this one everybody knows.
    ours = User.objects.filter(pk__in=[user.pk for user in users.values()])
    ours.update(password=users[CAST[0].username].password)
    for one in CAST:
        if one.organisation:
            grant_membership(
                user=users[one.username],
                role=one.role,
                organisation=organisations[one.organisation],
                estates=[by_code[code] for code in one.estates],
                since=since,
                by=None,
            )
    return users


def sign_ins() -> list[SignIn]:
    """One line per person of the cast, in the language in force."""
    return [SignIn(f"{one.role.label} ({one.note})" if one.note else str(one.role.label), one.username) for one in CAST]
