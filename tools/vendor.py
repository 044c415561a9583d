"""Copy what pages and PDFs need out of ``node_modules`` into the package: ``python tools/vendor.py``.

The files are not committed; ``package-lock.json`` says exactly which ones they are, and the wheel contains them.
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "src/anju/kit/ui/static/vendor"
FONTS = ROOT / "src/anju/kit/ui/fonts"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "icons/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "icons/fonts/tabler-icons.woff2",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "alpinejs/dist/cdn.min.js": "alpine.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
}
FONT_FILES = {
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT": "LICENSE",
}
# Maps are not shipped; without this every page's console complains about them.
SOURCE_MAP = re.compile(rb"\n?(?:/\*|//)# sourceMappingURL=[^\n*]+(?:\*/)?\s*$")


def copy(source: Path, target: Path) -> None:
    if not source.exists():
        sys.exit(f"{source.relative_to(ROOT)} is missing: run `npm ci` first")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix not in {".css", ".js"}:
        shutil.copyfile(source, target)
        return
    content = SOURCE_MAP.sub(b"", source.read_bytes())
    target.write_bytes(content)
    # Served instead of the file to every browser that takes it, which is every browser.
    target.with_name(f"{target.name}.gz").write_bytes(gzip.compress(content, mtime=0))


def main() -> None:
    for name, place in FILES.items():
        copy(MODULES / name, STATIC / place)
    for name, place in FONT_FILES.items():
        copy(MODULES / name, FONTS / place)


if __name__ == "__main__":
    main()
