"""The navigation: by right, by estate, in order, and lit at the right place."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from anju.kit import navigation

pytestmark = pytest.mark.urls("tests.kit.sample_look")


@pytest.fixture(autouse=True)
def _own_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    for register in ("_entries", "_sections", "_addresses"):
        monkeypatch.setattr(navigation, register, {})
    navigation.section("charging", "Charging", order=20)
    navigation.section("register", "Register", order=10)
    navigation.register(
        section="charging", label="Everywhere", url_name="look:everywhere", permission="see", estate=False
    )
    navigation.register(section="register", label="Board", url_name="look:board", permission="see", order=2)
    navigation.register(section="register", label="Units", url_name="look:units", permission="see", order=1, key="u")


def request_of(path: str, *rights: str, estate: str | None = "SPRING"):
    request = RequestFactory().get(path)
    request.access = SimpleNamespace(  # type: ignore[attr-defined]
        estate=SimpleNamespace(code=estate) if estate else None, can=lambda permission: permission in rights
    )
    return request


def shown(request) -> list[tuple[str, list[str]]]:
    return [(str(section.label), [str(item.label) for item in section.items]) for section in navigation.build(request)]


def test_sections_and_items_stand_in_order() -> None:
    assert shown(request_of("/", "see")) == [("Register", ["Units", "Board"]), ("Charging", ["Everywhere"])]


def test_a_letter_opens_one_page() -> None:
    with pytest.raises(ValueError, match="look:units"):
        navigation.register(section="charging", label="Users", url_name="look:search", key="u")
    navigation.register(section="register", label="Homes", url_name="look:units", permission="see", order=1, key="u")
    assert shown(request_of("/", "see"))[0] == ("Register", ["Homes", "Board"])


def test_without_the_right_an_item_is_not_shown() -> None:
    navigation.register(section="charging", label="Secret", url_name="look:search", permission="other")
    assert shown(request_of("/", "see"))[1] == ("Charging", ["Everywhere"])
    assert shown(request_of("/", "see", "other"))[1] == ("Charging", ["Everywhere", "Secret"])
    assert shown(request_of("/")) == []


def test_without_an_estate_only_pages_across_estates_are_shown() -> None:
    assert shown(request_of("/", "see", estate=None)) == [("Charging", ["Everywhere"])]


def test_addresses_carry_the_estate() -> None:
    units = navigation.build(request_of("/", "see"))[0].items[0]
    assert (units.url, units.key) == ("/console/SPRING/units/", "u")


@pytest.mark.parametrize(
    ("path", "lit"),
    [
        ("/console/SPRING/units/", ["Units"]),
        ("/console/SPRING/units/17/", ["Units"]),
        ("/console/SPRING/units/board/", ["Board"]),
        ("/console/SPRING/unitsome/", []),
    ],
)
def test_the_nearest_page_is_lit(path: str, lit: list[str]) -> None:
    sections = navigation.build(request_of(path, "see"))
    assert [item.label for section in sections for item in section.items if item.active] == lit


def test_a_start_page_is_lit_by_itself_only() -> None:
    navigation.configure(home="look:start")
    navigation.register(section="start", label="Start", url_name="look:start", permission="see")
    found = {"/console/SPRING/": ["Start"], "/console/SPRING/elsewhere/": [], "/console/SPRING/units/": ["Units"]}
    for path, lit in found.items():
        sections = navigation.build(request_of(path, "see"))
        assert [item.label for section in sections for item in section.items if item.active] == lit


def test_a_page_of_all_estates_is_not_lit_by_the_pages_of_one() -> None:
    navigation.register(section="start", label="All", url_name="look:console", permission="see", estate=False)
    found = {
        ("/console/", "SPRING"): ["All"],
        ("/console/SPRING/elsewhere/", "SPRING"): [],
        ("/console/more/", None): ["All"],
    }
    for (path, estate), lit in found.items():
        sections = navigation.build(request_of(path, "see", estate=estate))
        assert [item.label for section in sections for item in section.items if item.active] == lit


def test_a_page_that_the_site_lacks_is_left_out() -> None:
    navigation.register(section="register", label="Gone", url_name="look:nowhere", permission="see")
    assert shown(request_of("/", "see"))[0] == ("Register", ["Units", "Board"])


def test_a_badge_is_asked_for_the_person() -> None:
    navigation.register(section="register", label="Units", url_name="look:units", badge=lambda request: 12, order=1)
    assert navigation.build(request_of("/", "see"))[0].items[0].badge == 12


def test_the_frames_own_addresses() -> None:
    navigation.configure(search="look:search", estates="look:everywhere")
    request = request_of("/")
    assert navigation.address("search", request) == "/console/SPRING/search/"
    assert navigation.address("estates", request) == "/console/everywhere/"
    assert navigation.address("jobs", request) == ""
    assert navigation.address("search", request_of("/", estate=None)) == ""
