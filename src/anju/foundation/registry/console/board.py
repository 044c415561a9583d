"""The unit board (房态图): one building at a time as a grid of coloured tiles."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from anju.foundation.registry import hooks, permissions, selectors
from anju.foundation.registry.cards import board_of, buildings_with_counts
from anju.foundation.registry.console.base import here
from anju.foundation.registry.enums import OccupancyState
from anju.kit import panels
from anju.kit.pages import ObjectPage, Page


class BoardPage(Page):
    """``?building=`` chooses the building, ``?state=`` and ``?owing=1`` narrow the tiles."""

    permission = permissions.VIEW
    title = _("Unit board")
    icon = "layout-grid"
    template_name = "registry/board.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        buildings = list(buildings_with_counts(self.estate))
        chosen = request.GET.get("building", "")
        building = next((row for row in buildings if str(row.pk) == chosen), buildings[0] if buildings else None)
        return self.render(
            buildings=buildings,
            board=self.board(building) if building else None,
            states=self.states(),
            state=self.asked_state,
            owing=self.asks_owing,
            create_url=self.url("building_create") if self.access.can(permissions.CHANGE) else "",
            import_url=self.url("import_list") if self.access.can(permissions.IMPORT) else "",
        )

    @property
    def asked_state(self) -> str:
        state = self.request.GET.get("state", "")
        return state if state in OccupancyState.values else ""

    @property
    def asks_owing(self) -> bool:
        return bool(self.request.GET.get("owing"))

    def board(self, building: Any) -> Any:
        units = list(selectors.units_of_building(building))
        marks = hooks.unit_marks(self.estate, [unit.pk for unit in units], self.access)
        return board_of(building, units, marks, self.asked_state, self.asks_owing)

    def states(self) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in OccupancyState]


class UnitDrawer(ObjectPage):
    """A unit in short, for the drawer beside the board."""

    permission = permissions.VIEW
    rows = staticmethod(here(selectors.units_of_estate))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        unit = self.object
        occupants = unit.occupancies.filter(selectors.in_force()).select_related("party").order_by("kind", "since")
        return render(
            request,
            "registry/drawer.html",
            {
                "unit": unit,
                "estate": self.estate,
                "occupants": occupants,
                "mark": hooks.unit_marks(self.estate, [unit.pk], self.access).get(unit.pk),
                "panels": panels.render("registry.unit", request, unit),
            },
        )
