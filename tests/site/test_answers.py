"""What every answer has in common: its language, its content policy, addresses of static files."""

from __future__ import annotations

import gzip
import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from anju.site import logs, static
from anju.site.middleware import ContentSecurityPolicyMiddleware, LanguageMiddleware, PackingMiddleware


def language_for(**given: str) -> str:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(translation.get_language())

    request = RequestFactory().get("/", headers={"Accept-Language": given.get("browser", "")})
    if "cookie" in given:
        request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = given["cookie"]
    response = LanguageMiddleware(view)(request)
    assert response.headers["Content-Language"] == response.content.decode()
    return response.content.decode()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "zh-hans"),
        ({"browser": "en-US,en;q=0.9"}, "zh-hans"),
        ({"browser": "en", "cookie": "zh-hant"}, "zh-hant"),
        ({"cookie": "en"}, "en"),
        ({"cookie": "xx"}, "zh-hans"),
    ],
)
def test_language_is_chinese_unless_chosen_otherwise(given: dict[str, str], expected: str) -> None:
    assert language_for(**given) == expected


def test_language_of_one_request_does_not_leak_into_the_next() -> None:
    language_for(cookie="en")
    assert translation.get_language() == "zh-hans"


def test_scripts_of_strangers_are_refused() -> None:
    response = ContentSecurityPolicyMiddleware(lambda _: HttpResponse())(RequestFactory().get("/"))
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("terminal", [True, False])
def test_the_log_has_colours_only_where_somebody_looks(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("structlog.configure", lambda **_: None)
    line = logs.configure(debug=False, json=False, level="INFO")["formatters"]["line"]
    formatter = line["()"](processor=line["processor"], foreign_pre_chain=line["foreign_pre_chain"])
    record = logging.LogRecord("anju", logging.WARNING, __file__, 1, "not ready", None, None)
    assert ("\x1b[" in formatter.format(record)) is terminal


@pytest.mark.django_db
def test_pages_are_packed_for_browsers_that_take_it() -> None:
    plain = Client().get("/accounts/login/")
    packed = Client().get("/accounts/login/", headers={"Accept-Encoding": "gzip, deflate, br"})
    assert "Content-Encoding" not in plain.headers
    assert (packed.headers["Content-Encoding"], "Accept-Encoding" in packed.headers["Vary"]) == ("gzip", True)
    assert gzip.decompress(packed.content).startswith(b"<!doctype html>")
    assert int(packed.headers["Content-Length"]) == len(packed.content) < len(plain.content) / 2


def test_files_are_sent_as_they_are() -> None:
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    for content_type, encoding in ((sheet, None), ("application/json", None), ("text/html; charset=utf-8", "gzip")):
        response = HttpResponse("长" * 5000, content_type=content_type)
        assert PackingMiddleware(lambda _, sent=response: sent)(request).headers.get("Content-Encoding") == encoding


def test_static_address_changes_with_the_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "page.css"
    monkeypatch.setattr(finders, "find", lambda name: str(file))
    addresses = []
    for content in ("one", "two", "one"):
        file.write_text(content)
        static._version.cache_clear()
        addresses.append(static.VersionedStaticStorage().url("page.css"))
    static._version.cache_clear()
    assert addresses[0] == addresses[2] != addresses[1]
    assert addresses[0].startswith("/static/page.css?v=")


def test_own_style_sheets_travel_packed(settings: Any) -> None:
    settings.WHITENOISE_AUTOREFRESH = False  # as an installation serves them
    address = "/static/anju/components.css"
    client = Client()
    client.handler.load_middleware()  # a chain of its own, made with that setting
    plain = client.get(address)
    packed = client.get(address, headers={"accept-encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    body = b"".join(packed.streaming_content)
    assert int(packed.headers["Content-Length"]) == len(body) < int(plain.headers["Content-Length"]) / 3
    assert gzip.decompress(body) == b"".join(plain.streaming_content)
