"""People, roles and tokens: what the actions accept, refuse and leave on record."""

import pytest

from anju.foundation.accounts import actions
from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import ApiToken, Membership, User
from anju.kit import audit
from anju.kit.errors import Refusal
from anju.kit.models import AuditEntry

GOOD = "Haizi-4711"


class refused:  # noqa: N801 - reads as a word of the test
    """``with refused(code):`` is like ``pytest.raises``, on the stable code rather than the translated sentence."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, error, trace) -> bool:
        assert isinstance(error, Refusal), f"nothing was refused, expected {self.code}"
        assert error.code == self.code
        return True


def test_create_user_normalises_and_is_on_record(world):
    user = actions.create_user(
        username="ｎｅｗ", name=" 新 人 ", password=GOOD, phone="+86 139-0000-1111", by=world.director
    )
    assert (user.username, user.name, user.phone) == ("new", "新 人", "13900001111")
    assert user.check_password(GOOD)
    entry = AuditEntry.objects.get(table="accounts.user", object_id=user.pk)
    assert (entry.actor, entry.action, entry.operation) == (world.director, "create_user", "insert")
    assert "password" not in entry.after


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"username": "DIRECTOR"}, "username_taken"),
        ({"username": "13900000002"}, "username_is_phone"),
        ({"phone": "13900000002"}, "phone_taken"),
        ({"phone": "12345"}, "phone_bad"),
        ({"password": "short1A"}, "password_bad"),
        ({"password": "alllowercase"}, "password_bad"),
        ({"password": "lower12345"}, "password_bad"),
        ({"password": "Newcomer-1"}, "password_bad"),
        ({"password": "Aa13900001111"}, "password_bad"),
        ({"email": "not an address"}, "email_bad"),
        ({"username": " "}, "name_missing"),
    ],
)
def test_create_user_refuses(world, changes, code):
    before = User.objects.count()
    values = {"username": "newcomer", "name": "新人", "password": GOOD, "phone": "13900001111"} | changes
    with refused(code):
        actions.create_user(**values, by=None)
    assert User.objects.count() == before
    actions.create_user(username="newcomer", name="新人", password=GOOD, phone="13900001111", by=None)


@pytest.mark.parametrize("password", ["Qwzptkf47", "abcdef1!", "ABCDEF1!", "Abcdefg!", "密码Abc123"])
def test_three_of_four_classes_are_enough(world, password):
    actions.set_password(user=world.guard, password=password, by=None)
    assert User.objects.get(pk=world.guard.pk).check_password(password)


def test_nobody_locks_themselves_out(world):
    with refused("not_yourself"):
        actions.deactivate_user(user=world.director, by=world.director)
    assert User.objects.get(pk=world.director.pk).is_active


def test_grant_and_end_a_membership(world):
    granted = actions.grant_membership(
        user=world.stranger, role=Role.CASHIER, organisation=world.company, estates=[world.spring], by=world.director
    )
    assert list(granted.estates.all()) == [world.spring]
    with refused("membership_exists"):
        actions.grant_membership(
            user=world.stranger, role=Role.CASHIER, organisation=world.company, estates=[world.spring], by=None
        )
    ended = actions.end_membership(membership=granted, by=world.director)
    assert ended.until is not None
    actions.grant_membership(
        user=world.stranger, role=Role.CASHIER, organisation=world.company, estates=[world.spring], by=world.director
    )


@pytest.mark.parametrize(
    ("granter", "role", "where", "estates", "code"),
    [
        ("director", Role.HEAD_OFFICE, "company", ["spring"], "may_not_grant"),
        ("director", Role.GUARD, "company", [], "may_not_grant"),  # would reach beyond the director's own estate
        ("director", Role.GUARD, "rival_company", ["rival"], "may_not_grant"),
        ("rival_director", Role.GUARD, "company", ["spring"], "may_not_grant"),
        ("cashier", Role.GUARD, "company", ["spring"], "may_not_grant"),
        ("head_office", Role.GUARD, "company", ["rival"], "estate_foreign"),
        ("head_office", Role.STREET_OFFICER, "company", [], "role_kind"),
        ("head_office", Role.OWNER, "company", ["spring"], "role_kind"),
        ("rival_director", Role.OWNER, None, ["spring"], "may_not_grant"),
        ("director", Role.TENANT, None, [], "estates_missing"),
    ],
)
def test_nobody_grants_beyond_their_own_reach(world, granter, role, where, estates, code):
    before = Membership.objects.count()
    with refused(code):
        actions.grant_membership(
            user=world.stranger,
            role=role,
            organisation=getattr(world, where) if where else None,
            estates=[getattr(world, name) for name in estates],
            by=getattr(world, granter),
        )
    assert Membership.objects.count() == before


def test_only_the_own_company_ends_a_role(world):
    mine = Membership.objects.get(user=world.guard)
    with refused("may_not_grant"):
        actions.end_membership(membership=mine, by=world.rival_director)
    assert Membership.objects.get(pk=mine.pk).until is None
    actions.end_membership(membership=mine, by=world.director)


def test_organisations_stand_in_order(world):
    with refused("organisation_parent"):
        actions.create_organisation(
            kind=OrganisationKind.COMMUNITY_COMMITTEE, code="C-9", name="社区", parent=world.district, by=None
        )
    with refused("organisation_code_taken"):
        actions.create_organisation(kind=OrganisationKind.SUPPLIER, code="HENGAN", name="电梯公司", by=None)
    made = actions.create_organisation(
        kind=OrganisationKind.COMMUNITY_COMMITTEE, code="C-9", name="社区", parent=world.street, by=None
    )
    assert made.parent == world.street


@pytest.mark.parametrize(
    ("owner", "estate", "rights", "code"),
    [
        ("director", "spring", ["no.such"], "right_unknown"),
        ("guard", "spring", ["accounts.manage"], "right_missing"),
        ("director", "rival", ["accounts.view"], "estate_foreign"),
        ("director", "spring", [], "token_empty"),
    ],
)
def test_token_gives_no_more_than_its_owner_holds(world, owner, estate, rights, code):
    with refused(code):
        actions.create_token(
            name="x", owner=getattr(world, owner), estates=[getattr(world, estate)], rights=rights, by=None
        )
    assert not ApiToken.objects.exists()


def test_looking_at_personal_data_in_full_is_on_record(world):
    audit.record_view(by=world.front_desk, obj=world.owner_party, fields=["id_number"])
    entry = AuditEntry.objects.get(operation="view")
    assert (entry.actor, entry.table, entry.object_id) == (world.front_desk, "registry.party", world.owner_party.pk)
    assert entry.after == {"fields": ["id_number"]}
    assert "1101051949" not in str(entry.after)
