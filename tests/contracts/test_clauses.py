"""Clause markers are valid, and the project's own list of clauses is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import clauses


def test_every_marker_names_a_known_clause() -> None:
    assert not set(clauses.proofs()) - set(clauses.known_clauses())


def test_own_copy_knows_every_clause_of_the_specification() -> None:
    assert not set(clauses.known_clauses()) - set(clauses.own_titles())
    assert len(clauses.own_titles()) == 333


def test_markers_are_read_from_functions_classes_and_modules(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_sample.py").write_text(
        "import pytest\n"
        "pytestmark = [pytest.mark.django_db, pytest.mark.clause('P00-01')]\n"
        "@pytest.mark.clause('P01-17', 'P01-19')\n"
        "def test_one(): ...\n"
        "@pytest.mark.clause('P15-05')\n"
        "class TestGroup:\n"
        "    def test_two(self): ...\n"
        "    def no_test(self): ...\n"
    )
    one, two = "tests/test_sample.py::test_one", "tests/test_sample.py::TestGroup::test_two"
    assert clauses.proofs(folder) == {"P00-01": [one, two], "P01-17": [one], "P01-19": [one], "P15-05": [two]}


@pytest.mark.parametrize("wanted", ["P01-17", "P15-05", "P22-11"])
def test_titles_are_short(wanted: str) -> None:
    assert 5 < len(clauses.own_titles()[wanted]) < 80
