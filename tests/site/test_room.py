"""Whatever does much work does it above a roomy frame: a request, a job, a command (anju.kit.frames)."""

from __future__ import annotations

import sys
from typing import Any

import click
import pytest
from click.testing import CliRunner
from django.test import Client

from anju.kit import jobs
from anju.kit.frames import SLOTS
from anju.site import cli, health
from tests.kit import jobs_sample


def _below() -> set[str]:
    """The product's functions with room that are running now."""
    found, frame = set(), sys._getframe()
    while frame is not None:
        if frame.f_code.co_stacksize >= SLOTS and frame.f_globals["__name__"].startswith("anju."):
            found.add(f"{frame.f_globals['__name__']}.{frame.f_code.co_name}")
        frame = frame.f_back
    return found


def test_requests_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []
    monkeypatch.setattr(health, "_is_ready", lambda: bool(seen.append(_below()) or True))
    assert Client().get("/healthz").status_code == 200
    assert seen == [{"anju.site.middleware.answer"}]


def test_jobs_have_room(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []
    monkeypatch.setattr(jobs_sample.Building.objects, "count", lambda: seen.append(_below()) or 0)
    job = jobs.start("sample.count", estate=world.spring, by=world.director, title="Sample")
    jobs.run(job.pk)
    assert seen
    assert all(one == {"anju.kit.jobs._attempt"} for one in seen)


def test_commands_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[set[str]] = []
    command = click.Command("idle", callback=lambda: seen.append(_below()))
    monkeypatch.setattr(cli.Commands, "get_command", lambda *_: command)
    monkeypatch.setattr(cli, "_prepare", lambda _: None)
    monkeypatch.setattr(cli, "_reach_database", lambda: None)
    monkeypatch.setattr(cli, "_check_structure", lambda: None)
    assert CliRunner().invoke(cli.group, ["idle"]).exit_code == 0
    assert seen == [{"anju.site.cli.invoke"}]
