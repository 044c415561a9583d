"""``anju bench pages``: what people wait for, measured over HTTP at the real server, in an estate of any size.

The estate gets an owner and three months of bills per home (one owner of ten has not paid), and a car for every second
owner. A cashier signs in on the page as people do and opens, in turn, the desk search (rooms, names, initials, ends
of phone numbers), the unit list (first page, a search, the next page), customer cards and the arrears, each time with
other values. Beside each request goes a bare one: ``/``, which does nothing but find out who is signed in and
redirect. Both are counted in three rounds; ``seconds`` and ``bare_seconds`` are the middle ones. Times are those of
the client, one request after the other.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from itertools import product
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection
from django_scopes import scope
from psycopg.conninfo import make_conninfo

from anju.domains.billing.actions.tariffs import add_fee_item
from anju.domains.billing.enums import FeeKind
from anju.engines.ledger.actions import open_books
from anju.foundation.accounts.actions import create_organisation, create_user, grant_membership
from anju.foundation.accounts.enums import OrganisationKind, Role
from anju.foundation.registry.models import Building, Estate
from anju.kit.chinese import initials_of, pinyin_of
from anju.site.bench import median, scratch_database

ROUNDS = 3
REQUESTS = 40
"""Requests per page and round."""
WARM_UP = 8
"""Requests per page that come before and do not count: templates are loaded once."""
_PER_BUILDING, _MOST_BUILDINGS, _FLOORS = 400, 250, 50
_STANDARD_ERROR = 2
"""What the server says must not get into the JSON on standard output."""
_PASSWORD = "Bench-2026-pages"  # noqa: S105  of a database that lives as long as the bench
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_GIVEN = (
    "伟 芳 敏 静 丽 强 磊 军 洋 勇 艳 杰 涛 明 超 霞 平 刚 建国 秀英 玉兰 子轩 浩然 雨桐 晓东 海燕 文博 志强 欣怡 嘉豪"
)

_UNITS = """
    INSERT INTO registry_unit (estate_id, building_id, code, number, floor, kind, exclusive_area, delivery_date,
                               state, note)
    SELECT %(estate)s, b.id, b.code || '-' || r.number, r.number, r.floor, 'residential',
           60 + (n * 7 + b.id) %% 900 * 0.1, '2020-01-01',
           CASE WHEN n %% 25 = 0 THEN 'vacant' ELSE 'owner_occupied' END, ''
    FROM registry_building b
    CROSS JOIN generate_series(0, %(per_building)s - 1) n
    CROSS JOIN LATERAL (SELECT 1 + n / %(per_floor)s AS floor,
        to_char(1 + n / %(per_floor)s, 'FM00') || to_char(1 + n %% %(per_floor)s, 'FM00') AS number) r
    WHERE b.estate_id = %(estate)s ORDER BY b.id, n LIMIT %(units)s
"""
_PARTIES = """
    INSERT INTO registry_party (estate_id, kind, reference, name, pinyin, initials, phone, id_number, mailing_address,
                                prepayment_agreed, note, created_at)
    SELECT %(estate)s, 'person', u.code, s.names[k], s.pinyin[k], s.initials[k],
           '199' || lpad((u.n * 7919 %% 100000000)::text, 8, '0'), '', '', false, '', now()
    FROM (SELECT code, n, 1 + n * 31 %% %(names)s AS k
          FROM (SELECT code, row_number() OVER (ORDER BY id) AS n FROM registry_unit WHERE estate_id = %(estate)s) r) u
    CROSS JOIN (SELECT %(name)s::text[] AS names, %(pinyin)s::text[] AS pinyin, %(initials)s::text[] AS initials) s
    ORDER BY u.n
"""
_OWNERSHIPS = """
    INSERT INTO registry_ownership (estate_id, unit_id, party_id, share, since)
    SELECT u.estate_id, u.id, p.id, 1, '2020-01-01'
    FROM registry_unit u JOIN registry_party p ON p.estate_id = u.estate_id AND p.reference = u.code
    WHERE u.estate_id = %(estate)s ORDER BY u.id
"""
_OCCUPANCIES = """
    INSERT INTO registry_occupancy (estate_id, unit_id, party_id, kind, since)
    SELECT o.estate_id, o.unit_id, o.party_id, 'owner', '2020-01-01'
    FROM registry_ownership o JOIN registry_unit u ON u.id = o.unit_id
    WHERE o.estate_id = %(estate)s AND u.state = 'owner_occupied' ORDER BY o.id
