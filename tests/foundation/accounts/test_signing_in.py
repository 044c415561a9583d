"""Signing in through the real pages: name or phone, lockout, second factor, idle sessions, change of password."""

import base64
import hashlib
import hmac
import threading
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from anju.foundation.accounts import actions, selectors
from anju.foundation.accounts.models import SignInFailure, User
from anju.kit import clock, jobs
from anju.kit.errors import Refusal
from anju.kit.models import AuditEntry
from anju.site.cli.createuser import command
from tests.world import PASSWORD, session_of

LOGIN = "/accounts/login/"
WRONG = "Wrong-4711"


def sign_in(client: Client, login: str, password: str = PASSWORD):
    return client.post(LOGIN, {"login": login, "password": password})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def complaints(response) -> list[str]:
    return [str(error) for errors in response.context["form"].errors.values() for error in errors]


@pytest.mark.parametrize(
    "login", ["cashier", "CASHIER", " cashier ", "13900000003", "１３９０００００００３", "+86 139 0000 0003"]
)
def test_sign_in_by_name_or_phone(world, login):
    client = Client()
    response = sign_in(client, login)
    assert response.status_code == 302, complaints(response)
    assert client.session["_auth_user_id"] == str(world.cashier.pk)


def test_sign_in_returns_to_the_page_asked_for(world):
    response = Client().post(f"{LOGIN}?next=/console/SPRING/", {"login": "cashier", "password": PASSWORD})
    assert response.status_code == 302
    assert response.url == "/console/SPRING/"
    elsewhere = Client().post(f"{LOGIN}?next=https://evil.example/", {"login": "cashier", "password": PASSWORD})
    assert "evil" not in elsewhere.url


def test_wrong_password_and_unknown_name_look_alike(world):
    known, unknown = sign_in(Client(), "cashier", WRONG), sign_in(Client(), "nobody-here", WRONG)
    assert known.status_code == unknown.status_code == 200
    assert complaints(known) == complaints(unknown) != []


def test_deactivated_person_cannot_sign_in(world):
    actions.deactivate_user(user=world.cashier, by=None)
    client = Client()
    sign_in(client, "cashier")
    assert not is_in(client)


def test_there_is_no_sign_up_and_no_reset_by_mail(db):
    for path in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"):
        assert Client().get(path).status_code == 404


# --- Lockout ----------------------------------------------------------------------------------------------------------


def fail(login: str, times: int):
    for _ in range(times):
        response = sign_in(Client(), login, WRONG)
    return response


def test_five_failures_lock_for_ten_minutes(world):
    fail("cashier", 4)
    client = Client()
    fifth = fail("cashier", 1)
    assert "锁定" in complaints(fifth)[0] or "locked" in complaints(fifth)[0]
    refused = sign_in(client, "cashier")
    assert not is_in(client)
    assert complaints(refused) == complaints(fifth)
    until = selectors.locked_until(selectors.sign_in_key("cashier"))
    assert timedelta(minutes=9, seconds=50) < until - clock.now() <= timedelta(minutes=10)
    assert AuditEntry.objects.filter(operation="denied", actor=world.cashier, after__reason="locked").count() == 1
    assert sign_in(Client(), "director").status_code == 302  # other names are not touched

    SignInFailure.objects.update(at=clock.now() - timedelta(minutes=10, seconds=1))
    assert sign_in(client, "cashier").status_code == 302
    assert is_in(client)


def test_attempts_while_locked_do_not_prolong_the_lock(world):
    fail("cashier", 5)
    before = selectors.locked_until(selectors.sign_in_key("cashier"))
    fail("cashier", 3)
    assert selectors.locked_until(selectors.sign_in_key("cashier")) == before


def test_counting_starts_anew_after_a_lock(world):
    fail("cashier", 5)
    SignInFailure.objects.update(at=clock.now() - timedelta(minutes=11))
    fail("cashier", 4)
    assert sign_in(Client(), "cashier").status_code == 302


def test_four_failures_then_success_forgets_them(world):
    fail("cashier", 4)
    assert sign_in(Client(), "cashier").status_code == 302
    fail("cashier", 4)
    assert sign_in(Client(), "cashier").status_code == 302


def test_name_and_phone_of_one_person_count_together(world):
    fail("cashier", 3)
    fail("13900000003", 2)
    assert sign_in(Client(), "cashier").status_code == 200


def test_unknown_names_lock_just_the_same(world):
    known, unknown = fail("cashier", 6), fail("nobody-here", 6)
    (first,), (second,) = complaints(known), complaints(unknown)
    assert [part for part in first if not part.isdigit()] == [part for part in second if not part.isdigit()]
    assert sign_in(Client(), "NOBODY-HERE", WRONG).status_code == 200


def test_a_new_password_unlocks(world):
    fail("cashier", 5)
    actions.set_password(user=world.cashier, password="Haizi-4711", by=world.director)
    assert sign_in(Client(), "cashier", "Haizi-4711").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_simultaneous_guesses_do_not_pass_the_limit():
    """Twelve at once on connections of their own, as on several servers: five may try, seven are refused."""
    let_through: list[bool] = []
    start = threading.Barrier(12)

    def guess() -> None:
        try:
            start.wait()
            actions.count_attempt(key="name mallory", address="192.0.2.1", by=None)
            let_through.append(True)
        except Refusal:
            let_through.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(let_through) == [False] * 7 + [True] * 5
    assert SignInFailure.objects.filter(name="name mallory").count() == 5


# --- Second factor ----------------------------------------------------------------------------------------------------


