"""Every process as a diagram: ``make flows`` writes docs/flows.md, ``--check`` says whether it is current."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/flows.md"
HEAD = """# Processes

Made by `make flows` from the tables in the code; do not edit. Each arrow is a transition of a `Flow`
(`anju.kit.flow`): pages, API and database allow no other move. A name in the last column is a check in code that may
refuse the move.
"""


def rendered() -> str:
    """The page as the code is now. Django must be set up."""
    import anju
    from anju.kit.flow import FLOWS

    for module in pkgutil.walk_packages(anju.__path__, "anju."):
        if "flow" in module.name.split(".")[2:] and ".migrations" not in module.name:
            importlib.import_module(module.name)
    parts = [HEAD]
    for name, flow in sorted(FLOWS.items()):
        if name.partition(".")[0] != flow.model._meta.app_label:
            continue  # a test's own: the product's flows are called after the app of their model
        rows = [
            f"| {move.name} | {', '.join(move.sources)} | {move.target} | `{move.permission}` | "
            f"{f'`{move.guard.__name__}`' if move.guard else ''} |"
            for move in flow.transitions
        ]
        parts += [
            f"## {name}\n",
            f"```mermaid\n{flow.diagram()}\n```\n",
            "| move | from | to | right | check |\n|---|---|---|---|---|",
            "\n".join(rows) + "\n",
        ]
    return "\n".join(parts)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.site.settings")
    import django

    django.setup()
    text = rendered()
    if "--check" not in sys.argv:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        sys.exit("docs/flows.md is not what the code says: run `make flows`")
    print(f"{text.count('```mermaid')} processes")


if __name__ == "__main__":
    main()
