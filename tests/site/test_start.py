"""Processes start fast: nothing looks for garbage among what they import, then or later."""

from __future__ import annotations

import gc

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
    monkeypatch.setattr(cli, "_check_structure", lambda: None)
    assert CliRunner().invoke(cli.group, ["idle"]).exit_code == 0
    assert collecting == [False]
