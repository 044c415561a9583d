"""The navigation of the console, gathered from the modules and shown by right.

A module registers its pages in ``ready()`` of its app configuration::

    navigation.section("registry", _("Register"), order=20)
    navigation.register(section="registry", label=_("Units"), url_name="registry:unit_list",
                        permission="registry.view", icon="door", order=10, key="u")

A page of one estate is reversed with ``estate=<code>`` and hidden where no estate is chosen, unless it is there
``across`` estates too; a page that is only across estates says ``estate=False``. Nothing here knows a module by name:
the few addresses that the frame itself needs (search, choice of estate, running jobs) are given by the site through
:func:`configure`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString

Label = str | Promise
Badge = Callable[[HttpRequest], int | str | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One page that may stand in the navigation."""

    section: str
    label: Label
    url_name: str
    permission: str
    icon: str
    order: int
    key: str
    estate: bool
    across: bool
    badge: Badge | None


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as this person sees it now."""

    label: Label
    url: str
    icon: str
    active: bool
    badge: int | str | None
    key: str

    def drawn(self, template: str) -> SafeString:
        """The item by ``template``, which knows its attributes as variables."""
        return _drawn(template, str(self.label), self.url, self.icon, self.active, self.badge, self.key)


@dataclass(slots=True)
class Section:
    """A heading with its visible items."""

    name: str
    label: Label
    icon: str
    items: list[Item] = field(default_factory=list)

    @property
    def rail(self) -> SafeString:
        """The items as they stand in the rail."""
        return SafeString("".join(item.drawn("kit/rail_item.html") for item in self.items))

    @property
    def shortcuts(self) -> SafeString:
        """The items that a key opens, as the list of shortcuts has them."""
        return SafeString("".join(item.drawn("kit/keys_item.html") for item in self.items if item.key))


_entries: dict[str, Entry] = {}
_sections: dict[str, tuple[Label, str, int]] = {}
_addresses: dict[str, str] = {}


def section(name: str, label: Label, *, icon: str = "", order: int = 100) -> None:
    """Declare a heading; declaring it again replaces it. An entry of an undeclared section stands without a heading."""
    _sections[name] = (label, icon, order)


def register(
    *,
    section: str,
    label: Label,
    url_name: str,
    permission: str = "",
    icon: str = "point",
    order: int = 100,
    key: str = "",
    estate: bool = True,
    across: bool = False,
    badge: Badge | None = None,
) -> None:
    """Offer a page.

    ``key`` is the letter that opens it after “g”; ``badge(request)`` gives the figure of what waits for the person.
    Raises ValueError for a letter that opens another page already.
    """
    taken = next((one.url_name for one in _entries.values() if key and one.key == key and one.url_name != url_name), "")
    if taken:
        raise ValueError(f"“g {key}” opens {taken} already; {url_name} needs another letter.")
    _entries[url_name] = Entry(section, label, url_name, permission, icon, order, key, estate, across, badge)


def configure(*, search: str = "", estates: str = "", jobs: str = "", home: str = "", account: str = "") -> None:
    """Name the addresses that the frame itself calls (URL names); what is left out is not shown."""
    given = {"search": search, "estates": estates, "jobs": jobs, "home": home, "account": account}
    _addresses.update({place: name for place, name in given.items() if name})


def address(place: str, request: HttpRequest) -> str:
    """The URL of one of the frame's own addresses, or "" where the site has none."""
    return _reverse(_addresses[place], _estate_code(request), _site()) if place in _addresses else ""


def build(request: HttpRequest) -> list[Section]:
    """The sections with at least one page that this person may open, in order."""
    access = getattr(request, "access", None)
    if access is None:
        return []
    code, site = _estate_code(request), _site()
    visible: dict[str, list[tuple[int, Item]]] = {}
    # Everything stands below the start pages, and an estate's pages below those of all estates: these are lit by
    # themselves only.
    start = {address(place, request) for place in ("home", "estates")}
    for entry in _entries.values():
        if entry.permission and not access.can(entry.permission):
            continue
        if entry.estate and not entry.across and not code:
            continue
        url = _reverse(entry.url_name, code if entry.estate else "", site)
        if not url:
            continue
        item = Item(
            label=entry.label,
            url=url,
            icon=entry.icon,
            active=False,
            badge=entry.badge(request) if entry.badge else None,
            key=entry.key,
        )
        visible.setdefault(entry.section, []).append((entry.order, item))
        if code and not entry.estate:
            start.add(url)
    start.discard(request.path)
    here = _nearest(
        [item.url for items in visible.values() for _, item in items if item.url not in start], request.path
    )
    sections = []
    for name in sorted(visible, key=lambda name: _sections.get(name, ("", "", 0))[2]):
        label, icon, _order = _sections.get(name, ("", "", 0))
        items = [item for _, item in sorted(visible[name], key=lambda pair: pair[0])]
        sections.append(Section(name, label, icon, [_marked(item, item.url == here) for item in items]))
    return sections


def _marked(item: Item, active: bool) -> Item:
    return Item(item.label, item.url, item.icon, active, item.badge, item.key)


def _nearest(urls: list[str], path: str) -> str:
    """The longest address that the path stands under, so that a detail page lights the list it belongs to."""
    above = [url for url in urls if path == url or path.startswith(url if url.endswith("/") else f"{url}/")]
    return max(above, key=len, default="")


def _estate_code(request: HttpRequest) -> str:
    access = getattr(request, "access", None)
    return str(getattr(getattr(access, "estate", None), "code", "") or "")


@lru_cache(maxsize=20_000)
def _drawn(
    template: str, label: str, url: str, icon: str, active: bool, badge: int | str | None, key: str
) -> SafeString:
    # Every page has dozens of items, and nearly all of them stood on the page before: drawing them again was a quarter
    # of the time that a page took.
    shown = {"label": label, "url": url, "icon": icon, "active": active, "badge": badge, "key": key}
    return render_to_string(template, shown)


def _site() -> tuple[Any, str]:
    """What addresses depend on besides their names."""
    return get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()


@lru_cache(maxsize=20_000)
def _reverse(url_name: str, code: str, _site: tuple[Any, str]) -> str:
    """The address with the estate in it, the one without, or "" when the site does not have the page.

    Kept, for Django puts each address together anew.
    """
    for kwargs in ({"estate": code}, {}) if code else ({},):
        try:
            return reverse(url_name, kwargs=kwargs)
        except NoReverseMatch:
            continue
    return ""
