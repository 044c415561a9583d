"""Organisations: who enters them, who keeps their data, who gives roles in them, and what their pages show."""

import pytest
from django.urls import reverse

from anju.foundation.accounts import actions, selectors
from anju.foundation.accounts.access import Access
from anju.foundation.accounts.console.organisations import OrganisationPages
from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import Membership, Organisation, User
from anju.foundation.registry.models import Estate
from anju.kit.models import AuditEntry
from anju.kit.testing import PageSetTests
from tests.foundation.accounts.test_actions import refused

BASE = "/console/SPRING/accounts/"


def add(world, code="OC-1", kind=OrganisationKind.OWNERS_COMMITTEE, by="director"):
    return actions.add_organisation(
        estate=world.spring, kind=kind, code=code, name=f"组织{code}", by=getattr(world, by) if by else None
    )


class TestOrganisationPages(PageSetTests):
    pages, namespace = OrganisationPages, "accounts"

    def make_rows(self, world, number):
        taken = Organisation.objects.count()
        return [
            Organisation.objects.create(
                kind=OrganisationKind.SUPPLIER, code=f"SUP-{taken + n}", name=f"供应商{taken + n}", kept_by=world.spring
            )
            for n in range(number)
        ]

    def form_data(self, world):
        return {"kind": OrganisationKind.SUPPLIER, "code": "LIFT", "name": "电梯维保公司"}

    def get_rows(self, world):
        return selectors.organisations([world.spring.pk])


def seen(client, path=f"{BASE}organisations/"):
    page = client.get(path)
    assert page.status_code == 200, page.status_code
    return {line["pk"] for line in page.context["lines"]}


# --- who sees which ---------------------------------------------------------------------------------------------------


def test_list_shows_what_has_to_do_with_the_estate_and_nothing_else(world, client_as):
    mine = add(world, kind=OrganisationKind.SUPPLIER)
    hired = actions.create_organisation(kind=OrganisationKind.SUPPLIER, code="LIFT", name="电梯公司", by=None)
    actions.grant_membership(
        user=world.stranger, role=Role.ENGINEER, organisation=hired, estates=[world.spring], by=None
    )
    other = actions.create_organisation(kind=OrganisationKind.SUPPLIER, code="ELSE", name="别处公司", by=None)
    far = actions.create_organisation(kind=OrganisationKind.STREET_OFFICE, code="S-FAR", name="远街道", by=None)
    expected = {one.pk for one in (world.company, world.community, world.street, world.district, mine, hired)}
    assert seen(client_as(world.director)) == expected
    assert seen(client_as(world.auditor)) == expected
    for foreign in (world.rival_company, other, far):
        page = client_as(world.director).get(f"{BASE}organisations/{foreign.pk}/")
        assert page.status_code == 404, foreign
    assert client_as(world.director).get(f"{BASE}organisations/{hired.pk}/").status_code == 200


def test_list_counts_who_acts_there_now(world, client_as):
    def people():
        return selectors.organisations([world.spring.pk]).get(pk=world.company.pk).people

    staff = {"head_office", "director", "cashier", "second_cashier", "guard", "front_desk", "auditor"}
    assert people() == len(staff)
    actions.end_membership(membership=Membership.objects.get(user=world.guard), by=world.director)
    assert people() == len(staff) - 1
    assert selectors.organisations([world.rival.pk]).get(pk=world.rival_company.pk).people == 1


def test_detail_shows_people_to_those_who_may_see_them_and_only_ones_own_estates(world, client_as):
    url = f"{BASE}organisations/{world.company.pk}/"
    page = client_as(world.director).get(url).content.decode()
    assert "蔡收银" in page
    assert "春和苑" in page
    page = client_as(world.street_officer).get(url).content.decode()
    assert "蔡收银" not in page
    assert "春和苑" in page
    street = f"organisations/{world.street.pk}/"
    assert "观澜府" not in client_as(world.director).get(BASE + street).content.decode()
    assert "观澜府" in client_as(world.street_officer).get(BASE + street).content.decode()


def test_supplier_of_two_estates_tells_neither_of_the_other(world, client_as):
    hired = add(world, "LIFT", OrganisationKind.SUPPLIER)
    actions.grant_membership(
        user=world.stranger, role=Role.ENGINEER, organisation=hired, estates=[world.rival], by=None
    )
    url = f"organisations/{hired.pk}/"
    mine = client_as(world.director).get(f"{BASE}{url}?tab=history").content.decode()
    assert "丁主任" in mine
    assert "陌生人" not in client_as(world.director).get(BASE + url).content.decode()
    for query in ("", "?tab=history"):
        theirs = client_as(world.rival_director).get(f"/console/RIVAL/accounts/{url}{query}").content.decode()
        assert "陌生人" in theirs
        assert "春和苑" not in theirs
        assert "丁主任" not in theirs
    edit = client_as(world.rival_director).post(f"/console/RIVAL/accounts/{url}edit/", {"name": "别名"})
    assert edit.status_code == 403
    assert Organisation.objects.get(pk=hired.pk).name == "组织LIFT"


