"""The pages of people, roles, tokens and the audit trail, through HTTP."""

import re

import pytest

from anju.foundation.accounts.enums import Role
from anju.foundation.accounts.models import ApiToken, Membership, User
from anju.kit.models import AuditEntry

BASE = "/console/SPRING/accounts/"


def form_of(client, path: str) -> dict[str, str]:
    """The hidden fields of the form at ``path``, as a browser would send them back."""
    page = client.get(path)
    assert page.status_code == 200, page.status_code
    hidden = re.findall(rb'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.content)
    return {name.decode(): value.decode() for name, value in hidden}


def send(client, path: str, **data):
    return client.post(path, form_of(client, path) | data)


def test_people_list_shows_those_of_the_estate_with_covered_phones(world, client_as):
    page = client_as(world.director).get(f"{BASE}people/").content.decode()
    assert "蔡收银" in page
    assert "139****0003" in page
    assert "13900000003" not in page
    assert "别家主任" not in page
    assert "陌生人" not in page


@pytest.mark.parametrize("path", ["people/", "roles/", "audit/"])
def test_lists_are_for_managers_and_the_auditor(world, client_as, path):
    for person, status in (
        (world.director, 200),
        (world.head_office, 200),
        (world.auditor, 200),
        (world.cashier, 403),
        (world.guard, 403),
        (world.owner, 403),
        (world.street_officer, 403),
        (world.rival_director, 404),
        (world.stranger, 404),
    ):
        assert client_as(person).get(BASE + path).status_code == status, person


def test_reveal_shows_the_phone_and_is_on_record(world, client_as):
    path = f"{BASE}people/{world.cashier.pk}/reveal/"
    shown = client_as(world.director).post(path, {"field": "phone"}, headers={"HX-Request": "true"})
    assert "13900000003" in shown.content.decode()
    entry = AuditEntry.objects.get(operation="view")
    assert (entry.actor, entry.object_id, entry.after) == (world.director, world.cashier.pk, {"fields": ["phone"]})
    assert client_as(world.auditor).post(path, {"field": "phone"}).status_code == 403
    assert AuditEntry.objects.filter(operation="view").count() == 1


def test_director_adds_a_person_with_a_role_in_the_own_estate(world, client_as):
    client = client_as(world.director)
    data = {"username": "xin", "name": "新收银", "phone": "13911112222", "password": "Haizi-4711", "role": Role.CASHIER}
    response = send(client, f"{BASE}people/new/", **data)
    assert response.status_code == 302, response.content.decode()
    user = User.objects.get(username="xin")
    held = Membership.objects.get(user=user)
    assert (held.role, held.organisation, list(held.estates.all())) == (Role.CASHIER, world.company, [world.spring])
    assert AuditEntry.objects.get(table="accounts.membership", object_id=held.pk).actor == world.director
    assert client_as(user).get("/console/SPRING/accounts/people/").status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"role": Role.HEAD_OFFICE}, {"password": "short"}, {"username": "cashier"}, {"phone": "123"}]
)
def test_new_person_form_says_what_is_wrong_and_keeps_nothing(world, client_as, wrong):
    before = User.objects.count()
    data = {"username": "xin", "name": "新收银", "password": "Haizi-4711", "role": Role.CASHIER} | wrong
    assert send(client_as(world.director), f"{BASE}people/new/", **data).status_code == 422
    assert User.objects.count() == before


def test_auditor_changes_nothing(world, client_as):
    client = client_as(world.auditor)
    held = Membership.objects.get(user=world.cashier)
    for path in (
        "people/new/",
        "roles/new/",
        f"people/{world.cashier.pk}/password/",
        f"people/{world.cashier.pk}/deactivate/",
        f"people/{world.cashier.pk}/edit/",
        f"roles/{held.pk}/end/",
    ):
        assert client.post(BASE + path, {"password": "Haizi-4711"}).status_code == 403, path
    assert User.objects.get(pk=world.cashier.pk).is_active
    assert Membership.objects.get(pk=held.pk).until is None


def test_director_gives_and_ends_a_role(world, client_as):
    client = client_as(world.director)
    assert send(client, f"{BASE}roles/new/", login="stranger", role=Role.GUARD).status_code == 302
    held = Membership.objects.get(user=world.stranger)
    page = client.get(f"{BASE}roles/{held.pk}/").content.decode()
    assert "陌生人" in page
    assert send(client, f"{BASE}roles/{held.pk}/end/").status_code == 302
    assert Membership.objects.get(pk=held.pk).until is not None


def test_people_of_another_company_cannot_be_reached(world, client_as):
    client = client_as(world.director)
    for path in ("", "edit/", "password/", "deactivate/"):
        assert client.get(f"{BASE}people/{world.rival_director.pk}/{path}").status_code == 404
    theirs = Membership.objects.get(user=world.rival_director)
    assert client.post(f"{BASE}roles/{theirs.pk}/end/").status_code == 404
    assert Membership.objects.get(pk=theirs.pk).until is None


def test_director_sets_a_cashiers_password_but_not_the_head_offices(world, client_as):
    client = client_as(world.director)
    assert send(client, f"{BASE}people/{world.cashier.pk}/password/", password="Haizi-4711").status_code == 302
    assert User.objects.get(pk=world.cashier.pk).check_password("Haizi-4711")
    above = f"{BASE}people/{world.head_office.pk}/password/"
    assert send(client, above, password="Haizi-4711").status_code == 422
    assert not User.objects.get(pk=world.head_office.pk).check_password("Haizi-4711")
    assert send(client_as(world.head_office), above, password="Haizi-4711").status_code == 302