"""
_VEHICLES = """
    INSERT INTO registry_vehicle (estate_id, plate, plate_tail, party_id, kind, brand, colour)
    SELECT estate_id, '辽' || tail, tail, id, 'car', '', ''
    FROM (SELECT estate_id, id, 'B' || lpad(upper(to_hex(id)), 5, '0') AS tail FROM registry_party
          WHERE estate_id = %(estate)s AND id %% 2 = 0) p ORDER BY id
"""
_BILLS = """
    INSERT INTO billing_bill (estate_id, fee_item_id, unit_id, payer_id, period, since, until, quantity, price, fixed,
                              discount, month_parts, amount, settled, due_on, limitation_on, created_at)
    SELECT u.estate_id, %(item)s, u.id, o.party_id, m.first, m.first, (m.first + interval '1 month')::date,
           u.exclusive_area, 2.40, 0, 1, 377580, round(u.exclusive_area * 2.40, 2),
           CASE WHEN u.id %% 10 = 0 THEN 0 ELSE round(u.exclusive_area * 2.40, 2) END, m.first + 30,
           (m.first + interval '3 years 30 days')::date, m.first
    FROM (SELECT (date_trunc('month', now()) - n * interval '1 month')::date AS first FROM generate_series(2, 4) n) m
    CROSS JOIN registry_unit u JOIN registry_ownership o ON o.unit_id = u.id
    WHERE u.estate_id = %(estate)s ORDER BY m.first, u.id