def test_officers_see_across_estates_what_stands_below_them(world, client_as):
    below = actions.create_organisation(
        kind=OrganisationKind.COMMUNITY_COMMITTEE, code="C-NEW", name="新社区", parent=world.street, by=None
    )
    overview = "/console/accounts/organisations/"
    listed = seen(client_as(world.street_officer), overview)
    assert {below.pk, world.company.pk, world.rival_company.pk, world.street.pk} <= listed
    assert client_as(world.street_officer).get(f"{overview}{below.pk}/").status_code == 200
    assert f'href="{overview}"' in client_as(world.street_officer).get(overview).content.decode()
    mine = seen(client_as(world.director), overview)
    assert below.pk not in mine
    assert world.rival_company.pk not in mine
    assert client_as(world.director).get(f"{overview}{below.pk}/").status_code == 404
    assert client_as(world.cashier).get(overview).status_code == 403


# --- who enters and changes them --------------------------------------------------------------------------------------


def test_entering_is_on_record_in_the_estate(world):
    made = add(world, code="ｓｕｐ 1", kind=OrganisationKind.SUPPLIER)
    assert (made.code, made.kept_by) == ("sup 1", world.spring)
    entry = AuditEntry.objects.get(table="accounts.organisation", object_id=made.pk)
    assert (entry.actor, entry.estate_id, entry.action) == (world.director, world.spring.pk, "create_organisation")


@pytest.mark.parametrize(
    ("kind", "code", "by", "refusal"),
    [
        (OrganisationKind.SUPPLIER, "HENGAN", "director", "organisation_code_taken"),
        (OrganisationKind.SUPPLIER, "hengan", "director", "organisation_code_taken"),
        (OrganisationKind.SUPPLIER, " ", "director", "organisation_code_bad"),
        (OrganisationKind.SUPPLIER, "X" * 31, "director", "organisation_code_bad"),
        (OrganisationKind.STREET_OFFICE, "S-2", "head_office", "organisation_kind"),
        (OrganisationKind.PROPERTY_COMPANY, "P-2", "head_office", "organisation_kind"),
        (OrganisationKind.OWNERS_COMMITTEE, "OC-1", "rival_director", "may_not_keep"),
        (OrganisationKind.OWNERS_COMMITTEE, "OC-1", "cashier", "may_not_keep"),
    ],
)
def test_entering_refuses(world, kind, code, by, refusal):
    before = Organisation.objects.count()
    with refused(refusal):
        add(world, code, kind, by)
    assert Organisation.objects.count() == before
    assert Estate.objects.get(pk=world.spring.pk).committee is None
    add(world)


def test_taken_code_is_said_at_its_field(world, client_as):
    data = {"kind": OrganisationKind.SUPPLIER, "code": "QIHANG", "name": "起航电梯"}
    page = client_as(world.director).post(f"{BASE}organisations/new/", data)
    assert page.status_code == 422
    assert page.context["form"].errors["code"] == ["该编码已被其他组织使用。"]


def test_form_offers_no_kind_that_stands_above_the_estate(world, client_as):
    form = client_as(world.head_office).get(f"{BASE}organisations/new/").context["form"]
    offered = {value for value, _label in form.fields["kind"].choices if value}
    assert offered == {"owners_committee", "estate_committee", "supplier", "developer"}


@pytest.mark.parametrize(
    ("which", "who", "status"),
    [
        ("street", "head_office", 403),
        ("district", "head_office", 403),
        ("community", "director", 403),
        ("company", "director", 403),
        ("company", "head_office", 302),
        ("own", "director", 302),
        ("own", "auditor", 403),
        ("own", "street_officer", 403),
    ],
)
def test_only_whoever_keeps_an_organisation_changes_it(world, client_as, which, who, status):
    own = add(world)
    organisation = own if which == "own" else getattr(world, which)
    url = f"{BASE}organisations/{organisation.pk}/"
    client = client_as(getattr(world, who))
    assert bool(client.get(url).context["edit_url"]) == (status == 302)
    assert client.post(f"{url}edit/", {"name": "新名称"}).status_code == status
    assert (Organisation.objects.get(pk=organisation.pk).name == "新名称") == (status == 302)


