"""Who may see which estate, and with which rights."""

from datetime import timedelta

import pytest

from anju.foundation.accounts import permissions
from anju.foundation.accounts.access import Access, nobody
from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import Membership, Organisation
from anju.foundation.registry.models import Ownership
from anju.kit import clock


def visible(user, face="console") -> set[str]:
    return {estate.code for estate in Access(user, face=face).estates}


def test_membership_reaches_estates_of_its_organisation(world):
    assert visible(world.head_office) == {"SPRING"}
    assert visible(world.director) == {"SPRING"}
    assert visible(world.rival_director) == {"RIVAL"}
    assert visible(world.stranger) == set()


@pytest.mark.parametrize(
    ("organisation", "role"),
    [
        ("community", Role.COMMUNITY_OFFICER),
        ("street", Role.STREET_OFFICER),
        ("district", Role.DISTRICT_OFFICER),
    ],
)
def test_offices_reach_every_estate_below_them(world, organisation, role):
    Membership.objects.create(
        user=world.stranger, organisation=getattr(world, organisation), role=role, since=clock.today()
    )
    assert visible(world.stranger) == {"SPRING", "RIVAL"}
    assert Access(world.stranger, "SPRING").roles == {role}


def test_another_district_reaches_nothing(world):
    other = Organisation.objects.create(kind=OrganisationKind.DISTRICT_AUTHORITY, code="D-2", name="别区")
    Membership.objects.create(user=world.stranger, organisation=other, role=Role.DISTRICT_OFFICER, since=clock.today())
    assert visible(world.stranger) == set()


def test_committee_reaches_its_estate(world):
    committee = Organisation.objects.create(kind=OrganisationKind.OWNERS_COMMITTEE, code="OC", name="春和苑业委会")
    world.spring.committee = committee
    world.spring.save()
    Membership.objects.create(
        user=world.stranger, organisation=committee, role=Role.COMMITTEE_MEMBER, since=clock.today()
    )
    assert visible(world.stranger) == {"SPRING"}


def test_named_estates_narrow_and_never_widen(world):
    member = Membership.objects.get(user=world.director)
    member.estates.set([world.rival])  # not run by the director's company
    assert visible(world.director) == set()


def test_membership_holds_from_its_first_day_to_before_its_last(world):
    member = Membership.objects.get(user=world.director)
    today = clock.today()
    for since, until, seen in (
        (today, None, True),
        (today + timedelta(1), None, False),
        (today - timedelta(9), today + timedelta(1), True),
        (today - timedelta(9), today, False),
    ):
        Membership.objects.filter(pk=member.pk).update(since=since, until=until)
        assert bool(visible(world.director)) is seen, (since, until)


def test_residents_see_their_homes_on_their_own_pages_only(world):
    for person, role in ((world.owner, Role.OWNER), (world.tenant, Role.TENANT)):
        assert visible(person, "my") == {"SPRING"}
        assert visible(person) == set()
        access = Access(person, "SPRING", "my")
        assert access.roles == {role}
        assert access.can(permissions.RESIDENT)
        assert not access.can(permissions.VIEW)


def test_owner_who_has_sold_is_no_longer_owner(world, in_scope):
    with in_scope(world.spring):
        Ownership.objects.filter(party=world.owner_party).update(until=clock.today())
    assert Access(world.owner, "SPRING", "my").roles == {Role.TENANT}


def test_rights_are_held_per_estate(world):
    """A director of one estate who is a mere cashier in another has a director's rights in the first only."""
    Membership.objects.create(
        user=world.director, organisation=world.rival_company, role=Role.CASHIER, since=clock.today()
    )
    assert Access(world.director, "SPRING").can(permissions.MANAGE)
    assert not Access(world.director, "RIVAL").can(permissions.MANAGE)
    across = Access(world.director)
    assert across.estate_ids == {world.spring.pk, world.rival.pk}
    assert across.estates_with(permissions.MANAGE) == {world.spring.pk}


def test_unknown_right_is_an_error_not_a_refusal(world):
    with pytest.raises(LookupError):
        Access(world.director, "SPRING").can("accounts.mangae")


def test_nobody_may_nothing(db):
    assert nobody().estate_ids == frozenset()
    assert not nobody().can(permissions.VIEW)


def test_access_costs_two_queries(world, django_assert_num_queries):
    with django_assert_num_queries(2):
        access = Access(world.director, "SPRING")
        assert access.estate == world.spring
        assert access.can(permissions.MANAGE)
        assert access.roles == {Role.DIRECTOR}


def test_auditor_reads_everything_and_changes_nothing():
    held = permissions.permissions_of_role(Role.AUDITOR)
    reading = {known.code for known in permissions.all_permissions() if known.only_reads}
    assert {"accounts.view", "accounts.view_audit"} <= held
    assert held == {code for code in reading if not code.startswith("resident.")}


def test_residents_hold_residents_rights_only():
    for role in permissions.RESIDENTS:
        assert {code.partition(".")[0] for code in permissions.permissions_of_role(role)} == {"resident"}


def test_head_office_and_director_hold_what_their_staff_hold():
    """What no manager holds is a separation of duties and has to be meant: streets and communities are for the
    district to enter, never for a company."""
    mine = {known.code for known in permissions.all_permissions() if known.code.startswith("accounts.")}
    assert mine - permissions.permissions_of_role(Role.HEAD_OFFICE) == {permissions.MANAGE_OFFICES}
    assert mine - permissions.permissions_of_role(Role.DIRECTOR) == {
        permissions.MANAGE_OFFICES, permissions.MANAGE_TOKENS,
    }  # fmt: skip


def test_a_right_is_declared_once():
    with pytest.raises(ValueError, match="declared twice"):
        permissions.declare("accounts.manage", "else", Role.GUARD)
