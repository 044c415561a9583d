"""A wheel holds everything that an installation needs, although half of it is fetched or compiled rather than
written.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {
    ".css",
    ".csv",
    ".html",
    ".js",
    ".json",
    ".mo",
    ".py",
    ".svg",
    ".ttf",
    ".txt",
    ".typ",
    ".woff2",
    ".xlsx",
    ".gz",
}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    target = tmp_path_factory.mktemp("wheel")
    # What `make wheel` comes to, without a process that only starts another one.
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(target.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


@pytest.mark.parametrize(
    "name",
    [
        "anju/kit/ui/templates/layouts/base.html",
        "anju/kit/ui/static/vendor/icons.css",
        "anju/kit/ui/static/vendor/htmx.min.js",
        "anju/kit/ui/static/vendor/echarts.min.js",
        "anju/kit/ui/fonts/NotoSansSC-Regular.ttf",
        "anju/kit/ui/fonts/NotoSansSC-Bold.ttf",
        "anju/locale/zh_Hans/LC_MESSAGES/django.mo",
        "anju/locale/zh_Hant/LC_MESSAGES/django.mo",
    ],
)
def test_wheel_holds(names: set[str], name: str) -> None:
    assert name in names


def test_wheel_leaves_no_file_of_the_package_behind(names: set[str]) -> None:
    package = ROOT / "src/anju"
    wanted = {
        f"anju/{path.relative_to(package).as_posix()}"
        for path in package.rglob("*")
        if path.suffix in SHIPPED and "__pycache__" not in path.parts
    }
    assert wanted - names == set()