def test_action_itself_refuses_those_who_do_not_keep_it(world):
    with refused("may_not_keep"):
        actions.edit_organisation(organisation=world.street, name="改名", by=world.head_office)
    with refused("organisation_name_missing"):
        actions.edit_organisation(organisation=world.company, name=" ", by=world.head_office)
    assert Organisation.objects.get(pk=world.street.pk).name == "北海街道办事处"


OFFICES = "/console/accounts/offices/"


def of_district(world):
    """The stranger as officer of the district."""
    actions.grant_membership(user=world.stranger, role=Role.DISTRICT_OFFICER, organisation=world.district, by=None)
    return world.stranger


def test_district_officer_enters_streets_and_communities_below(world, client_as):
    elsewhere = actions.create_organisation(
        kind=OrganisationKind.STREET_OFFICE, code="S-ELSE", name="别区街道", by=None
    )
    client = client_as(of_district(world))
    assert seen(client, OFFICES) == {world.street.pk, world.community.pk}
    form = client.get(f"{OFFICES}new/").context["form"]
    assert list(form.fields["parent"].queryset) == [world.district, world.street]
    data = {"parent": world.district.pk, "code": "S-NEW", "name": "南海街道办事处"}
    assert client.post(f"{OFFICES}new/", data).status_code == 302
    street = Organisation.objects.get(code="S-NEW")
    assert (street.kind, street.parent) == (OrganisationKind.STREET_OFFICE, world.district)
    data = {"parent": street.pk, "code": "C-NEW", "name": "南海社区居委会"}
    assert client.post(f"{OFFICES}new/", data).status_code == 302
    community = Organisation.objects.get(code="C-NEW")
    assert (community.kind, community.parent) == (OrganisationKind.COMMUNITY_COMMITTEE, street)
    assert client.post(f"{OFFICES}{community.pk}/edit/", {"name": "南海新村社区"}).status_code == 302
    assert Organisation.objects.get(pk=community.pk).name == "南海新村社区"
    assert client.post(f"{OFFICES}new/", data | {"parent": elsewhere.pk, "code": "C-X"}).status_code == 422
    assert client.post(f"{OFFICES}new/", data).status_code == 422  # the code is taken
    assert client.post(f"{OFFICES}{elsewhere.pk}/edit/", {"name": "改名"}).status_code == 404
    assert client.post(f"{OFFICES}{world.district.pk}/edit/", {"name": "改名"}).status_code == 404
    for person in (world.head_office, world.street_officer, world.auditor):
        assert client_as(person).post(f"{OFFICES}new/", data | {"code": "C-X"}).status_code == 403
    assert not Organisation.objects.filter(code="C-X").exists()


@pytest.mark.parametrize(
    ("parent", "by", "code"),
    [
        ("street", "head_office", "may_not_keep"),
        ("street", "street_officer", "may_not_keep"),
        ("community", "stranger", "organisation_parent"),
        ("company", "stranger", "organisation_parent"),
    ],
)
def test_offices_are_entered_by_their_district_only(world, parent, by, code):
    officer, before = of_district(world), Organisation.objects.count()
    with refused(code):
        actions.add_office(parent=getattr(world, parent), code="C-9", name="社区", by=getattr(world, by))
    assert Organisation.objects.count() == before
    actions.add_office(parent=world.street, code="C-9", name="社区", by=officer)


# --- the estate's committee -------------------------------------------------------------------------------------------


def test_first_committee_becomes_the_estates_and_a_second_is_appointed(world, client_as):
    first, supplier = add(world), add(world, "SUP", OrganisationKind.SUPPLIER)
    assert Estate.objects.get(pk=world.spring.pk).committee == first
    second = add(world, "OC-2", OrganisationKind.ESTATE_COMMITTEE)
    assert Estate.objects.get(pk=world.spring.pk).committee == first
    client = client_as(world.director)
    url = reverse("registry:estate_committee", kwargs={"estate": "SPRING"})
    detail = client.get(f"{BASE}organisations/{second.pk}/")
    assert f"{url}?committee={second.pk}" in [action["url"] for action in detail.context["page_actions"]]
    form = client.get(f"{url}?committee={second.pk}").context["form"]
    assert set(form.fields["committee"].queryset) == {first, second}
    assert form["committee"].initial == str(second.pk)
    assert client.post(url, {"committee": supplier.pk}).status_code == 422
    assert client_as(world.cashier).post(url, {"committee": second.pk}).status_code == 403
    assert Estate.objects.get(pk=world.spring.pk).committee == first
    assert client.post(url, {"committee": second.pk}).status_code == 302
    assert Estate.objects.get(pk=world.spring.pk).committee == second
    entry = AuditEntry.objects.filter(table="registry.estate", object_id=world.spring.pk).latest("pk")
    assert (entry.actor, entry.action) == (world.director, "appoint_committee")


# --- roles in them ----------------------------------------------------------------------------------------------------


