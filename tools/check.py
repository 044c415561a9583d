"""Everything that can be said about the code without running the product: ``make check``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
# Spelled in two halves, for this file is tracked as well.
REGISTRIES = re.compile(
    "|".join((r"pypi" r"\.org", r"files\.python" r"hosted", r"registry\.npm" r"js", r"registry\.yarn" r"pkg"))
)
SUFFIXES = ".cfg .css .html .in .js .json .lock .md .py .sh .toml .txt .yaml .yml"  # and none

COMMANDS = {
    "style": [str(BIN / "ruff"), "check", "--quiet", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "types": [str(BIN / "mypy"), "--no-error-summary"],
    "layers": [str(BIN / "lint-imports"), "--no-cache"],
    "migrations": [PYTHON, "-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run"],
    "catalogues": [PYTHON, "tools/messages.py", "--check"],
}


def registry_addresses() -> list[str]:
    """Lines of tracked files that would bind a reader to one package registry."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in paths
        if path.suffix in SUFFIXES and path.is_file()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if REGISTRIES.search(line)
    ]


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "anju.site.settings"
    wanted = sys.argv[1:] or [*COMMANDS, "addresses"]
    failed = []
    for name in wanted:
        started = time.monotonic()
        if name == "addresses":
            found = registry_addresses()
            good, output = not found, "\n".join(found)
        else:
            done = subprocess.run(COMMANDS[name], cwd=ROOT, capture_output=True, text=True, check=False)
            good, output = done.returncode == 0, (done.stdout + done.stderr).strip()
        print(f"{'ok    ' if good else 'FAILED'}  {name}  ({time.monotonic() - started:.1f} s)", flush=True)
        if not good:
            print(output)
            failed.append(name)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