def test_person_page_tells_roles_and_history(world, client_as):
    client = client_as(world.director)
    assert send(client, f"{BASE}people/{world.guard.pk}/edit/", name="郭大保安", phone="13900000005").status_code == 302
    page = client.get(f"{BASE}people/{world.guard.pk}/").content.decode()
    assert "郭大保安" in page
    history = client.get(f"{BASE}people/{world.guard.pk}/?tab=history").content.decode()
    assert "郭保安" in history
    assert "丁主任" in history


def test_stopping_and_allowing_to_sign_in_offer_only_what_changes_something(world, client_as):
    client = client_as(world.director)
    page = f"{BASE}people/{world.guard.pk}/"
    for stop, allow in (("deactivate", "reactivate"), ("reactivate", "deactivate")):
        urls = [action["url"] for action in client.get(page).context["page_actions"]]
        assert f"{page}{stop}/" in urls
        assert f"{page}{allow}/" not in urls
        assert send(client, f"{page}{stop}/").status_code == 302
    assert User.objects.get(pk=world.guard.pk).is_active


def test_director_is_offered_only_the_roles_they_may_give(world, client_as):
    form = client_as(world.director).get(f"{BASE}people/new/").context["form"]
    offered = {value for value, _label in form.fields["role"].choices}
    assert {"", Role.CASHIER, Role.DIRECTOR} <= offered
    assert offered.isdisjoint({Role.HEAD_OFFICE, Role.AUDITOR, Role.OWNER, Role.STREET_OFFICER})


def test_audit_trail_shows_changes_before_and_after_with_personal_data_covered(world, client_as):
    entry = AuditEntry.objects.filter(table="registry.party", object_id=world.owner_party.pk, operation="insert").get()
    client = client_as(world.director)
    page = client.get(f"{BASE}audit/{entry.pk}/").content.decode()
    assert "王小明" in page
    assert "139****0008" in page
    assert "13900000008" not in page
    assert "11010519491231002X" not in page


def test_audit_trail_calls_other_records_by_name(world, client_as):
    unit = world.let_unit
    entry = AuditEntry.objects.get(table="registry.unit", object_id=unit.pk, operation="insert")
    answer = client_as(world.director).get(f"{BASE}audit/{entry.pk}/")
    told = {str(line["label"]): line["value"] for line in answer.context["sections"][-1]["fields"]}
    assert (told["小区"], told["楼栋"]) == (str(world.spring), str(unit.building))


def test_audit_trail_tells_refusals_and_looks_at_personal_data_in_words(world, client_as):
    client = client_as(world.director)
    assert client_as(world.cashier).get(f"{BASE}people/").status_code == 403
    person = f"/console/SPRING/registry/parties/{world.owner_party.pk}/"
    assert client.post(f"{person}reveal/", {"field": "phone"}).status_code == 200
    for operation, told, code in (
        ("denied", (f"GET {BASE}people/", "岗位没有这项权限。"), "forbidden"),
        ("view", ("涉及字段", "电话"), "[&#x27;phone&#x27;]"),
    ):
        entry = AuditEntry.objects.get(operation=operation)
        page = client.get(f"{BASE}audit/{entry.pk}/").content.decode()
        assert [words for words in told if words not in page] == []
        assert code not in page


def test_audit_trail_is_narrowed_by_object_and_to_the_own_estates(world, client_as):
    client = client_as(world.director)
    listed = client.get(f"{BASE}audit/?table=registry.unit&object_id={world.unit.pk}")
    assert "registry.unit" in dict(listed.context["filter_form"].fields["table"].choices)
    assert [line["pk"] for line in listed.context["lines"]] == list(
        AuditEntry.objects.filter(table="registry.unit", object_id=world.unit.pk).values_list("pk", flat=True)
    )
    foreign = AuditEntry.objects.filter(estate_id=world.rival.pk).first()
    assert client.get(f"{BASE}audit/{foreign.pk}/").status_code == 404
    assert client.get("/console/accounts/audit/").status_code == 200
    assert client.get(f"/console/accounts/audit/{foreign.pk}/").status_code == 404


def test_token_is_created_shown_once_and_revoked(world, client_as):
    client = client_as(world.head_office)
    response = send(client, f"{BASE}tokens/new/", name="门禁", owner="director", rights=["accounts.view"])
    assert response.status_code == 302, response.content.decode()
    token = ApiToken.objects.get()
    first = client.get(response.url).content.decode()
    assert "anju_" in first
    assert "anju_" not in client.get(response.url).content.decode().replace("anju_session", "")
    assert client_as(world.director).get(f"{BASE}tokens/").status_code == 403
    assert send(client, f"{BASE}tokens/{token.pk}/revoke/").status_code == 302
    assert ApiToken.objects.get().revoked_at is not None


def test_lists_cost_the_same_with_more_rows(world, client_as, django_assert_max_num_queries):
    def queries(path: str) -> int:
        client = client_as(world.director)
        client.get(path)
        with django_assert_max_num_queries(60) as captured:
            client.get(path)
        return len(captured)

    few = {path: queries(BASE + path) for path in ("people/", "roles/")}
    users = User.objects.bulk_create(User(username=f"more{n}", name=f"更多{n}") for n in range(30))
    held = Membership.objects.bulk_create(
        Membership(user=user, organisation=world.company, role=Role.CLEANER, since="2024-01-01") for user in users
    )
    for membership in held:
        membership.estates.add(world.spring)
    assert few == {path: queries(BASE + path) for path in few}