def code_for(secret: str, step: int = 0) -> str:
    """What an authenticator app shows (RFC 6238: SHA-1, 30 seconds, six digits), computed here independently."""
    counter = int(time.time()) // 30 + step
    digest = hmac.new(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


@pytest.fixture
def with_totp(world) -> tuple[User, str]:
    """The director, who has just set up a second factor through the pages; with the shared secret."""
    client = Client()
    sign_in(client, "director")
    page = client.get("/accounts/2fa/totp/activate/", follow=True)
    if "secret" not in (page.context["form"].__dict__):
        page = client.post(page.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert done.status_code == 302, complaints(done)
    return world.director, secret


def test_sign_in_with_a_second_factor(with_totp):
    user, secret = with_totp
    client = Client()
    first = sign_in(client, "director")
    assert first.url.startswith("/accounts/2fa/authenticate/")
    assert not is_in(client)
    assert ">六位验证码或恢复码</label>" in client.get("/accounts/2fa/authenticate/").content.decode()
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert not is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_recovery_code_works_once(with_totp):
    user, _secret = with_totp
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    for attempt, works in ((1, True), (2, False)):
        client = Client()
        sign_in(client, "director")
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert is_in(client) is works, attempt


def test_who_has_lost_the_phone_is_let_in_by_whoever_may(with_totp, world, client_as):
    user, _secret = with_totp
    page = f"/console/SPRING/accounts/people/{user.pk}/"
    head = client_as(world.head_office)
    assert f"{page}second-factor/" in [action["url"] for action in head.get(page).context["page_actions"]]
    assert client_as(world.guard).post(f"{page}second-factor/").status_code == 403
    once = head.get(f"{page}second-factor/").context["once"]
    assert head.post(f"{page}second-factor/", {"_once": once}).status_code == 302
    assert f"{page}second-factor/" not in [action["url"] for action in head.get(page).context["page_actions"]]
    assert is_in_by_password("director")
    assert "双因素验证" in head.get(f"{page}?tab=history").content.decode()
    with pytest.raises(Refusal):
        actions.forget_second_factor(user=user, by=None)


def test_command_removes_a_lost_second_factor(with_totp):
    sent = ["--username", "director", "--reset", "--password", PASSWORD, "--forget-second-factor"]
    assert CliRunner().invoke(command, sent, catch_exceptions=False).exit_code == 0
    assert is_in_by_password("director")
    assert CliRunner().invoke(command, [*sent[:2], *sent[3:]]).exit_code == 2


def is_in_by_password(name: str) -> bool:
    client = Client()
    sign_in(client, name)
    return is_in(client)


def test_wrong_codes_lock_even_with_the_right_password(with_totp):
    _user, secret = with_totp
    for _ in range(5):
        client = Client()
        assert sign_in(client, "director").status_code == 302
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    client = Client()
    sign_in(client, "director")
    client.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert not is_in(client)
    SignInFailure.objects.update(at=clock.now() - timedelta(minutes=11))
    client.post("/accounts/2fa/authenticate/", {"code": code_for(secret)})
    assert is_in(client)


# --- Sessions ---------------------------------------------------------------------------------------------------------


def test_idle_session_ends_after_thirty_minutes_and_use_prolongs_it(world):
    client = Client()
    sign_in(client, "cashier")
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    client.get("/accounts/password/change/")
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=29, seconds=30))
    written = Session.objects.get()
    assert client.get("/accounts/password/change/").status_code == 200
    assert Session.objects.get().expire_date == written.expire_date  # less than a minute ago: not written again
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/accounts/password/change/").status_code == 302


def test_ended_sessions_are_removed_at_night(world, client_as):
    at_work = client_as(world.cashier)
    ended = session_of(world.director)
    Session.objects.filter(session_key=ended).update(expire_date=timezone.now() - timedelta(seconds=1))
    night = jobs.start("accounts.tidy_sessions", estate=None, by=None, title="Night")
    jobs.run(night.pk)
    assert not Session.objects.filter(session_key=ended).exists()
    assert at_work.get("/accounts/password/change/").status_code == 200


def test_change_of_password_ends_the_other_sessions(world):
    here, elsewhere = Client(), Client()
    sign_in(here, "cashier")
    sign_in(elsewhere, "cashier")
    changed = here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "Haizi-4711", "password2": "Haizi-4711"},
    )
    assert changed.status_code == 302, complaints(changed)
    assert here.get("/accounts/password/change/").status_code == 200
    assert elsewhere.get("/accounts/password/change/").status_code == 302
    assert sign_in(Client(), "cashier").status_code == 200
    assert sign_in(Client(), "cashier", "Haizi-4711").status_code == 302


def test_change_of_password_obeys_the_rules(world):
    client = Client()
    sign_in(client, "cashier")
    for bad in ("short1A", "alllowercase", "Cashier-1"):
        response = client.post(
            "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": bad, "password2": bad}
        )
        assert response.status_code == 200, bad
        assert complaints(response)
    assert sign_in(Client(), "cashier").status_code == 302


# --- Language ---------------------------------------------------------------------------------------------------------


def test_language_is_chinese_whatever_the_browser_says(db):
    page = Client(headers={"Accept-Language": "en-US,en"}).get(LOGIN)
    assert page.headers["Content-Language"] == "zh-hans"


def test_chosen_language_comes_along_to_the_next_device(world):
    first = Client()
    sign_in(first, "cashier")
    assert first.post("/i18n/setlang/", {"language": "en", "next": LOGIN}).status_code == 302
    assert User.objects.get(pk=world.cashier.pk).language == "en"
    second = Client()
    sign_in(second, "cashier")
    assert second.get("/accounts/password/change/").headers["Content-Language"] == "en"
