"""What the residents' pages have in common: the bar of tabs, the way back, the size of the letters.

Every module brings its own pages in its ``resident/`` folder; all stand below ``/my/`` in the one namespace ``my``.
They run in the scope of the estates in which the person has a home and show only what is the person's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from anju.kit.pages import SIGNED_IN, Page
from anju.kit.pages.base import Text

Badge = Callable[[HttpRequest], int]
TEXT_COOKIE = "anju_text"
TEXT_SIZES = ("normal", "large", "huge")


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the bar at the bottom."""

    name: str
    label: Text
    icon: str
    order: int
    badge: Badge | None = None


_tabs: dict[str, Tab] = {}


def tab(name: str, label: Text, *, icon: str, order: int, badge: Badge | None = None) -> None:
    """Put the page ``my:<name>`` into the bar; doing it again replaces it. Called by the wiring of the site."""
    _tabs[name] = Tab(name, label, icon, order, badge)


class ResidentPage(Page):
    """A page on a resident's phone. ``tab`` names the tab it belongs to, ``back`` the page that the arrow leads to.

    The right is that of having signed in: whoever has no home yet must be able to ask for one, and everybody else
    sees nothing but their own.
    """

    permission = SIGNED_IN
    tab: str = ""
    back: str = ""

    def get_back_url(self) -> str:
        return self.url(f"my:{self.back}") if self.back else ""

    def get_context(self, **extra: Any) -> dict[str, Any]:
        return super().get_context(
            tabs=[
                {
                    "label": one.label,
                    "url": self.url(f"my:{one.name}"),
                    "icon": one.icon,
                    "active": one.name == self.tab,
                    "badge": one.badge(self.request) if one.badge else None,
                }
                for one in sorted(_tabs.values(), key=lambda one: one.order)
            ],
            back_url=self.get_back_url(),
            text_size=text_size(self.request),
            **extra,
        )


def text_size(request: HttpRequest) -> str:
    """The size of letters that was chosen on this device."""
    chosen = request.COOKIES.get(TEXT_COOKIE, "")
    return chosen if chosen in TEXT_SIZES else TEXT_SIZES[0]
