"""Copy what pages and PDFs need out of ``node_modules`` into the package: ``python tools/vendor.py``.

With ``--icons`` only the drawings of the icons that the source names are gathered again.

The files are not committed; ``package-lock.json`` says exactly which ones they are, and the wheel contains them.
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "src/anju/kit/ui/static/vendor"
FONTS = ROOT / "src/anju/kit/ui/fonts"

FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
}
DRAWINGS = MODULES / "@tabler/icons/icons/outline"
ICONS = STATIC / "icons.css"
SOURCES = ROOT / "src/anju"
FONT_FILES = {
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT": "LICENSE",
}
# Maps are not shipped; without this every page's console complains about them.
QUOTED = re.compile(r"""["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']""")
# Every shape of a drawing but the empty square that frames it.
SHAPES = re.compile(r"<(?!svg|path\s+stroke=\"none\")[a-z]+\s[^>]*/>")
SAFE = " ='/:,()"  # what may stand in a quoted data address as it is
SOURCE_MAP = re.compile(rb"\n?(?:/\*|//)# sourceMappingURL=[^\n*]+(?:\*/)?\s*$")


def copy(source: Path, target: Path) -> None:
    if not source.exists():
        sys.exit(f"{source.relative_to(ROOT)} is missing: run `npm ci` first")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix not in {".css", ".js"}:
        shutil.copyfile(source, target)
        return
    write(target, SOURCE_MAP.sub(b"", source.read_bytes()))


def write(target: Path, content: bytes) -> None:
    target.write_bytes(content)
    # Served instead of the file to every browser that takes it, which is every browser.
    target.with_name(f"{target.name}.gz").write_bytes(gzip.compress(content, mtime=0))


def icons_named() -> set[str]:
    """The names of icons that stand in quotes anywhere in the source.

    A word that only happens to be the name of an icon costs some 200 bytes; the whole set would cost a phone 500 kB.
    """
    drawn = {drawing.stem for drawing in DRAWINGS.glob("*.svg")}
    sources = [*SOURCES.rglob("*.py"), *SOURCES.rglob("*.html")]
    return {name for path in sources for name in QUOTED.findall(path.read_text("utf-8")) if name in drawn}


def icon_rule(name: str) -> str:
    """The drawing of one icon as a mask, so that it takes the colour and the size of the text beside it."""
    shapes = SHAPES.findall((DRAWINGS / f"{name}.svg").read_text("utf-8"))
    lines = "".join(" ".join(shape.split()).replace('"', "'").replace(" />", "/>") for shape in shapes)
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='#000' stroke-width='2'"
        f" stroke-linecap='round' stroke-linejoin='round'>{lines}</svg>"
    )
    return f'.ti-{name}{{--icon:url("data:image/svg+xml,{quote(svg, safe=SAFE)}")}}\n'


def main() -> None:
    if "--icons" not in sys.argv:
        copy_all()
    write(ICONS, "".join(icon_rule(name) for name in sorted(icons_named())).encode())


def copy_all() -> None:
    shutil.rmtree(STATIC, ignore_errors=True)  # what an older lock file brought must not end up in a wheel
    for name, place in FILES.items():
        copy(MODULES / name, STATIC / place)
    for name, place in FONT_FILES.items():
        copy(MODULES / name, FONTS / place)


if __name__ == "__main__":
    main()
