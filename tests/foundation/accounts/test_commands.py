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
    # where a role holds, without the role, would be forgotten in silence
    for where in (("--estate", "SPRING"), ("--org", "HENGAN")):
        assert run(createuser.command, "--username", "x", "--password", "Haizi-4711", *where).exit_code == 2
    assert User.objects.count() == before


def test_a_password_that_is_too_short_is_refused_in_chinese(db):
    refusal = run(createuser.command, "--username", "x", "--password", "Aa-1").exception
    assert (refusal.code, "至少 8 个字符" in str(refusal), "short" in str(refusal)) == ("password_bad", True, False)


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


def test_token_create_refuses(world):
    right = ("--estate", "SPRING", "--permission", "accounts.view")
    assert run(token.command, "create", "--name", "Gate", "--user", "nobody", *right).exception.code == "no_such_person"
    for wrong in (("--name", " "), ("--name", "Gate", "--days", "99999999")):
        assert run(token.command, "create", *wrong, "--user", "director", *right).exit_code == 2
    assert run(token.command, "revoke", "4711").exception.code == "no_such_token"
    assert not ApiToken.objects.exists()
