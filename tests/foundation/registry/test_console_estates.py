"""Which organisations an estate can have, and who chooses them."""

import pytest
from django.urls import reverse

from anju.foundation.accounts.actions import add_organisation, create_organisation, grant_membership
from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.accounts.models import Organisation
from anju.foundation.registry.actions import appoint_committee, create_estate, edit_estate
from anju.foundation.registry.models import Estate
from anju.kit.errors import Refusal

EDIT = "/console/SPRING/registry/estate/edit/"


def offered(form, name):
    return set(form.fields[name].queryset)


def test_forms_offer_the_organisations_that_fit(world, client_as):
    entered = {"kind": OrganisationKind.OWNERS_COMMITTEE, "by": None}
    mine = add_organisation(estate=world.spring, code="OC", name="春和苑业委会", **entered)
    add_organisation(estate=world.rival, code="OC-2", name="观澜府业委会", **entered)
    client = client_as(world.head_office)
    form = client.get(EDIT).context["form"]
    assert offered(form, "company") == {world.company}
    assert offered(form, "community") == {world.community}
    assert offered(form, "committee") == {mine}
    form = client.get("/console/estates/new/").context["form"]
    assert offered(form, "company") == {world.company}
    assert offered(form, "committee") == set()
    data = {"name": "春和苑", "kind": "residential", "company": world.rival_company.pk}
    assert client.post(EDIT, data).status_code == 422
    assert Estate.objects.get(pk=world.spring.pk).company == world.company
    assert client.post(EDIT, data | {"company": world.company.pk, "committee": mine.pk}).status_code == 302


@pytest.mark.parametrize("column", ["company", "community", "committee"])
def test_an_organisation_of_another_kind_is_refused(world, column):
    for write in (
        lambda: edit_estate(estate=world.spring, by=None, **{column: world.street}),
        lambda: create_estate(code="NEW", name="新苑", by=None, **{column: world.street}),
    ):
        with pytest.raises(Refusal) as refusal:
            write()
        assert (refusal.value.code, refusal.value.field) == ("organisation_kind", column)
    assert getattr(Estate.objects.get(pk=world.spring.pk), column) != world.street
    assert not Estate.objects.filter(code="NEW").exists()


def test_a_committee_of_another_estate_is_not_appointed(world):
    theirs = add_organisation(
        estate=world.rival, kind=OrganisationKind.OWNERS_COMMITTEE, code="OC-2", name="观澜府业委会", by=None
    )
    with pytest.raises(Refusal) as refusal:
        appoint_committee(estate=world.spring, committee=theirs, by=world.director)
    assert refusal.value.code == "committee_unfit"
    assert Estate.objects.get(pk=world.spring.pk).committee is None


def test_a_committee_that_runs_the_estate_is_not_replaced_by_its_director(world, client_as):
    running = create_organisation(kind=OrganisationKind.ESTATE_COMMITTEE, code="GWH", name="管委会", by=None)
    old = Estate.objects.create(code="OLD", name="老小区", committee=running)
    grant_membership(user=world.stranger, role=Role.DIRECTOR, organisation=running, estates=[], by=None)
    client = client_as(world.stranger)
    data = {"kind": OrganisationKind.OWNERS_COMMITTEE, "code": "OC-OLD", "name": "老小区业委会"}
    assert client.post("/console/OLD/accounts/organisations/new/", data).status_code == 302
    assert Estate.objects.get(pk=old.pk).committee == running
    url = reverse("registry:estate_committee", kwargs={"estate": "OLD"})
    second = Organisation.objects.get(code="OC-OLD")
    assert client.post(url, {"committee": second.pk}).status_code == 422
    assert Estate.objects.get(pk=old.pk).committee == running
