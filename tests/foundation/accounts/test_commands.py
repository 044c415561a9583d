"""``anju createuser`` and ``anju token``, run as commands."""

import json

from click.testing import CliRunner

from anju.foundation.accounts.models import ApiToken, Membership, User
from anju.kit.errors import Refusal
from anju.site.cli import createuser, token


def run(command, *args: str, **env: str):
    return CliRunner().invoke(command, args, env=env)


def test_createuser_with_a_role_in_a_new_organisation(db):
    result = run(
        createuser.command,
        *("--username", "boss", "--name", "老板", "--role", "head_office", "--org", "NEW", "--json"),
        *("--org-kind", "property_company", "--org-name", "新物业"),
        ANJU_PASSWORD="Haizi-4711",
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["role"] == "head_office"
    assert Membership.objects.get(user__username="boss").organisation.name == "新物业"
    assert User.objects.get(username="boss").check_password("Haizi-4711")


def test_createuser_refuses_as_a_whole(world):
    before = User.objects.count()
    result = run(
        createuser.command,
        *("--username", "x", "--password", "Haizi-4711", "--role", "cashier", "--org", "HENGAN", "--estate", "NO"),
    )
    assert isinstance(result.exception, Refusal)
    assert result.exception.code == "estate_unknown"
    assert run(createuser.command, "--username", "x", "--password", "weak").exception.code == "password_bad"
    assert run(createuser.command, "--username", "x", "--password", "Haizi-4711", "--role", "king").exit_code == 2
    assert User.objects.count() == before


def test_createuser_sets_a_password_anew(world):
    assert run(createuser.command, "--username", "guard", "--reset", ANJU_PASSWORD="Haizi-4711").exit_code == 0
    assert User.objects.get(username="guard").check_password("Haizi-4711")


def test_token_create_list_revoke(world):
    made = run(
        token.command,
        *("create", "--name", "Gate", "--user", "director", "--estate", "SPRING", "--permission", "accounts.view"),
        "--json",
    )
    assert made.exit_code == 0, made.output
    given = json.loads(made.output)
    assert given["token"].startswith("anju_")
    (listed,) = json.loads(run(token.command, "list", "--json").output)
    assert (listed["name"], listed["estates"], listed["permissions"]) == ("Gate", ["SPRING"], ["accounts.view"])
    assert run(token.command, "revoke", str(given["id"])).exit_code == 0
    assert json.loads(run(token.command, "list", "--json").output) == []
    assert ApiToken.objects.get().revoked_at is not None
    assert "accounts.view" in json.loads(run(token.command, "rights", "--json").output)
