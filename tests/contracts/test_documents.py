"""What the documents say is what the code does: settings, commands, people, diagrams, links."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from anju.site import cli
from anju.site.demo.people import CAST, NEWCOMER, PASSWORD
from tools import check, flows

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = sorted([*READMES, ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")])
SOURCES = sorted((ROOT / "src/anju").rglob("*.py"))
READS = re.compile(r"""(?:environ\.get|env\.\w+)\(\s*"(\w+)"|envvar="(\w+)\"""")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def commands() -> set[str]:
    return set(cli.group.list_commands(click.Context(cli.group)))


@pytest.mark.parametrize("page", READMES, ids=name)
def test_readme_names_every_command_and_no_other(page: Path) -> None:
    named = set(re.findall(r"`anju (\w+)", page.read_text()))
    assert named == commands()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_in_a_document_exist(page: Path) -> None:
    text = page.read_text()
    assert set(re.findall(r"(?m)^\s*(?:\S+/)?anju ([a-z]+)|`anju ([a-z]+)", text)) <= {
        pair for command in commands() for pair in ((command, ""), ("", command))
    }
    targets = set(re.findall(r"(?m)^(\w+):", (ROOT / "Makefile").read_text()))
    assert set(re.findall(r"`make (\w+)|(?m:^)make (\w+)", text)) <= {
        pair for target in targets for pair in ((target, ""), ("", target))
    }


@pytest.mark.parametrize("page", READMES, ids=name)
def test_readme_names_everybody_who_may_sign_in_to_the_demo(page: Path) -> None:
    text = page.read_text()
    assert f"`{PASSWORD}`" in text
    assert [one for one in (*(person.username for person in CAST), NEWCOMER[0]) if f"`{one}`" not in text] == []


def test_operations_list_every_setting_and_no_other() -> None:
    read = {first or second for path in SOURCES for first, second in READS.findall(path.read_text())}
    listed = set(re.findall(r"(?m)^\| `([A-Z_]+)` \|", (ROOT / "docs/operations.md").read_text()))
    assert len(read) > 10
    assert listed == read


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", page.read_text()):
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{target} is not there"
        if anchor:
            headings = re.findall(r"(?m)^#+ (.*)$", path.read_text())
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{target}#{anchor} is not there"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_a_document_names_exist(page: Path) -> None:
    for path in re.findall(r"`((?:src|tests|docs|tools)/[\w./-]+)`", page.read_text()):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_code_shown_as_ours_is_ours(page: Path) -> None:
    """A block that begins with the name of a file holds lines of that file; ``...`` stands for what is left out."""
    for path, shown in re.findall(r"```python\n# (src/\S+)\n(.*?)```", page.read_text(), re.DOTALL):
        lines = {line.strip() for line in (ROOT / path).read_text().splitlines()}
        assert [line for line in shown.splitlines() if line.strip() not in {*lines, "", "..."}] == [], path


def test_every_component_is_described() -> None:
    described = set(re.findall(r"`c-([\w-]+)`", (ROOT / "docs/look.md").read_text()))
    there = {path.stem.replace("_", "-") for path in (ROOT / "src/anju/kit/ui/templates/cotton").glob("*.html")}
    assert described == there


def test_diagrams_are_current() -> None:
    assert flows.PAGE.read_text() == flows.rendered(), "run `make flows`"


def test_every_decision_is_on_the_list() -> None:
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", (ROOT / "docs/decisions/README.md").read_text()))
    assert listed == {path.name for path in ROOT.glob("docs/decisions/*.md")} - {"README.md"}


def test_catalogues_are_complete() -> None:
    command = [sys.executable, "tools/messages.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_binds_its_reader_to_a_registry() -> None:
    assert check.registry_addresses() == []
    for lock in (ROOT / "package-lock.json", *ROOT.glob("requirements/*.txt")):
        assert "://" not in re.sub(r'"url": "https?://[^"]*"', "", lock.read_text()), lock.name