"""


def run(*, units: int) -> dict[str, Any]:
    """Measure an estate of ``units`` units; see the module for what is compared with what. Times in ms and seconds."""
    with scratch_database("pages"):
        began = time.perf_counter()
        estate = _build(units)
        built = time.perf_counter() - began
        with scope(estate=estate.pk), _server() as address:
            return {"name": "pages", "rows": units, "build_seconds": round(built, 1), **_measure(estate, address)}


def _build(units: int) -> Estate:
    company = create_organisation(kind=OrganisationKind.PROPERTY_COMPANY, code="BENCH", name="BENCH", by=None)
    estate = Estate.objects.create(code="BENCH", name="BENCH", company=company)
    cashier = create_user(username="bench", name="BENCH", password=_PASSWORD, by=None)
    grant_membership(user=cashier, role=Role.CASHIER, organisation=company, by=None)
    per_building = max(_PER_BUILDING, -(-units // _MOST_BUILDINGS))
    names = [surname + given for surname, given in product(_SURNAMES, _GIVEN.split())]
    with scope(estate=estate.pk):
        open_books(estate=estate, by=None)
        item = add_fee_item(estate=estate, code="SERVICE", name="SERVICE", kind=FeeKind.SERVICE, by=None)
        Building.objects.bulk_create(
            Building(estate=estate, code=str(number), name=str(number), position=number)
            for number in range(1, -(-units // per_building) + 1)
        )
    given: dict[str, Any] = {
        "estate": estate.pk,
        "units": units,
        "per_building": per_building,
        "per_floor": -(-per_building // _FLOORS),
        "item": item.pk,
        "names": len(names),
        "name": names,
        "pinyin": [pinyin_of(name) for name in names],
        "initials": [initials_of(name) for name in names],
    }
    with connection.cursor() as cursor:
        # The rows are right by construction: neither audit nor foreign keys need to look at each of millions.
        cursor.execute("SET session_replication_role = replica")
        for statement in (_UNITS, _PARTIES, _OWNERSHIPS, _OCCUPANCIES, _VEHICLES, _BILLS):
            cursor.execute(statement, given)
            cursor.execute("ANALYZE")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM (ANALYZE)")
    return estate


@contextmanager
def _server() -> Iterator[tuple[str, int]]:
    """The real server on the bench's database, on a free port, as long as the block lasts."""
    given = connection.settings_dict
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    conninfo = make_conninfo(**{libpq: given[django] for django, libpq in names.items() if given.get(django)})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
    # One process: whoever asks one thing after the other on one connection meets no other.
    command = [sys.executable, "-m", "anju.site.cli", "serve", "--host", host, "--port", str(port), "--processes", "1"]
    process = subprocess.Popen(
        command, env=os.environ | {"DATABASE_URL": conninfo}, stdout=_STANDARD_ERROR, start_new_session=True
    )
    try:
        _wait_for(host, port, process)
        yield host, port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(host: str, port: int, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server has ended before it answered")
        try:
            Browser(host, port).get("/accounts/login/")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


class Browser:
    """One client with its cookies, on one connection that is kept."""

    def __init__(self, host: str, port: int) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=60)
        self._cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, data: dict[str, str]) -> tuple[int, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(data), headers)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, body, headers | {"Cookie": cookies})
        response = self._connection.getresponse()
        text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return response.status, text

    def sign_in(self, username: str, password: str) -> None:
        """Through the page, as people do; raises RuntimeError when it does not let us in."""
        _status, page = self.get("/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        data = {"login": username, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        status, _page = self.post("/accounts/login/", data)
        if status != 302:
            raise RuntimeError(f"signing in was answered {status}")


Visit = Callable[[], float]


class Visits:
    """The pages that are measured: each visit asks for something else and gives the seconds it took."""

    def __init__(self, browser: Browser, estate: Estate) -> None:
        self.browser = browser
        self.base = f"/console/{estate.code}"
        self.rng = Random(1)  # noqa: S311  repeatable, not secret
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT p.id, p.reference, p.name, p.initials, p.phone FROM registry_party p
                   WHERE p.estate_id = %s AND p.id IN (
                       SELECT first + (last - first) * n / 500
                       FROM (SELECT min(id) AS first, max(id) AS last FROM registry_party WHERE estate_id = %s) ends,
                            generate_series(0, 500) n)""",
                [estate.pk, estate.pk],
            )
            self.parties = cursor.fetchall()
        self._next = ""
        self._turn = 0

    def pages(self) -> dict[str, Visit]:
        return {
            "desk_search": self.desk_search,
            "unit_list": self.unit_list,
            "customer_card": self.customer_card,
            "arrears": self.arrears,
        }

    def desk_search(self) -> float:
        _id, code, name, initials, phone = self.rng.choice(self.parties)
        text = self.rng.choice((code, name, initials, phone[-4:], phone))
        return self._visit(f"/billing/desk/?q={quote(text)}", **{"HX-Request": "true", "HX-Target": "desk-found"})

    def unit_list(self) -> float:
        self._turn += 1
        if self._turn % 3 == 0 and self._next:
            return self._visit(f"/registry/units/?after={quote(self._next)}")
        query = f"?q={quote(self.rng.choice(self.parties)[1][:-2])}" if self._turn % 3 == 1 else ""
        return self._visit(f"/registry/units/{query}")

    def customer_card(self) -> float:
        return self._visit(f"/registry/parties/{self.rng.choice(self.parties)[0]}/card/")

    def arrears(self) -> float:
        return self._visit("/billing/arrears/")

    def bare(self) -> float:
        return self._timed("/", 302)[0]

    def _visit(self, path: str, **headers: str) -> float:
        seconds, text = self._timed(self.base + path, 200, headers)
        following = re.search(r"[?&;]after=([^\"&]+)", text)
        if path.startswith("/registry/units/") and following:
            self._next = following[1].replace("%3A", ":")
        return seconds

    def _timed(self, path: str, expected: int, headers: dict[str, str] | None = None) -> tuple[float, str]:
        began = time.perf_counter()
        status, text = self.browser.get(path, **(headers or {}))
        seconds = time.perf_counter() - began
        if status != expected:
            raise RuntimeError(f"{path} was answered {status}")
        return seconds, text


def _measure(estate: Estate, address: tuple[str, int]) -> dict[str, Any]:
    browser = Browser(*address)
    browser.sign_in("bench", _PASSWORD)
    visits = Visits(browser, estate)
    pages = visits.pages()
    for visit in (*pages.values(), visits.bare):
        for _turn in range(WARM_UP):
            visit()
    times: dict[str, list[float]] = {name: [] for name in pages}
    ours, bare = [], []
    for _round in range(ROUNDS):
        total = total_bare = 0.0
        for _request in range(REQUESTS):
            for name, visit in pages.items():
                seconds = visit()
                times[name].append(seconds)
                total += seconds
                total_bare += visits.bare()
        ours.append(total)
        bare.append(total_bare)
    return {
        "seconds": round(median(ours), 6),
        "bare_seconds": round(median(bare), 6),
        "ratio": round(median(ours) / median(bare), 2),
        "requests": ROUNDS * REQUESTS,
        "pages": {
            name: {"p50_ms": _percentile(taken, 50), "p95_ms": _percentile(taken, 95)} for name, taken in times.items()
        },
    }


def _percentile(times: list[float], percent: int) -> float:
    """The least time in milliseconds that so many percent of the requests did not exceed."""
    ordered = sorted(times)
    return round(ordered[max(0, -(-len(ordered) * percent // 100) - 1)] * 1000, 1)
