"""Which clauses of the management plans are proven by which tests: ``make clauses``.

``--json`` for programs; ``--missing`` prints only what is not proven yet. The list comes from
``../shared/spec/clauses`` where that folder exists, else from ``docs/clauses.yaml``; the titles are always our own.
"""

from __future__ import annotations

import argparse
import ast
import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
SPECIFICATION = ROOT.parent / "shared/spec/clauses"
OWN_COPY = ROOT / "docs/clauses.yaml"


def _read(path: Path) -> Any:
    # Written in C where PyYAML has been built so: ten times as fast.
    return yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def own_titles() -> dict[str, str]:
    titles: dict[str, str] = _read(OWN_COPY)
    return titles


def known_clauses() -> dict[str, str]:
    """Every clause id with a title."""
    titles = own_titles()
    if not SPECIFICATION.is_dir():
        return titles
    found = {}
    for path in sorted(SPECIFICATION.glob("*.yaml")):
        document = _read(path)
        for plan in document.get("plans", [document]):
            for clause in plan["clauses"]:
                found[clause["id"]] = titles.get(clause["id"], clause["says"])
    return found


def _is_clause_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.clause"


def proofs(tests: Path = ROOT / "tests") -> dict[str, list[str]]:
    """Clause id to the tests that carry its marker, read from the source without running it."""
    found: dict[str, list[str]] = {}
    for path in sorted(tests.rglob("test_*.py")):
        text = path.read_text()
        if "mark.clause" in text:
            _collect(ast.parse(text), str(path.relative_to(tests.parent)), [], found)
    return found


def _collect(node: ast.AST, place: str, inherited: list[str], found: dict[str, list[str]]) -> None:
    """Walk down classes, whose markers hold for their tests; a module's ``pytestmark`` holds for all."""
    body = getattr(node, "body", [])
    for statement in body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
            inherited = inherited + _ids(ast.walk(statement.value))
    for statement in body:
        if not isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        marks = inherited + _ids(each for decorator in statement.decorator_list for each in ast.walk(decorator))
        if isinstance(statement, ast.ClassDef):
            _collect(statement, f"{place}::{statement.name}", marks, found)
        elif statement.name.startswith("test_"):
            for clause in dict.fromkeys(marks):
                found.setdefault(clause, []).append(f"{place}::{statement.name}")


def _ids(nodes: object) -> list[str]:
    return [
        argument.value
        for node in nodes  # type: ignore[attr-defined]
        if _is_clause_mark(node)
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--missing", action="store_true")
    options = parser.parse_args()
    clauses, proven = known_clauses(), proofs()
    if options.json:
        rows = [{"id": key, "title": title, "tests": proven.get(key, [])} for key, title in clauses.items()]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for key, title in clauses.items():
        tests = proven.get(key, [])
        if tests and not options.missing:
            print(f"{key}  {title}")
            for test in tests:
                print(f"        {test}")
    print("\nNot proven yet:")
    for key, title in clauses.items():
        if key not in proven:
            print(f"{key}  {title}")
    print(f"\n{sum(key in proven for key in clauses)} of {len(clauses)} clauses are proven by tests.")


if __name__ == "__main__":
    main()
