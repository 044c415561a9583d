"""The message catalogues: ``make messages`` builds them, ``python tools/messages.py --check`` says what is missing.

The message ids are the English texts in Python files and templates. Each area of the product keeps its Simplified
Chinese in
``src/anju/locale/parts/<area>.po``; together they become ``zh_Hans``, from which ``zh_Hant`` is derived character by
character (s2hk: phrases stay those of the trade, only the script changes).
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize
from opencc import OpenCC

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/anju"
LOCALE = SOURCE / "locale"
BUILT = datetime(2026, 1, 1, tzinfo=UTC)  # one date for all builds: the same texts make the same file

SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
STRING = r"""(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\b(?:gettext|_)\(\s*({STRING})\s*\)|\bngettext\(\s*({STRING})\s*,\s*({STRING})")
IN_ATTRIBUTE = re.compile(rf"\b_\(({STRING})\)")  # of a component, where Django's own extraction does not look
MAY_HAVE_ANY = re.compile(r"gettext|\b_\(")  # in the source; to parse it and look takes a hundred times as long
PLACEHOLDER = re.compile(r"%\(\w+\)|%[sd]|\{\w*\}")

Message = str | tuple[str, str]
Texts = dict[Message, str]


def in_python(path: Path) -> Iterator[Message]:
    source = path.read_text()
    for node in ast.walk(ast.parse(source)) if MAY_HAVE_ANY.search(source) else ():
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if name in SINGULAR and texts:
            yield texts[0]
        elif name in PLURAL and len(texts) >= 2:
            yield texts[0], texts[1]


def in_template(path: Path) -> Iterator[Message]:
    raw = path.read_text()
    for single, one, many in IN_TEMPLATE.findall(templatize(raw)):
        yield ast.literal_eval(single) if single else (ast.literal_eval(one), ast.literal_eval(many))
    for single in IN_ATTRIBUTE.findall(raw):
        yield ast.literal_eval(single)


def used() -> dict[Message, str]:
    """Every message of the product and one place where it stands."""
    found: dict[Message, str] = {}
    for path in sorted(SOURCE.rglob("*")):
        if "/migrations/" in path.as_posix() or "/vendor/" in path.as_posix():
            continue
        reader = (
            in_python if path.suffix == ".py" else in_template if path.suffix in {".html", ".txt", ".typ"} else None
        )
        for message in reader(path) if reader else ():
            if message:
                found.setdefault(message, str(path.relative_to(SOURCE)))
    return found


def texts_of(catalog: Catalog) -> Texts:
    """Message to translation; Chinese has one form for every number, so a plural has one translation too."""
    texts: Texts = {}
    for message in catalog:
        if message.id:
            key: Message = message.id if isinstance(message.id, str) else (message.id[0], message.id[1])
            text = message.string if isinstance(message.string, str | None) else message.string[0]
            texts[key] = text or ""
    return texts


def parts() -> tuple[Texts, list[str]]:
    """The translations of all areas, and where two areas disagree."""
    texts: Texts = {}
    disagreements = []
    for path in sorted((LOCALE / "parts").glob("*.po")):
        with path.open("rb") as file:
            area = texts_of(read_po(file, locale="zh_Hans_CN", abort_invalid=True))
        for key, text in area.items():
            if texts.setdefault(key, text) != text:
                disagreements.append(f"{key!r}: {texts[key]!r}, but {text!r} in {path.name}")
    return texts, disagreements


@cache
def traditional() -> OpenCC:
    return OpenCC("s2hk")


def catalogues(texts: Texts) -> dict[str, Catalog]:
    """Language folder to catalogue."""
    made = {}
    for folder, locale in (("zh_Hans", "zh_Hans_CN"), ("zh_Hant", "zh_Hant_HK")):
        catalog = Catalog(locale=locale, project="Anju", creation_date=BUILT, revision_date=BUILT, fuzzy=False)
        catalog.copyright_holder = catalog.last_translator = catalog.language_team = "Anju contributors"
        for key in sorted(texts, key=str):
            text = texts[key] if folder == "zh_Hans" else traditional().convert(texts[key])
            catalog.add(key, (text,) if isinstance(key, tuple) else text)
        made[folder] = catalog
    return made


def build(texts: Texts) -> None:
    for folder, catalog in catalogues(texts).items():
        target = LOCALE / folder / "LC_MESSAGES"
        target.mkdir(parents=True, exist_ok=True)
        with (target / "django.po").open("wb") as file:
            write_po(file, catalog, width=120, sort_output=True)
        with (target / "django.mo").open("wb") as file:
            write_mo(file, catalog)


def problems() -> list[str]:
    """Untranslated messages, lost placeholders, disagreements between areas, catalogues older than their parts."""
    texts, found = parts()
    for message, place in used().items():
        if not texts.get(message):
            found.append(f"not translated: {message!r} ({place})")
    for message, text in texts.items():
        wanted = message[-1] if isinstance(message, tuple) else message
        if text and sorted(PLACEHOLDER.findall(wanted)) != sorted(PLACEHOLDER.findall(text)):
            found.append(f"placeholders differ: {message!r} / {text!r}")
    for folder, catalog in catalogues(texts).items():
        path = LOCALE / folder / "LC_MESSAGES/django.mo"
        if not path.exists():
            found.append(f"{folder} is not compiled")
            continue
        with path.open("rb") as file:
            compiled = texts_of(read_mo(file))
        if compiled != {key: text for key, text in texts_of(catalog).items() if text}:
            found.append(f"{folder} is older than its parts: run `make messages`")
    return found


def main() -> None:
    settings.configure()  # templatize looks at the settings' charset and nothing else
    if "--check" not in sys.argv:
        build(parts()[0])
    found = problems()
    for line in found:
        print(line)
    if found:
        sys.exit(f"{len(found)} problems in the catalogues")
    print("Every message is translated.")


if __name__ == "__main__":
    main()
