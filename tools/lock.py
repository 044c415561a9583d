"""Compile ``requirements/*.txt`` from ``pyproject.toml``: exact versions with hashes, and not one address of an index.

``python tools/lock.py`` keeps the versions that are locked already; ``python tools/lock.py --upgrade`` moves them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"base": ["build"], "dev": ["build", "dev"], "node": ["node"]}
OPTIONS = [
    "--generate-hashes", "--allow-unsafe", "--strip-extras", "--no-header", "--quiet",
    "--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host",
]  # fmt: skip


def main() -> None:
    for name, extras in LOCKS.items():
        target = f"requirements/{name}.txt"
        chosen = [f"--extra={extra}" for extra in extras]
        if name != "base":
            chosen += ["--constraint", "requirements/base.txt"]
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *chosen, *sys.argv[1:]]
        subprocess.run([*command, "--output-file", target, "pyproject.toml"], cwd=ROOT, check=True)
        if "://" in (ROOT / target).read_text():
            sys.exit(f"{target} holds an address: it would bind everybody to one index")
        print(f"{target}: locked")


if __name__ == "__main__":
    main()
