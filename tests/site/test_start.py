"""Processes start fast, for nothing looks for garbage among what they import; and they start from any folder."""

from __future__ import annotations

import gc
import site
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from anju.site import cli, start


def test_what_is_there_for_good_is_never_looked_through() -> None:
    before = gc.get_freeze_count()
    with start.for_good():
        assert not gc.isenabled()
        kept = [[] for _each in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() - before > len(kept)


def test_commands_are_prepared_so(monkeypatch: pytest.MonkeyPatch) -> None:
    collecting = []
    monkeypatch.setattr(cli.Commands, "get_command", lambda *_: click.Command("idle"))
    monkeypatch.setattr(cli, "_prepare", lambda _: collecting.append(gc.isenabled()))
    monkeypatch.setattr(cli, "_reach_database", lambda: None)
    monkeypatch.setattr(cli, "_check_structure", lambda: None)
    assert CliRunner().invoke(cli.group, ["idle"]).exit_code == 0
    assert collecting == [False]


def test_a_working_copy_is_found_from_any_folder_in_any_locale() -> None:
    """Python reads ``.pth`` files in the encoding of the locale: where that is C, a path below “安居” ends it."""
    places = [Path(folder) for folder in site.getsitepackages()]
    root = Path(__file__).resolve().parents[2]
    for listed in (file for folder in places for file in folder.glob("_editable_impl_anju.pth")):
        line = listed.read_text().strip()
        assert not Path(line).is_absolute()
        assert (listed.parent / line).resolve() == root / "src"