def test_director_creates_a_committee_whose_member_sees_the_estate(world, client_as):
    director = client_as(world.director)
    data = {"kind": OrganisationKind.OWNERS_COMMITTEE, "code": "OC-SPRING", "name": "春和苑业主委员会"}
    assert director.post(f"{BASE}organisations/new/", data).status_code == 302
    committee = Organisation.objects.get(code="OC-SPRING")
    form = director.get(f"{BASE}people/new/").context["form"]
    assert form["organisation"].initial == world.company.pk
    assert set(form.fields["organisation"].queryset) == {world.company, committee}
    person = {
        "username": "weiyuan", "name": "魏委员", "password": "Haizi-4711",
        "organisation": committee.pk, "role": Role.COMMITTEE_MEMBER,
    }  # fmt: skip
    assert director.post(f"{BASE}people/new/", person).status_code == 302
    member = User.objects.get(username="weiyuan")
    held = Membership.objects.get(user=member)
    assert (held.organisation, held.role, list(held.estates.all())) == (
        committee, Role.COMMITTEE_MEMBER, [world.spring],
    )  # fmt: skip
    client = client_as(member)
    assert client.get("/console/SPRING/registry/estate/").status_code == 200
    assert client.get("/console/RIVAL/registry/estate/").status_code == 404
    assert committee.pk in seen(client)
    assert director.post(f"{BASE}roles/{held.pk}/end/").status_code == 302
    assert client.get("/console/SPRING/registry/estate/").status_code == 404


def test_role_for_an_organisation_is_offered_on_its_page(world, client_as):
    supplier = add(world, "SUP", OrganisationKind.SUPPLIER)
    client = client_as(world.director)
    related = client.get(f"{BASE}organisations/{supplier.pk}/").context["related"]
    url = next(part["add_url"] for part in related if part["part"].key == "people")
    form = client.get(url).context["form"]
    assert list(form.fields["organisation"].queryset) == [supplier]
    offered = {value for value, _label in form.fields["role"].choices if value}
    assert offered == {Role.ENGINEER, Role.GUARD, Role.CLEANER}
    data = {"login": "stranger", "organisation": supplier.pk, "role": Role.ENGINEER}
    assert client.post(url, data).status_code == 302
    assert Membership.objects.get(user=world.stranger).organisation == supplier
    assert client.post(url, data | {"role": Role.CASHIER}).status_code == 422
    street = client.get(f"{BASE}organisations/{world.street.pk}/").context["related"]
    assert [part["add_url"] for part in street if part["part"].key == "people"] == [""]


def test_without_a_further_organisation_the_form_asks_for_none(world, client_as):
    assert "organisation" not in client_as(world.director).get(f"{BASE}roles/new/").context["form"].fields


@pytest.mark.parametrize(
    ("granter", "role", "estates", "code"),
    [
        ("director", Role.AUDITOR, ["spring"], "may_not_grant"),
        ("director", Role.COMMITTEE_MEMBER, [], "may_not_grant"),  # for all that the committee may ever reach
        ("director", Role.COMMITTEE_MEMBER, ["rival"], "may_not_grant"),
        ("rival_director", Role.COMMITTEE_MEMBER, ["spring"], "may_not_grant"),
        ("rival_director", Role.COMMITTEE_MEMBER, ["rival"], "may_not_grant"),
        ("cashier", Role.COMMITTEE_MEMBER, ["spring"], "may_not_grant"),
        ("director", Role.CASHIER, ["spring"], "role_kind"),
    ],
)
def test_nobody_fills_a_committee_beyond_their_own_estates(world, granter, role, estates, code):
    committee = add(world)
    for estate in (world.spring, world.rival):
        estate.refresh_from_db()
    before = Membership.objects.count()
    with refused(code):
        actions.grant_membership(
            user=world.stranger, role=role, organisation=committee,
            estates=[getattr(world, name) for name in estates], by=getattr(world, granter),
        )  # fmt: skip
    assert Membership.objects.count() == before
    actions.grant_membership(
        user=world.stranger, role=Role.COMMITTEE_MEMBER, organisation=committee, estates=[world.spring],
        by=world.director,
    )  # fmt: skip
    assert Access(world.stranger, "SPRING").roles == {Role.COMMITTEE_MEMBER}
    assert Access(world.stranger, "RIVAL").estate is None


def test_authorities_give_their_roles_themselves(world):
    for organisation, role in ((world.street, Role.STREET_OFFICER), (world.community, Role.COMMUNITY_OFFICER)):
        with refused("may_not_grant"):
            actions.grant_membership(
                user=world.stranger, role=role, organisation=organisation, estates=[world.spring], by=world.head_office
            )
    assert not Membership.objects.filter(user=world.stranger).exists()
